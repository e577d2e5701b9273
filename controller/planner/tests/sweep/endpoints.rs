//! Endpoints: what counts as unused, and what may be done about it.

use cost_planner::plan::{Allowed, Plan, Prices, Resource, plan};
use cost_planner::policy::{EndpointMode, FleetPolicy};
use cost_planner::snapshot::{
    CloseUp, Endpoint, InferenceComponent, ScalableTarget, ScopeSeen, Series, Serverless, Snapshot, TagsSeen, Variant,
};
use idle_core::{InferenceComponentName, VariantName};

use crate::fleet::{
    ACCOUNT, ago, days, endpoint, now, only, past, policy, scope, series, short, snapshot, tags, variant,
};

fn with(endpoint: Endpoint) -> ScopeSeen {
    ScopeSeen { endpoints: vec![endpoint], ..scope(ACCOUNT) }
}

fn unused() -> Endpoint {
    endpoint("llm", vec![variant("one", series(Some(20)))])
}

fn close_up(endpoint: &mut Endpoint) -> &mut CloseUp {
    endpoint.close_up.as_mut().unwrap()
}

fn acting(action: &str) -> FleetPolicy {
    policy(&format!("[endpoints]\naction = \"{action}\"\nnames = [\"llm\"]"))
}

#[test]
fn what_is_not_known_is_not_unused() {
    type Change = fn(&mut Endpoint);
    let table: &[(Change, &str, &str)] = &[
        (|_| {}, "act", "no-invocations"),
        (|e| close_up(e).variants[0].invocations = series(None), "act", "no-invocations"),
        (|e| close_up(e).variants[0].invocations = series(Some(13)), "keep", "invoked"),
        // 31 October: a month's end.
        (|e| close_up(e).variants[0].invocations = series(Some(25)), "keep", "invoked"),
        (|e| close_up(e).variants[0].invocations = Series::Absent, "report", "unmeasured"),
        (|e| close_up(e).variants[0].invocations = Series::Unread("throttled".into()), "report", "source-unknown"),
        (|e| e.close_up = Err("denied".into()), "report", "source-unknown"),
        (|e| e.created_at = None, "report", "source-unknown"),
        (|e| e.modified_at = None, "report", "source-unknown"),
        (|e| e.created_at = Some(ago(days(13))), "keep", "too-young"),
        (|e| e.modified_at = Some(ago(60)), "keep", "changed-just-now"),
        (|e| e.status = "Updating".into(), "keep", "not-in-service"),
        (|e| e.status = "Failed".into(), "report", "failed-or-hanging"),
        (|e| e.status = "OutOfService".into(), "report", "failed-or-hanging"),
        (|e| close_up(e).variants[0].desired_instances = 3, "keep", "changed-just-now"),
        (|e| close_up(e).config_missing = Some("not found".into()), "hold back", "no-way-back"),
        (|e| close_up(e).tags = tags(&[("costctl:protect", "")]), "hold back", "protected"),
        (|e| close_up(e).tags = TagsSeen::Unread("no".into()), "hold back", "tags-unread"),
        (|e| close_up(e).is_async = true, "report", "unmeasured"),
        (|e| (close_up(e).is_async, close_up(e).backlog) = (true, Some(series(Some(1)))), "keep", "invoked"),
        (|e| (close_up(e).is_async, close_up(e).backlog) = (true, Some(series(None))), "act", "no-invocations"),
        (|e| serverless(e, 0), "keep", "policy-off"),
        (|e| serverless(e, 2), "act", "no-invocations"),
    ];
    for (at, (change, decision, code)) in table.iter().enumerate() {
        let mut endpoint = unused();
        change(&mut endpoint);
        let (decided, why, text) = only(&acting("delete"), with(endpoint));
        assert_eq!((decided, why), (*decision, *code), "row {at}: {text}");
    }
}

fn serverless(endpoint: &mut Endpoint, provisioned_concurrency: u32) {
    let variant = &mut close_up(endpoint).variants[0];
    variant.serverless = Some(Serverless { memory_mb: 3072, provisioned_concurrency });
    (variant.instances, variant.desired_instances, variant.instance_type) = (0, 0, None);
}

#[test]
fn an_endpoint_is_deleted_only_where_policy_and_command_line_both_say_so() {
    let run = |policy: &FleetPolicy, endpoints, name: &str| {
        let snapshot = snapshot(vec![with(endpoint(name, vec![variant("one", series(Some(20)))]))]);
        let plan = plan(policy, &snapshot, &past(), &Prices::bundled(), &Allowed { endpoints }, now());
        let (decision, code, _) = short(&plan.rows[0]);
        (decision, code)
    };
    let (delete, default) = (acting("delete"), FleetPolicy::by_default());
    assert_eq!(run(&delete, EndpointMode::Delete, "llm"), ("act", "no-invocations"));
    assert_eq!(run(&delete, EndpointMode::Report, "llm"), ("report", "no-invocations"));
    assert_eq!(run(&delete, EndpointMode::Delete, "llm-2"), ("report", "no-invocations"), "it is not named");
    assert_eq!(run(&default, EndpointMode::Delete, "llm"), ("report", "no-invocations"));
    assert_eq!(run(&delete, EndpointMode::Scale, "llm"), ("hold back", "no-way-back"), "it answers at once");
    assert_eq!(run(&acting("scale"), EndpointMode::Delete, "llm"), ("hold back", "no-way-back"));
}

#[test]
fn a_month_end_guard_can_be_switched_off() {
    let text = "[endpoints]\naction = \"delete\"\nnames = \"llm\"\nmonth-end = false";
    let endpoint = endpoint("llm", vec![variant("one", series(Some(25)))]);
    assert_eq!(only(&policy(text), with(endpoint)).0, "act");
}

