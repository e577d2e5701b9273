//! The policy file: what it says, what it may not say, and which rule holds.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeMap;

use cost_planner::policy::{AppAction, EndpointMode, FleetPolicy, Limit, Per, Subject};
use idle_core::{AccountId, AppType, DomainId, EndpointName, InstanceType, Reason, SpaceName, UserProfileName};
use jiff::SignedDuration;

const EXAMPLE: &str = include_str!("fixtures/costctl.toml");

fn policy(text: &str) -> FleetPolicy {
    FleetPolicy::parse(&format!("schema_version = 1\n{text}"), "costctl.toml").unwrap()
}

fn error(text: &str) -> String {
    FleetPolicy::parse(text, "costctl.toml").unwrap_err().to_string()
}

struct Names {
    account: AccountId,
    domain: DomainId,
    user_profile: UserProfileName,
    space: SpaceName,
    endpoint: EndpointName,
    instance_type: InstanceType,
    tags: BTreeMap<String, String>,
}

impl Names {
    fn new() -> Self {
        Self {
            account: AccountId::parse("111122223333").unwrap(),
            domain: DomainId::parse("d-ml").unwrap(),
            user_profile: UserProfileName::parse("alice").unwrap(),
            space: SpaceName::parse("thesis").unwrap(),
            endpoint: EndpointName::parse("trial-7").unwrap(),
            instance_type: InstanceType::parse("ml.p4d.24xlarge").unwrap(),
            tags: BTreeMap::from([("team".to_owned(), "ml".to_owned())]),
        }
    }

    fn app<'a>(&'a self, tags: Option<&'a [&'a BTreeMap<String, String>]>) -> Subject<'a> {
        Subject {
            account: &self.account,
            domain: Some(&self.domain),
            user_profile: Some(&self.user_profile),
            space: Some(&self.space),
            notebook_instance: None,
            endpoint: None,
            app_type: Some(AppType::JupyterLab),
            instance_type: Some(&self.instance_type),
            tags,
        }
    }
}

fn hours(hours: i64) -> Limit {
    Limit::from_secs(hours * 3600)
}

#[test]
fn the_example_has_every_key_and_the_defaults_are_what_it_says() {
    let example = FleetPolicy::parse(EXAMPLE, "costctl.toml").unwrap();
    let names = Names { account: AccountId::parse("444455556666").unwrap(), ..Names::new() };
    let plain = Subject { domain: None, instance_type: None, ..names.app(Some(&[])) };
    let values = |policy: &FleetPolicy, subject: &Subject<'_>| -> Vec<_> {
        policy.explain(subject).into_iter().map(|e| (e.setting, e.value)).collect()
    };
    let endpoint = EndpointName::parse("llm").unwrap();
    let endpoint = Subject { endpoint: Some(&endpoint), ..plain };
    let volume = Subject { app_type: None, ..plain };
    for subject in [plain, endpoint, volume] {
        assert_eq!(values(&example, &subject), values(&FleetPolicy::by_default(), &subject));
    }
    for explained in [plain, endpoint, volume].iter().flat_map(|subject| example.explain(subject)) {
        let line = explained.origin.line.unwrap_or_else(|| panic!("{} is missing", explained.setting));
        let (_, key) = explained.setting.split_once('.').unwrap();
        let text = EXAMPLE.lines().nth(usize::try_from(line).unwrap() - 1).unwrap();
        assert!(text.starts_with(&format!("{key} = ")), "{key} is said to stand at {text:?}");
    }
    assert_eq!(example.guards().protecting_tags, ["costctl:protect", "keep"]);
    assert_eq!(example.exemptions()[0].expires_at.to_string(), "2026-12-16T00:00:00Z");
    let budgets = example.budgets();
    assert_eq!((budgets[0].max_actions, budgets[0].per, budgets[0].reasons.len()), (Some(50), Per::Run, 0));
    assert_eq!((budgets[1].max_percent, budgets[1].per, &*budgets[1].name), (Some(10), Per::Domain, "office hours"));
    assert_eq!((budgets[2].max_micro_usd_per_hour, budgets[2].per), (Some(100_000_000), Per::Account));
    assert_eq!(budgets[2].reasons, [Reason::IdleTimeout, Reason::NoInvocations]);
}

