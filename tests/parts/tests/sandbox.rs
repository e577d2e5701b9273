//! The sandbox as the tests use it: a studio stands, calls are seen, faults are played.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::path::Path;

use serde_json::{Value, json};
use studio_parts::metadata::{write_metadata, write_notebook_instance_metadata, write_unified_studio_metadata};
use studio_parts::sandbox::{Sandbox, SandboxOptions};
use studio_parts::studio::Studio;

#[test]
fn a_studio_stands_and_its_calls_are_seen() {
    let sandbox = Sandbox::start(SandboxOptions::default()).unwrap();
    let studio = Studio::create(&sandbox).unwrap();
    assert_eq!(sandbox.calls_of("CreateApp").unwrap().len(), 2);
    assert!(sandbox.calls_of("DeleteApp").unwrap().is_empty());

    let dir = tempfile::tempdir().unwrap();
    let path = write_metadata(dir.path(), studio.app(1)).unwrap();
    let metadata = read(&path);
    assert_eq!(metadata["SpaceName"], "space-2");
    assert_eq!(metadata["ResourceArn"], studio.app(1).arn.as_str());
    assert!(metadata.get("UserProfileName").is_none());
}

#[test]
fn every_kind_of_app_stands_and_has_its_own_metadata() {
    let sandbox = Sandbox::start(SandboxOptions::default()).unwrap();
    let mut studio = Studio::create(&sandbox).unwrap();
    let dir = tempfile::tempdir().unwrap();
    for (app_type, owner, end) in [
        ("CodeEditor", "SpaceName", "/space-3/CodeEditor/default"),
        ("JupyterServer", "UserProfileName", "/data-scientist-1/JupyterServer/default"),
        ("KernelGateway", "UserProfileName", "/data-scientist-1/KernelGateway/datascience-1-0-ml-t3-medium"),
    ] {
        let n = studio.add_app(&sandbox, app_type).unwrap();
        assert_eq!(studio.app_status(&sandbox, n).unwrap(), "InService");
        let metadata = read(&write_metadata(dir.path(), studio.app(n)).unwrap());
        assert_eq!(metadata["AppType"], app_type);
        assert!(metadata["ResourceArn"].as_str().unwrap().ends_with(end), "{metadata}");
        let owners = ["SpaceName", "UserProfileName"].map(|name| metadata.get(name).is_some());
        assert_eq!(owners, ["SpaceName", "UserProfileName"].map(|name| name == owner), "{metadata}");
    }
    let unified = read(&write_unified_studio_metadata(dir.path(), studio.app(0)).unwrap());
    assert!(unified["ResourceArn"].as_str().unwrap().ends_with("/space-1/jupyterlab/default"));
    assert_eq!(unified["ResourceArnCaseSensitive"], studio.app(0).arn.as_str());
    assert_eq!(unified["AdditionalMetadata"]["DataZoneScopeName"], "dev");
    let instance = read(&write_notebook_instance_metadata(dir.path(), "notes").unwrap());
    let arn = "arn:aws:sagemaker:us-east-1:111122223333:notebook-instance/notes";
    assert_eq!(instance, json!({ "ResourceArn": arn, "ResourceName": "notes" }));
}

#[test]
fn a_fault_is_played_until_it_is_taken_away() {
    let sandbox = Sandbox::start(SandboxOptions::default()).unwrap();
    sandbox.set_faults("[[fault]]\noperation = \"ListApps\"\nkind = \"throttle\"\n").unwrap();
    assert_eq!(sandbox.call_error("ListApps", &json!({})).unwrap(), "ThrottlingException");
    sandbox.set_faults("").unwrap();
    assert_eq!(sandbox.call("ListApps", &json!({})).unwrap()["Apps"], json!([]));
}

#[test]
fn another_account_is_seeded_forced_and_asked() {
    let stop_takes = Some("1h".to_owned());
    let sandbox = Sandbox::start(SandboxOptions { stop_takes, ..SandboxOptions::default() }).unwrap();
    let there = |body: Value| {
        let mut body = body;
        body["Account"] = json!("444455556666");
        body["Region"] = json!("eu-west-1");
        body
    };
    let seeded = sandbox.seed(&there(json!({ "NotebookInstances": [{ "NotebookInstanceName": "nb" }] }))).unwrap();
    assert_eq!(seeded, json!({ "NotebookInstances": 1 }));
    let name = json!({ "NotebookInstanceName": "nb" });
    let old = json!({ "Kind": "notebook-instance", "NotebookInstanceName": "nb", "Set": { "LastModifiedTime": 5.0 } });
    assert_eq!(sandbox.force(&there(old)).unwrap()["LastModifiedTime"], 5.0);
    let ask = |service: &str, operation: &str, request: &Value| {
        sandbox.call_of("444455556666", "eu-west-1", service, operation, request)
    };
    assert_eq!(ask("sagemaker", "DescribeNotebookInstance", &name).unwrap()["LastModifiedTime"], 5.0);
    assert!(sandbox.call("DescribeNotebookInstance", &name).is_err(), "it stands elsewhere");
    ask("sagemaker", "StopNotebookInstance", &name).unwrap();
    assert_eq!(ask("sagemaker", "DescribeNotebookInstance", &name).unwrap()["NotebookInstanceStatus"], "Stopping");

    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64();
    let datum = json!({ "Namespace": "AWS/SageMaker", "MetricName": "Invocations", "Timestamp": now, "Value": 1.0 });
    sandbox.metrics(&there(json!({ "Data": [datum] }))).unwrap();
    assert_eq!(ask("monitoring", "ListMetrics", &json!({})).unwrap()["Metrics"][0]["MetricName"], "Invocations");
    let gone = json!({ "call": there(json!({ "Operation": "DeleteNotebookInstance", "Request": name })) });
    sandbox.when(&json!({ "Operation": "ListNotebookInstances", "Do": gone })).unwrap();
    let problem = ask("sagemaker", "ListNotebookInstances", &json!({})).unwrap_err().to_string();
    assert!(problem.contains("(Stopping)"), "{problem}");
    assert_eq!(sandbox.call_counts().unwrap()["DescribeNotebookInstance"], 3);
    let topic = ask("sns", "CreateTopic", &json!({ "Name": "costctl" })).unwrap();
    assert_eq!(topic["TopicArn"], "arn:aws:sns:eu-west-1:444455556666:costctl");
    ask("ssm", "PutParameter", &json!({ "Name": "p", "Value": "v", "Type": "String" })).unwrap();
    sandbox.organization(&json!({ "Accounts": [{ "Id": "444455556666" }] })).unwrap();
    sandbox.quotas(&json!({ "Quotas": [] })).unwrap();
    let organization = ask("organizations", "DescribeOrganization", &json!({})).unwrap();
    assert_eq!(organization["Organization"]["MasterAccountId"], "111122223333");
    let env = sandbox.aws_env_of("444455556666", "eu-west-1");
    assert!(env.contains(&("AWS_ACCESS_KEY_ID".to_owned(), "AKIA444455556666AAAA".to_owned())));
    assert!(env.contains(&("AWS_REGION".to_owned(), "eu-west-1".to_owned())));
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}
