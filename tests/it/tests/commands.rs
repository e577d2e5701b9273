//! The commands that people and scripts call, as they call them.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::process::Output;

use idle_core::{Decision, DecisionRecord, Reason, Verdict};
use serde_json::{Value, json};
use studio_it::{PATIENCE, World};
use studio_parts::fake_jupyter::{FakeJupyter, Reply};
use studio_parts::metadata::write_notebook_instance_metadata;
use studio_parts::process::Running;

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn check_without_an_agent_says_idle_but_never_stop() {
    let (world, server) = (World::new().unwrap(), FakeJupyter::idle());
    let output = world.run(&server.url(), &["check", "--output", "json"]).unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let record = DecisionRecord::from_line(stdout(&output).trim()).unwrap();
    assert_eq!((record.verdict, record.decision), (Verdict::Idle, Decision::Keep));
    assert_eq!(record.reason.code, Reason::NotWatchedLongEnough);
}

#[test]
fn check_beside_a_running_agent_says_what_it_would_do() {
    let (world, server) = (World::new().unwrap(), FakeJupyter::idle());
    let agent = world.agent(&server.url(), &["--rehearse"]).unwrap();
    agent.wait_for_stop().unwrap();
    let args = ["check", "--output", "json", "--idle-timeout", "8s", "--poll-every", "1s"];
    assert_eq!(world.run(&server.url(), &args).unwrap().status.code(), Some(10));
    drop(agent);
    assert_eq!(world.run(&server.url(), &args).unwrap().status.code(), Some(0), "the agent is gone");
    assert!(world.sandbox.calls_of("DeleteApp").unwrap().is_empty());
}

#[test]
fn status_answers_why_on_one_screen() {
    let (world, server) = (World::new().unwrap(), FakeJupyter::idle());
    let none = world.run(&server.url(), &["status"]).unwrap();
    assert_eq!(none.status.code(), Some(1));
    assert!(stderr(&none).contains("no agent has left its state"), "{none:?}");
    let agent = world.agent(&server.url(), &["--idle-timeout", "10m"]).unwrap();
    agent.wait_for("is the first", |_| true).unwrap();
    let human = world.run(&server.url(), &["status"]).unwrap();
    assert_eq!(human.status.code(), Some(0), "{human:?}");
    for part in ["space-1/JupyterLab/default", "running, pid", "of 10m", "jupyter-kernels", "kernel python3"] {
        assert!(stdout(&human).contains(part), "{part} is missing:\n{}", stdout(&human));
    }
    assert!(stdout(&human).lines().all(|line| line.chars().count() <= 80));
    let machine = world.run(&server.url(), &["status", "--output", "json"]).unwrap();
    let machine: Value = serde_json::from_str(&stdout(&machine)).unwrap();
    assert_eq!((&machine["schema_version"], &machine["running"]), (&json!(2), &json!(true)));
}

#[test]
fn a_snooze_keeps_the_app_and_its_end_does_not() {
    let (world, server) = (World::new().unwrap(), FakeJupyter::idle());
    let too_long = world.run(&server.url(), &["snooze", "9h"]).unwrap();
    assert_eq!(too_long.status.code(), Some(2));
    assert!(stderr(&too_long).contains("at most 8h"), "{too_long:?}");
    assert_eq!(world.run(&server.url(), &["snooze", "1h", "--reason", "demo"]).unwrap().status.code(), Some(0));
    let agent = world.agent(&server.url(), &[]).unwrap();
    for record in agent.watch_past_the_timeout().unwrap().iter().filter(|r| r.verdict == Verdict::Idle) {
        assert_eq!((record.decision, record.reason.code), (Decision::Keep, Reason::Snoozed), "{record:?}");
    }
    assert_eq!(world.run(&server.url(), &["snooze", "--cancel"]).unwrap().status.code(), Some(0));
    assert!(agent.wait_for_stop().unwrap().watched_for_seconds > 8);
}

#[test]
fn a_snooze_that_was_edited_gains_nothing() {
    let (world, server) = (World::new().unwrap(), FakeJupyter::idle());
    world.run(&server.url(), &["snooze", "1s"]).unwrap();
    for text in [
        r#"{"schema_version":1,"at":"2026-01-01T00:00:00Z","until":"2999-01-01T00:00:00Z","reason":""}"#,
        r#"{"schema_version":1,"at":"2998-01-01T00:00:00Z","until":"2999-01-01T00:00:00Z","reason":""}"#,
        "not json",
    ] {
        std::fs::write(world.state_dir().join("snooze.json"), text).unwrap();
        let output = world.run(&server.url(), &["check", "--output", "json"]).unwrap();
        let record = DecisionRecord::from_line(stdout(&output).trim()).unwrap();
        assert_ne!(record.reason.code, Reason::Snoozed, "{text}");
    }
}

