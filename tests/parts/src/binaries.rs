//! Our own binaries, built as the tests are.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, anyhow, bail};

use crate::workspace::{target_dir, workspace_root};

/// The path of one of the workspace's binaries, up to date.
///
/// The whole workspace is built, so that features are unified as `cargo test
/// --workspace` unifies them and nothing is compiled twice. With
/// `STUDIO_PARTS_BIN_DIR` set, the binary is taken from there as it is.
///
/// # Errors
/// When the build fails or makes no such binary.
pub fn binary(name: &str) -> anyhow::Result<PathBuf> {
    let path = match std::env::var_os("STUDIO_PARTS_BIN_DIR") {
        Some(dir) => PathBuf::from(dir).join(name),
        None => {
            static BUILT: OnceLock<Result<(), String>> = OnceLock::new();
            BUILT.get_or_init(|| build().map_err(|e| format!("{e:#}"))).as_ref().map_err(|e| anyhow!("{e}"))?;
            target_dir().join("debug").join(name)
        }
    };
    if !path.is_file() {
        bail!("there is no binary {}; hint: check its name and STUDIO_PARTS_BIN_DIR", path.display());
    }
    Ok(path)
}

fn build() -> anyhow::Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["build", "--workspace", "--bins", "--quiet"])
        .current_dir(workspace_root())
        .status()
        .context("starting cargo build")?;
    if status.success() { Ok(()) } else { bail!("cargo build --workspace --bins failed: {status}") }
}
