"""Writes the ledger of one month, as sweeps would have: month.py FOLDER.

A made-up October of 1,000 apps in three domains of two accounts, and what else bills: the
same at every run. Two writers that know different things, a day and a half without a look,
looks that are blind for a kind, a new price list and a renamed team in the middle, lines
that are there twice and in no order.
"""

import json
import pathlib
import random
import sys
from datetime import datetime, timezone

HOUR, DAY = 3600, 86_400
BEGIN = int(datetime(2026, 10, 1, tzinfo=timezone.utc).timestamp())
END = BEGIN + 31 * DAY
NEW_PRICES = BEGIN + 15 * DAY
RENAMED = BEGIN + 11 * DAY + 13 * HOUR
KINDS = ["app", "notebook-instance", "variant", "provisioned-concurrency", "volume", "vpc-endpoint"]
SCOPES = {
    ("111122223333", "us-east-1"): ["d-forecasting01", "d-vision000002"],
    ("444455556666", "eu-west-1"): ["d-language0003"],
}
# Micro-dollars an hour: until the new list, and from then on.
RATES = {
    "ml.t3.medium": (50_000, 50_000),
    "ml.m5.xlarge": (230_000, 241_500),
    "ml.g5.xlarge": (1_410_000, 1_386_003),
    "ml.g6.xlarge": (1_127_000, 1_127_000),
    "system": (0, 0),
}
PER_REGION = {"us-east-1": 100, "eu-west-1": 113}
TYPES = ["ml.t3.medium"] * 6 + ["ml.m5.xlarge"] * 8 + ["ml.g5.xlarge"] * 3 + ["ml.g6.xlarge"] * 2 + ["ml.p3.2xlarge"]
LISTS = ("bundled 2026-09-24", "aws 2026-10-15")
TEAMS = ["demand", "supply", "research", None]

rng = random.Random(20_261_001)


