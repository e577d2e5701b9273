//! What an inventory and a sweep cost: the shipped controller beside its peers, on the same sandbox.
//!
//! The figures are the operating system's own of each process; nothing is asserted, because
//! machines are noisy. The sandbox answers at once and from memory: with AWS the walls are longer,
//! the calls the same. The peers do what they do by default, and more than a listing: they
//! describe each app in a call of its own. The plain boto3 script only lists.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

use anyhow::ensure;
use serde_json::json;
use studio_parts::binaries::static_binary;
use studio_parts::cost::{Cost, cost_of};
use studio_parts::fleet::{Endpoint, Fleet, NotebookInstance};
use studio_parts::moto::Moto;
use studio_parts::sandbox::{Sandbox, SandboxOptions};
use studio_parts::{boto3, cleancloud, custodian};

const SIZES: [u64; 3] = [1_000, 10_000, 100_000];
/// Larger fleets than this are not for peers that ask for each app.
const MOST_FOR_PEERS: u64 = 10_000;
const INVENTORY: &[&str] = &["inventory", "--snapshot", "snapshot.json", "--reads-per-second", "10000"];
/// The same look, and a plan: a rehearsal, which changes nothing.
const SWEEP: &[&str] = &["sweep", "--reads-per-second", "10000", "--output", "json"];
/// Without it the first run in an account acts once, and says so by its exit code.
const POLICY: &str = "schema_version = 1\n[guards]\nfirst-run = 1000000\n";
/// Accounts of a company, and the apps of each.
const ACCOUNTS: u64 = 300;
const APPS_OF_ACCOUNT: u64 = 20;
/// Endpoints, and as many notebook instances: those the peers ask for one by one, and we do for endpoints.
const OTHERS: u64 = 100;
/// What an inventory lists, besides asking who it is.
const KINDS: [&str; 6] = ["domains", "user-profiles", "spaces", "apps", "endpoints", "notebook-instances"];
/// As many spaces the sandbox gives one user, and as many items a page may hold.
const SPACES_PER_USER: u64 = 10;
const PAGE: u64 = 100;
/// As many metrics one call reads.
const METRICS: u64 = 500;
const LIMIT: Duration = Duration::from_secs(300);
const PEER_LIMIT: Duration = Duration::from_secs(120);

/// Who looks, and what looking at so many apps took.
struct Row {
    name: &'static str,
    apps: u64,
    looked: anyhow::Result<Cost>,
    calls: u64,
}

fn main() -> anyhow::Result<()> {
    // `cargo test --benches` and the like run benches to see that they build.
    if std::env::args().any(|arg| arg == "--test") {
        return Ok(());
    }
    let moto = Moto::start()?;
    let mut rows = Vec::new();
    for apps in SIZES {
        eprintln!("{apps} apps …");
        let sandbox = fleet(apps)?;
        rows.push(row(&sandbox, "costctl inventory", apps, |env| controller(INVENTORY, env))?);
        rows.push(row(&sandbox, "costctl sweep", apps, |env| controller(SWEEP, env))?);
        rows.push(row(&sandbox, "boto3", apps, |env| Ok(boto3::list(&KINDS, env, LIMIT)?.0))?);
        if apps <= MOST_FOR_PEERS {
            rows.push(row(&sandbox, "cleancloud", apps, |env| Ok(cleancloud::idle_apps(env, PEER_LIMIT)?.0))?);
            let resources = ["sagemaker-app"];
            let custodian = |env: &[_]| Ok(custodian::run(&resources, env, moto.url(), PEER_LIMIT)?.0);
            rows.push(row(&sandbox, "Cloud Custodian", apps, custodian)?);
        }
    }
    print(&rows);
    others(&moto)?;
    accounts()
}

/// Endpoints and notebook instances.
fn others(moto: &Moto) -> anyhow::Result<()> {
    let fleet = Fleet {
        endpoints: (0..OTHERS).map(|n| Endpoint { name: format!("endpoint-{n}"), ..Endpoint::default() }).collect(),
        notebook_instances: (0..OTHERS)
            .map(|n| NotebookInstance { name: format!("notebook-{n}"), ..NotebookInstance::default() })
            .collect(),
        ..Fleet::default()
    };
    let sandbox = Sandbox::start(SandboxOptions::default())?;
    fleet.seed(&sandbox)?;
    println!("\n{OTHERS} endpoints and {OTHERS} notebook instances");
    let kinds = ["endpoints", "notebook-instances"];
    let resources = ["sagemaker-endpoint", "sagemaker-notebook"];
    for (name, look) in [
        (
            "costctl sweep",
            &(|env: &[_]| controller(SWEEP, env)) as &dyn Fn(&[(String, String)]) -> anyhow::Result<Cost>,
        ),
        ("boto3", &|env: &[_]| Ok(boto3::list(&kinds, env, LIMIT)?.0)),
        ("Cloud Custodian", &|env: &[_]| Ok(custodian::run(&resources, env, moto.url(), PEER_LIMIT)?.0)),
    ] {
        let Row { looked, calls, .. } = row(&sandbox, name, 0, look)?;
        tell(name, &looked, calls);
    }
    Ok(())
}

