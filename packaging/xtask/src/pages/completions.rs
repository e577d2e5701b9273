//! Completions for the shells that people have, where each shell looks for them.

use std::path::Path;

use clap_complete::{Shell, generate};

use super::Page;
use super::sections::Program;

/// One file a shell.
pub(super) fn pages(program: &Program) -> Vec<Page> {
    let name = program.command.get_name();
    let files = [
        (Shell::Bash, format!("bash/{name}")),
        (Shell::Zsh, format!("zsh/_{name}")),
        (Shell::Fish, format!("fish/{name}.fish")),
    ];
    let page = |(shell, file): (Shell, String)| {
        let mut bytes = Vec::new();
        generate(shell, &mut program.command.clone(), name, &mut bytes);
        Page { path: Path::new("completions").join(file), bytes }
    };
    files.map(page).into()
}
