//! A fleet in words stands in the sandbox as AWS would tell it.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use serde_json::json;
use studio_parts::fleet::{App, Endpoint, Fleet, Invocations, NotebookInstance};
use studio_parts::sandbox::{Sandbox, SandboxOptions};

#[test]
fn a_fleet_in_words_stands_in_the_sandbox() {
    let app = App {
        space: "lab".to_owned(),
        count: 3,
        idle: "3h".parse::<humantime::Duration>().unwrap().into(),
        ..App::default()
    };
    let endpoint = Endpoint {
        name: "scores".to_owned(),
        min_capacity: Some(0),
        invocations: Invocations::Zeros,
        asynchronous: true,
        inference_components: vec!["part".to_owned()],
        ..Endpoint::default()
    };
    let fleet = Fleet {
        apps: vec![app],
        endpoints: vec![endpoint],
        notebook_instances: vec![NotebookInstance::default()],
        ..Fleet::default()
    };
    let sandbox = Sandbox::start(SandboxOptions::default()).unwrap();
    fleet.seed(&sandbox).unwrap();

    let apps = sandbox.call("ListApps", &json!({ "MaxResults": 100 })).unwrap();
    assert_eq!(apps["Apps"].as_array().unwrap().len(), 3, "{apps}");
    let spaces = sandbox.call("ListSpaces", &json!({ "MaxResults": 100 })).unwrap();
    assert_eq!(spaces["Spaces"][0]["OwnershipSettingsSummary"]["OwnerUserProfileName"], "alice", "{spaces}");
    let described = sandbox.call("DescribeEndpoint", &json!({ "EndpointName": "scores" })).unwrap();
    assert_eq!(described["ProductionVariants"][0]["CurrentInstanceCount"], 1, "{described}");
    let notebooks = sandbox.call("ListNotebookInstances", &json!({})).unwrap();
    assert_eq!(notebooks["NotebookInstances"][0]["NotebookInstanceStatus"], "InService", "{notebooks}");
    let metrics = sandbox.call_of("111122223333", "us-east-1", "monitoring", "ListMetrics", &json!({})).unwrap();
    let of = |name: &str| metrics["Metrics"].as_array().unwrap().iter().filter(|m| m["MetricName"] == name).count();
    assert_eq!((of("IdleSeconds"), of("Invocations")), (4, 2), "{metrics}");
}
