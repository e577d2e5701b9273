//! The month, and what is said of it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use serde_json::Value;
use studio_parts::binaries::binary;
use studio_parts::workspace::workspace_root;
use tempfile::TempDir;

/// All of it.
pub(crate) const ALL: [&str; 4] = ["--since", "2026-10-01", "--until", "2026-11-01"];

static MONTH: LazyLock<TempDir> = LazyLock::new(|| {
    let dir = tempfile::tempdir().unwrap();
    python("month.py", &[dir.path().to_str().unwrap()]);
    dir
});

/// The ledger of the month, which nobody changes.
pub(crate) fn ledger() -> &'static Path {
    MONTH.path()
}

/// What a script of `tests/parts/python` prints.
pub(crate) fn python(script: &str, args: &[&str]) -> String {
    let python = std::env::var("PYTHON").ok().filter(|python| !python.is_empty());
    let script = workspace_root().join("tests/parts/python").join(script);
    let run = Command::new(python.as_deref().unwrap_or("python3")).arg(&script).args(args).output().unwrap();
    assert!(run.status.success(), "{}: {}", script.display(), String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).unwrap()
}

/// A report of this ledger.
pub(crate) fn report(ledger: &Path, words: &[&str]) -> Output {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(binary("costctl").unwrap());
    command.arg("report").args(words).arg("--ledger").arg(ledger).args(["--region", "us-east-1"]);
    command.env_clear().env("HOME", home.path()).current_dir(home.path());
    command.output().unwrap()
}

/// What a report of the whole month says.
pub(crate) fn said(words: &[&str]) -> String {
    let output = report(ledger(), &[words, &ALL].concat());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The document of a report of the whole month.
pub(crate) fn document(words: &[&str]) -> Value {
    serde_json::from_str(&said(&[words, &["--output", "json"]].concat())).unwrap()
}

/// A file for a report.
pub(crate) fn file(dir: &TempDir, name: &str) -> PathBuf {
    dir.path().join(name)
}
