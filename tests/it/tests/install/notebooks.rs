//! Notebook instances: one lifecycle configuration, updated in place, and nobody else's.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use studio_parts::process::Running;
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

/// Stops it, and waits until it is.
fn stop(fleet: &Fleet, name: &str) {
    fleet.sandbox.call("StopNotebookInstance", &json!({ "NotebookInstanceName": name })).unwrap();
    wait_for(fleet, name, "Stopped");
}

fn wait_for(fleet: &Fleet, name: &str, status: &str) {
    let end = Instant::now() + studio_it::PATIENCE;
    let described =
        || fleet.sandbox.call("DescribeNotebookInstance", &json!({ "NotebookInstanceName": name })).unwrap();
    while described()["NotebookInstanceStatus"] != status {
        assert!(Instant::now() < end, "{name} is never {status}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Runs a command and makes a change after it saw everything and before it does anything:
/// the last answer that its plan is made of comes late. Returns its words without blanks.
fn meanwhile(fleet: &Fleet, command: Command, change: impl FnOnce()) -> String {
    const LAST: &str = "ListNotebookInstances";
    fleet.sandbox.forget_calls().unwrap();
    let fault = format!("[[fault]]\noperation = \"{LAST}\"\nkind = \"late-answer\"\ndelay = \"5s\"\ntimes = 1\n");
    fleet.sandbox.set_faults(&fault).unwrap();
    let mut running = Running::spawn(command).unwrap();
    let end = Instant::now() + studio_it::PATIENCE;
    while fleet.sandbox.calls_of(LAST).unwrap().is_empty() {
        assert!(Instant::now() < end && running.is_running(), "{}", running.stderr_so_far());
        std::thread::sleep(Duration::from_millis(20));
    }
    change();
    assert_eq!(running.wait_with_timeout(studio_it::PATIENCE).unwrap().code(), Some(4), "{}", running.stdout_so_far());
    fleet.sandbox.set_faults("").unwrap();
    running.stdout_so_far().split_whitespace().collect()
}

#[test]
fn what_a_team_does_meanwhile_stays() {
    let fleet = Fleet::with(SandboxOptions::default(), 6);
    let call = |operation: &str, request: Value| fleet.sandbox.call(operation, &request).unwrap();
    let team = json!({ NAME: "team", "OnStart": [{ "Content": "QQ==" }] });
    call("CreateNotebookInstanceLifecycleConfig", team);
    instance(&fleet, "nb");
    wait_for(&fleet, "nb", "InService");
    stop(&fleet, "nb");
    let switch = || {
        call("UpdateNotebookInstance", json!({ "NotebookInstanceName": "nb", "LifecycleConfigName": "team" }));
        wait_for(&fleet, "nb", "Stopped");
    };
    // They create one of our name, and attach theirs, while ours is planned.
    let theirs = json!({ NAME: "idle-agent", "OnStart": [{ "Content": "VEVBTQ==" }] });
    let install = fleet.install_command(&[ALL, &["--attach-notebook-instances"]].concat());
    let words = meanwhile(&fleet, install, || {
        call("CreateNotebookInstanceLifecycleConfig", theirs);
        switch();
    });
    assert!(words.contains("somebodychangeditsinceitwasplanned"), "{words}");
    assert_eq!((content(&fleet), config_of(&fleet, "nb")), (json!("VEVBTQ=="), json!("team")));

    // Ours is attached at last; they switch to theirs while it is to be taken out.
    call("DeleteNotebookInstanceLifecycleConfig", json!({ NAME: "idle-agent" }));
    let none = json!({ "NotebookInstanceName": "nb", "DisassociateLifecycleConfig": true });
    call("UpdateNotebookInstance", none);
    wait_for(&fleet, "nb", "Stopped");
    fleet.install(&[ALL, &["--attach-notebook-instances"]].concat()).expect(5);
    wait_for(&fleet, "nb", "Stopped");
    assert_eq!(config_of(&fleet, "nb"), "idle-agent");
    meanwhile(&fleet, fleet.command(&[&["uninstall"], ALL].concat()), switch);
    assert_eq!(config_of(&fleet, "nb"), "team", "what they chose");

    // A new instance names it while it is to be deleted: at its next start it would miss it.
    let new = json!({ "NotebookInstanceName": "new", "InstanceType": "ml.t3.medium",
        "RoleArn": "arn:aws:iam::111122223333:role/r", "LifecycleConfigName": "idle-agent" });
    fleet.install(ALL).expect(5);
    let uninstall = fleet.command(&[&["uninstall"], ALL].concat());
    let words = meanwhile(&fleet, uninstall, || drop(call("CreateNotebookInstance", new)));
    // The cell beside it breaks its lines, too.
    assert!(words.contains("stillusedbynotebook") && words.contains("instancenew;hint"), "{words}");
    assert!(content(&fleet).is_string(), "it is there yet");
}

#[test]
fn an_on_create_script_that_a_team_added_makes_it_theirs() {
    let fleet = Fleet::with(SandboxOptions::default(), 6);
    fleet.install(ALL).expect(5);
    let added = json!({ NAME: "idle-agent", "OnCreate": [{ "Content": "VEVBTQ==" }] });
    fleet.sandbox.call("UpdateNotebookInstanceLifecycleConfig", &added).unwrap();
    fleet.run(&[&["uninstall"], ALL].concat()).expect(5).says(&["no install wrote what stands there"]);
    upgrade(&fleet, &["--replace-built-in"]);
    let describe = || {
        let described = fleet.sandbox.call("DescribeNotebookInstanceLifecycleConfig", &json!({ NAME: "idle-agent" }));
        described.unwrap()["OnCreate"].clone()
    };
    assert_eq!(describe(), json!([]), "ours alone");
    fleet.run(&[&["rollback"], ALL].concat()).expect(0);
    assert_eq!(describe()[0]["Content"], "VEVBTQ==", "theirs came back");
}

#[test]
fn a_rollback_takes_it_from_the_instances_that_the_install_gave_it() {
    let fleet = Fleet::with(SandboxOptions::default(), 6);
    fleet.install(ALL).expect(5);
    let first = content(&fleet);
    instance(&fleet, "nb");
    wait_for(&fleet, "nb", "InService");
    stop(&fleet, "nb");
    upgrade(&fleet, &["--attach-notebook-instances"]);
    wait_for(&fleet, "nb", "Stopped");
    assert_eq!(config_of(&fleet, "nb"), "idle-agent");
    fleet.run(&[&["rollback"], ALL].concat()).expect(0).says(&["detach idle-agent"]);
    assert_eq!((content(&fleet), config_of(&fleet, "nb")), (first, Value::Null));
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
    std::fs::create_dir(fleet.artifacts()).unwrap();
    for command in ["uninstall", "install"] {
        let mut args = fleet.command(&[&[command], ALL].concat());
        args.env("COSTCTL_BINARY", fleet.dir().join("idle-agent")).env("COSTCTL_FILE_IN_APP", "/opt/idle-agent");
        let output = args.output().unwrap();
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
    wait_for(&fleet, "stopped", "Stopped");
    fleet.install(ALL).expect(5).says(&["note: has none; hint: --attach-notebook-instances"]);
    assert_eq!(config_of(&fleet, "stopped"), Value::Null);
    let asked = fleet.install(&[ALL, &["--attach-notebook-instances"]].concat()).expect(5);
    asked.says(&["attach idle-agent", "REFUSED: status InService; hint: stop it first"]);
    assert_eq!((config_of(&fleet, "stopped"), config_of(&fleet, "running")), (json!("idle-agent"), Value::Null));
}
