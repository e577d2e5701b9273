//! Sweeps in TOML: a fleet, a policy, commands and what happens between them. What
//! `costctl` said and what it changed is compared with a golden file.
//!
//! `form` is what a file may say, `play` what happens, `golden` what is kept of it.

mod form;
mod golden;
mod play;

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use studio_parts::workspace::workspace_root;

use form::Sweep;

/// The folder of the sweeps and, below it, of their golden files.
#[must_use]
pub fn folder() -> PathBuf {
    workspace_root().join("tests/it/sweeps")
}

/// The files of all sweeps, in order.
///
/// # Errors
/// When their folder cannot be read.
pub fn files() -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder()).with_context(|| format!("reading {}", folder().display()))?;
    let mut files: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    Ok(files)
}

/// Plays one file to its end; returns what is kept of it.
///
/// # Errors
/// When a step cannot be played, or a command exits otherwise than the file says.
pub fn play(file: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let sweep: Sweep = toml::from_str(&text).with_context(|| format!("reading {}", file.display()))?;
    play::play(&sweep).map_err(|error| anyhow!("{}\n({})\n{error:#}", sweep.title, sweep.why))
}
