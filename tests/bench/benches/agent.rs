//! What a look costs: the shipped agent beside a script that starts Python for
//! each look, as cron-based idle checks do, on the same real Jupyter server.
//!
//! The agent is measured twice: with Jupyter and a bare machine, and with every
//! source there is and 300 processes more. CPU and memory are the operating system's figures of the process; nothing is
//! asserted, because machines are noisy. The rival is our own and does the same
//! three requests; it stands for its kind, not for one project.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use studio_parts::binaries::static_binary;
use studio_parts::container::Container;
use studio_parts::fake_docker::{DockerContainer, FakeDocker};
use studio_parts::fake_nvidia_smi::{FakeNvidiaSmi, Gpu, SmiReply};
use studio_parts::jupyter::{Jupyter, JupyterOptions};
use studio_parts::kernel_client::KernelClient;
use studio_parts::process::Running;
use studio_parts::python;
use studio_parts::sandbox::{Sandbox, SandboxOptions};
use studio_parts::studio::{Studio, write_metadata};

const POLLS: usize = 1000;
/// Starts that are timed.
const STARTS: usize = 21;
const SCRIPT_LOOKS: u32 = 20;
const SCRIPT: &str = "\
import json, sys, urllib.request
for what in ('kernels', 'terminals', 'sessions'):
    json.load(urllib.request.urlopen(f'{sys.argv[1]}/api/{what}?no_track_activity=1', timeout=5))
";

fn main() -> anyhow::Result<()> {
    // `cargo test --benches` and the like run benches to see that they build.
    if std::env::args().any(|arg| arg == "--test") {
        return Ok(());
    }
    let agent = static_binary("idle-agent")?;
    let sandbox = Sandbox::start(SandboxOptions::default())?;
    let studio = Studio::create(&sandbox)?;
    // What else runs on this machine is not the app's.
    let container = Arc::new(Container::start()?);
    let jupyter = Jupyter::start(JupyterOptions { container: Some(Arc::clone(&container)), ..Default::default() })?;
    let (_, kernel) = jupyter.start_session("a.ipynb")?;
    let _tab = KernelClient::connect(&jupyter, &kernel)?;

    let plain = agent_cost(&agent, &container, &sandbox, &studio, &jupyter, &[])?;
    let smi = FakeNvidiaSmi::new(&SmiReply::Gpus(vec![Gpu::new(0, 500)]))?;
    let docker = FakeDocker::start(vec![DockerContainer::new("local-mode", 0.0)])?;
    let _crowd = crowd(&container)?;
    let all_sources = [("PATH", smi.path_env()), ("DOCKER_HOST", docker.docker_host().into())];
    let crowded = agent_cost(&agent, &container, &sandbox, &studio, &jupyter, &all_sources)?;
    let first_look = first_look_ms(&agent, &studio, &jupyter)?;
    let (script_cpu, script_peak) = script_cost(&jupyter)?;
    let size = std::fs::metadata(&agent)?.len();
    println!("one look at a real Jupyter server, one kernel; agent: {POLLS} looks, script: {SCRIPT_LOOKS}");
    println!("{:26}{:>16}{:>16}{:>14}{:>12}", "", "CPU ms a look", "resident MiB", "peak MiB", "size MB");
    for (name, cost) in [("idle-agent", plain), ("  + GPU, Docker, 300 proc.", crowded)] {
        let Cost { cpu, resident, peak } = cost;
        println!("{name:26}{cpu:>16.2}{resident:>16.1}{peak:>14.1}{:>12.2}", as_mb(size));
    }
    println!("{:26}{script_cpu:>16.2}{:>16}{script_peak:>14.1}{:>12}", "a Python start a look", "-", "-");
    println!("\nfrom the start of the process to its first record: {first_look:.0} ms (median of {STARTS})");
    Ok(())
}

/// 300 processes at rest: shells with a sleeper each, and more sleepers. They are
/// one process group, which ends with its guard.
fn crowd(container: &Container) -> anyhow::Result<Running> {
    let mut command = container.command("sh");
    command.args(["-c", "for n in $(seq 100); do (sleep 3600; true) & sleep 3600 & done; wait"]);
    let crowd = Running::spawn(command)?;
    std::thread::sleep(Duration::from_secs(2));
    Ok(crowd)
}

/// CPU milliseconds a look, resident and peak MiB after all looks.
struct Cost {
    cpu: f64,
    resident: f64,
    peak: f64,
}

