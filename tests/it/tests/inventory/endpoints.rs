//! Endpoints: what bills, and how often it was invoked.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::region::{Region, list};

fn endpoint(name: &str, variants: &Value) -> Value {
    json!({ "EndpointName": name, "EndpointConfigName": format!("{name}-config"), "ProductionVariants": variants,
        "CreationTime": 1_700_000_000 })
}

fn config(name: &str, variants: &Value) -> Value {
    json!({ "EndpointConfigName": format!("{name}-config"), "ProductionVariants": variants })
}

fn instances(count: u32) -> Value {
    json!([{ "VariantName": "all", "CurrentInstanceCount": count, "DesiredInstanceCount": count }])
}

fn region() -> Region {
    let on = |instance_type: &str| json!([{ "VariantName": "all", "InstanceType": instance_type }]);
    let serverless = json!({ "MemorySizeInMB": 2048, "MaxConcurrency": 5, "ProvisionedConcurrency": 2 });
    let mut shadowed = endpoint("shadowed", &instances(2));
    shadowed["ShadowProductionVariants"] =
        json!([{ "VariantName": "shadow", "CurrentInstanceCount": 1, "DesiredInstanceCount": 1 }]);
    let mut shadowed_config = config("shadowed", &on("ml.g5.xlarge"));
    shadowed_config["ShadowProductionVariants"] = json!([{ "VariantName": "shadow", "InstanceType": "ml.g5.2xlarge" }]);
    let mut queued = endpoint("queued", &instances(1));
    queued["AsyncInferenceConfig"] = json!({ "OutputConfig": { "S3OutputPath": "s3://bucket/out" } });
    let mut components = endpoint(
        "components",
        &json!([{ "VariantName": "all", "CurrentInstanceCount": 1, "DesiredInstanceCount": 1,
        "ManagedInstanceScaling": { "Status": "ENABLED", "MinInstanceCount": 0, "MaxInstanceCount": 2 } }]),
    );
    components["Tags"] = json!([{ "Key": "team", "Value": "search" }]);
    Region::with(&json!({
        "EndpointConfigs": [
            shadowed_config, config("queued", &on("ml.m5.large")), config("components", &on("ml.g5.xlarge")),
            config("serverless", &json!([{ "VariantName": "all", "ServerlessConfig": serverless }])),
        ],
        "Endpoints": [
            shadowed, queued, components, endpoint("lost", &instances(3)),
            endpoint("serverless", &json!([{ "VariantName": "all", "CurrentServerlessConfig": serverless }])),
        ],
        "InferenceComponents": [{ "InferenceComponentName": "ranker", "EndpointName": "components", "VariantName": "all",
            "RuntimeConfig": { "DesiredCopyCount": 2, "CurrentCopyCount": 2 } }],
    }))
}

fn invocations(region: &Region, dimensions: &[(&str, &str)], days: i64, value: u32) {
    let at = Timestamp::now() - SignedDuration::from_hours(24 * days);
    let dimensions: Vec<Value> =
        dimensions.iter().map(|(name, value)| json!({ "Name": name, "Value": value })).collect();
    let datum = json!({ "Namespace": "AWS/SageMaker", "MetricName": "Invocations", "Dimensions": dimensions,
        "Timestamp": at.as_second(), "Value": value, "Unit": "None" });
    region.sandbox.metrics(&json!({ "Data": [datum] })).unwrap();
}

fn close_up<'a>(snapshot: &'a Value, name: &str) -> &'a Value {
    let found = list(snapshot, "endpoints").iter().find(|endpoint| endpoint["name"] == name);
    &found.unwrap_or_else(|| panic!("no {name}"))["close_up"]["Ok"]
}

