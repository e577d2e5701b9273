//! Sweeps price by what was fetched.

use serde_json::{Value, json};

use crate::lists::{Lists, price};

/// What a sweep says that the one app bills.
fn price_of_the_app(lists: &Lists, words: &str) -> Value {
    let (stdout, _) = lists.costctl(&format!("sweep --policy built-in --output json {words}"), &[], 0);
    let report: Value = serde_json::from_str(&stdout).unwrap();
    let listed = ["actions", "held_back", "reported"].map(|list| report["plan"][list].as_array().unwrap().clone());
    let apps: Vec<Value> = listed.concat().into_iter().filter(|row| row["target"]["kind"] == "app").collect();
    assert_eq!(apps.len(), 1, "{report}");
    apps[0]["price"].clone()
}

#[test]
fn a_sweep_prices_by_the_fetched_list_before_the_table() {
    let lists = Lists::new(&json!({ "Prices": [price("us-east-1", "Studio:JupyterLab-ml.g5.xlarge", "1.5")] }));
    let app = json!({ "DomainId": "d-one", "SpaceName": "lab", "AppType": "JupyterLab", "AppName": "default",
        "ResourceSpec": { "InstanceType": "ml.g5.xlarge" }, "CreationTime": 1_700_000_000 });
    let space = json!({ "DomainId": "d-one", "SpaceName": "lab", "CreationTime": 1_700_000_000,
        "OwnershipSettings": { "OwnerUserProfileName": "ada" }, "SpaceSharingSettings": { "SharingType": "Private" } });
    let domain = json!({ "DomainId": "d-one", "DomainName": "one", "CreationTime": 1_700_000_000 });
    lists.sandbox.seed(&json!({ "Domains": [domain], "Spaces": [space], "Apps": [app] })).unwrap();
    assert_eq!(price_of_the_app(&lists, ""), json!({ "micro_usd_per_hour": 1_410_000 }));
    lists.run("refresh --from bulk", 0);
    assert_eq!(price_of_the_app(&lists, ""), json!({ "micro_usd_per_hour": 1_500_000 }));
    let elsewhere = lists.folder("none");
    let folder = format!("--prices {}", elsewhere.display());
    assert_eq!(price_of_the_app(&lists, &folder), json!({ "micro_usd_per_hour": 1_410_000 }), "another folder");

    // A list that is not what was fetched prices nothing, and nobody is asked before that is known.
    let path = lists.folder("us-east-1").join(&lists.kept("us-east-1")[0]);
    std::fs::write(&path, "{}").unwrap();
    lists.sandbox.forget_calls().unwrap();
    let (_, stderr) = lists.costctl("sweep --policy built-in", &[], 2);
    assert!(stderr.contains("is damaged") && lists.sandbox.calls().unwrap().is_empty(), "{stderr}");
}
