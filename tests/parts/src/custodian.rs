//! Cloud Custodian (`c7n`), a peer: what it costs to let it see what there is.
//!
//! Version 0.9.53 has `sagemaker-app`, `sagemaker-space`, `sagemaker-notebook` and `sagemaker-endpoint`.
//! It lists in pages of 10 (the service's own default), describes each resource in a call of its
//! own and then reads the tags: of apps and spaces through the Resource Groups Tagging API, 20
//! ARNs a call, of notebook instances and endpoints by a `ListTags` each.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::cost::{Cost, cost_of};
use crate::python;

/// What one run over these resources (such as `sagemaker-app`) costs, and how many of each it found.
///
/// `tagging_url` answers the Resource Groups Tagging API, which the sandbox does not have; moto does.
///
/// # Errors
/// When a policy fails, or the run takes longer than `limit`.
pub fn run(
    resources: &[&str],
    aws_env: &[(String, String)],
    tagging_url: &str,
    limit: Duration,
) -> anyhow::Result<(Cost, BTreeMap<String, usize>)> {
    let dir = tempfile::tempdir()?;
    let policies: Vec<Value> =
        resources.iter().map(|name| json!({ "name": name, "resource": format!("aws.{name}") })).collect();
    std::fs::write(dir.path().join("policies.json"), json!({ "policies": policies }).to_string())?;
    let mut command = Command::new(python::venv("custodian")?.with_file_name("custodian"));
    command.args(["run", "--region", "us-east-1", "--cache-period", "0", "--output-dir", "out", "policies.json"]);
    command.env("HOME", dir.path()).envs(aws_env.iter().cloned()).current_dir(dir.path());
    command.env("AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API", tagging_url);
    let cost = cost_of(&command, limit)?;
    ensure!(cost.exit_code == 0, "custodian failed: {}", cost.stderr);
    let found = resources.iter().map(|name| {
        let file = dir.path().join("out").join(name).join("resources.json");
        let text = std::fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
        Ok(((*name).to_owned(), serde_json::from_str::<Vec<Value>>(&text)?.len()))
    });
    let found = found.collect::<anyhow::Result<_>>()?;
    Ok((cost, found))
}
