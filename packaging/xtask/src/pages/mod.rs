//! Manual pages and completions, made of the command lines themselves.

mod completions;
mod manual;
mod sections;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use sections::Program;

/// A file of the release, by its path in there.
#[derive(Debug)]
pub(crate) struct Page {
    /// Such as `man/man1/costctl-sweep.1`.
    pub(crate) path: PathBuf,
    /// What it holds.
    pub(crate) bytes: Vec<u8>,
}

/// Every manual page and completion, by path.
///
/// # Errors
/// When what the pages quote of the READMEs is not found there.
pub(crate) fn pages() -> anyhow::Result<Vec<Page>> {
    let mut pages = Vec::new();
    for program in [Program::costctl()?, Program::idle_agent()?] {
        pages.extend(manual::pages(&program)?);
        pages.extend(completions::pages(&program));
    }
    pages.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(pages)
}

/// Writes them below a folder. Those of commands that are gone do not stay.
///
/// # Errors
/// When a file cannot be written.
pub(crate) fn write(folder: &Path) -> anyhow::Result<Vec<Page>> {
    for stale in ["man", "completions"].map(|name| folder.join(name)).iter().filter(|stale| stale.is_dir()) {
        fs::remove_dir_all(stale).with_context(|| format!("removing {}", stale.display()))?;
    }
    let pages = pages()?;
    for Page { path, bytes } in &pages {
        let path = folder.join(path);
        let parent = path.parent().context("a page stands in a folder")?;
        fs::create_dir_all(parent).with_context(|| format!("making {}", parent.display()))?;
        fs::write(&path, bytes).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(pages)
}
