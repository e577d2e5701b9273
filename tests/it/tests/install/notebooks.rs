//! Notebook instances: one lifecycle configuration, updated in place, and nobody else's.

use serde_json::{Value, json};
use studio_parts::sandbox::SandboxOptions;

use crate::fleet::Fleet;

const ALL: &[&str] = &["--all-domains", "--execute", "--yes"];
const NAME: &str = "NotebookInstanceLifecycleConfigName";

fn content(fleet: &Fleet) -> Value {
    let described = fleet.sandbox.call("DescribeNotebookInstanceLifecycleConfig", &json!({ NAME: "idle-agent" }));
    described.map_or(Value::Null, |described| described["OnStart"][0]["Content"].clone())
}

fn upgrade(fleet: &Fleet, args: &[&str]) {
    let mut upgrade = fleet.install_command(&[ALL, args].concat());
    upgrade.env("COSTCTL_BINARY", fleet.dir().join("idle-agent-2"));
    assert_eq!(upgrade.output().unwrap().status.code(), Some(5));
}

fn instance(fleet: &Fleet, name: &str) {
    let request = json!({ "NotebookInstanceName": name, "InstanceType": "ml.t3.medium",
        "RoleArn": "arn:aws:iam::111122223333:role/r" });
    fleet.sandbox.call("CreateNotebookInstance", &request).unwrap();
}

fn config_of(fleet: &Fleet, name: &str) -> Value {
    let described = fleet.sandbox.call("DescribeNotebookInstance", &json!({ "NotebookInstanceName": name })).unwrap();
    described["NotebookInstanceLifecycleConfigName"].clone()
}

#[test]
fn it_is_updated_in_place_and_rolled_back_in_place() {
    let fleet = Fleet::with(SandboxOptions::default(), 6);
    fleet.install(ALL).expect(5);
    let first = content(&fleet);
    assert!(first.is_string());
    upgrade(&fleet, &[]);
    assert_ne!(content(&fleet), first);
    fleet.run(&[&["rollback"], ALL].concat()).expect(0).says(&["0 failed"]);
    assert_eq!(content(&fleet), first);
    fleet.run(&[&["rollback"], ALL].concat()).expect(0).says(&["0 to change"]);
    fleet.run(&[&["uninstall"], ALL].concat()).expect(0);
    assert_eq!(content(&fleet), Value::Null);

    // A first install has nothing to go back to.
    upgrade(&fleet, &[]);
    fleet.run(&[&["rollback"], ALL].concat()).expect(0);
    assert_eq!(content(&fleet), Value::Null);
}

#[test]
fn one_of_the_same_name_that_no_install_wrote_is_left_alone() {
    let fleet = Fleet::with(SandboxOptions::default(), 6);
    let theirs = json!({ NAME: "idle-agent", "OnStart": [{ "Content": "QQ==" }] });
    fleet.sandbox.call("CreateNotebookInstanceLifecycleConfig", &theirs).unwrap();
    for command in ["uninstall", "install"] {
        let mut args = fleet.command(&[&[command], ALL].concat());
        let output = args.env("COSTCTL_BINARY", fleet.dir().join("idle-agent")).output().unwrap();
        let words: String = String::from_utf8_lossy(&output.stdout).split_whitespace().collect();
        assert_eq!(output.status.code(), Some(5), "{words}");
        assert!(words.contains("noinstallwrote"), "{command}: {words}");
        assert_eq!(content(&fleet), "QQ==");
    }
    fleet.install(&[ALL, &["--replace-built-in"]].concat()).expect(5);
    assert_ne!(content(&fleet), "QQ==");
    fleet.run(&[&["rollback"], ALL].concat()).expect(0);
    assert_eq!(content(&fleet), "QQ==", "theirs came back");
}

#[test]
fn only_stopped_instances_get_it_and_only_when_asked() {
    let fleet = Fleet::with(SandboxOptions::default(), 6);
    instance(&fleet, "running");
    instance(&fleet, "stopped");
    fleet.sandbox.call("StopNotebookInstance", &json!({ "NotebookInstanceName": "stopped" })).unwrap();
    let stopped = json!({ "StatusEquals": "Stopped" });
    let end = std::time::Instant::now() + studio_it::PATIENCE;
    while fleet.sandbox.call("ListNotebookInstances", &stopped).unwrap()["NotebookInstances"] == json!([]) {
        assert!(std::time::Instant::now() < end, "it never stopped");
    }
    fleet.install(ALL).expect(5).says(&["note: has none; hint: --attach-notebook-instances"]);
    assert_eq!(config_of(&fleet, "stopped"), Value::Null);
    let asked = fleet.install(&[ALL, &["--attach-notebook-instances"]].concat()).expect(5);
    asked.says(&["attach idle-agent", "REFUSED: status InService; hint: stop it first"]);
    assert_eq!((config_of(&fleet, "stopped"), config_of(&fleet, "running")), (json!("idle-agent"), Value::Null));
}