#[test]
fn what_bills_comes_from_endpoint_configuration_and_components() {
    let region = region();
    let target = json!({ "ServiceNamespace": "sagemaker", "ResourceId": "inference-component/ranker",
        "ScalableDimension": "sagemaker:inference-component:DesiredCopyCount", "MinCapacity": 0, "MaxCapacity": 4 });
    region
        .sandbox
        .call_of("111122223333", "us-east-1", "application-autoscaling", "RegisterScalableTarget", &target)
        .unwrap();
    region.sandbox.forget_calls().unwrap();
    let snapshot = region.snapshot(&["--resources", "endpoints"], 0);

    let variants = &close_up(&snapshot, "shadowed")["variants"];
    assert_eq!((&variants[0]["instance_type"], &variants[0]["instances"]), (&json!("ml.g5.xlarge"), &json!(2)));
    assert_eq!((&variants[1]["instance_type"], &variants[1]["is_shadow"]), (&json!("ml.g5.2xlarge"), &json!(true)));
    let serverless = &close_up(&snapshot, "serverless")["variants"][0]["serverless"];
    assert_eq!(serverless, &json!({ "memory_mb": 2048, "provisioned_concurrency": 2 }));
    assert_eq!(close_up(&snapshot, "queued")["is_async"], true);
    assert_eq!(close_up(&snapshot, "queued")["backlog"], "absent");
    let components = close_up(&snapshot, "components");
    assert_eq!(components["variants"][0]["managed_min_instances"], 0);
    let ranker = &components["inference_components"][0];
    assert_eq!((&ranker["copies"], &ranker["desired_copies"]), (&json!(2), &json!(2)));
    assert_eq!(components["scalable_targets"]["Ok"][0]["max"], 4);
    assert_eq!(components["tags"]["read"]["team"], "search");

    let lost = close_up(&snapshot, "lost");
    assert_eq!(lost["variants"][0]["instance_type"], json!(null));
    assert_eq!(lost["config_missing"], "the endpoint configuration lost-config was deleted");

    let counts = region.sandbox.call_counts().unwrap();
    for (operation, count) in [
        ("ListEndpoints", 1),
        ("DescribeEndpoint", 5),
        ("DescribeEndpointConfig", 5),
        ("ListTags", 5),
        ("ListInferenceComponents", 1),
        ("DescribeInferenceComponent", 1),
        ("DescribeScalableTargets", 1),
        // Invocations and backlogs.
        ("ListMetrics", 2),
        ("GetMetricData", 1),
        ("GetCallerIdentity", 1),
    ] {
        assert_eq!(counts.get(operation), Some(&count), "{operation}: {counts:?}");
    }
    assert_eq!(counts.len(), 10, "{counts:?}");
    region.assert_rights_are_documented();
    let ran = region.run(&["--resources", "endpoints", "--all"]).expect(0);
    ran.says(&["endpoints 5 5", "endpoint, shadow variant ml.g5.2xlarge 1", "endpoint unknown 3", "was deleted"]);
}

#[test]
fn no_invocations_are_told_from_no_series() {
    let region = region();
    let of = |name| [("EndpointName", name), ("VariantName", "all")];
    invocations(&region, &of("shadowed"), 3, 41);
    invocations(&region, &of("shadowed"), 40, 1);
    invocations(&region, &of("queued"), 3, 0);
    invocations(&region, &[("InferenceComponentName", "ranker")], 1, 5);
    let snapshot = region.snapshot(&["--resources", "endpoints"], 0);
    let series = |name: &str| close_up(&snapshot, name)["variants"][0]["invocations"].clone();
    assert_eq!(series("shadowed")["read"]["sum"], 42.0);
    let last: Timestamp = series("shadowed")["read"]["last_above_zero_at"].as_str().unwrap().parse().unwrap();
    let age = Timestamp::now().duration_since(last).as_hours();
    assert!((70..=72).contains(&age), "{age}");
    assert_eq!(
        (&series("queued")["read"]["sum"], &series("queued")["read"]["last_above_zero_at"]),
        (&json!(0.0), &json!(null))
    );
    assert_eq!(series("lost"), "absent");
    assert_eq!(close_up(&snapshot, "components")["inference_components"][0]["invocations"]["read"]["sum"], 5.0);
    let short = region.snapshot(&["--resources", "endpoints", "--invocations-within", "7d"], 0);
    assert_eq!(close_up(&short, "shadowed")["variants"][0]["invocations"]["read"]["sum"], 41.0);

    for (operation, kind) in [("GetMetricData", "partial-data"), ("ListMetrics", "deny")] {
        region.faults(&format!("[[fault]]\noperation = \"{operation}\"\nkind = \"{kind}\"\n"));
        let snapshot = region.snapshot(&["--resources", "endpoints"], 4);
        let series = &close_up(&snapshot, "lost")["variants"][0]["invocations"];
        assert!(series["unread"].is_string(), "{operation}: {series}");
    }
}

#[test]
fn what_is_not_described_is_said_of_that_endpoint_alone() {
    let region = region();
    region.faults(
        "[[fault]]\noperation = \"DescribeEndpointConfig\"\nkind = \"deny\"\ntimes = 1\n\n\
        [[fault]]\noperation = \"DescribeScalableTargets\"\nkind = \"deny\"\n",
    );
    let snapshot = region.snapshot(&["--resources", "endpoints"], 4);
    let undescribed = list(&snapshot, "endpoints").iter().filter(|endpoint| endpoint["close_up"]["Err"].is_string());
    assert_eq!(undescribed.count(), 1);
    let targets = list(&snapshot, "endpoints")
        .iter()
        .filter_map(|endpoint| endpoint["close_up"]["Ok"]["scalable_targets"]["Err"].as_str());
    assert_eq!(targets.filter(|why| why.contains("allow DescribeScalableTargets")).count(), 4);
}
