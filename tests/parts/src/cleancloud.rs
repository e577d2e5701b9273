//! Cleancloud, a peer: its rule for idle apps alone.
//!
//! The rule lists apps in pages of 10, describes each app in service in a call of its own, and
//! reports those whose `LastUserActivityTimestamp` is at least seven days old and is not the
//! `LastHealthCheckTimestamp`. It deletes nothing and knows no price.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::cost::{Cost, cost_of};
use crate::python;

const RULE: &str = "aws.sagemaker.studio_app.idle";
/// The other rules of its category: the command has no way to ask for one.
const OTHER_RULES: [&str; 7] = [
    "aws.bedrock.provisioned_throughput.idle",
    "aws.ec2.gpu.idle",
    "aws.sagemaker.domain.idle",
    "aws.sagemaker.endpoint.idle",
    "aws.sagemaker.notebook.idle",
    "aws.sagemaker.processing_job.long_running",
    "aws.sagemaker.training_job.long_running",
];

/// What one scan for idle apps costs, and its findings.
///
/// # Errors
/// When the rule fails or does not run, or the scan takes longer than `limit`.
pub fn idle_apps(aws_env: &[(String, String)], limit: Duration) -> anyhow::Result<(Cost, Vec<Value>)> {
    let dir = tempfile::tempdir()?;
    let mut command = Command::new(python::venv("cleancloud")?.with_file_name("cleancloud"));
    command.args(["scan", "--provider", "aws", "--region", "us-east-1", "--category", "ai", "--no-feedback"]);
    command.args(OTHER_RULES.iter().flat_map(|rule| ["--skip", rule]));
    command.args(["--output", "json", "--output-file", "findings.json"]);
    command.env("HOME", dir.path()).envs(aws_env.iter().cloned()).current_dir(dir.path());
    let cost = cost_of(&command, limit)?;
    ensure!(cost.exit_code == 0, "cleancloud failed: {}{}", cost.stdout, cost.stderr);
    let report: Value = serde_json::from_str(&std::fs::read_to_string(dir.path().join("findings.json"))?)?;
    let rules = report["summary"]["rules_evaluated"].as_object().context("cleancloud names its rules")?;
    ensure!(rules.len() == 1 && rules.contains_key(RULE), "cleancloud ran other rules: {rules:?}");
    let findings = report["findings"].as_array().context("cleancloud reports findings")?.clone();
    Ok((cost, findings))
}
