//! What the scripts of the tests install, and the S3 that has it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, anyhow};
use studio_parts::binaries::static_binary;
use studio_parts::local_s3::LocalS3;
use tempfile::TempDir;

/// What leaves a trace should it ever be run.
const WRONG: &str = "#!/bin/sh\ntouch /tmp/what-was-wrong-ran\n";
/// The release that the tests install: the static binary, and what else is in the bucket.
#[derive(Debug)]
pub struct Release {
    /// The binary.
    pub binary: PathBuf,
    /// Its digest.
    pub sha256: String,
    /// Another version of it.
    pub next: PathBuf,
    /// The digest of that.
    pub next_sha256: String,
    /// The bucket.
    pub s3: LocalS3,
    _dir: TempDir,
}

/// The release, made once for all tests of a process.
///
/// # Errors
/// When a part of it cannot be made.
pub fn release() -> anyhow::Result<&'static Release> {
    static RELEASE: OnceLock<Result<Release, String>> = OnceLock::new();
    let made = RELEASE.get_or_init(|| make_release().map_err(|error| format!("{error:#}")));
    made.as_ref().map_err(|error| anyhow!("{error}"))
}

fn make_release() -> anyhow::Result<Release> {
    let dir = tempfile::tempdir()?;
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755))?;
    let binary = dir.path().join("idle-agent");
    fs::copy(static_binary("idle-agent")?, &binary)?;
    let (wrong, next) = (dir.path().join("wrong"), dir.path().join("next"));
    fs::write(&wrong, WRONG)?;
    fs::set_permissions(&wrong, fs::Permissions::from_mode(0o755))?;
    // A byte after its end makes another file of a program, and no other program.
    let mut bytes = fs::read(&binary)?;
    bytes.push(0);
    fs::write(&next, bytes)?;
    let s3 = LocalS3::start(&[("0.1.0/idle-agent", &binary), ("0.2.0/idle-agent", &next), ("wrong", &wrong)])?;
    Ok(Release { sha256: sha256(&binary)?, next_sha256: sha256(&next)?, binary, next, s3, _dir: dir })
}

fn sha256(file: &Path) -> anyhow::Result<String> {
    let said = Command::new("sha256sum").arg(file).output().context("starting sha256sum")?;
    let said = String::from_utf8(said.stdout)?;
    said.split_whitespace().next().map(str::to_owned).context("sha256sum says a digest")
}
