//! The second half: what `costctl sweep` finds in a company of three domains and forty
//! apps, what it does, what it leaves alone, and what that cost and saved.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, ensure};
use jiff::{SignedDuration, Timestamp};
use studio_parts::binaries::binary;
use studio_parts::fleet::Fleet;
use studio_parts::sandbox::{Sandbox, SandboxOptions};
use studio_parts::workspace::workspace_root;

use super::history;

const FLEET: &str = include_str!("fleet.toml");
/// The sandbox's own.
const ACCOUNT: &str = "111122223333";
const REGION: &str = "us-east-1";
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
    let runs = history::write(&dir.path().join("ledger"), ACCOUNT, REGION, Timestamp::now())?;
    say("a company: 3 domains, 40 apps, 4 endpoints, 2 notebook instances, and a policy in costctl.toml");
    let sweep = |words: &[&str]| sweep(&costctl, &sandbox, dir.path(), words);

    say("a rehearsal, which changes nothing");
    sweep(&["sweep"])?;
    say("the same, done");
    sweep(&["sweep", "--execute", "--yes"])?;
    say("and once more: there is nothing left to do");
    sweep(&["sweep", "--execute", "--yes"])?;
    say(&format!(
        "the money: what these sweeps noted, after a made-up month of {runs} runs; agents came after ten days"
    ));
    sweep(&["report", "spend", "--since", "31d"])?;
    println!();
    sweep(&["report", "savings", "--since", "31d", "--what-if", "idle-timeout=30m"])?;
    let page = page(&sweep)?;
    say(&format!("the same as one page for a browser: {}", page.display()));
    if keep {
        leave(sandbox, dir);
    }
    Ok(())
}

/// The page of both reports, below `target/`, where it stays.
fn page(costctl: &dyn Fn(&[&str]) -> anyhow::Result<()>) -> anyhow::Result<PathBuf> {
    let folder = workspace_root().join("target/demo");
    std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    let file = |name: &str| folder.join(name).display().to_string();
    let [spend, savings, page] = ["spend.json", "savings.json", "report.html"].map(file);
    println!();
    costctl(&["report", "spend", "--since", "31d", "--output", "json", "--out", &spend])?;
    costctl(&["report", "savings", "--since", "31d", "--output", "json", "--out", &savings])?;
    costctl(&["report", "page", "--spend", &spend, "--savings", &savings, "--out", &page])?;
    Ok(page.into())
}

/// `costctl` with these words, its output shown as it comes.
fn sweep(costctl: &Path, sandbox: &Sandbox, dir: &Path, words: &[&str]) -> anyhow::Result<()> {
    println!("$ costctl {}", words.join(" "));
    let mut command = Command::new(costctl);
    command.env_clear().envs(sandbox.aws_env()).env("HOME", dir).current_dir(dir);
    command.env("COSTCTL_EVIDENCE", dir.join("evidence")).env("COSTCTL_LEDGER", dir.join("ledger")).args(words);
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
    println!("  export COSTCTL_LEDGER={}", dir.join("ledger").display());
    println!("  cd {}", dir.display());
    println!("  aws sagemaker list-apps\n\nTo end it: kill {}", sandbox.leave_running());
}
