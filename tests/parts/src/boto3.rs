//! A plain boto3 script that lists a region: what anything in Python costs at least.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

use anyhow::ensure;

use crate::cost::{Cost, cost_of};
use crate::python;
use crate::workspace::workspace_root;

/// What a listing costs and how many of each kind it found. The kinds are `domains`,
/// `user-profiles`, `spaces`, `apps`, `endpoints` and `notebook-instances`; each is read in pages of 100.
///
/// # Errors
/// When one of them cannot be listed within `limit`.
pub fn list(
    kinds: &[&str],
    aws_env: &[(String, String)],
    limit: Duration,
) -> anyhow::Result<(Cost, BTreeMap<String, usize>)> {
    let mut command = Command::new(python::venv("boto3")?);
    command.arg(workspace_root().join("tests/parts/python/list.py")).args(kinds).envs(aws_env.iter().cloned());
    let cost = cost_of(&command, limit)?;
    ensure!(cost.exit_code == 0, "the listing failed: {}", cost.stderr);
    let found = serde_json::from_str(&cost.stdout)?;
    Ok((cost, found))
}
