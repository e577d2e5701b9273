"""What a ledger comes to, counted a second time: check_month.py FOLDER SINCE UNTIL CAP-SECONDS TIMEOUT-SECONDS.

Shares no code with the controller: whole integers, plain lists, nothing clever. Prints one
JSON object with the totals of both reports.
"""

import json
import pathlib
import sys
from collections import defaultdict
from datetime import datetime, timezone

DAY = 86_400
TOUCH = 120
GRADES = ["measured", "inferred", "assumed"]
ENDS = ["not-yet", "work", "gone"]


def seconds(text):
    return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def how(line):
    return {key: line.get(key) for key in ["component", "instance_type", "owner", "rate", "tags", "units"]}


def kind_of(resource):
    return resource.split("/")[0]


class Ledger:
    def __init__(self, folder):
        self.looks = defaultdict(set)
        self.ran, self.gone = defaultdict(list), defaultdict(list)
        self.stopped, self.idle = defaultdict(list), defaultdict(list)
        lines = set()
        for path in sorted(pathlib.Path(folder).rglob("*.jsonl")):
            lines.update(path.read_text().splitlines())
        for line in map(json.loads, lines):
            scope, at = (line["account"], line["region"]), seconds(line["at"])
            if line["line"] == "look":
                for kind in line["kinds"]:
                    self.looks[scope, kind].add(at)
                continue
            run = (scope, line["resource"], seconds(line["began"]))
            kept = {"ran": self.ran, "gone": self.gone, "stopped": self.stopped, "idle": self.idle}[line["line"]]
            kept[run].append((at, line))
        self.looks = {key: sorted(times) for key, times in self.looks.items()}
        self.spans = self.clipped()

    def stop(self, run):
        stops = [line for _, line in self.stopped.get(run, [])]
        order = lambda stop: (GRADES.index(stop["grade"]), seconds(stop["gone_at"]), stop["by"] != "idle-agent")
        return min(stops, key=order) if stops else None

    def end(self, run):
        """Until when it is known to have run."""
        scope, resource, _ = run
        looks = self.looks[scope, kind_of(resource)]
        stop = self.stop(run)
        # A sweep sees the end itself; of the agent's stop the look knows that the run is gone, no more.
        if stop and stop["by"] == "costctl":
            return seconds(stop["gone_at"])
        last_told = max(at for at, _ in self.ran[run])
        missing = [at for at, _ in self.gone.get(run, [])] + ([seconds(stop["gone_at"])] if stop else [])
        next_day = (last_told // DAY + 1) * DAY
        missing += [look for look in looks if look >= next_day][:1]
        if not missing:
            return looks[-1]
        return max(look for look in looks if look < min(missing))

    def clipped(self):
        """The stretches of each run: from, to and how it was."""
        of_resource = defaultdict(list)
        for run, told in self.ran.items():
            begin = min(seconds(line["since"]) for _, line in told)
            of_resource[run[:2]].append((begin, run))
        self.next_began, spans = {}, {}
        for runs in of_resource.values():
            runs.sort()
            for number, (_, run) in enumerate(runs):
                end = self.end(run)
                if number + 1 < len(runs):
                    end = min(end, runs[number + 1][0])
                    self.next_began[run] = runs[number + 1][1][2]
                # Of two words about the same time the earlier counts.
                words = sorted((seconds(line["since"]), at, json.dumps(how(line))) for at, line in self.ran[run])
                words = [word for n, word in enumerate(words) if n == 0 or word[0] != words[n - 1][0]]
                # What is told again every day and is the same goes on.
                changes = [word for n, word in enumerate(words) if n == 0 or word[2] != words[n - 1][2]]
                ends = [change[0] for change in changes[1:]] + [end]
                spans[run] = [(a, min(b, end), json.loads(line)) for (a, _, line), b in zip(changes, ends)]
        return spans

    def idle_times(self, run):
        """Each once, though every look tells of it anew and two looks may not agree on its first minute."""
        told = {(seconds(l["since"]), seconds(l["until"]), ENDS.index(l["ended"])) for _, l in self.idle.get(run, [])}
        times = []
        for since, until, ended in sorted(told):
            if times:
                first, last, end = times[-1]
                touches = since <= last + TOUCH and ENDS[end] != "work"
                if since <= first + TOUCH or since < last - TOUCH or touches:
                    times[-1] = (first, *max((last, end), (until, ended)))
                    continue
                # There is another one: work returned before it.
                times[-1] = (first, min(last, since), ENDS.index("work"))
            times.append((since, until, ended))
        return [(since, until, ENDS[ended]) for since, until, ended in times]


def pieces(begin, end, window):
    """The stretch within the window, cut at midnight."""
    at, end = max(begin, window[0]), min(end, window[1])
    while at < end:
        until = min(end, (at // DAY + 1) * DAY)
        yield at, until
        at = until


def none():
    return {"seconds": 0, "list_micro_usd": 0, "unpriced_seconds": 0}


def add(money, rate, length):
    money["seconds"] += length
    if "unpriced" in rate:
        money["unpriced_seconds"] += length
    else:
        money["list_micro_usd"] += rate["micro_usd_per_hour"] * length // 3600


def spend(ledger, window):
    found = {"total": none(), "idle": none()}
    groups = {name: defaultdict(none) for name in ["domain", "user-profile", "tag:Team", "component", "account", "day"]}
    for run, spans in ledger.spans.items():
        (account, _), resource, _ = run
        parts = resource.split("/")
        domain = parts[1] if parts[0] in ("app", "volume", "vpc-endpoint") else "no domain"
        idle = ledger.idle_times(run)
        for begin, end, ran in spans:
            for a, b in pieces(begin, end, window):
                by = {
                    "domain": domain,
                    "user-profile": ran["owner"] or "unattributed",
                    "tag:Team": (ran["tags"] or {}).get("Team", "unattributed"),
                    "component": ran["component"],
                    "account": account,
                    "day": datetime.fromtimestamp(a, timezone.utc).strftime("%Y-%m-%d"),
                }
                add(found["total"], ran["rate"], b - a)
                for name, value in by.items():
                    add(groups[name][value], ran["rate"], b - a)
                for since, until, _ in idle:
                    if max(since, a) < min(until, b):
                        add(found["idle"], ran["rate"], min(until, b) - max(since, a))
    return found | {"by": groups}


def savings(ledger, window, cap):
    found = {"total": none() | {"stops": 0}}
    groups = {name: defaultdict(lambda: none() | {"stops": 0}) for name in ["whom", "reason", "grade", "held", "domain"]}
    for run in ledger.stopped:
        stop, spans = ledger.stop(run), ledger.spans.get(run)
        if not spans:
            continue
        begin, rate = seconds(stop["gone_at"]), spans[-1][2]["rate"]
        last_look = ledger.looks[run[0], kind_of(run[1])][-1]
        ends = [(min(window[1], last_look), "open"), (begin + cap, "cap")]
        if run in ledger.next_began:
            ends.append((ledger.next_began[run], "restarted"))
        if isinstance(stop["native"], dict):
            ends.append((seconds(stop["idle_since"]) + stop["native"]["minutes"] * 60, "native"))
        end, held = min(ends)
        end = max(end, begin)
        touches = begin < window[1] and (end > window[0] or begin == end >= window[0])
        if not touches:
            continue
        grade = GRADES.index(stop["grade"])
        if stop["native"] == "unread":
            grade = max(grade, 2)
        if rate.get("list", "").startswith("bundled"):
            grade = max(grade, 1)
        by = {"whom": stop["by"], "reason": stop["reason"], "grade": GRADES[grade], "held": held}
        by["domain"] = run[1].split("/")[1] if kind_of(run[1]) == "app" else "no domain"
        sums = [found["total"]] + [groups[name][value] for name, value in by.items()]
        for sum_ in sums:
            sum_["stops"] += 1
            for a, b in pieces(begin, end, window):
                add(sum_, rate, b - a)
    return found | {"by": groups}


def what_if(ledger, window, timeout):
    found = {"stops": 0, "interrupted": 0, "saved": none(), "runs_heard": 0, "runs_unheard": 0}
    for run, spans in ledger.spans.items():
        if kind_of(run[1]) not in ("app", "notebook-instance"):
            continue
        if not any(max(a, window[0]) < min(b, window[1]) for a, b, _ in spans):
            continue
        idle = ledger.idle_times(run)
        found["runs_heard" if idle else "runs_unheard"] += 1
        for since, until, ended in idle:
            stop = since + timeout
            if stop < until and window[0] <= stop < window[1]:
                found["stops"] += 1
                found["interrupted"] += ended == "work"
            for begin, end, ran in spans:
                for a, b in pieces(max(begin, stop), min(end, until), window):
                    add(found["saved"], ran["rate"], b - a)
    return found


def main():
    folder, since, until, cap, timeout = sys.argv[1:]
    window = (seconds(since), seconds(until))
    ledger = Ledger(folder)
    found = {
        "spend": spend(ledger, window),
        "savings": savings(ledger, window, int(cap)),
        "what_if": what_if(ledger, window, int(timeout)),
    }
    print(json.dumps(found, indent=1, sort_keys=True))


main()
