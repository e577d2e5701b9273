//! The state machine as it is shipped, on a Step Functions, Lambda and S3 that nobody here wrote.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use studio_parts::binaries::binary;
use studio_parts::fleet::Fleet;
use studio_parts::ministack::{Execution, Ministack};
use studio_parts::sandbox::Sandbox;
use studio_parts::workspace::workspace_root;

use crate::world::{EXECUTE, FAR, NEAR, OTHER, OWN, busy, changes, fleet, idle, sandbox_with};

/// An execution starts a process for each event at a time: generous, because machines are busy.
const LONG: Duration = Duration::from_secs(300);
const BUCKET: &str = "evidence";
/// What the sandbox answers; all else is Ministack's.
const SANDBOXED: [&str; 6] = ["SAGEMAKER", "STS", "CLOUDWATCH", "APPLICATION_AUTO_SCALING", "ORGANIZATIONS", "SNS"];

struct Cloud {
    sandbox: Sandbox,
    ministack: Ministack,
    machine: String,
}

impl Cloud {
    /// The fleet, the function with this policy in the bucket, and the state machine.
    fn with(fleet: &Fleet, policy: &str) -> Self {
        let (sandbox, ministack) = (sandbox_with(fleet), Ministack::start().unwrap());
        ministack.create_bucket(BUCKET).unwrap();
        ministack.put_object(BUCKET, "policies/costctl.toml", policy).unwrap();
        for account in [OWN, OTHER] {
            ministack.put_object(BUCKET, &format!("night/accounts/{account}.json"), "{}").unwrap();
        }
        let env = environment(&sandbox, &ministack);
        let env: Vec<(&str, &str)> = env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let function = ministack.create_function("sweep", &binary("costctl-lambda").unwrap(), &env, 120).unwrap();
        let definition = fs::read_to_string(workspace_root().join("packaging/step-functions/sweep.asl.json")).unwrap();
        let definition: Value = serde_json::from_str(&definition.replace("${FunctionArn}", &function)).unwrap();
        let machine = ministack.create_state_machine("sweep", &definition).unwrap();
        Self { sandbox, ministack, machine }
    }

    /// How a sweep with these flags went, and its report.
    fn sweep(&self, args: &[&str]) -> (Execution, Value) {
        let execution = self.ministack.execute(&self.machine, &json!({ "args": args }), LONG).unwrap();
        let report = self.object(&format!("sweeps/{}/report.json", self.latest()));
        (execution, report)
    }

    /// The name of the latest execution.
    fn latest(&self) -> String {
        let listed = self.ministack.states("ListExecutions", &json!({ "stateMachineArn": self.machine })).unwrap();
        let executions = listed["executions"].as_array().unwrap().iter();
        let begun = |execution: &Value| execution["startDate"].as_f64().unwrap();
        let latest = executions.max_by(|a, b| begun(a).total_cmp(&begun(b))).unwrap();
        latest["name"].as_str().unwrap().to_owned()
    }

    fn object(&self, key: &str) -> Value {
        serde_json::from_str(&self.ministack.object(BUCKET, &format!("night/{key}")).unwrap()).unwrap()
    }
}

fn environment(sandbox: &Sandbox, ministack: &Ministack) -> Vec<(String, String)> {
    let urls = SANDBOXED.map(|service| (format!("AWS_ENDPOINT_URL_{service}"), sandbox.endpoint().to_owned()));
    let mut env = urls.to_vec();
    for (name, value) in [
        ("AWS_ENDPOINT_URL_S3", ministack.url().to_owned()),
        ("COSTCTL_EVIDENCE", format!("s3://{BUCKET}/night")),
        ("COSTCTL_POLICY", format!("s3://{BUCKET}/policies/costctl.toml")),
        ("COSTCTL_ACCOUNTS", format!("{OWN},{OTHER},000000000001")),
        ("COSTCTL_REGION", format!("{NEAR},{FAR}")),
        ("COSTCTL_READS_PER_SECOND", "1000".to_owned()),
        ("COSTCTL_WRITES_PER_SECOND", "1000".to_owned()),
    ] {
        env.push((name.to_owned(), value));
    }
    env
}

/// One account whose role cannot be assumed.
const REFUSES: &str = "[[fault]]\noperation = \"AssumeRole\"\nkind = \"deny\"\naccount = \"000000000001\"\n";