fn agent_cost(
    agent: &Path,
    container: &Container,
    sandbox: &Sandbox,
    studio: &Studio,
    jupyter: &Jupyter,
    env: &[(&str, OsString)],
) -> anyhow::Result<Cost> {
    let dir = tempfile::tempdir()?;
    let mut command = container.command(agent);
    command
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", dir.path())
        .envs(sandbox.agent_env())
        .envs(env.iter().cloned());
    command.args(["run", "--output", "json", "--idle-timeout", "1h", "--poll-every", "100ms"]);
    command.args(["--server-url", jupyter.url()]).arg("--state-dir").arg(dir.path().join("state"));
    command.arg("--metadata-file").arg(write_metadata(dir.path(), studio.app(0))?);
    let agent = Running::spawn(command)?;
    let first = wait_for_looks(&agent, 10)?;
    let pid = child_of(agent.pid())?;
    let before = cpu_ms(pid)?;
    let last = wait_for_looks(&agent, POLLS)?;
    let looks = u32::try_from(last - first)?;
    let cpu = (cpu_ms(pid)? - before) / f64::from(looks);
    Ok(Cost { cpu, resident: memory_mib(pid, "VmRSS:")?, peak: memory_mib(pid, "VmHWM:")? })
}

/// Wall milliseconds from the start of the agent to its first record, the median of some starts.
fn first_look_ms(agent: &Path, studio: &Studio, jupyter: &Jupyter) -> anyhow::Result<f64> {
    let dir = tempfile::tempdir()?;
    let metadata = write_metadata(dir.path(), studio.app(0))?;
    let mut took = Vec::new();
    for _ in 0..STARTS {
        let mut command = Command::new(agent);
        command.env_clear().env("HOME", dir.path()).args(["run", "--output", "json", "--metrics=false"]);
        command.args(["--server-url", jupyter.url()]).arg("--state-dir").arg(dir.path().join("state"));
        command.arg("--metadata-file").arg(&metadata).stdout(Stdio::piped()).stderr(Stdio::null());
        let start = Instant::now();
        let mut agent = command.spawn()?;
        let mut line = String::new();
        BufReader::new(agent.stdout.take().context("stdout is piped")?).read_line(&mut line)?;
        took.push(start.elapsed().as_secs_f64() * 1000.0);
        agent.kill()?;
        agent.wait()?;
        ensure!(line.starts_with('{'), "the agent's first line is {line:?}");
    }
    took.sort_by(f64::total_cmp);
    Ok(took[took.len() / 2])
}

fn wait_for_looks(agent: &Running, count: usize) -> anyhow::Result<usize> {
    let end = Instant::now() + Duration::from_secs(600);
    loop {
        let looks = agent.stdout_so_far().lines().count();
        if looks >= count {
            return Ok(looks);
        }
        if Instant::now() > end {
            bail!("only {looks} looks of {count}: {}", agent.stderr_so_far());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The one child of the helper that entered the container: the agent itself.
fn child_of(helper: u32) -> anyhow::Result<u32> {
    let children = std::fs::read_to_string(format!("/proc/{helper}/task/{helper}/children"))?;
    children.split_whitespace().next().context("the agent runs")?.parse().context("a pid")
}

/// User and system time of a process, from `/proc/PID/stat`.
fn cpu_ms(pid: u32) -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let fields: Vec<&str> = stat.rsplit(") ").next().context("stat has a name")?.split(' ').collect();
    let ticks: u32 = fields[11].parse::<u32>()? + fields[12].parse::<u32>()?;
    let per_second = rustix::param::clock_ticks_per_second();
    Ok(f64::from(ticks) * 1000.0 / f64::from(u32::try_from(per_second)?))
}

fn memory_mib(pid: u32, field: &str) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find(|line| line.starts_with(field)).context("the kernel tells memory")?;
    let kib: u32 = line.split_whitespace().nth(1).context("a number of kB")?.parse()?;
    Ok(f64::from(kib) / 1024.0)
}

/// CPU milliseconds a look and peak MiB of a Python started for each look.
fn script_cost(jupyter: &Jupyter) -> anyhow::Result<(f64, f64)> {
    let measure = "import resource, subprocess, sys\n\
        for _ in range(int(sys.argv[1])): subprocess.run([sys.executable, '-c', sys.argv[2], sys.argv[3]], check=True)\n\
        use = resource.getrusage(resource.RUSAGE_CHILDREN)\n\
        print(use.ru_utime + use.ru_stime, use.ru_maxrss)";
    let output = Command::new(python::venv("jupyter")?)
        .args(["-c", measure, &SCRIPT_LOOKS.to_string(), SCRIPT, jupyter.url()])
        .output()?;
    ensure!(output.status.success(), "the script failed: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout)?;
    let (seconds, kib) = text.trim().split_once(' ').context("two figures")?;
    Ok((seconds.parse::<f64>()? * 1000.0 / f64::from(SCRIPT_LOOKS), kib.parse::<f64>()? / 1024.0))
}

fn as_mb(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / 1e6
}
