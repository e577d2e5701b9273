//! The flags that documents name in their sentences, against those that the programs have.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context, anyhow, ensure};
use studio_parts::binaries::binary;

/// Flags of others that documents name.
const OF_OTHERS: &[(&str, &str)] = &[
    ("--zig", "cargo xtask dist"),
    ("--std-from-source", "cargo xtask dist"),
    ("--locked", "cargo"),
    ("--bench", "cargo"),
    ("--aws-sigv4", "curl"),
    ("--on-start", "aws sagemaker create-notebook-instance-lifecycle-config"),
    ("--template-file", "aws cloudformation deploy"),
    ("--tags", "aws cloudformation deploy"),
    ("--value", "aws ssm put-parameter"),
    ("--overwrite", "aws ssm put-parameter"),
];

/// The flags between backticks that nobody has, by line.
///
/// # Errors
/// When a program does not say which it has.
pub(super) fn unknown(document: &str) -> anyhow::Result<Vec<(usize, String)>> {
    let named: Vec<(usize, String)> = named(document);
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let known = known()?;
    let is_others = |flag: &str| OF_OTHERS.iter().any(|(other, _)| *other == flag);
    let unknown = named.into_iter().filter(|(_, flag)| !known.contains(flag) && !is_others(flag));
    Ok(unknown.map(|(line, flag)| (line, format!("nothing has the flag {flag}"))).collect())
}

/// The long flags between backticks, by line; blocks are run, and left out here.
fn named(document: &str) -> Vec<(usize, String)> {
    let (mut found, mut in_block) = (Vec::new(), false);
    for (number, line) in (1..).zip(document.lines()) {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        } else if !in_block {
            let quoted = line.split('`').skip(1).step_by(2);
            found.extend(quoted.flat_map(flags).map(|flag| (number, flag)));
        }
    }
    found
}

/// The long flags in a text.
fn flags(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'));
    words.filter(|word| word.starts_with("--") && word.len() > 3).map(str::to_owned).collect()
}

/// Every long flag of both programs.
fn known() -> anyhow::Result<&'static BTreeSet<String>> {
    static KNOWN: OnceLock<Result<BTreeSet<String>, String>> = OnceLock::new();
    KNOWN.get_or_init(|| asked().map_err(|error| format!("{error:#}"))).as_ref().map_err(|error| anyhow!("{error}"))
}

fn asked() -> anyhow::Result<BTreeSet<String>> {
    let mut known = BTreeSet::new();
    for program in ["costctl", "idle-agent"] {
        let mut open = vec![Vec::<String>::new()];
        while let Some(words) = open.pop() {
            let output = Command::new(binary(program)?).args(&words).arg("--help").output().context("starting it")?;
            ensure!(output.status.success(), "{program} {words:?} --help ended with {}", output.status);
            let help = String::from_utf8_lossy(&output.stdout).into_owned();
            known.extend(help.lines().flat_map(flags));
            let below = help.split_once("Commands:\n").map_or("", |(_, below)| below);
            let commands = below.lines().take_while(|line| !line.is_empty());
            let commands = commands.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
            let commands = commands.filter(|command| !command.is_empty() && *command != "help");
            open.extend(commands.map(|command| [words.as_slice(), &[command.to_owned()]].concat()));
        }
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_found_between_backticks_and_nowhere_else() {
        let document =
            "`sweep --execute` --not `--endpoints scale|delete`\n```sh\ncostctl `--x-y`\n```\n`a`, `--yes`\n";
        let found = named(document);
        let found: Vec<(usize, &str)> = found.iter().map(|(line, flag)| (*line, flag.as_str())).collect();
        assert_eq!(found, [(1, "--execute"), (1, "--endpoints"), (5, "--yes")]);
    }
}
