//! The tables that documents show, against the headings that the program has.

use std::collections::BTreeSet;
use std::fs;
use std::sync::OnceLock;

use anyhow::{Context, anyhow};
use studio_parts::workspace::workspace_root;

use super::blocks::Block;

/// The headings of a block that are none of ours, by line.
///
/// # Errors
/// When the sources cannot be read.
pub(super) fn missing(block: &Block) -> anyhow::Result<Vec<(usize, String)>> {
    if block.language == "sh" {
        return Ok(Vec::new());
    }
    let known = known()?;
    let mut missing = Vec::new();
    for (number, line) in (block.line..).zip(block.text.lines()) {
        let unknown = headings(line).into_iter().filter(|heading| !known.contains(heading));
        missing.extend(unknown.map(|heading| (number, format!("no table has a column {heading:?}"))));
    }
    Ok(missing)
}

/// The headings of a line that is nothing but headings: two and more, blanks between them.
fn headings(line: &str) -> Vec<String> {
    let is_heading = |text: &&str| text.chars().all(|c| c.is_ascii_uppercase() || " /%".contains(c));
    let parts: Vec<&str> = line.split("  ").map(str::trim).filter(|part| !part.is_empty()).collect();
    let are_headings = parts.len() > 1 && line.starts_with(' ') && parts.iter().all(is_heading);
    if are_headings { parts.into_iter().map(str::to_owned).collect() } else { Vec::new() }
}

/// Every text that stands between quotes in what renders.
fn known() -> anyhow::Result<&'static BTreeSet<String>> {
    static KNOWN: OnceLock<Result<BTreeSet<String>, String>> = OnceLock::new();
    KNOWN.get_or_init(|| read().map_err(|error| format!("{error:#}"))).as_ref().map_err(|error| anyhow!("{error}"))
}

fn read() -> anyhow::Result<BTreeSet<String>> {
    let root = workspace_root();
    let (mut texts, mut open) = (BTreeSet::new(), vec![root.join("controller/src/render")]);
    while let Some(path) = open.pop() {
        if path.is_dir() {
            for entry in fs::read_dir(&path)? {
                open.push(entry?.path());
            }
        } else {
            let source = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
            texts.extend(source.split('"').map(str::to_owned));
        }
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_told_from_rows() {
        assert_eq!(headings(" BY WHOM     STOPS   HOURS"), ["BY WHOM", "STOPS", "HOURS"]);
        assert!(headings(" stop d-research0001/   alice").is_empty());
        assert!(headings("TO DO (9)").is_empty());
    }

    #[test]
    fn a_column_that_no_table_has_is_found() {
        let block = Block { language: String::new(), line: 3, text: "note\n WHAT    COLOUR\n".to_owned() };
        assert_eq!(missing(&block).expect("read"), [(4, "no table has a column \"COLOUR\"".to_owned())]);
    }
}