fn rows(policy: &FleetPolicy, snapshot: &Snapshot) -> Vec<(Resource, &'static str, &'static str)> {
    let plan: Plan = crate::fleet::planned(policy, snapshot);
    let row = |row| {
        let (decision, code, _) = short(row);
        (row.resource, decision, code)
    };
    plan.rows.iter().map(row).collect()
}

#[test]
fn parts_that_differ_are_told_apart() {
    let shadow = Variant { is_shadow: true, ..variant("shadow", series(Some(20))) };
    let mixed = endpoint("llm", vec![variant("one", series(Some(1))), shadow]);
    let snapshot = snapshot(vec![with(mixed)]);
    for action in ["delete", "report"] {
        let expected =
            [(Resource::Variant(0, 0), "keep", "invoked"), (Resource::Variant(0, 1), "report", "no-invocations")];
        assert_eq!(rows(&acting(action), &snapshot), expected, "what is left is at work: it is not deleted");
    }
    let expected = (Resource::Variant(0, 1), "hold back", "no-way-back");
    assert_eq!(rows(&acting("scale"), &snapshot)[1], expected);
}

fn target(resource_id: &str, dimension: &str, min: i32) -> ScalableTarget {
    ScalableTarget { resource_id: resource_id.to_owned(), dimension: dimension.to_owned(), min, max: 4 }
}

#[test]
fn an_asynchronous_variant_is_scaled_only_where_something_scales_it_up_again() {
    let dimension = "sagemaker:variant:DesiredInstanceCount";
    let good = target("endpoint/llm/variant/one", dimension, 0);
    for (targets, decision, code) in [
        (Ok(vec![ScalableTarget { min: 1, ..good.clone() }]), "hold back", "no-way-back"),
        (Ok(vec![good]), "act", "no-invocations"),
        (Ok(vec![]), "hold back", "no-way-back"),
        (Ok(vec![target("endpoint/llm/variant/two", dimension, 0)]), "hold back", "no-way-back"),
        (Ok(vec![target("endpoint/llm/variant/one", "sagemaker:variant:Other", 0)]), "hold back", "no-way-back"),
        (Err("denied".to_owned()), "hold back", "no-way-back"),
    ] {
        let mut endpoint = unused();
        (close_up(&mut endpoint).is_async, close_up(&mut endpoint).backlog) = (true, Some(series(None)));
        close_up(&mut endpoint).scalable_targets = targets.clone();
        let snapshot = snapshot(vec![with(endpoint)]);
        assert_eq!(rows(&acting("scale"), &snapshot), [(Resource::Variant(0, 0), decision, code)], "{targets:?}");
    }
}

fn component(name: &str, copies: u32, invocations: Series) -> InferenceComponent {
    InferenceComponent {
        name: InferenceComponentName::parse(name).unwrap(),
        variant: Some(VariantName::parse("one").unwrap()),
        status: "InService".to_owned(),
        copies,
        desired_copies: copies,
        invocations,
    }
}

#[test]
fn inference_components_speak_for_the_variant_that_they_stand_on() {
    let with_components = |components: Vec<InferenceComponent>, targets: Vec<ScalableTarget>| {
        let mut endpoint = endpoint("llm", vec![variant("one", Series::Absent)]);
        close_up(&mut endpoint).inference_components = components;
        close_up(&mut endpoint).scalable_targets = Ok(targets);
        snapshot(vec![with(endpoint)])
    };
    let to_zero = target("inference-component/a", "sagemaker:inference-component:DesiredCopyCount", 0);
    let (variant, first, second) =
        (Resource::Variant(0, 0), Resource::InferenceComponent(0, 0), Resource::InferenceComponent(0, 1));
    let both_idle = vec![component("a", 1, series(Some(20))), component("b", 2, series(Some(30)))];
    let idle = with_components(both_idle, vec![to_zero.clone()]);
    // SageMaker deletes no endpoint with inference components on it: it is scaled instead.
    for action in ["scale", "delete"] {
        assert_eq!(
            rows(&acting(action), &idle),
            [
                (variant, "report", "no-invocations"),
                (first, "act", "no-invocations"),
                (second, "hold back", "no-way-back")
            ]
        );
    }
    assert_eq!(rows(&acting("report"), &idle), [(Resource::Endpoint(0), "report", "no-invocations")]);
    let one_busy = vec![component("a", 1, series(Some(20))), component("b", 2, series(Some(1)))];
    let busy = with_components(one_busy, vec![to_zero]);
    assert_eq!(
        rows(&acting("scale"), &busy),
        [(variant, "keep", "invoked"), (first, "act", "no-invocations"), (second, "keep", "invoked")]
    );
    let at_zero = with_components(vec![component("a", 0, Series::Absent)], Vec::new());
    assert_eq!(rows(&acting("delete"), &at_zero), [(Resource::Endpoint(0), "report", "unmeasured")]);
}

#[test]
fn an_endpoint_bills_for_all_its_instances_or_has_no_price() {
    let mut scope = with(endpoint("llm", vec![variant("one", series(Some(20))), variant("two", series(Some(20)))]));
    let price = |scope: &ScopeSeen| {
        let plan = crate::fleet::planned(&FleetPolicy::by_default(), &snapshot(vec![scope.clone()]));
        plan.rows[0].price().and_then(|price| price.micro_usd_per_hour())
    };
    assert_eq!(price(&scope), None, "the table has no hosting in us-east-1");
    scope.scope.region = idle_core::Region::parse("eu-west-1").unwrap();
    assert_eq!(price(&scope), Some(4 * 257_000));
    close_up(&mut scope.endpoints[0]).variants[1].instance_type = None;
    assert_eq!(price(&scope), None);
}
