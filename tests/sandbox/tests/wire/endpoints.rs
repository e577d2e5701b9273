//! Endpoints while they change, and what of a variant can be scaled.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::server::Server;

fn named(name: &str) -> Value {
    json!({ "EndpointName": name })
}

/// An endpoint in service, made from a configuration of its own name.
fn endpoint(server: &Server, name: &str, variant: &Value) {
    let config = json!({ "EndpointConfigName": name, "ProductionVariants": [variant] });
    server.ok("CreateEndpointConfig", config);
    server.ok("CreateEndpoint", json!({ "EndpointName": name, "EndpointConfigName": name }));
    server.until_member("EndpointStatus", "InService", "DescribeEndpoint", &named(name));
}

fn with_instances() -> Value {
    json!({ "VariantName": "v", "InstanceType": "ml.g5.xlarge", "InitialInstanceCount": 3 })
}

fn scale(name: &str, change: Value) -> Value {
    let mut change = change;
    change["VariantName"] = json!("v");
    json!({ "EndpointName": name, "DesiredWeightsAndCapacities": [change] })
}

#[test]
fn an_endpoint_that_changes_is_neither_deleted_nor_rescaled() {
    let server = Server::start(&["--update-takes", "300ms", "--create-takes", "50ms"]);
    endpoint(&server, "e", &with_instances());
    let rescale = "UpdateEndpointWeightsAndCapacities";
    server.ok(rescale, scale("e", json!({ "DesiredInstanceCount": 1 })));
    let variant = || server.ok("DescribeEndpoint", named("e"))["ProductionVariants"][0].clone();
    let counts = |variant: &Value| [variant["CurrentInstanceCount"].clone(), variant["DesiredInstanceCount"].clone()];
    assert_eq!(counts(&variant()), [json!(3), json!(1)], "desired at once");
    for operation in ["DeleteEndpoint", rescale] {
        let (kind, message) = server.refused(operation, scale("e", json!({ "DesiredInstanceCount": 2 })));
        assert!(kind == "ValidationException" && message.contains("Updating"), "{operation} {message}");
    }
    server.until_member("EndpointStatus", "InService", "DescribeEndpoint", &named("e"));
    assert_eq!(counts(&variant()), [json!(1), json!(1)]);
    server.ok("DeleteEndpoint", named("e"));
    let (kind, message) = server.refused(rescale, scale("e", json!({ "DesiredWeight": 1.0 })));
    assert!(kind == "ValidationException" && message.contains("Deleting"), "{message}");
}

#[test]
fn capacity_is_of_the_variants_kind_and_some_keep_an_instance() {
    let server = Server::start(&[]);
    let rescale = |name: &str, change: Value| {
        server
            .signed("UpdateEndpointWeightsAndCapacities", &scale(name, change), "AKIAIOSFODNN7EXAMPLE", "us-east-1")
            .status()
    };
    endpoint(&server, "real-time", &with_instances());
    let mut managed = with_instances();
    managed["ManagedInstanceScaling"] = json!({ "MinInstanceCount": 0, "MaxInstanceCount": 3 });
    endpoint(&server, "managed", &managed);
    let serverless = json!({ "MemorySizeInMB": 1024, "MaxConcurrency": 4, "ProvisionedConcurrency": 2 });
    endpoint(&server, "serverless", &json!({ "VariantName": "v", "ServerlessConfig": serverless }));

    let none = || json!({ "DesiredInstanceCount": 0 });
    assert_eq!(
        [rescale("real-time", none()), rescale("managed", none()), rescale("serverless", none())],
        [400, 200, 400]
    );
    let one = || json!({ "ServerlessUpdateConfig": { "ProvisionedConcurrency": 1 } });
    assert_eq!([rescale("real-time", one()), rescale("serverless", one())], [400, 200]);
    let variant = server.ok("DescribeEndpoint", named("serverless"))["ProductionVariants"][0].clone();
    let now = json!({ "MemorySizeInMB": 1024, "MaxConcurrency": 4, "ProvisionedConcurrency": 1 });
    assert_eq!((&variant["CurrentServerlessConfig"], &variant["DesiredServerlessConfig"]), (&now, &now));
    for wrong in [
        json!([]),
        json!([{ "VariantName": "v" }]),
        json!([{ "VariantName": "v", "InstanceType": "ml.t2.medium", "ServerlessConfig": {} }]),
        json!([with_instances(), with_instances()]),
    ] {
        let config = json!({ "EndpointConfigName": "wrong", "ProductionVariants": wrong });
        assert_eq!(server.error("CreateEndpointConfig", config), "ValidationException");
    }
}

#[test]
fn tags_go_with_their_endpoint() {
    let server = Server::start(&[]);
    endpoint(&server, "Tagged", &with_instances());
    let arn = server.ok("DescribeEndpoint", named("Tagged"))["EndpointArn"].clone();
    assert_eq!(arn, "arn:aws:sagemaker:us-east-1:111122223333:endpoint/tagged");
    let tag = json!({ "ResourceArn": arn, "Tags": [{ "Key": "k", "Value": "v" }] });
    server.ok("AddTags", tag);
    server.ok("DeleteEndpoint", named("Tagged"));
    let end = Instant::now() + Duration::from_secs(10);
    while server.signed("DescribeEndpoint", &named("Tagged"), "AKIAIOSFODNN7EXAMPLE", "us-east-1").status() == 200 {
        assert!(Instant::now() < end, "it never went away");
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(server.error("ListTags", json!({ "ResourceArn": arn })), "ResourceNotFound");
    assert_eq!(server.error("DescribeEndpoint", named("Tagged")), "ValidationException");
}
