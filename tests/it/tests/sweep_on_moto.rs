//! The same sweep on what moto serves: endpoints, notebook instances, STS, Organizations,
//! S3 with conditional writes, SSM and SNS, none of which anybody here wrote. What it does
//! not serve comes from the sandbox: inference components, and CloudWatch's CBOR.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "sweep_on_moto/router.rs"]
mod router;

use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use studio_parts::binaries::binary;
use studio_parts::process::Running;
use studio_parts::python;
use studio_parts::sandbox::Sandbox;
use studio_parts::workspace::workspace_root;

const LIMIT: Duration = Duration::from_secs(120);

/// Every first run may do all of it; one endpoint is named.
const POLICY: &str = r#"
schema_version = 1
[guards]
first-run = 9
[[override]]
name = "trial endpoints"
for = { endpoint = "trial-*" }
endpoints.action = "delete"
endpoints.names = ["trial-*"]
"#;

/// Moto, its first words, and what it lacks.
struct World {
    moto: Running,
    ready: Value,
    sandbox: Sandbox,
    router: String,
    dir: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let mut command = Command::new(python::venv("moto").unwrap());
        command.arg(workspace_root().join("tests/it/tests/sweep_on_moto/world.py"));
        // Nothing of the caller's own AWS.
        command.env("AWS_CONFIG_FILE", "/dev/null").env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
        for name in ["AWS_PROFILE", "AWS_ENDPOINT_URL"] {
            command.env_remove(name);
        }
        let mut moto = Running::spawn(command).unwrap();
        let ready = moto.wait_for_line(|line| line.starts_with('{'), LIMIT).unwrap();
        let ready: Value = serde_json::from_str(&ready).unwrap();
        let sandbox = Sandbox::start(Default::default()).unwrap();
        sandbox.metrics(&json!({ "Data": measured() })).unwrap();
        let endpoint = ready["endpoint"].as_str().unwrap();
        let router = router::route("ListInferenceComponents", sandbox.endpoint(), endpoint).unwrap();
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("costctl.toml"), POLICY).unwrap();
        Self { moto, ready, sandbox, router, dir }
    }

    fn text(&self, name: &str) -> &str {
        self.ready[name].as_str().unwrap()
    }

    /// `costctl sweep` of the whole organization, as JSON, ended with this code.
    fn sweep(&self, args: &[&str], code: i32) -> Value {
        let mut words = vec!["sweep", "--organization", "--resources", "endpoints,notebook-instances"];
        words.extend(["--reads-per-second", "1000", "--writes-per-second", "1000", "--notify", self.text("topic")]);
        let evidence = format!("s3://{}/costctl", self.text("bucket"));
        words.extend(["--kill-switch", "ssm:/costctl/stop", "--evidence", &evidence]);
        self.costctl(&[&words, args].concat(), code)
    }

    /// The answer of `costctl` to these words and the ledger in moto's bucket, as JSON.
    fn costctl(&self, words: &[&str], code: i32) -> Value {
        let endpoint = self.text("endpoint");
        let mut command = Command::new(binary("costctl").unwrap());
        command.env_clear().current_dir(self.dir.path()).env("HOME", self.dir.path());
        command.env("AWS_EC2_METADATA_DISABLED", "true").env("AWS_REGION", "us-east-1");
        command.env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE").env("AWS_SECRET_ACCESS_KEY", "not-a-secret");
        command.env("AWS_ENDPOINT_URL", endpoint).env("AWS_ENDPOINT_URL_SAGEMAKER", &self.router);
        command.env("AWS_ENDPOINT_URL_CLOUDWATCH", self.sandbox.endpoint());
        command.args(words).args(["--output", "json", "--ledger", &format!("s3://{}/ledger", self.text("bucket"))]);
        let Output { status, stdout, stderr } = command.output().unwrap();
        let (stdout, stderr) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
        assert_eq!(status.code(), Some(code), "{stdout}\n{stderr}");
        serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}\n{stderr}"))
    }

    /// What stands in moto now, after it was told this word.
    fn after(&mut self, word: &str) -> Value {
        self.moto.write_stdin(&format!("{word}\n")).unwrap();
        let is_its = |line: &str| line.starts_with(&format!("{{\"after\": \"{word}\""));
        serde_json::from_str(&self.moto.wait_for_line(is_its, LIMIT).unwrap()).unwrap()
    }
}

