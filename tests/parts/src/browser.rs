//! A headless Chromium, driven by a script of ours.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, anyhow, ensure};
use serde::Deserialize;

use crate::setup::{once, tail};
use crate::workspace::workspace_root;

const HINT: &str = "hint: on Debian and Ubuntu the packages chromium, nodejs (18 or later) and npm";

/// How a page looked and behaved.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Looked {
    /// The page's name, as it was given.
    pub name: String,
    /// What the console said, and errors that nobody caught.
    pub console: Vec<String>,
    /// Every address that was asked for, the page's own left out.
    pub requests: Vec<String>,
    /// What axe-core finds serious or critical, in light and dark.
    pub findings: Vec<String>,
    /// So many rules were looked at by axe-core and hold, in light and dark.
    pub rules_held: u64,
    /// Widths at which the page itself scrolls sideways.
    pub too_wide: Vec<u64>,
    /// What the script found wrong when it used the page by keyboard.
    pub wrong: Vec<String>,
    /// The rows of the longest table.
    pub rows: u64,
    /// From the beginning of the navigation to the page's end of loading and its first frame.
    pub load_ms: f64,
    /// From the press of a key on a header of the longest table to the next frame.
    pub sort_ms: f64,
    /// The same with more rows of that table shown.
    pub sort_more_ms: f64,
}

/// Looks at these pages, each by its name and file, in one browser: at the first most
/// closely, at those of more than a thousand rows only for their time and width. Pictures
/// (light and dark; of the first also narrow, and as printed) go into `pictures`.
///
/// # Errors
/// When Chromium, Node.js or npm is not there, with what to install; or a page does not load.
pub fn look_at(pages: &[(&str, PathBuf)], pictures: &Path) -> anyhow::Result<Vec<Looked>> {
    fs::create_dir_all(pictures).with_context(|| format!("making {}", pictures.display()))?;
    let mut command = Command::new("node");
    command.arg(sources().join("look.cjs")).arg(pictures).env("NODE_PATH", installed()?.join("node_modules"));
    for (name, path) in pages {
        command.arg(format!("{name}={}", path.display()));
    }
    let output = command.output().map_err(|error| anyhow!("node cannot be started ({error}); {HINT}"))?;
    ensure!(output.status.success(), "the browser failed; {HINT}\n{}", tail(&output));
    serde_json::from_slice(&output.stdout).context("reading what the browser's script says")
}

fn sources() -> PathBuf {
    workspace_root().join("tests/parts/node/browser")
}

/// What the script needs, pinned with hashes; no browser comes with it.
fn installed() -> anyhow::Result<PathBuf> {
    let lock = fs::read_to_string(sources().join("package-lock.json")).context("reading the lockfile")?;
    let mut hasher = DefaultHasher::new();
    lock.hash(&mut hasher);
    let intact = |dir: &Path| {
        ["playwright-core", "axe-core"]
            .iter()
            .all(|name| dir.join("node_modules").join(name).join("package.json").exists())
    };
    once("browser", hasher.finish(), intact, |dir| {
        fs::create_dir_all(dir)?;
        for file in ["package.json", "package-lock.json"] {
            fs::copy(sources().join(file), dir.join(file)).with_context(|| format!("copying {file}"))?;
        }
        let output = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(dir)
            .output()
            .map_err(|error| anyhow!("npm cannot be started ({error}); {HINT}"))?;
        ensure!(
            output.status.success(),
            "npm could not install playwright-core and axe-core; hint: its registry must be reachable on first use\n{}",
            tail(&output)
        );
        Ok(())
    })
}