#[test]
fn doctor_finds_everything_well_and_says_what_is_not() {
    let (world, server) = (World::new().unwrap(), FakeJupyter::idle());
    let well = world.run(&server.url(), &["doctor", "--probe-stop"]).unwrap();
    assert_eq!(well.status.code(), Some(0), "{}", stdout(&well));
    assert!(!stdout(&well).contains("warn") && !stdout(&well).contains("FAIL"), "{}", stdout(&well));
    assert_eq!(world.app_status().unwrap(), "InService", "doctor deleted the app");

    world.sandbox.set_faults("[[fault]]\noperation = \"DeleteApp\"\nkind = \"deny\"\n").unwrap();
    server.set("kernels", Reply::Status(403));
    let ill = world.run(&server.url(), &["doctor", "--probe-stop"]).unwrap();
    assert_eq!(ill.status.code(), Some(1));
    for part in ["HTTP 403", "sagemaker:DeleteApp"] {
        assert!(stdout(&ill).contains(part), "{part} is missing:\n{}", stdout(&ill));
    }
    assert!(stdout(&ill).lines().all(|line| line.chars().count() <= 80), "{}", stdout(&ill));
}

#[test]
fn doctor_asks_a_notebook_instance_and_its_metadata_service() {
    let (world, server) = (World::new().unwrap(), FakeJupyter::idle());
    let role = "arn:aws:iam::111122223333:role/NotebookRole";
    let instance = json!({ "NotebookInstanceName": "nb-1", "InstanceType": "ml.t3.medium", "RoleArn": role });
    world.sandbox.call("CreateNotebookInstance", &instance).unwrap();
    let metadata = write_notebook_instance_metadata(world.dir(), "nb-1").unwrap();
    let doctor = || {
        let mut command = world.command(&server.url(), &["doctor", "--probe-stop"]).unwrap();
        command.env_remove("AWS_CONTAINER_CREDENTIALS_FULL_URI").envs(world.sandbox.notebook_instance_env());
        command.arg("--metadata-file").arg(&metadata).output().unwrap()
    };
    let well = doctor();
    assert_eq!(well.status.code(), Some(0), "{}", stdout(&well));
    assert!(!stdout(&well).contains("warn") && !stdout(&well).contains("FAIL"), "{}", stdout(&well));
    assert!(world.sandbox.calls_of("DeleteApp").unwrap().is_empty());

    world.sandbox.set_faults("[[fault]]\noperation = \"StopNotebookInstance\"\nkind = \"deny\"\n").unwrap();
    let ill = doctor();
    assert_eq!(ill.status.code(), Some(1));
    assert!(stdout(&ill).contains("sagemaker:StopNotebookInstance"), "{}", stdout(&ill));
}

#[test]
fn without_being_asked_doctor_sends_no_delete() {
    let (world, server) = (World::new().unwrap(), FakeJupyter::idle());
    world.run(&server.url(), &["doctor"]).unwrap();
    assert!(world.sandbox.calls_of("DeleteApp").unwrap().is_empty());
}

#[test]
fn a_second_agent_says_so_and_leaves() {
    let (world, server) = (World::new().unwrap(), FakeJupyter::idle());
    let first = world.agent(&server.url(), &["--idle-timeout", "10m"]).unwrap();
    first.wait_for("is the first", |_| true).unwrap();
    let second = world.run(&server.url(), &["run"]).unwrap();
    assert_eq!(second.status.code(), Some(5));
    assert!(stderr(&second).contains("another agent watches this app"), "{second:?}");
}

