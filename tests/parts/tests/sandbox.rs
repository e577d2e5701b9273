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

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}