#[test]
fn the_most_specific_override_wins_for_each_setting_alone() {
    // Each line by itself and all that stand before it: the last one wins, wherever it stands in the file.
    let ladder = [
        "app-type = \"JupyterLab\"",
        "instance-family = \"p4d\"",
        "account = \"1111*\"",
        "domain = \"d-ml\"",
        "domain = \"d-ml\", app-type = \"JupyterLab\"",
        "tag = \"team=ml\"",
        "tag = \"team\", domain = [\"d-x\", \"d-*\"]",
        "user-profile = \"alice\"",
        "space = \"the*\"",
        "space = \"thesis\"",
    ];
    let names = Names::new();
    let tags = [&names.tags];
    for last in 0..ladder.len() {
        let rule = |at: usize| {
            format!("[[override]]\nname = \"{at}\"\nfor = {{ {} }}\napps.idle-timeout = \"{}h\"\n", ladder[at], at + 3)
        };
        let forwards: String = (0..=last).map(rule).collect();
        // Of the two that select by space the later one in the file wins, so they keep their order.
        let backwards: String = (0..=last.min(8)).rev().map(rule).chain((9..=last).map(rule)).collect();
        for text in [forwards, backwards] {
            let policy = policy(&text);
            let settings = policy.apps(&names.app(Some(&tags)));
            assert_eq!(settings.idle_timeout.origin.rule, last.to_string(), "{text}");
            assert_eq!(*settings.idle_timeout.value, hours(i64::try_from(last).unwrap() + 3));
            assert_eq!(settings.min_age.origin.to_string(), "the default");
        }
    }
}

#[test]
fn what_does_not_fit_does_not_hold() {
    let names = Names::new();
    let tags = [&names.tags];
    for selectors in [
        "app-type = \"CodeEditor\"",
        "instance-family = \"p4\"",
        "account = \"444455556666\"",
        "domain = \"d-m\"",
        "tag = \"team=web\"",
        "tag = \"Team\"",
        "user-profile = \"ALICE\"",
        "space = \"thesis\", user-profile = \"bob\"",
    ] {
        let policy = policy(&format!("[[override]]\nfor = {{ {selectors} }}\napps.idle-timeout = \"9h\""));
        assert_eq!(*policy.apps(&names.app(Some(&tags))).idle_timeout.value, hours(2), "{selectors}");
    }
}

#[test]
fn an_override_by_a_tag_that_nobody_read_does_not_hold_but_brings_into_question() {
    let text =
        |timeout: &str| format!("[[override]]\nfor = {{ tag = \"team=ml\" }}\napps.idle-timeout = \"{timeout}\"");
    let (shorter, longer) = (policy(&text("1h")), policy(&text("9h")));
    let names = Names::new();
    let tags = [&names.tags];
    for (policy, eager, tagged) in [(&shorter, 1, 1), (&longer, 2, 9)] {
        assert_eq!(*policy.apps(&names.app(None)).idle_timeout.value, hours(2));
        assert_eq!(*policy.eager_apps(&names.app(None)).idle_timeout.value, hours(eager));
        assert_eq!(*policy.apps(&names.app(Some(&tags))).idle_timeout.value, hours(tagged));
    }
}

#[test]
fn endpoints_are_acted_on_only_by_a_policy_that_names_them() {
    let example = FleetPolicy::parse(EXAMPLE, "costctl.toml").unwrap();
    let names = Names::new();
    let endpoint = Subject { endpoint: Some(&names.endpoint), app_type: None, ..names.app(Some(&[])) };
    let settings = example.endpoints(&endpoint);
    assert_eq!((*settings.action.value, settings.action.origin.rule), (EndpointMode::Delete, "trial endpoints"));
    assert!(error("schema_version = 1\n[endpoints]\naction = \"delete\"").contains("hint: names"));
}

