//! Whose an app is, and what was heard of its agent.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::region::{Region, in_space, list};

/// One heartbeat so many minutes ago.
fn heartbeat(region: &Region, owner: &str, minutes: i64, idle_seconds: u32) {
    let at = Timestamp::now() - SignedDuration::from_mins(minutes);
    let dimensions = [("DomainId", "d-one"), ("Owner", owner), ("AppType", "JupyterLab"), ("AppName", "default")];
    put(region, &dimensions, at, idle_seconds);
}

fn put(region: &Region, dimensions: &[(&str, &str)], at: Timestamp, value: u32) {
    let dimensions: Vec<Value> =
        dimensions.iter().map(|(name, value)| json!({ "Name": name, "Value": value })).collect();
    let datum = json!({ "Namespace": "IdleAgent", "MetricName": "IdleSeconds", "Dimensions": dimensions,
        "Timestamp": at.as_second(), "Value": value, "Unit": "Seconds" });
    region.sandbox.metrics(&json!({ "Data": [datum] })).unwrap();
}

fn fleet(names: &[&str]) -> Region {
    let (apps, spaces): (Vec<Value>, Vec<Value>) = names.iter().map(|name| in_space(name, Some("ada"))).unzip();
    Region::with(&json!({ "Domains": [{ "DomainId": "d-one", "DomainName": "one" }],
        "UserProfiles": [{ "DomainId": "d-one", "UserProfileName": "ada" }], "Spaces": spaces, "Apps": apps }))
}

fn app<'a>(snapshot: &'a Value, space: &str) -> &'a Value {
    let apps = list(snapshot, "apps");
    apps.iter().find(|app| app["space"] == space).unwrap_or_else(|| panic!("no {space} among {apps:?}"))
}

#[test]
fn the_latest_heartbeat_is_told_from_silence_and_from_what_is_not_known() {
    let region = fleet(&["heard", "silent", "again", "ahead"]);
    heartbeat(&region, "heard", 10, 6_780);
    heartbeat(&region, "heard", 2, 7_260);
    heartbeat(&region, "again", 20, 9000);
    heartbeat(&region, "ahead", 20, 9000);
    heartbeat(&region, "ahead", -90, 9000);
    // The one that was heard there was deleted, and this one made under its name.
    let set = json!({ "CreationTime": (Timestamp::now() - SignedDuration::from_mins(5)).as_second() });
    let again =
        json!({ "DomainId": "d-one", "SpaceName": "again", "AppType": "JupyterLab", "AppName": "default", "Set": set });
    region.sandbox.force_app(&again).unwrap();
    let snapshot = region.snapshot(&[], 4);
    assert_eq!(app(&snapshot, "heard")["heartbeat"]["heard"]["idle_seconds"], 7260);
    assert_eq!(app(&snapshot, "silent")["heartbeat"], "silent");
    assert_eq!(app(&snapshot, "again")["heartbeat"], "silent");
    let ahead = app(&snapshot, "ahead")["heartbeat"]["unread"].as_str().unwrap();
    assert!(ahead.contains("in the future"), "{ahead}");

    for fault in ["partial-data", "forbidden-data", "deny"] {
        region.faults(&format!("[[fault]]\noperation = \"GetMetricData\"\nkind = \"{fault}\"\n"));
        let snapshot = region.snapshot(&["--resources", "apps"], 4);
        for space in ["heard", "silent"] {
            assert!(app(&snapshot, space)["heartbeat"]["unread"].is_string(), "{fault}: {}", app(&snapshot, space));
        }
    }
}

#[test]
fn an_app_of_nobody_is_counted_as_such() {
    let region = fleet(&["of-ada"]);
    let (mut app, space) = in_space("of-nobody", None);
    let (gone, _) = in_space("gone", None);
    let mut failed = gone.clone();
    (failed["SpaceName"], failed["Status"]) = (json!("failed"), json!("Failed"));
    let mut deleted = gone;
    deleted["Status"] = json!("Deleted");
    app["AppType"] = json!("CodeEditor");
    let classic =
        json!({ "DomainId": "d-one", "UserProfileName": "ada", "AppType": "JupyterServer", "AppName": "default" });
    // No name that we know the rule of.
    let mut odd = in_space("odd", None).0;
    (odd["AppType"], odd["DomainId"]) = (json!("CodeEditor"), json!("p-one"));
    region.sandbox.seed(&json!({ "Spaces": [space], "Apps": [app, failed, deleted, classic, odd] })).unwrap();
    let snapshot = region.snapshot(&["--resources", "apps"], 4);
    let apps = list(&snapshot, "apps");
    assert_eq!(apps.len(), 4, "{apps:?}");
    assert!(apps.iter().all(|app| app["space"] != "gone"), "what is deleted is no app");
    assert_eq!(list(&snapshot, "unclear")[0]["app"], "p-one/odd/CodeEditor/default");
    let spaces = list(&snapshot, "spaces");
    let owner = |name: &str| spaces.iter().find(|space| space["name"] == name).unwrap()["owner"].clone();
    assert_eq!((owner("of-ada"), owner("of-nobody")), (json!("ada"), json!(null)));
    assert_eq!(spaces[0]["volume_gb"], 50);
    let ran = region.run(&["--resources", "apps", "--all"]).expect(4);
    ran.says(&["apps, unattributed 2 1", "apps, not understood 1", "p-one/", "CodeEditor ml.g5.xlarge 1"]);
    ran.says(&["d-one/of-nobody/", "unattributed;", "Failed"]);
}

#[test]
fn a_space_and_a_user_profile_of_one_name_are_not_told_apart() {
    let region = fleet(&["ada"]);
    let mut twin = in_space("ada", None).0;
    twin.as_object_mut().unwrap().remove("SpaceName");
    twin["UserProfileName"] = json!("ada");
    region.sandbox.seed(&json!({ "Apps": [twin] })).unwrap();
    heartbeat(&region, "ada", 2, 7260);
    let snapshot = region.snapshot(&["--resources", "apps"], 4);
    for app in list(&snapshot, "apps") {
        assert!(app["heartbeat"]["unread"].as_str().unwrap().contains("cannot be told apart"), "{app}");
    }
}

#[test]
fn a_notebook_instance_is_heard_since_it_was_started() {
    let now = Timestamp::now();
    let at = |minutes: i64| (now - SignedDuration::from_mins(minutes)).as_second();
    let instance = |name: &str, status: &str, modified: i64| {
        json!({ "NotebookInstanceName": name, "InstanceType": "ml.t3.medium", "NotebookInstanceStatus": status,
            "CreationTime": 1_700_000_000, "LastModifiedTime": modified })
    };
    let region = Region::with(&json!({ "NotebookInstances": [
        instance("heard", "InService", at(100)), instance("started", "InService", at(5)), instance("off", "Stopped", at(100)),
    ] }));
    for name in ["heard", "started", "off"] {
        put(&region, &[("NotebookInstanceName", name)], now - SignedDuration::from_mins(12), 1234);
    }
    let snapshot = region.snapshot(&["--resources", "notebook-instances"], 0);
    let heartbeats: Vec<&Value> =
        list(&snapshot, "notebook_instances").iter().map(|instance| &instance["heartbeat"]).collect();
    assert_eq!(heartbeats[0]["heard"]["idle_seconds"], 1234);
    assert_eq!(heartbeats[1..], [&json!("not_asked"), &json!("silent")]);
}
