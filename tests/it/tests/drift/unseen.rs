//! What could not be seen is neither drift nor none.

use serde_json::Value;

use crate::world::{World, found};

fn unseen(report: &Value) -> Vec<&Value> {
    report["regions"].as_array().unwrap().iter().flat_map(|region| region["unseen"].as_array().unwrap()).collect()
}

#[test]
fn what_may_not_be_read_is_told_for_each_kind() {
    let world = World::new();
    for (operation, rule) in [
        ("ListTags", "tags"),
        ("ListAttachedRolePolicies", "execution-role"),
        ("DescribeStudioLifecycleConfig", "lifecycle-configuration-content"),
    ] {
        world.sandbox.set_faults(&format!("[[fault]]\noperation = \"{operation}\"\nkind = \"deny\"\n")).unwrap();
        let report = world.drift(&["--output", "json"]).expect(4).json();
        let named: Vec<&Value> = unseen(&report).into_iter().filter(|unseen| unseen["rule"] == rule).collect();
        assert!(
            !named.is_empty() && named.iter().all(|unseen| unseen["why"].as_str().unwrap().contains("hint: allow"))
        );
        let of_rule = format!("{rule} ");
        assert!(!found(&report).iter().any(|name| name.starts_with(&of_rule)), "{operation}: {:?}", found(&report));
        assert!(found(&report).iter().any(|name| name.starts_with("kms-key ")), "the rest is judged all the same");
    }
    let table = world.drift(&[]).expect(4).stdout;
    assert!(table.contains("NOT SEEN: that is neither drift nor none"), "{table}");
    let sarif = world.drift(&["--output", "sarif"]).expect(4).json();
    let invocation = &sarif["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert!(!invocation["toolExecutionNotifications"].as_array().unwrap().is_empty());
}

#[test]
fn listings_that_fail_hide_what_they_would_have_shown() {
    let world = World::new();
    for operation in ["ListUserProfiles", "ListSpaces", "DescribeUserProfile", "DescribeSpace", "DescribeDomain"] {
        world.sandbox.set_faults(&format!("[[fault]]\noperation = \"{operation}\"\nkind = \"deny\"\n")).unwrap();
        let report = world.drift(&["--output", "json"]).expect(4).json();
        assert!(unseen(&report).len() >= 2, "{operation}: {report}");
    }
    world.sandbox.set_faults("[[fault]]\noperation = \"ListDomains\"\nkind = \"deny\"\n").unwrap();
    let report = world.drift(&["--output", "json"]).expect(1).json();
    assert!(report["regions"][0]["error"].as_str().unwrap().contains("ListDomains"), "{report}");
}
