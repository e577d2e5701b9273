//! What the integration tests share: a studio in the sandbox, and the real agent at work in it.

pub mod lifecycle;
pub mod readme;
pub mod rights;
pub mod scenario;
pub mod sweep;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use idle_core::{Decision, DecisionRecord};
use studio_parts::binaries::binary;
use studio_parts::process::Running;
use studio_parts::sandbox::{Sandbox, SandboxOptions};
use studio_parts::studio::Studio;
use tempfile::TempDir;

/// The longest wait for anything: generous, because machines are busy.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// A sandbox with a domain, two spaces and two apps, and a folder for the agent of the first.
pub struct World {
    /// The local AWS.
    pub sandbox: Sandbox,
    /// What stands in it.
    pub studio: Studio,
    /// The metadata file of the first app.
    pub metadata: PathBuf,
    dir: TempDir,
}

impl World {
    /// A fresh world.
    ///
    /// # Errors
    /// When a part does not start.
    pub fn new() -> anyhow::Result<Self> {
        let sandbox = Sandbox::start(SandboxOptions::default())?;
        let studio = Studio::create(&sandbox)?;
        let dir = tempfile::tempdir()?;
        let metadata = studio_parts::studio::write_metadata(dir.path(), studio.app(0))?;
        Ok(Self { sandbox, studio, metadata, dir })
    }

    /// The agent's state directory.
    #[must_use]
    pub fn state_dir(&self) -> PathBuf {
        self.dir.path().join("state")
    }

    /// The metadata of the first app, as SageMaker puts it into the app.
    #[must_use]
    pub fn metadata(&self) -> &Path {
        &self.metadata
    }

    /// A folder that lives as long as the world.
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// `idle-agent` with this world's environment, not yet started. Nothing of
    /// the caller's environment comes along.
    ///
    /// # Errors
    /// When the binary cannot be built.
    pub fn command(&self, jupyter_url: &str, args: &[&str]) -> anyhow::Result<Command> {
        let mut command = Command::new(binary("idle-agent")?);
        command.env_clear().env("HOME", self.dir.path()).envs(self.sandbox.agent_env());
        command.args(args).args(["--server-url", jupyter_url]);
        command.arg("--metadata-file").arg(&self.metadata).arg("--state-dir").arg(self.state_dir());
        command.arg("--activity-file").arg(self.dir.path().join("last-active-timestamp"));
        // Of this machine's processes none is the app's, unless a test says so.
        command.args(["--process-root", &self.sandbox.pid().to_string()]);
        Ok(command)
    }

    /// The running agent: idle timeout 8 s, a look every second.
    ///
    /// # Errors
    /// When it does not start.
    pub fn agent(&self, jupyter_url: &str, args: &[&str]) -> anyhow::Result<Agent> {
        let mut command = self.command(jupyter_url, &["run", "--output", "json"])?;
        command.args(["--idle-timeout", "8s", "--poll-every", "1s"]).args(args);
        Ok(Agent { process: Running::spawn(command)? })
    }

    /// One command of the agent, run to its end.
    ///
    /// # Errors
    /// When it does not start.
    pub fn run(&self, jupyter_url: &str, args: &[&str]) -> anyhow::Result<Output> {
        self.command(jupyter_url, args)?.output().context("running idle-agent")
    }

    /// How often SageMaker was asked to delete an app.
    ///
    /// # Errors
    /// When the sandbox does not answer.
    pub fn deletes(&self) -> anyhow::Result<usize> {
        Ok(self.sandbox.calls_of("DeleteApp")?.len())
    }

    /// The status of the first app as SageMaker tells it.
    ///
    /// # Errors
    /// When the sandbox does not answer.
    pub fn app_status(&self) -> anyhow::Result<String> {
        self.studio.app_status(&self.sandbox, 0)
    }
}

/// A running `idle-agent run --output json`.
#[derive(Debug)]
pub struct Agent {
    /// The process.
    pub process: Running,
}

impl Agent {
    /// Every record so far.
    ///
    /// # Panics
    /// When a line of stdout is no record: stdout is a contract.
    #[must_use]
    pub fn records(&self) -> Vec<DecisionRecord> {
        let lines = self.process.stdout_so_far();
        lines.lines().map(|line| DecisionRecord::from_line(line).expect("stdout holds only records")).collect()
    }

    /// The first record that `wanted` accepts, once there is one.
    ///
    /// # Errors
    /// When none comes in time; with everything that the agent said.
    pub fn wait_for(&self, what: &str, wanted: impl Fn(&DecisionRecord) -> bool) -> anyhow::Result<DecisionRecord> {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(record) = self.records().into_iter().find(|record| wanted(record)) {
                return Ok(record);
            }
            if Instant::now() > end {
                let last = self.process.stdout_so_far().lines().last().unwrap_or_default().to_owned();
                bail!("no record that {what}; last record: {last}\nstderr: {}", self.process.stderr_so_far());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Waits until the app was watched for longer than its idle timeout, and
    /// returns every record so far: what was kept this long is kept for good reason.
    ///
    /// # Errors
    /// When the watch never gets there.
    pub fn watch_past_the_timeout(&self) -> anyhow::Result<Vec<DecisionRecord>> {
        self.wait_for("was watched past the timeout", |r| r.watched_for_seconds >= r.idle_timeout_seconds + 3)?;
        Ok(self.records())
    }

    /// The record of the stop, once it is there.
    ///
    /// # Errors
    /// When none comes in time.
    pub fn wait_for_stop(&self) -> anyhow::Result<DecisionRecord> {
        self.wait_for("is a stop", |record| record.decision == Decision::Stop)
    }

    /// Waits for a line of the log that holds `text`.
    ///
    /// # Errors
    /// When none comes in time.
    pub fn wait_for_log(&self, text: &str) -> anyhow::Result<()> {
        let end = Instant::now() + PATIENCE;
        while !self.process.stderr_so_far().contains(text) {
            if Instant::now() > end {
                bail!("{text:?} never stood in the log:\n{}", self.process.stderr_so_far());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }
}