#[test]
fn an_override_that_could_never_hold_is_a_mistake() {
    for (selector, section, is_fine) in [
        ("space = \"x\"", "apps.min-age = \"1h\"", true),
        ("endpoint = \"x\"", "apps.min-age = \"1h\"", false),
        ("tag = \"x\"", "notebook-instances.min-age = \"1h\"", true),
        ("domain = \"x\"", "notebook-instances.min-age = \"1h\"", false),
        ("account = \"1*\", tag = \"x\"", "endpoints.month-end = false", true),
        ("user-profile = \"x\"", "endpoints.month-end = false", false),
        ("instance-family = \"p5\"", "endpoints.month-end = false", false),
        ("space = \"x\"", "volumes.unused-for = \"9d\"", true),
        ("tag = \"x\"", "volumes.unused-for = \"9d\"", false),
    ] {
        let text = format!("schema_version = 1\n[[override]]\nfor = {{ {selector} }}\n{section}\n");
        let read = FleetPolicy::parse(&text, "costctl.toml");
        assert_eq!(read.is_ok(), is_fine, "{selector} {section}: {read:?}");
        let told = read.map_or_else(|error| error.to_string(), |_| String::new());
        assert!(is_fine || told.contains("hint: an override of its own"), "{told}");
    }
}

#[test]
fn a_budgets_hours_are_those_of_a_clock_on_the_wall() {
    let text = "[[budget]]\nmax-apps = 1\nwhen = \"daily 08:00-18:00 Europe/Berlin\"";
    let policy = policy(text);
    // Summer time ends on 25 October 2026: eight o'clock is an hour later in UTC from then on.
    for (at, counts) in [
        ("2026-10-24T05:59:00Z", false),
        ("2026-10-24T06:00:00Z", true),
        ("2026-10-25T06:30:00Z", false),
        ("2026-10-25T07:00:00Z", true),
        ("2026-10-25T16:59:00Z", true),
        ("2026-10-25T17:00:00Z", false),
    ] {
        assert_eq!(policy.budgets()[0].counts(Reason::IdleTimeout, at.parse().unwrap()), counts, "{at}");
    }
}

#[test]
fn windows_that_must_be_read_follow_from_the_policy() {
    assert_eq!(FleetPolicy::by_default().heartbeat_window(), SignedDuration::from_hours(3));
    let stop = policy("[apps]\nsilent-agent = \"stop\"\nsilent-after = \"2d\"");
    assert_eq!(stop.heartbeat_window(), SignedDuration::from_hours(49));
    assert_eq!(FleetPolicy::by_default().invocations_window(), SignedDuration::from_hours(65 * 24 + 1));
    let names = Names::new();
    assert_eq!(*stop.apps(&names.app(None)).silent_agent.value, AppAction::Stop);
}

