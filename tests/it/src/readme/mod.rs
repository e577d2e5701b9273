//! The documents whose examples are tests: every block of commands, settings and tables.

mod blocks;
mod columns;
mod company;
mod flags;
mod lines;
mod links;
mod reasons;
mod settings;
mod world;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use studio_parts::workspace::workspace_root;

use blocks::{Block, blocks};
use lines::commands;
use world::World;

/// Folders that hold nothing of ours.
const NOT_OURS: &[&str] = &["target", "node_modules"];

/// Every document of the repository, by its path from the root.
///
/// # Errors
/// When a folder cannot be read.
pub fn documents() -> anyhow::Result<Vec<PathBuf>> {
    let root = workspace_root();
    let (mut found, mut open) = (Vec::new(), vec![root.clone()]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() && !name.starts_with('.') && !NOT_OURS.contains(&&*name) {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path.strip_prefix(&root).context("below the root")?.to_owned());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Does what a document shows: runs its commands in their order, reads its settings,
/// and looks for the columns of its tables.
///
/// # Errors
/// With all that does not hold, each with its line.
pub fn check(document: &Path) -> anyhow::Result<()> {
    let text = fs::read_to_string(workspace_root().join(document))?;
    let blocks = blocks(&text);
    let mut world = None;
    let told_of = |(line, told): (usize, String)| format!("{}:{line}: {told}", document.display());
    let mut wrong: Vec<String> = reasons::unknown(&text).into_iter().map(told_of).collect();
    wrong.extend(links::broken(document, &text).into_iter().map(told_of));
    wrong.extend(flags::unknown(&text)?.into_iter().map(told_of));
    for block in &blocks {
        wrong.extend(examples(document, block, &blocks, &mut world)?.into_iter().map(told_of));
    }
    if wrong.is_empty() { Ok(()) } else { bail!("{}", wrong.join("\n\n")) }
}

/// What does not hold in a block, by line.
fn examples(
    document: &Path,
    block: &Block,
    all: &[Block],
    world: &mut Option<World>,
) -> anyhow::Result<Vec<(usize, String)>> {
    let mut wrong = Vec::new();
    match block.language.as_str() {
        "sh" | "" => {
            for (line, command) in commands(block) {
                if lines::left_out(document, &command)?.is_none() {
                    let told = ready(world, all)?.run(&command)?;
                    wrong.extend(told.map(|told| (line, told)));
                }
            }
            wrong.extend(columns::missing(block)?);
        }
        "toml" => wrong.extend(settings::refused(ready(world, all)?, block)?),
        "json" => {
            let parsed = serde_json::from_str::<serde_json::Value>(&block.text);
            wrong.extend(parsed.err().map(|error| (block.line, error.to_string())));
        }
        _ => {}
    }
    Ok(wrong)
}

/// The world of a document, made when it is first needed.
fn ready<'a>(world: &'a mut Option<World>, all: &[Block]) -> anyhow::Result<&'a mut World> {
    if world.is_none() {
        *world = Some(World::new(all)?);
    }
    world.as_mut().context("it was made just now")
}
