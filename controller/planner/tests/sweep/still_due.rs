//! Right before the act: any single change refuses it.

use cost_planner::plan::{Action, Allowed, AppLook, Look, Prices, Target, plan, still_due};
use cost_planner::policy::{EndpointMode, FleetPolicy};
use cost_planner::snapshot::{
    AppStatus, CloseUp, Endpoint, Heartbeat, InferenceComponent, NotebookInstance, ScalableTarget, ScopeSeen, Series,
    Snapshot, TagsSeen,
};
use idle_core::{AppName, InferenceComponentName, InstanceType, SpaceName};
use jiff::SignedDuration;

use crate::fleet::{
    ACCOUNT, ago, app, close_up, days, endpoint, idle, notebook_instance, now, one, past, policy, scope, series,
    snapshot, tags, variant,
};

fn action(policy: &FleetPolicy, scope: ScopeSeen, endpoints: EndpointMode) -> Action {
    let snapshot: Snapshot = snapshot(vec![scope]);
    let plan = plan(policy, &snapshot, &past(), &Prices::bundled(), &Allowed { endpoints }, now());
    let mut actions = plan.document(&snapshot, "", SignedDuration::from_hours(1)).actions;
    assert_eq!(actions.len(), 1, "{:?}", plan.rows);
    // What was planned is written to a file and read again before it is done.
    let text = serde_json::to_string(&actions.remove(0)).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The same thing seen again.
fn look(scope: &ScopeSeen) -> AppLook {
    AppLook {
        app: scope.apps[0].clone(),
        space: scope.spaces.first().cloned(),
        user_profile: scope.user_profiles.first().cloned(),
        domain: scope.domains.first().cloned(),
    }
}

fn refusal(action: &Action, look: &Look) -> (&'static str, String) {
    match still_due(action, look, now()) {
        Ok(()) => ("due", String::new()),
        Err(why) => (why.code.code(), why.text),
    }
}

#[test]
fn an_app_that_changed_in_any_way_is_left_alone() {
    type Change = fn(&mut AppLook);
    let table: &[(Change, &str)] = &[
        (|_| {}, "due"),
        (|l| l.app.heartbeat = Heartbeat::Heard { at: ago(1), idle_seconds: 7200 }, "due"),
        (|l| l.app.created_at = Some(ago(30)), "changed"),
        (|l| l.app.created_at = None, "changed"),
        (|l| l.app.name = AppName::parse("other").unwrap(), "changed"),
        (|l| l.app.owner = idle_core::AppOwner::Space(SpaceName::parse("s-2").unwrap()), "changed"),
        (|l| l.app.instance_type = Some(InstanceType::parse("ml.t3.medium").unwrap()), "changed"),
        (|l| l.app.status = AppStatus::Deleting, "not-in-service"),
        (|l| close_up(&mut l.app).status = AppStatus::Deleted, "not-in-service"),
        (|l| close_up(&mut l.app).created_at = Some(ago(30)), "changed"),
        (|l| close_up(&mut l.app).recovery_mode = true, "recovery-mode"),
        (|l| close_up(&mut l.app).training_plan = Some("tp".into()), "prepaid"),
        (|l| close_up(&mut l.app).last_user_activity_at = Some(ago(1)), "recent-activity"),
        (|l| close_up(&mut l.app).tags = tags(&[("costctl:protect", "")]), "protected"),
        (|l| close_up(&mut l.app).tags = TagsSeen::Unread("no".into()), "tags-unread"),
        (|l| l.app.close_up = None, "source-unknown"),
        (|l| l.app.close_up = Some(Box::new(Err("no".into()))), "source-unknown"),
        (|l| l.app.heartbeat = Heartbeat::Heard { at: ago(1), idle_seconds: 0 }, "busy"),
        (|l| l.app.heartbeat = Heartbeat::Heard { at: ago(1), idle_seconds: 7199 }, "recent-activity"),
        (|l| l.app.heartbeat = Heartbeat::Heard { at: ago(16), idle_seconds: 9000 }, "silent-agent"),
        (|l| l.app.heartbeat = Heartbeat::Heard { at: ago(5), idle_seconds: 9000 }, "source-unknown"),
        (|l| l.app.heartbeat = Heartbeat::Silent, "silent-agent"),
        (|l| l.app.heartbeat = Heartbeat::Unread("no".into()), "source-unknown"),
        (|l| l.app.heartbeat = Heartbeat::NotAsked, "source-unknown"),
        (|l| l.space = None, "changed"),
        (|l| l.space.as_mut().unwrap().modified_at = Some(ago(days(1))), "changed"),
        (|l| l.space.as_mut().unwrap().in_service = false, "changed-just-now"),
        (
            |l| l.space.as_mut().unwrap().tags = Some(Box::new(tags(&[("costctl:exempt-until", "2026-12-01")]))),
            "exempt",
        ),
        (|l| l.space.as_mut().unwrap().tags = None, "tags-unread"),
        (|l| l.user_profile = None, "source-unknown"),
        (|l| l.user_profile.as_mut().unwrap().modified_at = Some(ago(2)), "changed-just-now"),
        (|l| l.user_profile.as_mut().unwrap().status = "Deleting".into(), "changed-just-now"),
        (|l| l.user_profile.as_mut().unwrap().tags = None, "tags-unread"),
        (|l| l.domain = None, "source-unknown"),
        (|l| l.domain.as_mut().unwrap().status = "Updating".into(), "changed-just-now"),
        (|l| l.domain.as_mut().unwrap().tags = Some(Box::new(tags(&[("costctl:protect", "")]))), "protected"),
    ];
    let scope = one(app("s-1", idle(192)));
    let action = action(&FleetPolicy::by_default(), scope.clone(), EndpointMode::Report);
    for (at, (change, code)) in table.iter().enumerate() {
        let mut look = look(&scope);
        change(&mut look);
        let (refused, text) = refusal(&action, &Look::App(Box::new(look)));
        assert_eq!(refused, *code, "row {at}: {text}");
    }
    assert_eq!(refusal(&action, &Look::Gone).0, "gone");
    assert_eq!(refusal(&action, &Look::Unseen("throttled".into())).0, "source-unknown");
    let other = Look::NotebookInstance(Box::new(notebook_instance(idle(192))));
    assert_eq!(refusal(&action, &other).0, "source-unknown", "something else was looked at");
}

#[test]
fn a_plan_that_says_too_little_or_too_much_comes_to_nothing() {
    let scope = one(app("s-1", idle(192)));
    let whole = action(&FleetPolicy::by_default(), scope.clone(), EndpointMode::Report);
    let at_work = || {
        let mut look = look(&scope);
        look.app.heartbeat = Heartbeat::Heard { at: ago(1), idle_seconds: 0 };
        Look::App(Box::new(look))
    };
    let mut bare = whole.clone();
    bare.must.idle_at_least_seconds = None;
    assert_eq!(refusal(&bare, &at_work()).0, "source-unknown");
    let mut untagged = whole;
    untagged.must.protecting_tags.clear();
    let mut protected = look(&scope);
    protected.space.as_mut().unwrap().tags = Some(Box::new(tags(&[("costctl:protect", "no")])));
    assert_eq!(refusal(&untagged, &Look::App(Box::new(protected))).0, "protected");

    let instance = notebook_instance(idle(192));
    let scope = ScopeSeen { notebook_instances: vec![instance.clone()], ..self::scope(ACCOUNT) };
    let mut bare = action(&FleetPolicy::by_default(), scope, EndpointMode::Report);
    bare.must.idle_at_least_seconds = None;
    let at_work = Look::NotebookInstance(Box::new(NotebookInstance { heartbeat: idle(0), ..instance }));
    assert_eq!(refusal(&bare, &at_work).0, "source-unknown");

    let unused = endpoint("llm", vec![variant("one", series(Some(20)))]);
    let scope = ScopeSeen { endpoints: vec![unused.clone()], ..self::scope(ACCOUNT) };
    let mut endless = action(&acting("delete"), scope, EndpointMode::Delete);
    endless.must.no_invocations_within_seconds = Some(u64::MAX);
    assert_eq!(refusal(&endless, &Look::Endpoint(Box::new(unused))).0, "source-unknown");
}

#[test]
fn the_longer_it_takes_the_less_is_due() {
    let scope = one(app("s-1", idle(192)));
    let action = action(&FleetPolicy::by_default(), scope.clone(), EndpointMode::Report);
    let look = Look::App(Box::new(look(&scope)));
    let minutes = |minutes| now() + SignedDuration::from_mins(minutes);
    assert!(still_due(&action, &look, minutes(4)).is_ok());
    assert!(still_due(&action, &look, minutes(5)).is_err(), "the heartbeat is older than eight minutes");
}

#[test]
fn a_silence_must_be_seen_again() {
    let stop = policy("[apps]\nsilent-agent = \"stop\"\nsilent-after = \"1d\"");
    let last = Heartbeat::Heard { at: ago(days(1) + 60), idle_seconds: 0 };
    let scope = one(app("s-1", last));
    let action = action(&stop, scope.clone(), EndpointMode::Report);
    for (heartbeat, code) in [
        (scope.apps[0].heartbeat.clone(), "due"),
        (Heartbeat::Heard { at: ago(2), idle_seconds: 0 }, "changed"),
        (Heartbeat::Heard { at: ago(2), idle_seconds: 9000 }, "changed"),
        (Heartbeat::Heard { at: ago(days(1) + 5), idle_seconds: 0 }, "changed"),
        (Heartbeat::Silent, "source-unknown"),
        (Heartbeat::Unread("no".into()), "source-unknown"),
    ] {
        let mut look = look(&scope);
        look.app.heartbeat = heartbeat.clone();
        assert_eq!(refusal(&action, &Look::App(Box::new(look))).0, code, "{heartbeat:?}");
    }
}

#[test]
fn a_notebook_instance_that_changed_in_any_way_is_left_alone() {
    type Change = fn(&mut NotebookInstance);
    let table: &[(Change, &str)] = &[
        (|_| {}, "due"),
        (|n| n.status = "Stopping".into(), "not-in-service"),
        (|n| n.created_at = Some(ago(60)), "changed"),
        (|n| n.modified_at = Some(ago(60)), "changed"),
        (|n| n.modified_at = None, "changed"),
        (|n| n.instance_type = None, "changed"),
        (|n| n.tags = None, "tags-unread"),
        (|n| n.tags = Some(Box::new(tags(&[("costctl:protect", "")]))), "protected"),
        (|n| n.heartbeat = idle(0), "busy"),
        (|n| n.heartbeat = Heartbeat::Silent, "silent-agent"),
        (|n| n.heartbeat = Heartbeat::Unread("no".into()), "source-unknown"),
    ];
    let instance = notebook_instance(idle(192));
    let scope = ScopeSeen { notebook_instances: vec![instance.clone()], ..scope(ACCOUNT) };
    let action = action(&FleetPolicy::by_default(), scope, EndpointMode::Report);
    for (at, (change, code)) in table.iter().enumerate() {
        let mut instance = instance.clone();
        change(&mut instance);
        let (refused, text) = refusal(&action, &Look::NotebookInstance(Box::new(instance)));
        assert_eq!(refused, *code, "row {at}: {text}");
    }
}

fn seen(endpoint: &mut Endpoint) -> &mut CloseUp {
    endpoint.close_up.as_mut().unwrap()
}

type EndpointChange = fn(&mut Endpoint);

/// What refuses every action on an endpoint.
const OF_ANY: &[(EndpointChange, &str)] = &[
    (|_| {}, "due"),
    (|e| e.status = "Updating".into(), "not-in-service"),
    (|e| e.created_at = Some(ago(days(30))), "changed"),
    (|e| e.modified_at = Some(ago(days(30))), "changed"),
    (|e| e.close_up = Err("no".into()), "source-unknown"),
    (|e| seen(e).tags = TagsSeen::Unread("no".into()), "tags-unread"),
    (|e| seen(e).tags = tags(&[("costctl:protect", "")]), "protected"),
    (|e| seen(e).variants.iter_mut().for_each(|v| v.invocations = series(Some(1))), "invoked"),
    (|e| seen(e).variants.iter_mut().for_each(|v| v.invocations = Series::Absent), "unmeasured"),
    (|e| seen(e).variants.clear(), "changed"),
    (|e| (seen(e).is_async, seen(e).backlog) = (true, Some(series(Some(0)))), "invoked"),
    (|e| (seen(e).is_async, seen(e).backlog) = (true, None), "unmeasured"),
];

fn check(action: &Action, endpoint: &Endpoint, table: &[(EndpointChange, &str)]) {
    for (at, (change, code)) in table.iter().enumerate() {
        let mut endpoint = endpoint.clone();
        change(&mut endpoint);
        let (refused, text) = refusal(action, &Look::Endpoint(Box::new(endpoint)));
        assert_eq!(refused, *code, "{} row {at}: {text}", action.target);
    }
}

fn acting(action: &str) -> FleetPolicy {
    policy(&format!("[endpoints]\naction = \"{action}\"\nnames = \"llm\""))
}

#[test]
fn an_endpoint_that_changed_in_any_way_is_not_deleted() {
    let endpoint = endpoint("llm", vec![variant("one", series(Some(20)))]);
    let scope = ScopeSeen { endpoints: vec![endpoint.clone()], ..scope(ACCOUNT) };
    let action = action(&acting("delete"), scope, EndpointMode::Delete);
    assert!(matches!(action.target, Target::Endpoint(_)));
    check(&action, &endpoint, OF_ANY);
    check(
        &action,
        &endpoint,
        &[
            (|e| seen(e).config_missing = Some("gone".into()), "no-way-back"),
            (|e| seen(e).variants.push(variant("new", series(Some(0)))), "invoked"),
        ],
    );
}

#[test]
fn a_variant_or_component_that_changed_in_any_way_is_not_scaled() {
    let target = |id: &str, dimension: &str| {
        Ok(vec![ScalableTarget { resource_id: id.to_owned(), dimension: dimension.to_owned(), min: 0, max: 2 }])
    };
    let lost: EndpointChange = |e| seen(e).scalable_targets = Ok(Vec::new());
    let raised: EndpointChange = |e| seen(e).scalable_targets.as_mut().unwrap()[0].min = 1;
    let denied: EndpointChange = |e| seen(e).scalable_targets = Err("denied".into());
    let ways: [(EndpointChange, &str); 3] = [(lost, "no-way-back"), (raised, "no-way-back"), (denied, "no-way-back")];

    let mut queue = endpoint("llm", vec![variant("one", series(Some(20)))]);
    (seen(&mut queue).is_async, seen(&mut queue).backlog) = (true, Some(series(None)));
    seen(&mut queue).scalable_targets = target("endpoint/llm/variant/one", "sagemaker:variant:DesiredInstanceCount");
    let whole = ScopeSeen { endpoints: vec![queue.clone()], ..scope(ACCOUNT) };
    let scaled = action(&acting("scale"), whole, EndpointMode::Scale);
    assert!(matches!(scaled.target, Target::Variant { .. }));
    check(&scaled, &queue, OF_ANY);
    check(&scaled, &queue, &ways);
    check(&scaled, &queue, &[(|e| (seen(e).is_async, seen(e).backlog) = (false, None), "no-way-back")]);

    let mut shared = endpoint("llm", vec![variant("one", Series::Absent)]);
    seen(&mut shared).scalable_targets =
        target("inference-component/a", "sagemaker:inference-component:DesiredCopyCount");
    seen(&mut shared).inference_components.push(InferenceComponent {
        name: InferenceComponentName::parse("a").unwrap(),
        variant: None,
        status: "InService".to_owned(),
        copies: 1,
        desired_copies: 1,
        invocations: series(Some(20)),
    });
    let whole = ScopeSeen { endpoints: vec![shared.clone()], ..scope(ACCOUNT) };
    let scaled = action(&acting("scale"), whole, EndpointMode::Scale);
    assert!(matches!(scaled.target, Target::InferenceComponent { .. }));
    check(&scaled, &shared, &ways);
    check(
        &scaled,
        &shared,
        &[
            (|_| {}, "due"),
            (|e| seen(e).inference_components[0].invocations = series(Some(0)), "invoked"),
            (|e| seen(e).inference_components.clear(), "changed"),
        ],
    );
}
