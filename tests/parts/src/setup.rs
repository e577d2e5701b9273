//! What is installed once, below `target/parts`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::{Mutex, PoisonError};

use anyhow::Context;

use crate::workspace::target_dir;

/// Written last, so that an interrupted set-up is seen and done again.
const STAMP: &str = "complete";

/// The folder of this name and version, made by `make` unless it stands complete
/// and `intact`. One at a time, other processes included.
pub(crate) fn once(
    name: &str,
    version: u64,
    intact: impl FnOnce(&Path) -> bool,
    make: impl FnOnce(&Path) -> anyhow::Result<()>,
) -> anyhow::Result<PathBuf> {
    // A file lock keeps out other processes only where each takes it once.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _in_process = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);

    let parts = target_dir().join("parts");
    fs::create_dir_all(&parts).with_context(|| format!("making {}", parts.display()))?;
    let lock = File::create(parts.join(format!("{name}.lock"))).context("making a lock file")?;
    lock.lock().with_context(|| format!("waiting for another process that sets up {name}"))?;
    let dir = parts.join(format!("{name}-{version:016x}"));
    if !dir.join(STAMP).is_file() || !intact(&dir) {
        eprintln!("setting up {} in {}, once …", name, dir.display());
        if dir.exists() {
            fs::remove_dir_all(&dir).with_context(|| format!("removing {}", dir.display()))?;
        }
        make(&dir)?;
        fs::write(dir.join(STAMP), "").with_context(|| format!("writing the stamp of {name}"))?;
    }
    Ok(dir)
}

/// The last lines that an installer wrote.
pub(crate) fn tail(output: &Output) -> String {
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}
