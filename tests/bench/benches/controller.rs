//! What an inventory costs: the shipped controller beside its peers, on the same sandbox.
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
use studio_parts::moto::Moto;
use studio_parts::sandbox::{Sandbox, SandboxOptions};
use studio_parts::{boto3, cleancloud, custodian};

const SIZES: [u64; 3] = [1_000, 10_000, 100_000];
/// Larger fleets than this are not for peers that ask for each app.
const MOST_FOR_PEERS: u64 = 10_000;
const INVENTORY: &[&str] = &["inventory", "--snapshot", "snapshot.json", "--reads-per-second", "10000"];
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
        rows.push(row(&sandbox, "costctl", apps, controller)?);
        rows.push(row(&sandbox, "boto3", apps, |env| Ok(boto3::list(&KINDS, env, LIMIT)?.0))?);
        if apps <= MOST_FOR_PEERS {
            rows.push(row(&sandbox, "cleancloud", apps, |env| Ok(cleancloud::idle_apps(env, PEER_LIMIT)?.0))?);
            let resources = ["sagemaker-app"];
            let custodian = |env: &[_]| Ok(custodian::run(&resources, env, moto.url(), PEER_LIMIT)?.0);
            rows.push(row(&sandbox, "Cloud Custodian", apps, custodian)?);
        }
    }
    print(&rows);
    Ok(())
}

/// A sandbox with as many apps, each in a space of its own.
fn fleet(apps: u64) -> anyhow::Result<Sandbox> {
    let sandbox = Sandbox::start(SandboxOptions::default())?;
    let made = sandbox.seed(&json!({ "Generate": { "Spaces": apps, "AppsPerSpace": 1 } }))?;
    ensure!(made["Generated"]["Apps"] == apps, "the sandbox made {made}");
    Ok(sandbox)
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

fn controller(aws_env: &[(String, String)]) -> anyhow::Result<Cost> {
    let dir = tempfile::tempdir()?;
    let mut command = Command::new(static_binary("costctl")?);
    command.args(INVENTORY).env("HOME", dir.path()).envs(aws_env.iter().cloned()).current_dir(dir.path());
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
        "{:>8}  {:16}{:>9}{:>9}{:>10}{:>16}{:>9}{:>9}",
        "apps", "", "wall s", "CPU s", "peak MiB", "bytes an app", "calls", "fewest"
    );
    // Peak of the size before, by who looks.
    let mut before: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for Row { name, apps, looked, calls } in rows {
        let cost = match looked {
            Ok(cost) => cost,
            Err(error) => {
                println!("{apps:>8}  {name:16}  {error:#}");
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
            "{apps:>8}  {name:16}{wall_seconds:>9.2}{cpu_seconds:>9.2}{peak:>10}{per_app:>16}{calls:>9}{fewest:>9}"
        );
    }
}