/// Every account of a company, by a role in each.
fn accounts() -> anyhow::Result<()> {
    let sandbox = Sandbox::start(SandboxOptions::default())?;
    let account = |n: u64| format!("{n:012}");
    for n in 0..ACCOUNTS {
        sandbox
            .seed(&json!({ "Account": account(n), "Generate": { "Spaces": APPS_OF_ACCOUNT, "AppsPerSpace": 1 } }))?;
    }
    let dir = tempfile::tempdir()?;
    let scopes: String = (0..ACCOUNTS).map(|n| format!("[[scope]]\naccount = \"{}\"\n", account(n))).collect();
    let file = dir.path().join("scopes.toml");
    std::fs::write(&file, scopes)?;
    println!(
        "\n{ACCOUNTS} accounts with {APPS_OF_ACCOUNT} apps each, at AWS's own pace of 5 reads a second an account"
    );
    for concurrency in ["16", "100"] {
        let file = file.display().to_string();
        let words = ["sweep", "--output", "json", "--scopes", &file, "--concurrency", concurrency];
        let Row { looked, calls, .. } = row(&sandbox, "costctl sweep", 0, |env| controller(&words, env))?;
        tell(&format!("{concurrency} at once"), &looked, calls);
    }
    Ok(())
}

fn tell(name: &str, looked: &anyhow::Result<Cost>, calls: u64) {
    match looked {
        Ok(Cost { wall_seconds, cpu_seconds, peak_kib, .. }) => {
            let peak = peak_kib / 1024;
            println!("  {name:18}{wall_seconds:>8.2} s wall{cpu_seconds:>8.2} s CPU{peak:>6} MiB{calls:>8} calls");
        }
        Err(error) => println!("  {name:18}{error:#}"),
    }
}

/// A sandbox with as many apps, each in a space of its own.
fn fleet(apps: u64) -> anyhow::Result<Sandbox> {
    let sandbox = Sandbox::start(SandboxOptions::default())?;
    let made =
        sandbox.seed(&json!({ "Generate": { "Spaces": apps, "AppsPerSpace": 1, "CreationTime": now() - 86_400 } }))?;
    ensure!(made["Generated"]["Apps"] == apps, "the sandbox made {made}");
    // One in a hundred is idle, as its agent says; the others are at work.
    let now = now();
    let datum = |n: u64| {
        let idle = if n.is_multiple_of(100) { 36_000 } else { 0 };
        json!({ "Namespace": "IdleAgent", "MetricName": "IdleSeconds", "Timestamp": now - 150, "Value": idle,
            "Unit": "Seconds", "Dimensions": [{ "Name": "DomainId", "Value": "d-fleet0001" },
                { "Name": "Owner", "Value": format!("space-{n:06}") }, { "Name": "AppType", "Value": "JupyterLab" },
                { "Name": "AppName", "Value": "default" }] })
    };
    let all: Vec<u64> = (1..=apps).collect();
    for some in all.chunks(10_000) {
        sandbox.metrics(&json!({ "Data": some.iter().map(|n| datum(*n)).collect::<Vec<_>>() }))?;
    }
    Ok(sandbox)
}

fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn row(
    sandbox: &Sandbox,
    name: &'static str,
    apps: u64,
    look: impl FnOnce(&[(String, String)]) -> anyhow::Result<Cost>,
) -> anyhow::Result<Row> {
    sandbox.forget_calls()?;
    let looked = look(&sandbox.aws_env());
    Ok(Row { name, apps, looked, calls: sandbox.call_counts()?.values().sum() })
}

fn controller(words: &[&str], aws_env: &[(String, String)]) -> anyhow::Result<Cost> {
    let dir = tempfile::tempdir()?;
    std::fs::write(dir.path().join("costctl.toml"), POLICY)?;
    let mut command = Command::new(static_binary("costctl")?);
    command.args(words).env("HOME", dir.path()).envs(aws_env.iter().cloned()).current_dir(dir.path());
    let cost = cost_of(&command, LIMIT)?;
    let said = cost.stderr.lines().next().unwrap_or("nothing");
    ensure!(cost.exit_code == 0, "exit code {}: {said}", cost.exit_code);
    Ok(cost)
}

/// The fewest calls that list all kinds, read the heartbeat of each app and ask who it is: a page
/// is a call, also an empty one. The boto3 script asks for no heartbeat and not who it is.
fn fewest_calls(apps: u64) -> u64 {
    let pages = |items: u64| items.div_ceil(PAGE).max(1);
    let (domains, spaces, users) = (1, apps, apps.div_ceil(SPACES_PER_USER));
    let (endpoints, notebook_instances) = (0, 0);
    1 + apps.div_ceil(METRICS)
        + [domains, users, spaces, apps, endpoints, notebook_instances].map(pages).iter().sum::<u64>()
}

fn print(rows: &[Row]) {
    println!(
        "{:>8}  {:18}{:>9}{:>9}{:>10}{:>16}{:>9}{:>9}",
        "apps", "", "wall s", "CPU s", "peak MiB", "bytes an app", "calls", "fewest"
    );
    // Peak of the size before, by who looks.
    let mut before: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for Row { name, apps, looked, calls } in rows {
        let cost = match looked {
            Ok(cost) => cost,
            Err(error) => {
                println!("{apps:>8}  {name:18}  {error:#}");
                continue;
            }
        };
        let Cost { wall_seconds, cpu_seconds, peak_kib, .. } = cost;
        let per_app = before.insert(name, (*apps, *peak_kib)).map_or_else(
            || "-".to_owned(),
            |(fewer, less)| (peak_kib.saturating_sub(less) * 1024 / (apps - fewer)).to_string(),
        );
        let peak = format!("{}.{}", peak_kib / 1024, peak_kib % 1024 * 10 / 1024);
        let fewest = fewest_calls(*apps);
        println!(
            "{apps:>8}  {name:18}{wall_seconds:>9.2}{cpu_seconds:>9.2}{peak:>10}{per_app:>16}{calls:>9}{fewest:>9}"
        );
    }
}
