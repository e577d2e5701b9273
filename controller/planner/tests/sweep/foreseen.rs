//! What is said of rows that are kept: when they come into question, what they bill, what is heard.

use cost_planner::plan::{Heard, Prices};
use cost_planner::policy::FleetPolicy;
use cost_planner::snapshot::{Heartbeat, ScopeSeen};
use jiff::{SignedDuration, Timestamp};

use crate::fleet::{
    ACCOUNT, ago, app, close_up, endpoint, idle, notebook_instance, now, one, planned, policy, scope, series, snapshot,
    tags, variant,
};

/// When the only resource of a scope is due.
fn due_at(policy: &FleetPolicy, scope: ScopeSeen) -> Option<Timestamp> {
    let snapshot = snapshot(vec![scope]);
    let plan = planned(policy, &snapshot);
    assert_eq!(plan.rows.len(), 1, "{:?}", plan.rows);
    plan.rows[0].due_at(&snapshot, policy, now())
}

fn in_minutes(minutes: i64) -> Option<Timestamp> {
    Some(now() + SignedDuration::from_mins(minutes))
}

#[test]
fn only_what_is_idle_and_not_yet_for_long_enough_is_due_later() {
    let default = FleetPolicy::by_default();
    // The heartbeat is four minutes old, and the limit two hours.
    assert_eq!(due_at(&default, one(app("s-1", idle(20)))), in_minutes(96));
    let late = Heartbeat::Heard { at: ago(10), idle_seconds: 1200 };
    for heartbeat in [idle(0), idle(130), late, Heartbeat::Silent, Heartbeat::Unread("denied".into())] {
        assert_eq!(due_at(&default, one(app("s-1", heartbeat.clone()))), None, "{heartbeat:?}");
    }
    let mut instances = scope(ACCOUNT);
    instances.notebook_instances.push(notebook_instance(idle(60)));
    assert_eq!(due_at(&default, instances), in_minutes(56));
}

#[test]
fn the_limit_is_the_one_that_the_policy_has_for_it() {
    let by_tag = policy("[[override]]\nname = \"ml\"\nfor = { tag = \"team=ml\" }\napps.idle-timeout = \"1h\"");
    let mut of_ml = app("s-1", idle(20));
    close_up(&mut of_ml).tags = tags(&[("team", "ml")]);
    assert_eq!(due_at(&by_tag, one(of_ml)), in_minutes(36));
    assert_eq!(due_at(&by_tag, one(app("s-1", idle(20)))), in_minutes(96));
    assert_eq!(due_at(&policy("[apps]\nidle-timeout = \"off\""), one(app("s-1", idle(20)))), None);
}

#[test]
fn what_is_kept_has_a_price_and_is_heard() {
    let mut seen = one(app("s-1", idle(0)));
    seen.apps[0].instance_type = Some(idle_core::InstanceType::parse("ml.g4dn.xlarge").unwrap());
    seen.endpoints.push(endpoint("asked", vec![variant("a", series(Some(1)))]));
    let mut snapshot = snapshot(vec![seen]);
    let plan = planned(&FleetPolicy::by_default(), &snapshot);
    let [app, endpoint] = &plan.rows[..] else { panic!("{:?}", plan.rows) };
    assert_eq!(app.price(), None);
    assert_eq!(app.billed(&snapshot, &Prices::bundled()).micro_usd_per_hour(), Some(736_400));
    assert_eq!(app.heard(&snapshot, now()), Some(Heard::Alive { at: ago(4), idle: SignedDuration::ZERO }));
    assert_eq!(app.listed(&snapshot).unwrap().owner.as_deref(), Some("alice"));
    assert_eq!(endpoint.heard(&snapshot, now()), None);
    snapshot.scopes[0].scope.region = idle_core::Region::parse("eu-west-1").unwrap();
    let whole = endpoint.billed(&snapshot, &Prices::bundled()).micro_usd_per_hour();
    assert_eq!(whole, Some(2 * 257_000));
}