#[test]
fn bad_input_is_one_clear_error_with_its_place() {
    let (world, server) = (World::new().unwrap(), FakeJupyter::idle());
    let file = world.dir().join("settings.toml");
    let file_name = file.to_str().unwrap().to_owned();
    std::fs::write(&file, "idle-timout = \"5m\"\n").unwrap();
    let missing = world.dir().join("none.json");
    let cases: [(&[&str], &[&str]); 7] = [
        (&["--idle-timeout", "5x"], &["--idle-timeout", "5x", "hint"]),
        (&["--idle-timeout", "10s", "--poll-every", "20s"], &["poll-every", "20s", "hint"]),
        (&["--idle-timeout", "10s", "--warn-before", "10s"], &["warn-before", "10s"]),
        (&["--server-url", "http://10.1.2.3:8888/"], &["server-url", "10.1.2.3", "not this machine"]),
        (&["--config-file", &file_name], &[&file_name, "idle-timout", "expected one of"]),
        (&["--config-file", "/nonexistent.toml"], &["/nonexistent.toml"]),
        (&["--metadata-file", missing.to_str().unwrap()], &["none.json", "hint"]),
    ];
    for (args, parts) in cases {
        let mut command = world.command(&server.url(), &["run"]).unwrap();
        let output = command.args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {output:?}");
        for part in parts {
            assert!(stderr(&output).contains(part), "{args:?}: {part} is missing in {}", stderr(&output));
        }
    }
    std::fs::write(&world.metadata, "{\"AppType\":").unwrap();
    let damaged = world.run(&server.url(), &["run"]).unwrap();
    assert_eq!(damaged.status.code(), Some(2));
    assert!(stderr(&damaged).contains("resource-metadata.json"), "{damaged:?}");
}

#[test]
fn a_damaged_history_blocks_nothing() {
    let (world, server) = (World::new().unwrap(), FakeJupyter::idle());
    std::fs::create_dir_all(world.state_dir()).unwrap();
    for text in ["", "{", "[]", "{\"pid\":1}"] {
        std::fs::write(world.state_dir().join("state.json"), text).unwrap();
        let output = world.run(&server.url(), &["check", "--output", "json"]).unwrap();
        assert_eq!(output.status.code(), Some(0), "{text:?}: {output:?}");
    }
    world.agent(&server.url(), &[]).unwrap().wait_for_stop().unwrap();
}

#[test]
fn a_hangup_is_survived_and_a_term_ends_it_well() {
    let (world, server) = (World::new().unwrap(), FakeJupyter::idle());
    let mut agent = world.agent(&server.url(), &["--idle-timeout", "10m"]).unwrap();
    agent.wait_for("is the first", |_| true).unwrap();
    send(&agent.process, "HUP");
    let seen = agent.records().len();
    agent.wait_for("came after the hangup", |_| agent.records().len() > seen + 1).unwrap();
    send(&agent.process, "TERM");
    let status = agent.process.wait_with_timeout(PATIENCE).unwrap();
    assert_eq!(status.code(), Some(0));
}

fn send(process: &Running, signal: &str) {
    let pid = process.pid().to_string();
    assert!(std::process::Command::new("kill").args([&format!("-{signal}"), &pid]).status().unwrap().success());
}

/// Each row: what the administrator enforces and proposes, what the user's file, the
/// environment and a flag say, and who wins.
#[test]
fn the_strongest_layer_wins_and_explain_names_it() {
    let world = World::new().unwrap();
    let (admin, user) = (world.dir().join("admin.toml"), world.dir().join("user.toml"));
    let say = |minutes: Option<u32>| minutes.map_or(String::new(), |m| format!("idle-timeout = \"{m}m\"\n"));
    for (enforced, proposed, file, env, flag, wins, place) in [
        (Some(11), Some(12), Some(13), Some(14), Some(15), "11m", "admin.toml, [enforce]"),
        (None, Some(12), Some(13), Some(14), Some(15), "15m", "flag --idle-timeout"),
        (None, Some(12), Some(13), Some(14), None, "14m", "environment variable IDLE_AGENT_IDLE_TIMEOUT"),
        (None, Some(12), Some(13), None, None, "13m", "user.toml"),
        (None, Some(12), None, None, None, "12m", "admin.toml, [defaults]"),
        (None, None, None, None, None, "1h", "default"),
    ] {
        let text = format!("[enforce]\n{}[defaults]\n{}", say(enforced), say(proposed));
        std::fs::write(&admin, text).unwrap();
        std::fs::write(&user, say(file)).unwrap();
        let mut command = world.command("http://127.0.0.1:9", &["explain", "--output", "json"]).unwrap();
        command.arg("--admin-file").arg(&admin).arg("--config-file").arg(&user);
        command.envs(env.map(|m: u32| ("IDLE_AGENT_IDLE_TIMEOUT", format!("{m}m"))));
        command.args(flag.map(|m: u32| format!("--idle-timeout={m}m")));
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let explained: Value = serde_json::from_str(stdout(&output).trim()).unwrap();
        let settings = explained["settings"].as_array().unwrap();
        let setting = settings.iter().find(|setting| setting["setting"] == "idle-timeout").unwrap();
        assert_eq!(setting["value"], wins, "{setting}");
        assert!(setting["from"].as_str().unwrap().contains(place), "{place}: {setting}");
    }
}
