//! The sandbox as the tests use it: a studio stands, calls are seen, faults are played.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use serde_json::{Value, json};
use studio_parts::sandbox::{Sandbox, SandboxOptions};
use studio_parts::studio::{Studio, write_metadata};

#[test]
fn a_studio_stands_and_its_calls_are_seen() {
    let sandbox = Sandbox::start(SandboxOptions::default()).unwrap();
    let studio = Studio::create(&sandbox).unwrap();
    assert_eq!(sandbox.calls_of("CreateApp").unwrap().len(), 2);
    assert!(sandbox.calls_of("DeleteApp").unwrap().is_empty());

    let dir = tempfile::tempdir().unwrap();
    let path = write_metadata(dir.path(), studio.app(1)).unwrap();
    let metadata: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(metadata["SpaceName"], "space-2");
    assert_eq!(metadata["ResourceArn"], studio.app(1).arn.as_str());
    assert!(metadata.get("UserProfileName").is_none());
}

#[test]
fn a_fault_is_played_until_it_is_taken_away() {
    let sandbox = Sandbox::start(SandboxOptions::default()).unwrap();
    sandbox.set_faults("[[fault]]\noperation = \"ListApps\"\nkind = \"throttle\"\n").unwrap();
    assert_eq!(sandbox.call_error("ListApps", &json!({})).unwrap(), "ThrottlingException");
    sandbox.set_faults("").unwrap();
    assert_eq!(sandbox.call("ListApps", &json!({})).unwrap()["Apps"], json!([]));
}
