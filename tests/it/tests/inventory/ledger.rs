//! `--ledger`: what runs, what is gone and who stopped it, noted look by look.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::region::{Region, in_space};

/// A data point of so many minutes ago.
fn put(region: &Region, name: &str, dimensions: &[(&str, &str)], minutes: i64, value: u32) {
    let at = Timestamp::now() - SignedDuration::from_mins(minutes);
    let dimensions: Vec<Value> =
        dimensions.iter().map(|(name, value)| json!({ "Name": name, "Value": value })).collect();
    let datum = json!({ "Namespace": "IdleAgent", "MetricName": name, "Dimensions": dimensions,
        "Timestamp": at.as_second(), "Value": value, "Unit": "Seconds" });
    region.sandbox.metrics(&json!({ "Data": [datum] })).unwrap();
}

fn heartbeat(region: &Region, owner: &str, minutes: i64, idle_seconds: u32) {
    let dimensions = [("DomainId", "d-one"), ("Owner", owner), ("AppType", "JupyterLab"), ("AppName", "default")];
    put(region, "IdleSeconds", &dimensions, minutes, idle_seconds);
}

/// The lines of each object below a folder, in order of the objects' names.
fn objects(folder: &Path) -> Vec<Vec<Value>> {
    let (mut folders, mut files) = (vec![folder.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort_by_key(|file| std::fs::metadata(file).unwrap().modified().unwrap());
    let lines = |text: String| text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    files.iter().map(|file| lines(std::fs::read_to_string(file).unwrap())).collect()
}

/// What stands in the lines of this kind, of apps alone.
fn told<'a>(lines: &'a [Value], kind: &str, space: &str) -> Vec<&'a Value> {
    let resource = format!("app/d-one/space/{space}/JupyterLab/default");
    lines.iter().filter(|line| line["line"] == kind && line["resource"] == *resource).collect()
}

#[test]
fn looks_note_what_runs_and_the_agents_stop() {
    let spaces = ["stopped", "kept", "closed"];
    let (apps, bodies): (Vec<Value>, Vec<Value>) = spaces.iter().map(|name| in_space(name, Some("ada"))).unzip();
    let region = Region::with(&json!({ "Domains": [{ "DomainId": "d-one", "DomainName": "one" }],
        "UserProfiles": [{ "DomainId": "d-one", "UserProfileName": "ada" }], "Spaces": bodies, "Apps": apps }));
    for (minutes, idle_seconds) in [(30, 300), (25, 600), (20, 900), (15, 1_200), (10, 1_500)] {
        heartbeat(&region, "stopped", minutes, idle_seconds);
        heartbeat(&region, "kept", minutes, if minutes < 15 { 0 } else { idle_seconds });
    }
    let ledger = region.file("ledger");
    let args = ["--ledger", ledger.to_str().unwrap()];
    region.run(&args).expect(0);
    let first = objects(&ledger).pop().unwrap();
    assert_eq!(first[0]["line"], "look");
    assert_eq!(first[0]["kinds"].as_array().map(Vec::len), Some(5), "{}", first[0]);
    for space in spaces {
        let ran = told(&first, "ran", space);
        assert_eq!((ran.len(), &ran[0]["owner"], &ran[0]["began"]), (1, &json!("ada"), &ran[0]["since"]), "{space}");
        assert_eq!(ran[0]["component"], "Studio:JupyterLab");
    }
    assert_eq!(told(&first, "idle", "stopped")[0]["ended"], "not-yet");
    assert_eq!(told(&first, "idle", "kept")[0]["ended"], "work");
    assert_eq!(first.iter().filter(|line| line["component"] == "Studio:VolumeUsage.gp3").count(), 3);

    for space in ["stopped", "closed"] {
        let app = json!({ "DomainId": "d-one", "SpaceName": space, "AppType": "JupyterLab", "AppName": "default",
            "Set": { "Status": "Deleted" } });
        region.sandbox.force_app(&app).unwrap();
    }
    let group = [("DomainId", "d-one"), ("AppType", "JupyterLab"), ("InstanceType", "ml.g5.xlarge")];
    put(&region, "AppStopped", &group, 0, 1);
    region.run(&args).expect(0);
    let objects = objects(&ledger);
    assert_eq!((objects.len(), &objects[0]), (2, &first), "nothing is written over");
    let second = &objects[1];
    let day = |line: &Value| line["at"].as_str().map(|at| at[..10].to_owned());
    // On another day all that is there, one app and three volumes, is told again.
    let again = if day(&second[0]) == day(&first[0]) { 0 } else { 4 };
    assert_eq!(second.iter().filter(|line| line["line"] == "ran").count(), again);
    assert_eq!((told(second, "gone", "stopped").len(), told(second, "gone", "closed").len()), (1, 1));
    assert_eq!(told(second, "gone", "kept").len(), 0);
    let stopped: Vec<&Value> = second.iter().filter(|line| line["line"] == "stopped").collect();
    assert_eq!(stopped, told(second, "stopped", "stopped"), "the other was not idle: somebody closed it");
    let stop = stopped[0];
    assert_eq!(
        (&stop["by"], &stop["grade"], &stop["native"]),
        (&json!("idle-agent"), &json!("measured"), &json!("off"))
    );
    assert_eq!(stop["idle_since"], told(&first, "idle", "stopped")[0]["since"]);
    assert_eq!(stop["gone_at"], second[0]["at"]);
    assert!(told(second, "idle", "stopped").iter().all(|idle| idle["ended"] == "gone"));
    let called = region.sandbox.call_counts().unwrap().into_keys();
    let missing = studio_it::rights::missing(&["`inventory`", "`--ledger`"], called).unwrap();
    assert!(missing.is_empty(), "controller/README.md does not name {missing:?}");
}

#[test]
fn what_cannot_be_noted_is_said_and_the_rest_is_shown() {
    let region = Region::with(&json!({}));
    let ledger = region.file("ledger");
    std::fs::write(&ledger, "a file").unwrap();
    let ran = region.run(&["--ledger", ledger.to_str().unwrap()]);
    assert!(ran.stderr.contains("--ledger"), "{}", ran.stderr);
    let snapshot = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/inventory/snapshot-v1.json");
    let unused = region.file("unused");
    let replayed = region.run(&["--ledger", unused.to_str().unwrap(), "--from-snapshot", snapshot]);
    assert!(replayed.stderr.contains("nothing is noted in the ledger: nobody looked"), "{}", replayed.stderr);
    assert!(!unused.exists(), "and nothing is");
}