def iso(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def rate(region, component, instance_type, units, at):
    new = at >= NEW_PRICES
    if component == "Studio:VolumeUsage.gp3":
        return {"micro_usd_per_hour": 112_000 * units // 730, "list": LISTS[new]}
    if component == "VpcEndpoint":
        return {"micro_usd_per_hour": 10_000 * units, "list": LISTS[new]}
    if component == "ProvisionedConcurrency" or instance_type not in RATES:
        what = instance_type or "memory of 2048 MB"
        return {"unpriced": f"no price of {what} for {component} in {region} in the table of {LISTS[new].split()[1]}"}
    each = RATES[instance_type][new] * PER_REGION[region] // 100
    return {"micro_usd_per_hour": each * units, "list": LISTS[new]}


class Run:
    """What truly ran; `ended` is None where it runs on after the month."""

    def __init__(self, resource, kind, began, ended, component, instance_type=None, owner=None, team=None):
        self.resource, self.kind, self.began, self.ended = resource, kind, began, ended
        self.component, self.instance_type, self.owner, self.team = component, instance_type, owner, team
        self.units = [(began, 1)]
        # Times of idleness: since, until and what ended it. Empty where no agent is heard.
        self.idle = []
        self.stop = None

    def seen(self, region, at):
        units = [count for since, count in self.units if since <= at][-1]
        told = {"component": self.component, "units": units}
        told["rate"] = rate(region, self.component, self.instance_type, units, at)
        if self.owner:
            told["owner"] = self.owner
        if self.instance_type:
            told["instance_type"] = self.instance_type
        if self.team:
            team = "planning" if self.team == "demand" and at >= RENAMED else self.team
            told["tags"] = {"Team": team, "studiouserid": self.owner or "-"}
        return told


def apps(domains):
    """A thousand apps in all: what each did in the month."""
    for domain, count in domains.items():
        for n in range(count):
            owner = None if n % 29 == 7 else f"user-{n % 180:03}"
            code = n % 5 == 4
            component = "Studio:CodeEditor" if code else "Studio:JupyterLab"
            resource = f"app/{domain}/space/space-{n:04}/{component.split(':')[1]}/default"
            on, team, heard = rng.choice(TYPES), TEAMS[n % 4], n % 3 == 0
            if n % 40 == 39:
                resource = f"app/{domain}/user-profile/{owner or 'nobody'}/JupyterServer/default"
                resource, on, component = resource.replace("default", f"server-{n}"), "system", "Studio:JupyterServer"
            at = BEGIN - 10 * HOUR + rng.randrange(60 * HOUR)
            while at < END:
                # Nothing runs on from the one price list through the days without a look.
                length = rng.choice([2, 4, 7, 9, 11, 26, 90]) * HOUR + rng.randrange(HOUR)
                run = Run(resource, "app", at, at + length, component, on, owner, team)
                yield live(run, heard and on != "system")
                at = run.ended + rng.choice([10 * 60, 14 * HOUR, 60 * HOUR, 200 * HOUR, 500 * HOUR]) + rng.randrange(HOUR)


def live(run, heard):
    """The run with its times of idleness, and who stopped it."""
    at = run.began
    while heard:
        # Some follow so soon upon the last that they are one.
        since = at + (40 if run.idle and rng.random() < 0.1 else rng.randrange(HOUR, 9 * HOUR))
        until = since + rng.choice([4, 12, 25, 38, 50, 70]) * 60 + rng.randrange(60)
        if until >= run.ended:
            break
        run.idle.append((since, until, "work"))
        at = until
    how = rng.random()
    idle_since = None
    if heard and run.ended - at > 120 * 60:
        idle_since = run.ended - rng.choice([45, 45, 95]) * 60
        run.idle.append((idle_since, run.ended, "gone"))
    native = rng.choice(["off", "off", "off", "unread", {"minutes": 60}, {"minutes": 120}, {"minutes": 15}])
    if idle_since is None and native not in ("off", "unread"):
        native = "off"
    if how < 0.35 and idle_since:
        run.stop = {"by": "idle-agent", "reason": "idle-timeout", "native": native}
        run.stop["grade"] = "inferred" if rng.random() < 0.2 else "measured"
    elif how < 0.55:
        reason = "idle-timeout" if idle_since else rng.choice(["max-age", "silent-agent", "no-agent"])
        run.stop = {"by": "costctl", "reason": reason, "native": native, "grade": "measured"}
    if run.stop and idle_since:
        run.stop["idle_since"] = iso(idle_since)
    return run


def others(account, domain, region):
    for n in range(12):
        at = BEGIN + rng.randrange(DAY)
        while at < END:
            ended = at + rng.randrange(3 * HOUR, 60 * HOUR)
            on = "ml.t3.medium" if n % 2 else "ml.m5.xlarge"
            yield Run(f"notebook-instance/old-{n:02}", "notebook-instance", at, ended, "Notebook", on)
            at = ended + rng.randrange(20 * HOUR, 90 * HOUR)
    for n in range(4):
        run = Run(f"variant/chat-{n}/AllTraffic", "variant", BEGIN - 20 * DAY, None, "Hosting", "ml.g5.xlarge")
        run.units += [(BEGIN + (9 + n) * DAY + 5 * HOUR, 3), (BEGIN + (20 + n) * DAY, 2)]
        run.team = "research" if n else None
        yield run
    concurrency = "ProvisionedConcurrency"
    yield Run("provisioned-concurrency/chat-9/AllTraffic", "provisioned-concurrency", BEGIN - DAY, None, concurrency)
    for n in range(40):
        run = Run(f"volume/{domain}/space-{n:04}", "volume", BEGIN - 90 * DAY, None, "Studio:VolumeUsage.gp3")
        run.units = [(run.began, 5 + n)]
        run.owner = f"user-{n % 180:03}"
        yield run
    run = Run(f"vpc-endpoint/{domain}/vpce-{account}", "vpc-endpoint", BEGIN - 90 * DAY, None, "VpcEndpoint")
    run.units = [(run.began, 3)]
    yield run


def looks(number):
    """When is looked, by whom, and what is not seen. The second writer does not know of the look just before."""
    for at in range(BEGIN + 1200, END, 2 * HOUR):
        day = (at - BEGIN) // DAY
        in_gap = number == 1 and BEGIN + 23 * DAY < at < BEGIN + 25 * DAY + 12 * HOUR
        crashed = rng.random() < 0.02
        if in_gap or crashed:
            continue
        blind = {"notebook-instance"} if rng.random() < 0.05 else set()
        yield at, False, blind
        if 8 <= day < 19 and (at - BEGIN) // (2 * HOUR) % 3 == 0:
            yield at + 40, True, blind


def write(folder, number, scope, runs):
    account, region = scope
    head = {"schema_version": 1, "partition": "aws", "account": account, "region": region}
    known, before, seen_last, seen_before = {}, {}, {}, {}
    for at, is_stale, blind in looks(number):
        day, kinds = (at - BEGIN) // DAY, [kind for kind in KINDS if kind not in blind]
        knows, last = (before, seen_before) if is_stale else (known, seen_last)
        # Only the objects of today and yesterday are read.
        knows = {key: told for key, told in knows.items() if told[1] >= day - 1}
        running = {}
        for run in runs:
            if run.kind in kinds and run.began <= at and (run.ended is None or run.ended > at):
                running[run.resource, run.began] = run
        facts, now = [{"line": "look", "kinds": kinds}], {}
        for (resource, began), run in running.items():
            seen = run.seen(region, at)
            told = knows.get((resource, began))
            since = at
            if told is None and (run.kind == "app" or last.get(run.kind, END) < began):
                since = began
            if told is None or told[0] != seen or told[1] < day:
                facts.append({"line": "ran", "resource": resource, "began": iso(began), "since": iso(since)} | seen)
            now[resource, began] = (seen, day, run)
            facts += idleness(run, at)
        for (resource, began), (_, _, run) in knows.items():
            if run.kind in kinds and (resource, began) not in running:
                key = {"resource": resource, "began": iso(began)}
                facts.append({"line": "gone"} | key)
                facts += idleness(run, at)
                if run.stop:
                    gone_at = at if run.stop["by"] == "idle-agent" else run.ended
                    facts.append({"line": "stopped", "gone_at": iso(gone_at)} | key | run.stop)
        before, seen_before = dict(known), dict(seen_last)
        # What the writer did not know of, it could not tell to be gone.
        gone = [key for key, told in known.items() if told[2].kind in kinds and key not in running and key in knows]
        known = {key: told for key, told in known.items() if key not in gone} | now
        seen_last |= {kind: at for kind in kinds}
        put(folder, head | {"at": iso(at)}, at, facts)


def idleness(run, at):
    """What a look's heartbeats tell of the idle times that end in its window, or go on."""
    for since, until, end in run.idle:
        if since + 600 > at or until < at - 3 * HOUR or until - since < 600:
            continue
        goes_on = until > at
        key = {"resource": run.resource, "began": iso(run.began)}
        told = {"since": iso(since + rng.randrange(60)), "until": iso(min(until, at)), "ended": end}
        yield {"line": "idle"} | key | told | ({"ended": "not-yet"} if goes_on else {})


def put(folder, head, at, facts):
    lines = [json.dumps(head | fact) for fact in facts]
    times = 1
    if rng.random() < 0.1:
        lines += rng.sample(lines, min(20, len(lines)))
    if rng.random() < 0.3:
        rng.shuffle(lines)
    if rng.random() < 0.04:
        times = 2
    path = folder / f"account={head['account']}" / f"region={head['region']}" / f"dt={head['at'][:10]}"
    path.mkdir(parents=True, exist_ok=True)
    for _ in range(times):
        stamp = head["at"].replace("-", "").replace(":", "")
        (path / f"{stamp}-{rng.getrandbits(48):012x}.jsonl").write_text("\n".join(lines) + "\n")


def main():
    folder = pathlib.Path(sys.argv[1])
    counts = {"d-forecasting01": 420, "d-vision000002": 330, "d-language0003": 250}
    for number, (scope, domains) in enumerate(SCOPES.items()):
        runs = list(apps({domain: counts[domain] for domain in domains}))
        runs += others(scope[0], domains[0], scope[1])
        write(folder, number, scope, runs)


main()
