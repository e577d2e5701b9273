//! Fleets made by hand, for every test of a sweep.

use cost_planner::install::Scope;
use cost_planner::plan::{Allowed, Decision, Past, Plan, Prices, Row, plan};
use cost_planner::policy::{EndpointMode, FleetPolicy};
use cost_planner::snapshot::{
    App, AppCloseUp, AppStatus, CloseUp, Domain, Endpoint, Heartbeat, Kind, NotebookInstance, SCHEMA_VERSION,
    ScopeSeen, Series, Sharing, Snapshot, Space, TagsSeen, UserProfile, Variant,
};
use idle_core::{
    AccountId, AppName, AppOwner, AppType, DomainId, EndpointName, InstanceType, NotebookInstanceName, Partition,
    Region, SpaceName, UserProfileName, VariantName,
};
use jiff::{SignedDuration, Timestamp};

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const OTHER: &str = "444455556666";

pub(crate) fn now() -> Timestamp {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

/// So many minutes ago.
pub(crate) fn ago(minutes: i64) -> Timestamp {
    now() - SignedDuration::from_mins(minutes)
}

pub(crate) fn days(days: i64) -> i64 {
    days * 24 * 60
}

pub(crate) fn policy(text: &str) -> FleetPolicy {
    FleetPolicy::parse(&format!("schema_version = 1\n{text}"), "costctl.toml").unwrap()
}

/// A heartbeat of four minutes ago.
pub(crate) fn idle(minutes: u64) -> Heartbeat {
    Heartbeat::Heard { at: ago(4), idle_seconds: minutes * 60 }
}

pub(crate) fn tags(pairs: &[(&str, &str)]) -> TagsSeen {
    TagsSeen::Read(pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
}

pub(crate) fn snapshot(scopes: Vec<ScopeSeen>) -> Snapshot {
    Snapshot { schema_version: SCHEMA_VERSION, taken_at: ago(1), scopes, unreached: Vec::new() }
}

/// An account and region with one domain, `d-1`, and nothing in it.
pub(crate) fn scope(account: &str) -> ScopeSeen {
    ScopeSeen {
        scope: Scope {
            partition: Partition::parse("aws").unwrap(),
            account: AccountId::parse(account).unwrap(),
            region: Region::parse("us-east-1").unwrap(),
        },
        role: format!("arn:aws:sts::{account}:assumed-role/costctl-reader/sweep"),
        taken_at: ago(1),
        kinds: Kind::ALL.to_vec(),
        blind: Vec::new(),
        domains: vec![Domain {
            id: DomainId::parse("d-1").unwrap(),
            name: "one".to_owned(),
            status: "InService".to_owned(),
            tags: Some(Box::new(tags(&[]))),
        }],
        user_profiles: Vec::new(),
        spaces: Vec::new(),
        apps: Vec::new(),
        heartbeats_since: Some(ago(180)),
        idle_times: Vec::new(),
        unclear: Vec::new(),
        endpoints: Vec::new(),
        notebook_instances: Vec::new(),
        extras: None,
    }
}

pub(crate) fn user_profile(name: &str) -> UserProfile {
    UserProfile {
        domain: DomainId::parse("d-1").unwrap(),
        name: UserProfileName::parse(name).unwrap(),
        status: "InService".to_owned(),
        modified_at: Some(ago(days(90))),
        tags: Some(Box::new(tags(&[]))),
    }
}

pub(crate) fn space(name: &str, owner: Option<&str>) -> Space {
    Space {
        domain: DomainId::parse("d-1").unwrap(),
        name: SpaceName::parse(name).unwrap(),
        owner: owner.map(|owner| UserProfileName::parse(owner).unwrap()),
        sharing: Sharing::Private,
        in_service: true,
        modified_at: Some(ago(days(2))),
        volume_gb: Some(100),
        tags: Some(Box::new(tags(&[]))),
    }
}

/// A JupyterLab app, two days old and looked at, in a space.
pub(crate) fn app(space: &str, heartbeat: Heartbeat) -> App {
    App {
        domain: DomainId::parse("d-1").unwrap(),
        owner: AppOwner::Space(SpaceName::parse(space).unwrap()),
        app_type: AppType::JupyterLab,
        name: AppName::parse("default").unwrap(),
        status: AppStatus::InService,
        created_at: Some(ago(days(2))),
        instance_type: Some(InstanceType::parse("ml.g5.xlarge").unwrap()),
        heartbeat,
        close_up: Some(Box::new(Ok(AppCloseUp {
            seen_at: ago(1),
            status: AppStatus::InService,
            created_at: Some(ago(days(2))),
            recovery_mode: false,
            training_plan: None,
            last_user_activity_at: Some(ago(3)),
            last_health_check_at: Some(ago(3)),
            built_in_lifecycle_config: None,
            tags: tags(&[]),
        }))),
    }
}

/// A scope with this app in alice's space, `s-1`.
pub(crate) fn one(app: App) -> ScopeSeen {
    let mut scope = scope(ACCOUNT);
    scope.user_profiles.push(user_profile("alice"));
    scope.spaces.push(space("s-1", Some("alice")));
    scope.apps.push(app);
    scope
}

/// A scope with so many apps, `a-000` and on, each in a space of its own of alice's.
pub(crate) fn many(account: &str, heartbeats: impl IntoIterator<Item = Heartbeat>) -> ScopeSeen {
    let mut scope = scope(account);
    scope.user_profiles.push(user_profile("alice"));
    for (at, heartbeat) in heartbeats.into_iter().enumerate() {
        let name = format!("a-{at:03}");
        scope.spaces.push(space(&name, Some("alice")));
        scope.apps.push(app(&name, heartbeat));
    }
    scope
}

pub(crate) fn close_up(app: &mut App) -> &mut AppCloseUp {
    app.close_up.as_mut().unwrap().as_mut().as_mut().unwrap()
}

pub(crate) fn notebook_instance(heartbeat: Heartbeat) -> NotebookInstance {
    NotebookInstance {
        name: NotebookInstanceName::parse("nb-1").unwrap(),
        status: "InService".to_owned(),
        instance_type: Some(InstanceType::parse("ml.g5.xlarge").unwrap()),
        created_at: Some(ago(days(90))),
        modified_at: Some(ago(days(2))),
        heartbeat,
        tags: Some(Box::new(tags(&[]))),
    }
}

/// A series over the last 66 days with points from its begin on, invoked last so many days ago.
pub(crate) fn series(last: Option<i64>) -> Series {
    Series::Read {
        from: ago(days(66)),
        to: now(),
        first_at: Some(ago(days(66))),
        last_above_zero_at: last.map(|last| ago(days(last))),
        sum: if last.is_some() { 7.0 } else { 0.0 },
    }
}

pub(crate) fn variant(name: &str, invocations: Series) -> Variant {
    Variant {
        name: VariantName::parse(name).unwrap(),
        is_shadow: false,
        instance_type: Some(InstanceType::parse("ml.m5.xlarge").unwrap()),
        instances: 2,
        desired_instances: 2,
        serverless: None,
        managed_min_instances: None,
        invocations,
    }
}

/// An endpoint that answers at once, 200 days old.
pub(crate) fn endpoint(name: &str, variants: Vec<Variant>) -> Endpoint {
    Endpoint {
        name: EndpointName::parse(name).unwrap(),
        status: "InService".to_owned(),
        created_at: Some(ago(days(200))),
        modified_at: Some(ago(days(100))),
        close_up: Ok(CloseUp {
            config_name: name.to_owned(),
            config_missing: None,
            is_async: false,
            variants,
            inference_components: Vec::new(),
            scalable_targets: Ok(Vec::new()),
            backlog: None,
            tags: tags(&[]),
        }),
    }
}

/// Accounts in which everything has been acted in before.
pub(crate) fn past() -> Past {
    Past { known_accounts: [ACCOUNT, OTHER].iter().map(|id| AccountId::parse(id).unwrap()).collect() }
}

pub(crate) fn planned(policy: &FleetPolicy, snapshot: &Snapshot) -> Plan {
    let allowed = Allowed { endpoints: EndpointMode::Delete };
    plan(policy, snapshot, &past(), &Prices::bundled(), &allowed, now())
}

/// A row in short: what is decided, the code and the sentence.
pub(crate) fn short(row: &Row) -> (&'static str, &'static str, String) {
    let decision = match row.decision {
        Decision::Act(_) => "act",
        Decision::HoldBack => "hold back",
        Decision::Report => "report",
        Decision::Keep => "keep",
    };
    (decision, row.code.code(), row.text().to_owned())
}

/// What is decided about the only resource of a scope.
pub(crate) fn only(policy: &FleetPolicy, scope: ScopeSeen) -> (&'static str, &'static str, String) {
    let plan = planned(policy, &snapshot(vec![scope]));
    assert_eq!(plan.rows.len(), 1, "{:?}", plan.rows);
    short(&plan.rows[0])
}

pub(crate) fn acts(plan: &Plan) -> usize {
    plan.rows.iter().filter(|row| matches!(row.decision, Decision::Act(_))).count()
}