/// What CloudWatch has of it. Credentials of moto name no account, so the sandbox takes
/// all of them for its own: names differ between the two.
fn measured() -> Vec<Value> {
    let now = Timestamp::now();
    let ago = |time: SignedDuration| (now - time).as_second();
    let heartbeat = |name: &str, idle: u32| {
        json!({ "Namespace": "IdleAgent", "MetricName": "IdleSeconds", "Unit": "Seconds", "Value": idle,
            "Timestamp": ago(SignedDuration::from_mins(2)),
            "Dimensions": [{ "Name": "NotebookInstanceName", "Value": name }] })
    };
    let invocations = |name: &str| {
        json!({ "Namespace": "AWS/SageMaker", "MetricName": "Invocations", "Unit": "None",
            "Dimensions": [{ "Name": "EndpointName", "Value": name }, { "Name": "VariantName", "Value": "all" }] })
    };
    let mut data =
        vec![heartbeat("old-research", 10_800), heartbeat("nightly-etl", 0), heartbeat("their-research", 10_800)];
    for name in ["trial-idle", "trial-busy", "production"] {
        let mut zeros = invocations(name);
        (zeros["Every"], zeros["Value"]) = (json!(3600), json!(0));
        (zeros["From"], zeros["To"]) =
            (json!(ago(SignedDuration::from_hours(24 * 60))), json!(ago(SignedDuration::ZERO)));
        data.push(zeros);
    }
    let mut last = invocations("trial-busy");
    (last["Timestamp"], last["Value"]) = (json!(ago(SignedDuration::from_hours(1))), json!(3));
    data.push(last);
    data
}

/// Members of a list, sorted.
fn sorted(list: &Value, member: &str) -> Vec<String> {
    let mut texts: Vec<String> =
        list.as_array().unwrap().iter().map(|one| one[member].as_str().unwrap().to_owned()).collect();
    texts.sort();
    texts
}

/// What is to be done in which of the two accounts.
fn all(ready: &Value) -> [String; 3] {
    let [own, second] = ["own", "second"].map(|name| ready[name].as_str().unwrap());
    let mut stops = [(own, "old-research"), (second, "their-research")]
        .map(|(account, name)| format!("stop {account}/us-east-1/notebook-instance/{name}"));
    stops.sort();
    let [first, last] = stops;
    [format!("delete {own}/us-east-1/endpoint/trial-idle"), first, last]
}

