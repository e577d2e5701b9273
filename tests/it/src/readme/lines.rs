//! The commands of a block, and which of them are not run here.

use std::path::Path;

use anyhow::{Context, bail};

use super::blocks::Block;

/// Commands that are run where they stand.
const RUN: &[&str] = &[
    "costctl",
    "idle-agent",
    "./parameters.sh",
    "export",
    "touch",
    "cat",
    "cp",
    "mkdir",
    "rm",
    "printf",
    "echo",
    "sha256sum",
];
/// Commands that are not, with the reason.
const LEFT_OUT: &[(&str, &str)] = &[
    ("cargo", "builds the project, or runs all of its tests"),
    ("terraform", "packaging/terraform has tests of its own, which apply it"),
    ("aws", "another program, against AWS itself"),
    ("apt-get", "changes the machine"),
    ("rustup", "changes the machine"),
    ("man", "reads what a test of xtask has groff read"),
    ("kill", "ends what only the reader started"),
    ("cd", "the folder of what follows, which is terraform"),
    ("python", "writes the templates; tests/it/tests/cloudformation.rs compares them"),
];
/// Whatever else is left out, these are not.
const OURS: &[&str] = &["costctl", "idle-agent"];
/// Documents whose blocks another test runs as a whole.
const ELSEWHERE: &[(&str, &str)] = &[("lifecycle-scripts/README.md", "tests/it/tests/lifecycle_scripts/sources.rs")];

/// The commands of a block with their lines: of `sh` each one, of what a terminal showed
/// those after `$ `.
pub(super) fn commands(block: &Block) -> Vec<(usize, String)> {
    let (mut found, mut begun) = (Vec::<(usize, String)>::new(), false);
    for (number, line) in (block.line..).zip(block.text.lines()) {
        let line = if block.language == "sh" { Some(line) } else { line.trim_start().strip_prefix("$ ") };
        let Some(line) = line.map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) else {
            begun = false;
            continue;
        };
        let (text, goes_on) = line.strip_suffix('\\').map_or((line, false), |text| (text, true));
        match found.last_mut().filter(|_| begun) {
            Some((_, command)) => *command += text,
            None => found.push((number, text.to_owned())),
        }
        // A pipe at the end goes on, too.
        begun = goes_on || line.ends_with('|');
    }
    found
}

/// Why a command is not run here; `None` where it is.
///
/// # Errors
/// When nobody said whether it is.
pub(super) fn left_out(document: &Path, command: &str) -> anyhow::Result<Option<&'static str>> {
    let word = command.split_whitespace().next().context("a command has a word")?;
    let is_ours = OURS.contains(&word);
    if let Some((_, by)) = ELSEWHERE.iter().find(|(path, _)| Path::new(path) == document && !is_ours) {
        return Ok(Some(by));
    }
    if RUN.contains(&word) {
        return Ok(None);
    }
    if command
        .split(['&', '|', ';'])
        .any(|part| part.split_whitespace().next().is_some_and(|word| OURS.contains(&word)))
    {
        bail!("{}: {command}: ours is hidden behind {word}; hint: a line of its own", document.display());
    }
    match LEFT_OUT.iter().find(|(left_out, _)| *left_out == word) {
        Some((_, why)) => Ok(Some(why)),
        None => bail!("{}: {command}: nobody says whether this runs; hint: RUN or LEFT_OUT", document.display()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(language: &str, text: &str) -> Block {
        Block { language: language.to_owned(), line: 7, text: text.to_owned() }
    }

    #[test]
    fn a_command_goes_on_after_a_backslash() {
        let found = commands(&block("sh", "# why\ncostctl sweep \\\n  --all\n\ncostctl doctor   # and so on\n"));
        let texts: Vec<_> = found.iter().map(|(line, text)| (*line, text.as_str())).collect();
        assert_eq!(texts, [(8, "costctl sweep --all"), (11, "costctl doctor   # and so on")]);
    }

    #[test]
    fn of_a_terminal_only_what_was_typed_counts() {
        let found = commands(&block("", "$ costctl doctor\naccount 111122223333\n"));
        assert_eq!(found, [(7, "costctl doctor".to_owned())]);
    }

    #[test]
    fn what_nobody_thought_of_is_an_error() {
        assert!(left_out(Path::new("README.md"), "sudo reboot").is_err());
        assert!(left_out(Path::new("README.md"), "cd folder && costctl doctor").is_err());
        assert!(left_out(Path::new("README.md"), "costctl doctor").expect("run").is_none());
        assert!(left_out(Path::new("README.md"), "cargo demo").expect("named").is_some());
    }
}
