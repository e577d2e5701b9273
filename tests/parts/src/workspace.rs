//! Where things stand.

use std::path::{Path, PathBuf};

/// The root of the workspace.
///
/// # Panics
/// Never: this crate stands two folders below it.
#[must_use]
pub fn workspace_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("tests/parts is two folders deep").to_owned()
}

/// Cargo's target folder, `CARGO_TARGET_DIR` honoured.
#[must_use]
pub fn target_dir() -> PathBuf {
    let root = workspace_root();
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir))
}
