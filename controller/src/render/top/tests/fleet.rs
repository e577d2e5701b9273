//! Fleets made by hand, seen and decided as `top` does it.

use cost_planner::plan::{Allowed, Past, Plan, Prices, plan};
use cost_planner::policy::{EndpointMode, FleetPolicy};
use cost_planner::snapshot::Snapshot;
use idle_core::AccountId;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::render::top::{Fleet, Ground, View};

pub(super) const ACCOUNT: &str = "111122223333";
pub(super) const OTHER: &str = "444455556666";

pub(super) fn now() -> Timestamp {
    "2026-11-25T12:00:00Z".parse().expect("a time")
}

/// So many minutes ago.
pub(super) fn ago(minutes: i64) -> String {
    (now() - SignedDuration::from_mins(minutes)).to_string()
}

/// A heartbeat of four minutes ago.
pub(super) fn idle(minutes: i64) -> Value {
    json!({ "heard": { "at": ago(4), "idle_seconds": minutes * 60 } })
}

/// A JupyterLab app in a space, two days old and looked at.
pub(super) fn app(space: &str, heartbeat: &Value) -> Value {
    let close_up = json!({ "seen_at": ago(1), "status": "InService", "created_at": ago(2880), "recovery_mode": false,
        "training_plan": null, "last_user_activity_at": ago(3), "last_health_check_at": ago(3),
        "built_in_lifecycle_config": null, "tags": { "read": {} } });
    json!({ "domain": "d-1", "space": space, "app_type": "JupyterLab", "name": "default", "status": "InService",
        "created_at": ago(2880), "instance_type": "ml.g4dn.xlarge", "heartbeat": heartbeat,
        "close_up": { "Ok": close_up } })
}

pub(super) fn space(name: &str, owner: Option<&str>) -> Value {
    json!({ "domain": "d-1", "name": name, "owner": owner, "sharing": "Private", "in_service": true,
        "modified_at": ago(2880), "volume_gb": 100, "tags": { "read": {} } })
}

pub(super) fn user_profile(name: &str) -> Value {
    json!({ "domain": "d-1", "name": name, "status": "InService", "modified_at": ago(9999), "tags": { "read": {} } })
}

/// An account and region with these apps in spaces of ada's, one each.
pub(super) fn scope(account: &str, apps: Vec<Value>) -> Value {
    let spaces: Vec<Value> =
        apps.iter().map(|app| space(app["space"].as_str().expect("a space"), Some("ada"))).collect();
    let mut scope = empty(account);
    (scope["spaces"], scope["apps"]) = (spaces.into(), apps.into());
    scope["user_profiles"] = json!([user_profile("ada")]);
    scope
}

pub(super) fn empty(account: &str) -> Value {
    json!({ "partition": "aws", "account": account, "region": "us-east-1", "role": "arn:aws:iam::111122223333:role/r",
        "taken_at": ago(0), "kinds": ["apps", "endpoints", "notebook-instances"], "blind": [],
        "domains": [{ "id": "d-1", "name": "one", "status": "InService", "tags": { "read": {} } }],
        "user_profiles": [], "spaces": [], "apps": [], "heartbeats_since": ago(180), "unclear": [], "endpoints": [],
        "notebook_instances": [] })
}

pub(super) fn snapshot(scopes: &[Value], unreached: &Value) -> Snapshot {
    let text = json!({ "schema_version": 1, "taken_at": ago(0), "scopes": scopes, "unreached": unreached });
    let mut snapshot: Snapshot = serde_json::from_value(text).expect("a snapshot");
    snapshot.scopes.iter_mut().for_each(cost_planner::snapshot::ScopeSeen::sort);
    snapshot
}

/// What `top` makes of it under this policy.
pub(super) fn seen(snapshot: &Snapshot, policy: &FleetPolicy) -> Fleet {
    let past = Past { known_accounts: [ACCOUNT, OTHER].map(|id| AccountId::parse(id).expect("an account")).into() };
    let allowed = Allowed { endpoints: EndpointMode::Report };
    let plan: Plan = plan(policy, snapshot, &past, &Prices::bundled(), &allowed, now());
    Fleet::of(snapshot, &plan, policy, &Prices::bundled())
}

/// The same under the built-in policy.
pub(super) fn fleet(scopes: &[Value]) -> Fleet {
    seen(&snapshot(scopes, &json!([])), &FleetPolicy::by_default())
}

/// A view of it, seen with 12 calls, and the next look in 48 seconds.
pub(super) fn view(fleet: Fleet) -> View {
    let ground = Ground { policy: "policy built-in".to_owned(), every: SignedDuration::from_secs(60), colour: true };
    let mut view = View::new(ground);
    view.seen(Ok(fleet), 12, now());
    view.next_look(Some(now() + SignedDuration::from_secs(60)));
    view
}
