//! The table of rights in controller/README.md: what a role that is made by it may do.

use std::collections::BTreeSet;

use anyhow::Context;
use studio_parts::workspace::workspace_root;

/// The operations that these rows of the table name, and those of every command.
///
/// # Errors
/// When there is no such row.
pub fn named(rows: &[&str]) -> anyhow::Result<BTreeSet<String>> {
    let readme = std::fs::read_to_string(workspace_root().join("controller/README.md"))?;
    let (_, table) = readme.split_once("## What the role needs").context("no table of rights")?;
    let mut operations = BTreeSet::new();
    for name in rows.iter().chain(&["every command"]) {
        let row = table.lines().find_map(|line| line.strip_prefix(&format!("| {name} |")));
        let row = row.with_context(|| format!("no row {name}"))?;
        // Between backticks: `service:`, `Operation`, `service:Operation`, or a flag.
        let quoted = row.split('`').skip(1).step_by(2).map(|text| text.rsplit(':').next().unwrap_or_default());
        operations.extend(quoted.filter(|text| text.starts_with(|c: char| c.is_ascii_uppercase())).map(str::to_owned));
    }
    Ok(operations)
}

/// Those of the operations that the rows do not name.
///
/// # Errors
/// When there is no such row.
pub fn missing(rows: &[&str], operations: impl IntoIterator<Item = String>) -> anyhow::Result<Vec<String>> {
    let named = named(rows)?;
    Ok(operations.into_iter().filter(|operation| !named.contains(operation)).collect())
}
