//! The first half: an app with a silent cell, which stops itself when that is over.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::{Value, json};
use studio_parts::binaries::binary;
use studio_parts::jupyter::{Jupyter, JupyterOptions};
use studio_parts::kernel_client::KernelClient;
use studio_parts::process::Running;
use studio_parts::sandbox::{Sandbox, SandboxOptions};
use studio_parts::studio::{Studio, write_metadata};

/// A silent cell that runs for longer than the idle timeout.
const CELL: &str = "import time; time.sleep(12)  # trains, and prints nothing";
const IDLE_TIMEOUT: &str = "8s";
const PATIENCE: Duration = Duration::from_secs(60);

/// Plays it.
///
/// # Errors
/// When a part does not start or the story takes another turn.
pub(super) fn run() -> anyhow::Result<()> {
    eprintln!("building …");
    let agent = binary("idle-agent")?;
    let clock = Instant::now();
    let say = |text: &str| println!("{:>4} s  {text}", clock.elapsed().as_secs());

    let sandbox = Sandbox::start(SandboxOptions::default())?;
    say(&format!("a local SageMaker listens on {}", sandbox.endpoint()));
    let studio = Studio::create(&sandbox)?;
    say("a domain with two user profiles, two private spaces, two JupyterLab apps");
    let jupyter = Jupyter::start(JupyterOptions::default())?;
    say(&format!("a real Jupyter server is the first app: {}", jupyter.url()));
    let (_, kernel) = jupyter.start_session("train.ipynb")?;
    let mut cell = KernelClient::execute(&jupyter, &kernel, CELL)?;
    cell.wait_for("busy", PATIENCE)?;
    say(&format!("train.ipynb runs a silent cell: {CELL}"));

    let dir = tempfile::tempdir()?;
    let mut command = Command::new(agent);
    command.env_clear().env("HOME", dir.path()).envs(sandbox.agent_env());
    command.args(["run", "--output", "json", "--idle-timeout", IDLE_TIMEOUT, "--poll-every", "1s"]);
    // What else runs on this machine is not the demo's.
    command.args(["--process-root", &jupyter.pid().context("the server runs")?.to_string()]);
    command.arg("--activity-file").arg(dir.path().join("last-active-timestamp"));
    command.args(["--server-url", jupyter.url()]).arg("--state-dir").arg(dir.path().join("state"));
    command.arg("--metadata-file").arg(write_metadata(dir.path(), studio.app(0))?);
    let agent = Running::spawn(command)?;
    say(&format!("idle-agent watches it: idle timeout {IDLE_TIMEOUT}, a look every second"));
    println!();

    let last = tell(&agent, &say)?;
    wait_until_deleted(&sandbox, &studio)?;
    say("the app is deleted; its files stay on the volume of its space");
    println!();
    show(&sandbox, &studio, &last)
}

/// Tells each change of decision as it happens; returns the record of the stop.
fn tell(agent: &Running, say: &impl Fn(&str)) -> anyhow::Result<Value> {
    let end = Instant::now() + PATIENCE;
    let (mut told, mut before) = (0, String::new());
    loop {
        let lines = agent.stdout_so_far();
        for line in lines.lines().skip(told) {
            told += 1;
            let record: Value = serde_json::from_str(line).context("the agent writes JSON lines")?;
            let word = |pointer: &str| record.pointer(pointer).and_then(Value::as_str).unwrap_or("?").to_owned();
            let turn = format!("{}, {}", word("/verdict"), word("/decision"));
            if turn != before {
                say(&format!("{turn:13} {}", word("/reason/text")));
                before = turn;
            }
            if record["decision"] == "stop" {
                return Ok(record);
            }
        }
        if Instant::now() > end {
            bail!("the agent did not stop the app; it said:\n{lines}{}", agent.stderr_so_far());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn wait_until_deleted(sandbox: &Sandbox, studio: &Studio) -> anyhow::Result<()> {
    let end = Instant::now() + PATIENCE;
    while studio.app_status(sandbox, 0)? != "Deleted" {
        if Instant::now() > end {
            bail!("SageMaker did not delete the app");
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// What SageMaker's own list says, and why the agent decided as it did.
fn show(sandbox: &Sandbox, studio: &Studio, record: &Value) -> anyhow::Result<()> {
    println!("ListApps says:");
    let apps = sandbox.call("ListApps", &json!({ "MaxResults": 100, "DomainIdEquals": studio.app(0).domain_id }))?;
    for app in apps["Apps"].as_array().into_iter().flatten() {
        let word = |pointer: &str| app.pointer(pointer).and_then(Value::as_str).unwrap_or("-");
        let (space, kind) = (word("/SpaceName"), word("/AppType"));
        println!("  {space:10} {kind:12} {:14} {}", word("/ResourceSpec/InstanceType"), word("/Status"));
    }
    println!("\nThe last decision record explains the stop by itself:");
    let number = |member: &str| record[member].as_u64().unwrap_or_default();
    println!("  decision  {} because of {}", text(&record["decision"]), text(&record["reason"]["code"]));
    println!("  in words  {}", text(&record["reason"]["text"]));
    println!(
        "  idle for  {} s of {} s, watched for {} s",
        number("idle_for_seconds"),
        number("idle_timeout_seconds"),
        number("watched_for_seconds")
    );
    for source in record["sources"].as_array().into_iter().flatten() {
        println!("  {:18} {:8} {}", text(&source["name"]), text(&source["state"]), text(&source["detail"]));
    }
    Ok(())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("-")
}
