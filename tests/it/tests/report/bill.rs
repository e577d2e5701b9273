//! `--actuals`: the bill beside the ledger, from the sandbox's Cost Explorer.

use std::process::{Command, Output};

use serde_json::{Value, json};
use studio_parts::binaries::binary;
use studio_parts::sandbox::Sandbox;

use crate::month::ledger;

const LAB: &str = "USE1-Studio:JupyterLab-ml.g5.xlarge";

/// A report of five days of the recorded month, with the bill of a sandbox.
fn report(sandbox: &Sandbox, words: &[&str]) -> Output {
    let mut command = Command::new(binary("costctl").unwrap());
    let home = tempfile::tempdir().unwrap();
    command.env_clear().envs(sandbox.aws_env()).env("HOME", home.path()).current_dir(home.path());
    command.args(["report", "spend", "--no-look", "--actuals", "--ledger"]).arg(ledger());
    command.args(words).output().unwrap()
}

const DAYS: [&str; 4] = ["--since", "2026-10-10", "--until", "2026-10-15"];

#[test]
fn the_residual_is_told_by_component_and_each_request_counted() {
    let sandbox = Sandbox::start(Default::default()).unwrap();
    let line =
        |day: &str, usage_type: &str, amount: &str| json!({ "Day": day, "UsageType": usage_type, "Amount": amount });
    let lines = [
        line("2026-10-09", LAB, "1000"),
        line("2026-10-10", LAB, "10.25"),
        line("2026-10-14", LAB, "2.5"),
        line("2026-10-12", "USE1-Train:ml.g5.xlarge", "7"),
    ];
    sandbox.costs(&json!({ "Account": "111122223333", "Lines": lines })).unwrap();
    let output = report(&sandbox, &[&DAYS[..], &["--output", "json"]].concat());
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert!(stderr.contains("AWS bills 0.01 USD for each") && stderr.contains("was asked"), "{stderr}");
    let report: Value = serde_json::from_str(&stdout).unwrap();
    let actuals = &report["actuals"];
    assert_eq!(actuals["window"], json!({ "since": "2026-10-10T00:00:00Z", "until": "2026-10-15T00:00:00Z" }));
    assert_eq!(actuals["billed_micro_usd"], 19_750_000, "the day before is not of the report: {actuals}");
    let row = |component: &str| {
        let rows = actuals["rows"].as_array().unwrap();
        rows.iter().find(|row| row["component"] == component).unwrap_or(&Value::Null)
    };
    assert_eq!(row("Studio:JupyterLab")["billed_micro_usd"], 12_750_000);
    assert!(row("Studio:JupyterLab")["estimated_micro_usd"].as_i64().unwrap() > 0, "{actuals}");
    let training = row("Training");
    assert_eq!((&training["billed_micro_usd"], &training["estimated_micro_usd"]), (&json!(7_000_000), &Value::Null));
    let estimated: i64 =
        actuals["rows"].as_array().unwrap().iter().filter_map(|row| row["estimated_micro_usd"].as_i64()).sum();
    assert_eq!(actuals["estimated_micro_usd"], estimated);
}

#[test]
fn a_bill_that_is_refused_or_of_no_day_is_none() {
    let sandbox = Sandbox::start(Default::default()).unwrap();
    let output = report(&sandbox, &["--since", "2026-10-10T01:00:00Z", "--until", "2026-10-10T20:00:00Z"]);
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no whole UTC day"));
    sandbox.set_faults("[[fault]]\noperation = \"GetCostAndUsage\"\nkind = \"access-denied\"\n").unwrap();
    let output = report(&sandbox, &DAYS);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("asking Cost Explorer what was billed"), "{stderr}");
    assert!(output.stdout.is_empty(), "no figure stands for a bill that is not known");
}
