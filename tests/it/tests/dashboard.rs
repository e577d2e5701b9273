//! Metrics of a sweep, and the dashboards and alarms over them, against the sandbox.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::process::{Command, Output};
use std::time::Duration;

use serde_json::{Value, json};
use studio_it::rights;
use studio_parts::binaries::binary;
use studio_parts::fleet::Fleet;
use studio_parts::moto::Moto;
use studio_parts::process::Running;
use studio_parts::python;
use studio_parts::sandbox::{Sandbox, SandboxOptions};
use studio_parts::workspace::workspace_root;
use tempfile::TempDir;

const FLEET: &str = r#"
[[app]]
space = "alice-lab"
idle = "3h"

[[app]]
domain = "d-research0002"
space = "bob-lab"
idle = "0s"

[[notebook-instance]]
name = "old-research"
idle = "0s"
"#;

const LIMIT: Duration = Duration::from_secs(120);

const TOPIC: &str = "arn:aws:sns:us-east-1:111122223333:costs";
const ALARMS: [&str; 7] = ["--alarms", "--coverage-below", "90", "--usd-per-month", "5000", "--sns-topic", TOPIC];

struct World {
    sandbox: Sandbox,
    dir: TempDir,
}

impl World {
    fn new() -> Self {
        let options = SandboxOptions { delete_takes: Some("0s".to_owned()), ..SandboxOptions::default() };
        let (sandbox, dir) = (Sandbox::start(options).unwrap(), tempfile::tempdir().unwrap());
        toml::from_str::<Fleet>(FLEET).unwrap().seed(&sandbox).unwrap();
        let world = Self { sandbox, dir };
        world.run("inventory --snapshot seen.json", &[], 0);
        world.sandbox.forget_calls().unwrap();
        world
    }