#[test]
fn an_organization_of_moto_is_swept() {
    let mut world = World::new();
    let before = world.after("before");

    let rehearsal = world.sweep(&["--endpoints", "delete"], 0);
    assert_eq!(rehearsal["executed"], false);
    assert_eq!(rehearsal["plan"]["unreached"], json!([]));
    let actions = rehearsal["plan"]["actions"].as_array().unwrap();
    assert_eq!(actions.len(), 3, "{actions:?}");
    let reported = rehearsal["plan"]["reported"].as_array().unwrap();
    assert_eq!(reported.len(), 1, "the endpoint that nobody named: {reported:?}");
    assert_eq!(reported[0]["target"]["endpoint"], "production");
    assert_eq!(rehearsal["plan"]["kept"], json!({ "busy": 1, "invoked": 1 }));

    let stopped = world.sweep(&["--endpoints", "delete", "--execute", "--yes"], 5);
    for row in stopped["acted"]["rows"].as_array().unwrap() {
        assert!(row["text"].as_str().unwrap().starts_with("kill-switch: "), "{row}");
    }
    let after = world.after("stopped");
    assert_eq!((&after["own"], &after["second"]), (&before["own"], &before["second"]), "moto's SSM holds everything");

    world.after("go");
    let done = world.sweep(&["--endpoints", "delete", "--execute", "--yes"], 0);
    assert_eq!(sorted(&done["acted"]["rows"], "what"), all(&world.ready));
    assert_eq!(sorted(&done["acted"]["rows"], "outcome"), ["done"; 3]);
    let after = world.after("done");
    assert_eq!(after["own"]["notebook_instances"], json!({ "old-research": "Stopped", "nightly-etl": "InService" }));
    assert_eq!(after["own"]["endpoints"], json!(["production", "trial-busy"]));
    assert_eq!(after["own"]["endpoint_configs"], before["own"]["endpoint_configs"], "the way back stays");
    assert_eq!(after["second"]["notebook_instances"], json!({ "their-research": "Stopped" }));
    assert_evidence(&after["evidence"], &world.ready);
    let told = after["told"].as_array().unwrap();
    assert!(told.last().unwrap().as_str().unwrap().contains("3 done, 0 stuck, 0 failed"), "{told:?}");

    let again = world.sweep(&["--endpoints", "delete", "--execute", "--yes"], 0);
    assert_eq!((&again["plan"]["actions"], &again["acted"]["rows"]), (&json!([]), &json!([])));
    let last = world.after("again");
    assert_eq!((&last["own"], &last["second"]), (&after["own"], &after["second"]));
    assert_ledger(&world);
}

/// Asserts that the ledger in moto's bucket, after four looks of two accounts, knows each stop once.
fn assert_ledger(world: &World) {
    let savings = world.costctl(&["report", "savings", "--since", "1h"], 0);
    let stops = sorted(&savings["stops"], "resource");
    assert_eq!(stops, ["notebook-instance/old-research", "notebook-instance/their-research", "variant/trial-idle/all"]);
    assert_eq!(savings["by_whom"]["costctl"]["stops"], 3, "{savings}");
    let looks: Vec<&Value> = savings["seen"].as_array().unwrap().iter().map(|seen| &seen["looks"]).collect();
    assert_eq!(looks, [4, 4], "{}", savings["seen"]);
    let spend = world.costctl(&["report", "spend", "--no-look", "--since", "1h", "--by", "account"], 0);
    let groups = sorted(&spend["rows"], "group");
    let mut accounts = ["own", "second"].map(|name| world.text(name).to_owned());
    accounts.sort();
    assert_eq!(groups, accounts, "{spend}");
}

/// Asserts that moto's bucket has for each act what is needed to explain it, by whom it was
/// done, and that every lease was given back.
fn assert_evidence(evidence: &Value, ready: &Value) {
    let [own, second] = ["own", "second"].map(|name| ready[name].as_str().unwrap());
    let lines = evidence["lines"].as_array().unwrap();
    for kind in ["requested", "accepted", "verified"] {
        let count = lines.iter().filter(|line| line["kind"] == kind).count();
        assert_eq!(count, 3, "{kind}: {lines:#?}");
    }
    let of_second = |line: &&Value| line["action"]["target"]["account"] == second;
    assert_eq!(lines.iter().filter(of_second).filter(|line| line["kind"] == "verified").count(), 1);
    let role = format!("arn:aws:sts::{second}:assumed-role/costctl-actor/costctl");
    assert!(lines.iter().any(|line| line["kind"] == "run-started" && line["who"] == role.as_str()), "{lines:#?}");
    let keys: Vec<&str> = evidence["keys"].as_array().unwrap().iter().map(|key| key.as_str().unwrap()).collect();
    for account in [own, second] {
        assert!(keys.contains(&&*format!("costctl/accounts/{account}.json")), "{keys:#?}");
    }
    let leases = |ending: &str| {
        let here =
            |key: &&&str| key.starts_with("costctl/leases/") && Path::new(key).extension().is_some_and(|e| e == ending);
        keys.iter().filter(here).count()
    };
    assert_eq!((leases("json"), leases("released")), (2, 2), "{keys:#?}");
}
