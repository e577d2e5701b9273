//! Each method on apps, by table.

use cost_planner::plan::{Candidate, Resource, candidates};
use cost_planner::policy::FleetPolicy;
use cost_planner::snapshot::{App, AppStatus, Heartbeat};
use idle_core::{AppOwner, AppType, InstanceType, UserProfileName};

use crate::fleet::{ago, app, days, idle, now, one, only, planned, policy, short, snapshot, space, user_profile};

fn heard(minutes_ago: i64, idle_seconds: u64) -> Heartbeat {
    Heartbeat::Heard { at: ago(minutes_ago), idle_seconds }
}

#[test]
fn an_app_is_stopped_by_a_fresh_heartbeat_that_says_idle_for_long_enough() {
    let default = FleetPolicy::by_default();
    for (heartbeat, decision, code) in [
        (idle(0), "keep", "busy"),
        (idle(119), "keep", "recent-activity"),
        (idle(120), "act", "idle-timeout"),
        (heard(8, 7200), "act", "idle-timeout"),
        // A heartbeat is late: its agent cannot say that work returned.
        (heard(9, 7200), "report", "source-unknown"),
        (heard(15, 7200), "report", "source-unknown"),
        (heard(15, 0), "keep", "busy"),
        (heard(16, 7200), "report", "silent-agent"),
        (heard(-3, 7200), "report", "source-unknown"),
        (heard(-1, 7200), "act", "idle-timeout"),
        (heard(4, 3 * 24 * 3600), "report", "source-unknown"),
        (heard(days(2) + 1, 7200), "report", "no-agent"),
        (Heartbeat::Silent, "report", "no-agent"),
        (Heartbeat::NotAsked, "report", "source-unknown"),
        (Heartbeat::Unread("denied".into()), "report", "source-unknown"),
    ] {
        let (decided, why, text) = only(&default, one(app("s-1", heartbeat.clone())));
        assert_eq!((decided, why), (decision, code), "{heartbeat:?}: {text}");
    }
    let (.., text) = only(&default, one(app("s-1", idle(192))));
    assert_eq!(text, "idle for 3h 12m by its agent, heard 4m ago; the limit is 2h");
}

#[test]
fn an_idle_timeout_that_is_off_stops_nothing() {
    let off = policy("[apps]\nidle-timeout = \"off\"");
    assert_eq!(only(&off, one(app("s-1", idle(2000)))).1, "policy-off");
    let system = App {
        app_type: AppType::JupyterServer,
        instance_type: Some(InstanceType::parse("system").unwrap()),
        ..app("s-1", idle(2000))
    };
    let (decision, code, _) = only(&FleetPolicy::by_default(), one(system));
    assert_eq!((decision, code), ("keep", "policy-off"), "its stop would save nothing");
}

#[test]
fn a_silent_agent_is_told_and_stopped_only_where_the_policy_says_so() {
    let stop = policy("[apps]\nsilent-agent = \"stop\"\nsilent-after = \"1d\"");
    for (policy, minutes, decision) in [
        (&FleetPolicy::by_default(), days(1), "report"),
        (&stop, days(1) - 1, "report"),
        (&stop, days(1), "hold back"),
        (&stop, days(1) + 240, "act"),
    ] {
        let mut silent = app("s-1", heard(minutes, 0));
        // Somebody was active a little more than a day ago, and no health check then.
        crate::fleet::close_up(&mut silent).last_user_activity_at = Some(ago(days(1) - 1));
        if decision == "act" {
            crate::fleet::close_up(&mut silent).last_user_activity_at = Some(ago(days(1) + 1));
        }
        let (decided, _, text) = only(policy, one(silent));
        assert_eq!(decided, decision, "{minutes}: {text}");
    }
    let (decision, code, text) = only(&stop, one(app("s-1", Heartbeat::Silent)));
    assert_eq!((decision, code), ("report", "no-agent"), "an app that never had one is not silent");
    let mut server = app("s-1", heard(1500, 0));
    crate::fleet::close_up(&mut server).last_user_activity_at = Some(ago(days(2)));
    server.instance_type = Some(InstanceType::parse("system").unwrap());
    let (decision, code, _) = only(&stop, one(server));
    assert_eq!((decision, code), ("report", "silent-agent"), "what bills nothing is not stopped");
    assert!(text.ends_with("in the last 3h; what was before is not known"), "{text}");
    let mut whole = one(app("s-1", Heartbeat::Silent));
    whole.heartbeats_since = Some(ago(days(3)));
    assert_eq!(only(&stop, whole).2, "no agent was ever heard in it");
}

#[test]
fn an_app_that_cannot_host_an_agent_is_told_or_has_a_maximum_age() {
    let max = policy("[apps]\nmax-age = \"2d\"");
    let longer = policy("[apps]\nmax-age = \"3d\"");
    let canvas = |app_type| {
        let owner = AppOwner::UserProfile(UserProfileName::parse("alice").unwrap());
        one(App { app_type, owner, ..app("s-1", Heartbeat::NotAsked) })
    };
    for (policy, app_type, decision, code) in [
        (&FleetPolicy::by_default(), AppType::Canvas, "report", "cannot-host"),
        (&max, AppType::Canvas, "act", "max-age"),
        (&max, AppType::RSessionGateway, "act", "max-age"),
        (&max, AppType::RStudioServerPro, "hold back", "no-way-back"),
        (&longer, AppType::TensorBoard, "keep", "too-young"),
    ] {
        let mut scope = canvas(app_type);
        scope.spaces.clear();
        let (decided, why, text) = only(policy, scope);
        assert_eq!((decided, why), (decision, code), "{app_type}: {text}");
    }
    assert_eq!(only(&max, one(app("s-1", idle(0)))).1, "busy", "an app with an agent has none");
}