#[test]
fn a_mistake_is_told_with_its_place_and_a_hint() {
    for (text, expected) in [
        ("", "costctl.toml:1: no schema_version; hint: begin the file with schema_version = 1"),
        (
            "# a comment\nschema_version = 2\nnew = 1",
            "costctl.toml:2: schema_version: 2 is newer than this costctl reads; hint: upgrade costctl",
        ),
        (
            "schema_version = 1\n[apps]\nidle-timeout = \"2\"\n",
            "costctl.toml:3: apps.idle-timeout: \"2\" is no duration; hint: such as 90m, 2h or 14d, or off",
        ),
        (
            "schema_version = 1\n[apps]\n\nidle-timeout = \"1m\"\n",
            "costctl.toml:4: apps.idle-timeout: 1m is out of bounds; hint: at least 15m, at most 3650d",
        ),
        (
            "schema_version = 1\n[[override]]\nname = \"x\"\nfor = { tag = \"=y\" }\n",
            "costctl.toml:4: override.for: \"=y\" is no tag; hint: \"Key=Value\", or \"Key\" for any value",
        ),
        (
            "schema_version = 1\n[[override]]\nfor = {}\n",
            "costctl.toml:2: override: overrides everything; hint: for = { domain = \"…\" }, or the section itself",
        ),
        (
            "schema_version = 1\n[[budget]]\nper = \"run\"\n",
            "costctl.toml:2: budget: limits nothing; hint: give max-apps, max-percent or max-usd-per-hour",
        ),
        (
            "schema_version = 1\n[[budget]]\nmax-percent = 101\n",
            "costctl.toml:3: budget.max-percent: 101 is more than all; hint: 0 to 100",
        ),
        (
            "schema_version = 1\n[[budget]]\nmax-apps = 1\nwhen = \"now\"\n",
            "costctl.toml:4: budget.when: \"now\" is not a schedule; hint: Mon-Fri 08:00-18:00 Europe/Berlin",
        ),
        (
            "schema_version = 1\n[guards]\nmost-idle-percent = 200\n",
            "costctl.toml:3: guards.most-idle-percent: 200 is too much; hint: 100 at most",
        ),
        (
            "schema_version = 1\n[[exemption]]\nfor = { space = \"x\" }\nowner = \"a\"\nreason = \" \"\nexpires-at = 2026-12-01\n",
            "costctl.toml:2: exemption: has no reason; hint: say who answers for it and why",
        ),
        (
            "schema_version = 1\n[[exemption]]\nfor = { space = \"x\" }\nowner = \"a\"\nreason = \"b\"\nexpires-at = \"soon\"\n",
            "costctl.toml:6: exemption.expires-at: \"soon\" is no time; hint: 2027-01-31 or 2027-01-31T18:00:00Z",
        ),
        (
            "schema_version = 1\n[desired]\nidle-shutdown = { state = \"on\", timeout = \"30m\" }\n",
            "costctl.toml:3: desired.idle-shutdown: is out of bounds; hint: whole minutes from 60m to 365d",
        ),
        (
            "schema_version = 1\n[desired]\nhidden-instance-types = \"on\"\n",
            "costctl.toml:3: desired.hidden-instance-types: there is no allowlist; hint: allowed-instance-types in [apps]",
        ),
        (
            "schema_version = 1\n[desired]\ntags = [\"a=b\"]\n",
            "costctl.toml:3: desired.tags: holds what is no tag key; hint: keys alone, any value will do",
        ),
        (
            "schema_version = 1\n[desired]\n\nkms-key = \"mine\"\n",
            "costctl.toml:4: desired.kms-key: is no key; hint: \"customer-managed\", the ARN of a key, or alias/NAME",
        ),
        (
            "schema_version = 1\n[desired]\nexecution-role = {}\n",
            "costctl.toml:3: desired.execution-role: denies nothing; hint: policies = [\"*FullAccess\"]",
        ),
        (
            "schema_version = 1\n[desired]\nmax-storage-gib = 4\n",
            "costctl.toml:3: desired.max-storage-gib: is out of bounds; hint: 5 to 16384",
        ),
    ] {
        assert_eq!(error(text), expected);
    }
    for (text, place, hint) in [
        (
            "schema_version = 1\n[apps]\nidle-timeuot = \"2h\"\n",
            "costctl.toml:3: apps.idle-timeuot:",
            "expected one of `idle-timeout`",
        ),
        (
            "schema_version = 1\n[apps]\nsilent-agent = \"kill\"\n",
            "costctl.toml:3: apps.silent-agent:",
            "expected `report` or `stop`",
        ),
        ("schema_version = 1\n[apps\n", "costctl.toml:2", "expected"),
        ("schema_version = 1\n[[budget]]\nmax-apps = -1\n", "costctl.toml:3: budget.max-apps:", "expected u32"),
        (
            "schema_version = 1\n[[exemption]]\nfor = { space = \"x\" }\n",
            "costctl.toml:2: exemption:",
            "missing field `owner`; hint",
        ),
    ] {
        let error = error(text);
        assert!(error.starts_with(place) && error.contains(hint), "{error}");
    }
}
