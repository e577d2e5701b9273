//! Python with pinned packages, in a venv below `target/`.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail, ensure};

use crate::setup::{once, tail};
use crate::workspace::workspace_root;

/// The Python executable of the venv that holds `tests/parts/python/<name>.txt`.
///
/// Made on first use and whenever the requirements change; every package is
/// pinned with its hash. `PYTHON` names another interpreter than `python3`.
///
/// # Errors
/// One sentence that says what is missing (Python, its venv module, a package) and what to do.
pub fn venv(name: &str) -> anyhow::Result<PathBuf> {
    let interpreter = std::env::var("PYTHON").ok().filter(|python| !python.is_empty());
    venv_made_by(interpreter.as_deref().unwrap_or("python3"), name)
}

/// The same as [`venv`], made by this interpreter.
///
/// # Errors
/// As for [`venv`].
pub fn venv_made_by(interpreter: &str, name: &str) -> anyhow::Result<PathBuf> {
    let version = version(interpreter)?;
    let requirements = workspace_root().join("tests/parts/python").join(format!("{name}.txt"));
    let text = fs::read_to_string(&requirements).with_context(|| format!("reading {}", requirements.display()))?;
    let mut hasher = DefaultHasher::new();
    (&text, &version, interpreter).hash(&mut hasher);

    // `exists` follows the link: the interpreter below it may have been removed.
    let intact = |dir: &Path| dir.join("bin/python").exists();
    let dir = once(&format!("venv-{name}"), hasher.finish(), intact, |dir| make(interpreter, dir, &requirements))?;
    Ok(dir.join("bin/python"))
}

fn version(interpreter: &str) -> anyhow::Result<String> {
    let output = Command::new(interpreter).args(["-c", "import sys; print('%d.%d' % sys.version_info[:2])"]).output();
    let output = match output {
        Ok(output) if output.status.success() => output,
        Ok(output) => bail!("{interpreter} does not run Python; hint: {OTHER_PYTHON}\n{}", tail(&output)),
        Err(error) => bail!("{interpreter} cannot be started ({error}); hint: {OTHER_PYTHON}"),
    };
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let minor = version.strip_prefix("3.").and_then(|minor| minor.parse::<u32>().ok());
    ensure!(minor.is_some_and(|minor| minor >= 10), "{interpreter} is Python {version}; hint: {OTHER_PYTHON}");
    Ok(version)
}

const OTHER_PYTHON: &str = "install Python 3.10 or later, or name one with PYTHON=/path/to/python3";

fn make(interpreter: &str, dir: &Path, requirements: &Path) -> anyhow::Result<()> {
    let made = Command::new(interpreter).args(["-m", "venv"]).arg(dir).output().context("starting venv")?;
    ensure!(
        made.status.success(),
        "{interpreter} -m venv failed; hint: Debian and Ubuntu have venv and ensurepip in the package python3-venv\n{}",
        tail(&made)
    );
    let installed = Command::new(dir.join("bin/python"))
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-input",
            "--require-hashes",
            "-r",
        ])
        .arg(requirements)
        .output()
        .context("starting pip")?;
    ensure!(
        installed.status.success(),
        "pip could not install {}; hint: a package index must be reachable on first use\n{}",
        requirements.display(),
        tail(&installed)
    );
    Ok(())
}
