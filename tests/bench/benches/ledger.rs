//! What a report over a ledger of a million runs costs: the shipped controller beside DuckDB,
//! which is made for such folds, on the same objects.
//!
//! The figures are the operating system's own of each process; nothing is asserted of them,
//! because machines are noisy. That both come to the same sums is.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::ensure;
use serde_json::Value;
use studio_parts::binaries::static_binary;
use studio_parts::cost::{Cost, cost_of};
use studio_parts::python;
use studio_parts::workspace::workspace_root;

const ACCOUNTS: [&str; 2] = ["111122223333", "444455556666"];
const DAYS: u64 = 31;
const LOOKS_A_DAY: u64 = 8;
/// Apps of each account: each runs once a day, so there are a million runs.
const APPS: u64 = 1_000_000 / (DAYS * 2) + 1;
/// One run in so many was stopped by a sweep; one in two is told to be gone, of the others the next day shows it.
const STOPPED: u64 = 10;
const MONTH: &str = "2026-10";
const LIMIT: Duration = Duration::from_secs(300);

fn main() -> anyhow::Result<()> {
    // `cargo test --benches` and the like run benches to see that they build.
    if std::env::args().any(|arg| arg == "--test") {
        return Ok(());
    }
    let dir = tempfile::tempdir()?;
    let (lines, bytes) = write(dir.path())?;
    println!("{} runs, {lines} lines, {} MB", APPS * DAYS * 2, bytes / 1_000_000);
    println!("{:26}{:>9}{:>9}{:>10}", "", "wall s", "CPU s", "peak MiB");
    for what in ["spend", "savings"] {
        let ours = tell(&format!("costctl report {what}"), costctl(dir.path(), what))?;
        let theirs = tell(&format!("DuckDB, {what}"), duckdb(dir.path(), what))?;
        if let (Some(ours), Some(theirs)) = (ours, theirs) {
            ensure!(ours == theirs, "costctl says {ours:?}, DuckDB {theirs:?}");
        }
    }
    Ok(())
}

/// Seconds and micro-dollars of all of it, and what finding them out cost.
type Found = (Cost, [Option<u64>; 2]);

fn tell(name: &str, found: anyhow::Result<Found>) -> anyhow::Result<Option<[Option<u64>; 2]>> {
    match found {
        Ok((Cost { wall_seconds, cpu_seconds, peak_kib, .. }, sum)) => {
            println!("{name:26}{wall_seconds:>9.2}{cpu_seconds:>9.2}{:>10}", peak_kib / 1024);
            Ok(Some(sum))
        }
        // A peer that cannot be installed here is no reason to tell nothing of us.
        Err(error) if name.starts_with("DuckDB") => {
            println!("{name:26}{error:#}");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn costctl(ledger: &Path, what: &str) -> anyhow::Result<Found> {
    let mut command = Command::new(static_binary("costctl")?);
    command.args(["report", what, "--since", "2026-10-01", "--until", "2026-11-01", "--output", "json"]);
    command.arg("--ledger").arg(ledger).args(["--region", "us-east-1"]).env("HOME", ledger);
    if what == "spend" {
        command.arg("--no-look");
    }
    let cost = cost_of(&command, LIMIT)?;
    ensure!(cost.exit_code == 0, "costctl failed: {}", cost.stderr);
    let report: Value = serde_json::from_str(&cost.stdout)?;
    let total = if what == "spend" { &report["total"] } else { &report["total"]["money"] };
    let sums = sums(total);
    Ok((cost, sums))
}

fn duckdb(ledger: &Path, what: &str) -> anyhow::Result<Found> {
    let mut command = Command::new(python::venv("duckdb")?);
    command.arg(workspace_root().join("tests/parts/python/duck_fold.py")).arg(ledger).arg(what);
    let cost = cost_of(&command, LIMIT)?;
    ensure!(cost.exit_code == 0, "DuckDB failed: {}", cost.stderr);
    let total: Value = serde_json::from_str(&cost.stdout)?;
    Ok((cost, sums(&total)))
}

fn sums(total: &Value) -> [Option<u64>; 2] {
    ["seconds", "list_micro_usd"].map(|name| total[name].as_u64())
}

/// A month of looks; returns how many lines and bytes they are.
fn write(folder: &Path) -> anyhow::Result<(u64, u64)> {
    let (mut lines, mut bytes) = (0, 0);
    for account in ACCOUNTS {
        for day in 0..DAYS {
            let date = format!("{MONTH}-{:02}", day + 1);
            let folder = folder.join(format!("account={account}/region=us-east-1/dt={date}"));
            std::fs::create_dir_all(&folder)?;
            for look in 0..LOOKS_A_DAY {
                let text = object(account, &date, day, look);
                lines += text.lines().count() as u64;
                bytes += text.len() as u64;
                std::fs::write(folder.join(format!("{}T{look:02}-{day:012}.jsonl", date.replace('-', ""))), text)?;
            }
        }
    }
    Ok((lines, bytes))
}

/// What one look tells: who is new and who is gone.
fn object(account: &str, date: &str, day: u64, look: u64) -> String {
    let head = format!(
        r#"{{"schema_version":1,"partition":"aws","account":"{account}","region":"us-east-1","at":"{date}T{:02}:30:00Z","#,
        look * 2 + 6
    );
    let mut text = format!("{head}\"line\":\"look\",\"kinds\":[\"app\",\"volume\"]}}\n");
    for app in 0..APPS {
        // A little of everything, and the same at every run.
        let number = app.wrapping_mul(2_654_435_761).wrapping_add(day.wrapping_mul(40_503));
        let (from, runs) = (number % (LOOKS_A_DAY - 1), 1 + number / 7 % (LOOKS_A_DAY - 1));
        if look != from && look != from + runs {
            continue;
        }
        let began = format!("{date}T{:02}:{:02}:07Z", from * 2 + 5, number / 49 % 60);
        let key =
            format!(r#""resource":"app/d-{:04}/space/lab-{app:06}/JupyterLab/default","began":"{began}""#, app % 40);
        if look == from {
            let (on, rate) =
                [("ml.t3.medium", 50_000), ("ml.m5.xlarge", 230_000), ("ml.g5.xlarge", 1_410_000)][(app % 3) as usize];
            let _ = writeln!(
                text,
                r#"{head}"line":"ran",{key},"since":"{began}","owner":"user-{:05}","instance_type":"{on}","component":"Studio:JupyterLab","units":1,"rate":{{"micro_usd_per_hour":{rate},"list":"aws 2026-09-24"}},"tags":{{"Team":"team-{}"}}}}"#,
                app / 3,
                app % 50
            );
        } else if number.is_multiple_of(STOPPED) {
            let _ = writeln!(text, "{head}\"line\":\"gone\",{key}}}");
            let _ = writeln!(
                text,
                r#"{head}"line":"stopped",{key},"gone_at":"{date}T{:02}:10:00Z","by":"costctl","reason":"idle-timeout","grade":"measured","native":"off"}}"#,
                look * 2 + 6
            );
        } else if number % 2 == 1 {
            let _ = writeln!(text, "{head}\"line\":\"gone\",{key}}}");
        }
    }
    text
}
