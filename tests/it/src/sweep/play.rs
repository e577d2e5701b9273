//! What happens in a sweep's file.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use serde_json::Value;
use studio_parts::binaries::binary;
use studio_parts::sandbox::{Sandbox, SandboxOptions};
use tempfile::TempDir;

use super::form::{Beside, KilledAt, Run, Step, Sweep};
use super::golden;
use crate::PATIENCE;

/// Where it all happens.
struct Stage {
    sandbox: Sandbox,
    dir: TempDir,
    /// Of the sandbox's calls, so many were told already.
    told: usize,
}

/// Plays every step; returns what the commands said and changed.
pub(super) fn play(sweep: &Sweep) -> anyhow::Result<String> {
    let at_once = || Some("0s".to_owned());
    let sandbox = Sandbox::start(SandboxOptions {
        delete_takes: sweep.delete_takes.clone().or_else(at_once),
        update_takes: at_once(),
        stop_takes: at_once(),
        ..SandboxOptions::default()
    })?;
    sweep.fleet.seed(&sandbox).context("the fleet")?;
    let dir = tempfile::tempdir()?;
    if let Some(policy) = &sweep.policy {
        let in_a_week = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(7 * 24);
        fs::write(dir.path().join("costctl.toml"), policy.replace("IN-A-WEEK", &format!("{in_a_week:.0}")))?;
    }
    for (name, text) in &sweep.files {
        fs::write(dir.path().join(name), text)?;
    }
    for account in &sweep.known_accounts {
        let accounts = dir.path().join("evidence/accounts");
        fs::create_dir_all(&accounts)?;
        fs::write(accounts.join(format!("{account}.json")), "{}")?;
    }
    let mut stage = Stage { sandbox, dir, told: 0 };
    let mut told = vec![sweep.title.clone()];
    for (n, step) in (1..).zip(&sweep.steps) {
        told.extend(stage.step(step).with_context(|| format!("step {n}, {step:?}"))?);
    }
    Ok(told.join("\n\n") + "\n")
}

impl Stage {
    fn step(&mut self, step: &Step) -> anyhow::Result<Option<String>> {
        match step {
            Step::Run(run) => return self.run(run).map(Some),
            Step::Faults { faults } => self.sandbox.set_faults(faults)?,
            Step::When { when } => self.sandbox.when(&json(when)?)?,
            Step::Force { force } => {
                let force = json(force)?;
                if force["AppName"].is_null() {
                    self.sandbox.force(&force).map(drop)?;
                } else {
                    self.sandbox.force_app(&force)?;
                }
            }
            Step::Call { call, request } => {
                let (service, operation) = call.split_once(' ').context("a call names a service and an operation")?;
                self.sandbox.call_of("111122223333", "us-east-1", service, operation, &json(request)?)?;
                self.told = self.sandbox.calls()?.len();
            }
            Step::Seed { seed } => {
                seed.seed(&self.sandbox)?;
                self.told = 0;
            }
            Step::Write { write, text } => fs::write(self.dir.path().join(write), text)?,
            Step::Replace { replace, from, to } => {
                let path = self.dir.path().join(replace);
                let text = fs::read_to_string(&path)?;
                ensure!(text.contains(from), "{replace} does not say {from}");
                fs::write(path, text.replace(from, to))?;
            }
            Step::Metrics { metrics } => {
                let now = jiff::Timestamp::now().as_second().to_string();
                self.sandbox.metrics(&json(&metrics.replace("NOW", &now))?)?;
            }
        }
        Ok(None)
    }

    fn run(&mut self, run: &Run) -> anyhow::Result<String> {
        let mut command = self.costctl(&run.run)?;
        for (name, value) in &run.env {
            if value.is_empty() {
                command.env_remove(name)
            } else {
                command.env(name, value)
            };
        }
        let mut child = command.spawn().context("starting costctl")?;
        let second = match &run.beside {
            None => None,
            Some(beside) => Some(self.beside(beside)?),
        };
        if let Some(KilledAt { operation, times }) = &run.killed_at {
            self.wait_for(operation, *times)?;
            child.kill()?;
        }
        let output = child.wait_with_output()?;
        let mut told = vec![self.told_of(&run.run, &output)];
        if run.killed_at.is_none() {
            ensure!(
                output.status.code() == Some(run.exit),
                "exit {:?}, not {}\n{}",
                output.status.code(),
                run.exit,
                told[0]
            );
        }
        if let (Some((beside, output)), Some(Beside { exit, .. })) = (second, &run.beside) {
            told.push(beside);
            ensure!(
                output.status.code() == Some(*exit),
                "beside: exit {:?}, not {exit}\n{}",
                output.status.code(),
                told.join("\n")
            );
        }
        let calls = self.sandbox.calls()?;
        told.push(golden::changes(calls.get(self.told..).unwrap_or_default()));
        self.told = calls.len();
        Ok(told.join("\n"))
    }

    /// The second one, run to its end as soon as the first came so far.
    fn beside(&self, beside: &Beside) -> anyhow::Result<(String, Output)> {
        self.wait_for(&beside.after, 1)?;
        let output = self.costctl(&beside.run)?.output()?;
        Ok((self.told_of(&beside.run, &output), output))
    }

    fn wait_for(&self, operation: &str, times: usize) -> anyhow::Result<()> {
        let end = Instant::now() + PATIENCE;
        while self.sandbox.calls()?.iter().skip(self.told).filter(|call| call["operation"] == operation).count() < times
        {
            if Instant::now() > end {
                bail!("{operation} never came {times} times");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// `costctl` in the folder of the policy, with nothing of the caller's environment.
    fn costctl(&self, words: &str) -> anyhow::Result<Command> {
        let mut command = Command::new(binary("costctl")?);
        command.env_clear().envs(self.sandbox.aws_env()).current_dir(self.dir.path());
        command.env("HOME", self.dir.path()).env("COSTCTL_EVIDENCE", self.dir.path().join("evidence"));
        command.env("COSTCTL_READS_PER_SECOND", "1000").env("COSTCTL_WRITES_PER_SECOND", "1000");
        if !self.dir.path().join("costctl.toml").exists() {
            command.env("COSTCTL_POLICY", "built-in");
        }
        command.args(words.split_whitespace()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Ok(command)
    }

    fn told_of(&self, words: &str, output: &Output) -> String {
        let text = |bytes: &[u8]| self.timeless(&String::from_utf8_lossy(bytes));
        let exit = output.status.code().map_or("killed".to_owned(), |code| format!("exit {code}"));
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        let stderr: String = stderr.lines().map(|line| format!("stderr: {line}\n")).collect();
        format!("$ costctl {words}\n{stderr}{stdout}\n{exit}")
    }

    fn timeless(&self, text: &str) -> String {
        golden::timeless(text, self.dir(), self.sandbox.endpoint())
    }

    fn dir(&self) -> &Path {
        self.dir.path()
    }
}

fn json(text: &str) -> anyhow::Result<Value> {
    serde_json::from_str(text).with_context(|| format!("reading {text}"))
}