    /// `costctl` with these words, ended with this code: stdout and stderr.
    fn run(&self, words: &str, more: &[&str], code: i32) -> (String, String) {
        let mut command = Command::new(binary("costctl").unwrap());
        command.env_clear().envs(self.sandbox.aws_env()).env("HOME", self.dir.path()).current_dir(self.dir.path());
        command.env("COSTCTL_EVIDENCE", self.dir.path().join("evidence"));
        command.env("COSTCTL_READS_PER_SECOND", "1000").env("COSTCTL_WRITES_PER_SECOND", "1000");
        let Output { status, stdout, stderr } = command.args(words.split(' ')).args(more).output().unwrap();
        let [stdout, stderr] = [stdout, stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        assert_eq!(status.code(), Some(code), "{words}\n{stdout}\n{stderr}");
        (stdout, stderr)
    }

    fn json(&self, words: &str, more: &[&str], code: i32) -> Value {
        serde_json::from_str(&self.run(words, &[more, &["--output", "json"]].concat(), code).0).unwrap()
    }

    /// What was called since it was asked last, each once, in order.
    fn called(&self) -> Vec<String> {
        let calls = self.sandbox.calls().unwrap();
        self.sandbox.forget_calls().unwrap();
        let mut names: Vec<String> = calls.iter().map(|call| call["operation"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names.dedup();
        names
    }

    /// The answer of one operation of CloudWatch.
    fn cloudwatch(&self, operation: &str, request: &Value) -> Value {
        self.sandbox.call_of("111122223333", "us-east-1", "monitoring", operation, request).unwrap()
    }
}

/// Standings of dashboards, then of alarms.
fn standings(report: &Value) -> Vec<&str> {
    let rows = ["dashboards", "alarms"].into_iter().flat_map(|list| report[list].as_array().unwrap());
    rows.map(|row| row["standing"].as_str().unwrap()).collect()
}

const PLAN: &str = "dashboard plan --from-snapshot seen.json";
const PUT: &str = "dashboard put --from-snapshot seen.json";

#[test]
fn a_dashboard_is_planned_put_once_and_then_unchanged() {
    let world = World::new();
    let planned = world.json(PLAN, &[&ALARMS[..], &["--check"]].concat(), 3);
    assert_eq!(standings(&planned), ["new"; 5]);
    assert!(!world.called().iter().any(|call| call.starts_with("Put")), "a plan puts nothing");
    let text = world.run(PLAN, &ALARMS, 0).0;
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert!(text.contains("2 domains x 6") && text.contains("[unverified]"), "{text}");
    world.run(PUT, &ALARMS, 0);
    world.run(PUT, &[&ALARMS[..], &["--execute"]].concat(), 5);
    assert!(!world.called().iter().any(|call| call.starts_with("Put")), "nobody gave leave");

    let done = world.json(PUT, &[&ALARMS[..], &["--execute", "--yes"]].concat(), 0);
    assert_eq!(done["executed"], true);
    let called = world.called();
    let missing = rights::missing(&["`dashboard plan`", "`dashboard put --execute`"], called.clone()).unwrap();
    assert!(missing.is_empty(), "controller/README.md does not name {missing:?}");
    assert!(called.contains(&"PutDashboard".to_owned()) && called.contains(&"PutMetricAlarm".to_owned()), "{called:?}");
    let stored = world.cloudwatch("GetDashboard", &json!({ "DashboardName": "costctl" }));
    let body: Value = serde_json::from_str(stored["DashboardBody"].as_str().unwrap()).unwrap();
    assert_eq!(body, planned["dashboards"][0]["body"]);
    assert!(body.to_string().contains("d-research0002"));

    let again = world.json(PUT, &[&ALARMS[..], &["--execute", "--yes"]].concat(), 0);
    assert_eq!((standings(&again), &again["executed"]), (vec!["unchanged"; 5], &json!(false)));
    assert!(!world.called().iter().any(|call| call.starts_with("Put")), "what is as it should be is not put again");
    let other = [&ALARMS[..2], &["95", "--usd-per-month", "5000", "--sns-topic", TOPIC, "--check"]].concat();
    let differs = world.json(PLAN, &other, 3);
    assert_eq!(standings(&differs), ["unchanged", "unchanged", "changed", "unchanged", "unchanged"]);
    assert_eq!(differs["alarms"][1]["differs"], json!(["description", "threshold"]));
}

#[test]
fn what_is_not_ours_is_left_alone_and_what_is_left_over_is_named() {
    let world = World::new();
    let theirs = json!({ "widgets": [{ "type": "text", "x": 0, "y": 0, "width": 6, "height": 2,
        "properties": { "markdown": "# Sales" } }] });
    let put = |name: &str, body: &Value| {
        world.cloudwatch("PutDashboard", &json!({ "DashboardName": name, "DashboardBody": body.to_string() }));
    };
    put("costctl", &theirs);
    world.sandbox.forget_calls().unwrap();
    let refused = world.json(PUT, &["--execute", "--yes"], 5);
    assert_eq!(standings(&refused), ["not-ours"]);
    assert!(!world.called().contains(&"PutDashboard".to_owned()));
    world.json(PUT, &["--replace", "--execute", "--yes"], 0);
    put("costctl-7", &theirs);
    let planned = world.json(PLAN, &["--check"], 0);
    assert_eq!((standings(&planned), &planned["left_over"]), (vec!["unchanged"], &json!(["costctl-7"])));

    // Somebody's own widget on a dashboard of ours is told of before it is replaced.
    let mut body = planned["dashboards"][0]["body"].clone();
    body["widgets"].as_array_mut().unwrap().push(theirs["widgets"][0].clone());
    put("costctl", &body);
    let planned = world.json(PLAN, &["--check"], 3);
    let row = &planned["dashboards"][0];
    assert_eq!((&row["standing"], &row["widgets_that_differ"]), (&json!("changed"), &json!(1)));
}

#[test]
fn a_search_needs_no_snapshot_and_a_refusal_is_a_failure() {
    let world = World::new();
    world.run("dashboard plan", &[], 2);
    world.run("dashboard plan --search --coverage-below 90", &[], 2);
    world.run("dashboard plan --search --alarms --sns-topic arn:aws:sns:eu-west-1:111122223333:costs", &[], 2);
    let deny = "[[fault]]\noperation = \"PutDashboard\"\nkind = \"deny\"\n";
    world.sandbox.set_faults(deny).unwrap();
    let failed = world.json("dashboard put --search --alarms --execute --yes", &[], 4);
    let error = failed["dashboards"][0]["error"].as_str().unwrap();
    assert!(error.contains("PutDashboard") && error.contains("AccessDenied"), "{error}");
    assert_eq!(failed["alarms"][0]["error"], Value::Null);
    world.sandbox.set_faults("").unwrap();
    let done = world.json("dashboard put --search --alarms --execute --yes", &[], 0);
    assert_eq!((standings(&done), &done["shown"]), (vec!["new", "unchanged", "unchanged"], &json!("search")));
    assert!(done["bill"]["without"].to_string().contains("1.80 each"));
}

/// Moto speaks no CBOR, which the Rust SDK does: what costctl put here is put there by boto3,
/// which checks every request against AWS's own model.
#[test]
fn moto_takes_and_gives_back_what_costctl_puts() {
    let world = World::new();
    world.run(PUT, &[&ALARMS[..], &["--execute", "--yes"]].concat(), 0);
    let of = |operation: &str| -> Vec<Value> {
        let calls = world.sandbox.calls_of(operation).unwrap();
        calls.into_iter().map(|call| call["request"].clone()).collect()
    };
    let requests = json!({ "PutDashboard": of("PutDashboard"), "PutMetricAlarm": of("PutMetricAlarm") });
    let moto = Moto::start().unwrap();
    let mut command = Command::new(python::venv("moto").unwrap());
    command.arg(workspace_root().join("tests/it/tests/dashboard/moto.py"));
    command.env("AWS_ENDPOINT_URL", moto.url()).env("AWS_DEFAULT_REGION", "us-east-1");
    command.env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE").env("AWS_SECRET_ACCESS_KEY", "not-a-secret");
    let mut asked = Running::spawn(command).unwrap();
    asked.write_stdin(&requests.to_string()).unwrap();
    asked.close_stdin();
    let status = asked.wait_with_timeout(LIMIT).unwrap();
    let said = asked.stdout_so_far();
    assert!(status.success() && said.contains("1 dashboards and 4 alarms"), "{said}{}", asked.stderr_so_far());
}

/// The values of one metric, by the values of its dimensions.
fn values(calls: &[Value], name: &str) -> Vec<(String, f64)> {
    let data = calls.iter().flat_map(|call| call["request"]["MetricData"].as_array().unwrap());
    let of = |datum: &Value| {
        let dimensions = datum["Dimensions"].as_array().map(Vec::as_slice).unwrap_or_default();
        let dimensions: Vec<&str> = dimensions.iter().map(|one| one["Value"].as_str().unwrap()).collect();
        (dimensions.join(" "), datum["Value"].as_f64().unwrap())
    };
    let mut values: Vec<_> = data.filter(|datum| datum["MetricName"] == name).map(of).collect();
    values.sort_by(|one, other| one.0.cmp(&other.0));
    values
}

#[test]
fn a_sweep_publishes_what_it_saw_and_did() {
    let world = World::new();
    let policy = "schema_version = 1\n[guards]\nfirst-run = 9\n";
    std::fs::write(world.dir.path().join("costctl.toml"), policy).unwrap();
    world.run("sweep", &[], 0);
    assert!(world.sandbox.calls_of("PutMetricData").unwrap().is_empty(), "nobody asked for metrics");
    world.run("sweep --metrics --execute --yes", &[], 0);
    let calls = world.sandbox.calls_of("PutMetricData").unwrap();
    assert!(calls.iter().all(|call| call["request"]["Namespace"] == "CostControl"));
    let pair = |dimensions: &str, value: f64| (dimensions.to_owned(), value);
    let apps = [pair("", 2.0), pair("d-research0001", 1.0), pair("d-research0002", 1.0)];
    assert_eq!(values(&calls, "AppsRunning"), apps);
    let idle = [pair("", 1.0), pair("d-research0001", 1.0), pair("d-research0002", 0.0)];
    assert_eq!(values(&calls, "AppsIdle"), idle);
    assert_eq!(values(&calls, "SweepActions"), [pair("111122223333 us-east-1", 1.0)]);
    assert_eq!(values(&calls, "SweepFailed"), [pair("111122223333 us-east-1", 0.0)]);
    assert_eq!(values(&calls, "SweepCompleted"), [pair("", 1.0), pair("111122223333 us-east-1", 1.0)]);
    let missing = rights::missing(&["`sweep --metrics`"], ["PutMetricData".to_owned()]).unwrap();
    assert!(missing.is_empty());

    world.sandbox.forget_calls().unwrap();
    let denied = "[[fault]]\noperation = \"PutMetricData\"\nkind = \"deny\"\n";
    world.sandbox.set_faults(denied).unwrap();
    let (_, stderr) = world.run("sweep --metrics", &[], 0);
    assert!(stderr.contains("metrics: CloudWatch took 0 of"), "{stderr}");

    let blind = "[[fault]]\noperation = \"ListApps\"\nkind = \"deny\"\n";
    world.sandbox.set_faults(blind).unwrap();
    world.sandbox.forget_calls().unwrap();
    world.run("sweep --metrics", &[], 1);
    let calls = world.sandbox.calls_of("PutMetricData").unwrap();
    assert!(values(&calls, "AppsRunning").is_empty(), "what was not seen is not zero");
    assert_eq!(values(&calls, "SweepCompleted"), [pair("", 1.0)]);
    assert_eq!(values(&calls, "SweepUnseen"), [pair("", 1.0), pair("111122223333 us-east-1", 1.0)]);
}
