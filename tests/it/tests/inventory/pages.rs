//! Listings of many pages: as many calls as there are pages, and none lost.

use serde_json::{Value, json};

use crate::region::{Region, list};

/// Three domains with 260 spaces and apps, and 26 user profiles or more.
fn fleet() -> Region {
    Region::with(&json!({ "Generate": { "Domains": 3, "Spaces": 260 } }))
}

fn tokens(region: &Region, operation: &str) -> Vec<(u64, Value)> {
    let calls = region.sandbox.calls_of(operation).unwrap().into_iter();
    calls.map(|call| (call["status"].as_u64().unwrap(), call["request"]["NextToken"].clone())).collect()
}

#[test]
fn a_throttled_page_is_asked_for_again_by_the_same_token() {
    let region = fleet();
    region.faults("[[fault]]\noperation = \"ListApps\"\nkind = \"throttle\"\nskip = 1\ntimes = 2\n");
    let snapshot = region.snapshot(&[], 0);
    assert_eq!((list(&snapshot, "apps").len(), list(&snapshot, "spaces").len()), (260, 260));
    assert_eq!(list(&snapshot, "blind").len(), 0);
    let asked = tokens(&region, "ListApps");
    let [(200, first), (400, throttled), (400, again), (200, second), (200, third)] = &asked[..] else {
        panic!("{asked:?}");
    };
    assert!(first.is_null() && !second.is_null() && !third.is_null() && second != third);
    assert_eq!((throttled, again), (second, second), "the scan begins anew");
}

#[test]
fn it_asks_no_more_than_there_are_pages() {
    let region = fleet();
    region.run(&[]).expect(0).says(&[
        "apps 260 260",
        "JupyterLab ml.t3.medium 260",
        "260 apps, 0 endpoints, 0 notebook instances in 1 account and region",
    ]);
    let counts = region.sandbox.call_counts().unwrap();
    for (operation, count) in [
        ("ListDomains", 1),
        ("ListUserProfiles", 1),
        ("ListSpaces", 3),
        ("ListApps", 3),
        // Of at most 500 apps.
        ("GetMetricData", 1),
        ("ListEndpoints", 1),
        ("ListNotebookInstances", 1),
        ("GetCallerIdentity", 1),
    ] {
        assert_eq!(counts.get(operation), Some(&count), "{operation}: {counts:?}");
    }
    assert_eq!(counts.values().sum::<u64>(), 12, "{counts:?}");
    region.assert_rights_are_documented();
    region.sandbox.forget_calls().unwrap();
    region.run(&["--resources", "notebook-instances"]).expect(0);
    assert_eq!(
        region.sandbox.call_counts().unwrap().into_keys().collect::<Vec<_>>(),
        ["GetCallerIdentity", "ListNotebookInstances"]
    );
}

#[test]
fn a_token_that_expires_midway_loses_nothing_of_the_rest() {
    let region = fleet();
    region
        .sandbox
        .seed(&json!({ "NotebookInstances": [{ "NotebookInstanceName": "nb", "InstanceType": "ml.t3.medium" }] }))
        .unwrap();
    region.faults("[[fault]]\noperation = \"ListApps\"\nkind = \"expired-token\"\nskip = 2\n");
    let snapshot = region.snapshot(&[], 4);
    assert_eq!((list(&snapshot, "apps").len(), list(&snapshot, "spaces").len()), (200, 260));
    assert_eq!(list(&snapshot, "notebook_instances").len(), 1);
    let blind = list(&snapshot, "blind");
    assert_eq!((blind.len(), &blind[0]["operation"]), (1, &json!("ListApps")));
    region.faults("[[fault]]\noperation = \"ListApps\"\nkind = \"expired-token\"\nskip = 2\n");
    region.run(&[]).expect(4).says(&[
        "apps 200 200",
        "111122223333 us-east-1 ListApps",
        "hint: log in again",
        "1 not seen",
    ]);
}

#[test]
fn where_nothing_is_seen_it_failed() {
    let region = fleet();
    region.faults("[[fault]]\noperation = \"ListApps\"\nkind = \"deny\"\n");
    region.run(&["--resources", "apps"]).expect(4).says(&["hint: allow ListApps to this role"]);
    region.faults("[[fault]]\noperation = \"*\"\nkind = \"deny\"\n");
    let ran = region.run(&[]).expect(1);
    ran.says(&["in 0 accounts and regions", "hint: allow GetCallerIdentity"]);
}