#[test]
fn a_type_that_is_not_allowed_is_told_or_stopped_after_the_grace() {
    let list = "allowed-instance-types = [\"ml.t3.*\", \"ml.m5.large\"]";
    let report = policy(&format!("[apps]\n{list}"));
    let stop = policy(&format!("[apps]\n{list}\nviolation = \"stop\"\nviolation-grace = \"2d\""));
    let later = policy(&format!("[apps]\n{list}\nviolation = \"stop\"\nviolation-grace = \"3d\""));
    let on = |instance_type: &str, heartbeat| {
        one(App { instance_type: Some(InstanceType::parse(instance_type).unwrap()), ..app("s-1", heartbeat) })
    };
    for (policy, instance_type, decision, code) in [
        (&report, "ml.g5.xlarge", "report", "instance-type-not-allowed"),
        (&stop, "ml.g5.xlarge", "act", "instance-type-not-allowed"),
        (&later, "ml.g5.xlarge", "report", "instance-type-not-allowed"),
        (&stop, "ml.t3.medium", "keep", "busy"),
        (&stop, "ml.m5.large", "keep", "busy"),
        (&stop, "ml.m5.large2", "act", "instance-type-not-allowed"),
        (&stop, "system", "keep", "busy"),
    ] {
        let (decided, why, text) = only(policy, on(instance_type, idle(0)));
        assert_eq!((decided, why), (decision, code), "{instance_type}: {text}");
    }
    assert_eq!(only(&stop, on("ml.g5.xlarge", idle(300))).1, "idle-timeout", "the better evidence is told");
    assert_eq!(only(&report, on("ml.g5.xlarge", Heartbeat::Silent)).1, "instance-type-not-allowed");
}

#[test]
fn what_is_not_in_service_is_never_acted_on() {
    let default = FleetPolicy::by_default();
    for (status, minutes, decision, code) in [
        (AppStatus::Pending, 119, "keep", "not-in-service"),
        (AppStatus::Pending, 120, "report", "failed-or-hanging"),
        (AppStatus::Deleting, 10, "keep", "not-in-service"),
        (AppStatus::Deleting, 600, "report", "failed-or-hanging"),
        (AppStatus::Failed, 10, "report", "failed-or-hanging"),
        (AppStatus::Deleted, 600, "keep", "not-in-service"),
        (AppStatus::Unknown, 600, "report", "failed-or-hanging"),
    ] {
        let scope = one(App { status, created_at: Some(ago(minutes)), ..app("s-1", idle(300)) });
        let (decided, why, text) = only(&default, scope);
        assert_eq!((decided, why), (decision, code), "{status:?} {minutes}: {text}");
    }
}

#[test]
fn a_volume_without_an_app_is_told_with_its_price() {
    let mut scope = one(app("s-1", idle(0)));
    let mut old = space("s-0", None);
    old.modified_at = Some(ago(days(31)));
    scope.spaces.push(old.clone());
    scope.sort();
    let plan = planned(&FleetPolicy::by_default(), &snapshot(vec![scope.clone()]));
    let (decision, code, text) = short(&plan.rows[1]);
    assert_eq!((decision, code, plan.rows[1].resource), ("report", "unused-volume", Resource::Volume(0)), "{text}");
    let price = plan.rows[1].price().and_then(|price| price.micro_usd_per_hour());
    assert_eq!(price, Some(100 * 112_000 / 730));
    scope.spaces[0].modified_at = Some(ago(days(29)));
    assert_eq!(planned(&FleetPolicy::by_default(), &snapshot(vec![scope.clone()])).rows.len(), 1);
    scope.spaces[0] = old;
    assert_eq!(planned(&policy("[volumes]\nunused-for = \"off\""), &snapshot(vec![scope.clone()])).rows.len(), 1);
    scope.blind = vec![cost_planner::snapshot::Blind { operation: "ListApps".to_owned(), why: "throttled".to_owned() }];
    assert_eq!(planned(&FleetPolicy::by_default(), &snapshot(vec![scope])).rows.len(), 1, "an app may be in it");
}

#[test]
fn candidates_are_what_could_be_acted_on_whatever_its_tags_say() {
    let by_tag = policy("[[override]]\nfor = { tag = \"team=ml\" }\napps.idle-timeout = \"1h\"");
    let unseen = |heartbeat| App { close_up: None, ..app("s-1", heartbeat) };
    for (policy, heartbeat, is_candidate) in [
        (&FleetPolicy::by_default(), idle(119), false),
        (&FleetPolicy::by_default(), idle(120), true),
        (&by_tag, idle(59), false),
        (&by_tag, idle(60), true),
        (&by_tag, Heartbeat::Silent, false),
    ] {
        let snapshot = snapshot(vec![one(unseen(heartbeat.clone()))]);
        let found = candidates(policy, &snapshot, now());
        let expected = [Candidate { scope: 0, resource: Resource::App(0) }];
        assert_eq!(found, expected[..usize::from(is_candidate)], "{heartbeat:?}");
        let plan = planned(policy, &snapshot);
        assert_ne!(short(&plan.rows[0]).0, "act", "nobody looked at it");
    }
    let tagged = |minutes| {
        let mut scope = one(app("s-1", idle(minutes)));
        scope.user_profiles[0] = cost_planner::snapshot::UserProfile {
            tags: Some(Box::new(crate::fleet::tags(&[("team", "ml")]))),
            ..user_profile("alice")
        };
        only(&by_tag, scope).0
    };
    assert_eq!((tagged(59), tagged(60)), ("keep", "act"));
}
