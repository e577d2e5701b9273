//! The second half: what `costctl sweep` finds in a company of three domains and forty
//! apps, what it does, and what it leaves alone.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, ensure};
use jiff::{SignedDuration, Timestamp};
use studio_parts::binaries::binary;
use studio_parts::fleet::Fleet;
use studio_parts::sandbox::{Sandbox, SandboxOptions};

const FLEET: &str = include_str!("fleet.toml");
const POLICY: &str = include_str!("costctl.toml");

/// Plays it; with `keep`, leaves the sandbox running for a while.
///
/// # Errors
/// When a part does not start or a sweep exits otherwise than it should.
pub(super) fn run(keep: bool) -> anyhow::Result<()> {
    let costctl = binary("costctl")?;
    let clock = Instant::now();
    let say = |text: &str| println!("\n{:>4} s  {text}\n", clock.elapsed().as_secs());
    let sandbox = Sandbox::start(SandboxOptions { keep, ..SandboxOptions::default() })?;
    let fleet: Fleet = toml::from_str(FLEET).context("the demo's fleet")?;
    fleet.seed(&sandbox)?;
    let dir = tempfile::tempdir()?;
    let in_a_week = Timestamp::now() + SignedDuration::from_hours(7 * 24);
    let policy = POLICY.replace("EXPIRES", &format!("{in_a_week:.0}"));
    std::fs::write(dir.path().join("costctl.toml"), policy)?;
    say("a company: 3 domains, 40 apps, 4 endpoints, 2 notebook instances, and a policy in costctl.toml");
    let sweep = |words: &[&str]| sweep(&costctl, &sandbox, dir.path(), words);

    say("a rehearsal, which changes nothing");
    sweep(&["sweep"])?;
    say("the same, done");
    sweep(&["sweep", "--execute", "--yes"])?;
    say("and once more: there is nothing left to do");
    sweep(&["sweep", "--execute", "--yes"])?;
    if keep {
        leave(sandbox, dir);
    }
    Ok(())
}

/// `costctl` with these words, its output shown as it comes.
fn sweep(costctl: &Path, sandbox: &Sandbox, dir: &Path, words: &[&str]) -> anyhow::Result<()> {
    println!("$ costctl {}", words.join(" "));
    let mut command = Command::new(costctl);
    command.env_clear().envs(sandbox.aws_env()).env("HOME", dir).current_dir(dir);
    command.env("COSTCTL_EVIDENCE", dir.join("evidence")).args(words);
    let status = command.status().context("starting costctl")?;
    ensure!(status.success(), "costctl {} ended with {status}", words.join(" "));
    Ok(())
}

fn leave(sandbox: Sandbox, dir: tempfile::TempDir) {
    println!("\nThe local SageMaker stays for an hour. To ask it with the AWS CLI, or with costctl:\n");
    for (name, value) in sandbox.aws_env() {
        println!("  export {name}={value}");
    }
    let dir = dir.keep();
    println!("  export COSTCTL_EVIDENCE={}", dir.join("evidence").display());
    println!("  cd {}", dir.display());
    println!("  aws sagemaker list-apps\n\nTo end it: kill {}", sandbox.leave_running());
}
