//! Our own binaries, built as the tests are.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, OnceLock, PoisonError};

use anyhow::{Context, anyhow, bail, ensure};

use crate::setup::tail;
use crate::workspace::{target_dir, workspace_root};

const STATIC_TARGET: &str = "x86_64-unknown-linux-musl";

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

/// The path of one of the workspace's binaries as it is shipped: static, stripped,
/// built and proven by `cargo xtask dist`; up to date.
///
/// With `STUDIO_PARTS_STATIC_BIN_DIR` set, it is taken from there as it is.
///
/// # Errors
/// When the build fails, with what it takes.
pub fn static_binary(name: &str) -> anyhow::Result<PathBuf> {
    if let Some(dir) = std::env::var_os("STUDIO_PARTS_STATIC_BIN_DIR") {
        let path = PathBuf::from(dir).join(name);
        ensure!(path.is_file(), "there is no binary {}; hint: check STUDIO_PARTS_STATIC_BIN_DIR", path.display());
        return Ok(path);
    }
    static BUILT: Mutex<BTreeMap<String, Result<(), String>>> = Mutex::new(BTreeMap::new());
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    let result = built.entry(name.to_owned()).or_insert_with(|| dist(name).map_err(|e| format!("{e:#}")));
    result.as_ref().map_err(|e| anyhow!("{e}"))?;
    Ok(target_dir().join("dist").join(STATIC_TARGET).join(name))
}

fn dist(name: &str) -> anyhow::Result<()> {
    // As it is built with everything else: alone it would build what it stands on anew.
    let mut command = Command::new(binary("xtask")?);
    command.args(["dist", name]).current_dir(workspace_root());
    let built = command.output().context("starting cargo xtask dist")?;
    ensure!(built.status.success(), "cargo xtask dist {name} failed\n{}", tail(&built));
    Ok(())
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