#[test]
fn a_sweep_is_rehearsed_and_then_done_once_in_every_account_and_region() {
    let cloud = Cloud::with(&fleet(), "schema_version = 1\n");
    cloud.sandbox.set_faults(REFUSES).unwrap();
    let (execution, report) = cloud.sweep(&[]);
    // What was not seen is no success, whatever was.
    assert_eq!((execution.status.as_str(), execution.error.as_str()), ("FAILED", "Sweep.NotAllOfIt"), "{execution:?}");
    assert!(execution.cause.contains("rehearsal: 3 to do"), "{execution:?}");
    assert_eq!(report["plan"]["actions"].as_array().unwrap().len(), 3);
    assert_eq!(changes(&cloud.sandbox), [""; 0]);

    let (execution, report) = cloud.sweep(&EXECUTE);
    assert_eq!((execution.status.as_str(), execution.error.as_str()), ("FAILED", "Sweep.NotAllOfIt"), "{execution:?}");
    for named in ["3 done, 0 failed", "000000000001 us-east-1: AssumeRole", "000000000001 eu-west-1: AssumeRole"] {
        assert!(execution.cause.contains(named), "{execution:?}");
    }
    assert_eq!(changes(&cloud.sandbox), ["DeleteApp ours", "DeleteApp theirs", "DeleteApp theirs-far"]);
    let rows = report["acted"]["rows"].as_array().unwrap();
    assert!(rows.len() == 3 && rows.iter().all(|row| row["outcome"] == "done"), "{report}");
    let run = cloud.latest();
    for (account, region) in [(OWN, NEAR), (OTHER, NEAR), (OTHER, FAR)] {
        let outcome = cloud.object(&format!("sweeps/{run}/outcomes/{account}.{region}.json"));
        assert_eq!(outcome["done"].as_array().unwrap().len(), 1, "{outcome}");
        let lease = cloud.object(&format!("leases/{account}/{region}/000000000/000000000001.json"));
        assert_eq!(lease["generation"], 1, "{lease}");
    }
    let ids: BTreeSet<String> = rows.iter().map(|row| row["what"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), 3, "{ids:?}");

    // Nothing is left to do, and everybody answers.
    cloud.sandbox.set_faults("").unwrap();
    let (execution, report) = cloud.sweep(&EXECUTE);
    assert_eq!(execution.status, "SUCCEEDED", "{execution:?}");
    assert_eq!((&report["executed"], report["plan"]["actions"].as_array().unwrap().len()), (&json!(true), 0));
    assert_eq!(changes(&cloud.sandbox).len(), 3);
}

#[test]
fn a_budget_holds_over_both_accounts() {
    let cloud = Cloud::with(&fleet(), "schema_version = 1\n[[budget]]\nname = \"gently\"\nmax-apps = 1\n");
    let (execution, report) = cloud.sweep(&EXECUTE);
    assert!(execution.cause.contains("1 done, 0 failed, 0 refused, of 1 planned, 2 held back"), "{execution:?}");
    assert_eq!(changes(&cloud.sandbox).len(), 1);
    let held_back = report["plan"]["held_back"].as_array().unwrap();
    assert!(held_back.iter().all(|row| row["reason"]["code"] == "budget-used-up"), "{report}");
    // The same policy by the command line, from the same bucket.
    let mut costctl = Command::new(binary("costctl").unwrap());
    costctl.env_clear().envs(cloud.sandbox.aws_env()).envs(environment(&cloud.sandbox, &cloud.ministack));
    costctl.env("AWS_ACCESS_KEY_ID", OWN);
    let output = costctl.env_remove("COSTCTL_EVIDENCE").args(["sweep", "--output", "json"]).output().unwrap();
    let again: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    assert_eq!(again["plan"]["policy_sha256"], report["plan"]["policy_sha256"]);
}

#[test]
fn more_than_half_idle_over_the_whole_refuses_all() {
    // In each account and region there are too few apps to say so.
    let half = [(OWN, NEAR), (OWN, FAR), (OTHER, NEAR)].map(|(account, region)| idle(account, region, "lab", 3));
    let apps = half.into_iter().chain([busy(OTHER, FAR, "lab", 3)]).collect();
    let cloud = Cloud::with(&Fleet { apps, ..Fleet::default() }, "schema_version = 1\n");
    let (execution, report) = cloud.sweep(&EXECUTE);
    assert_eq!(execution.error, "Sweep.NotAllOfIt", "{execution:?}");
    assert!(execution.cause.contains("REFUSED: 9 of 12 running apps look idle at once"), "{execution:?}");
    assert_eq!(report["plan"]["held_back"].as_array().unwrap().len(), 9, "{report}");
    assert_eq!(changes(&cloud.sandbox), [""; 0]);
}
