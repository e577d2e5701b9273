//! What a process costs, in the operating system's own figures.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, bail};
use serde::Deserialize;

use crate::process::Running;
use crate::python;
use crate::workspace::workspace_root;

/// What one process cost, children that it waited for included.
#[derive(Debug, Clone, Deserialize)]
pub struct Cost {
    /// From its start to its end.
    pub wall_seconds: f64,
    /// User and system time.
    pub cpu_seconds: f64,
    /// The largest resident memory; less than about 10 MiB cannot be told.
    pub peak_kib: u64,
    /// Its exit code, negative for a signal.
    pub exit_code: i32,
    /// What it wrote to stdout.
    #[serde(skip)]
    pub stdout: String,
    /// What it wrote to stderr.
    #[serde(skip)]
    pub stderr: String,
}

/// What running the command costs. Its environment is what was set on it, and `PATH`.
///
/// # Errors
/// When it cannot be started, or takes longer than `limit` and is killed.
pub fn cost_of(command: &Command, limit: Duration) -> anyhow::Result<Cost> {
    let name = command.get_program().to_string_lossy();
    let dir = tempfile::tempdir()?;
    let file = dir.path().join("cost.json");
    let mut measured = Command::new(python::venv("boto3")?);
    measured.arg(workspace_root().join("tests/parts/python/measure.py")).arg(limit.as_secs().to_string()).arg(&file);
    measured.arg(command.get_program()).args(command.get_args());
    measured.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin");
    measured.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    measured.current_dir(command.get_current_dir().unwrap_or(dir.path()));
    let mut process = Running::spawn(measured)?;
    process.close_stdin();
    let ended = process.wait_with_timeout(limit + Duration::from_secs(60));
    let text = std::fs::read_to_string(&file)
        .with_context(|| format!("{name} could not be measured: {}", process.stderr_so_far()))?;
    let mut cost: Cost = serde_json::from_str(&text)?;
    if ended.is_none() || (cost.exit_code == -9 && cost.wall_seconds >= limit.as_secs_f64()) {
        bail!("{name} takes longer than {} s", limit.as_secs());
    }
    cost.stdout = process.stdout_so_far();
    cost.stderr = process.stderr_so_far();
    Ok(cost)
}
