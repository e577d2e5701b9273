//! Manual pages of section 1: one a program, and one a command of it.

use std::path::Path;

use anyhow::Context;
use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::Page;
use super::sections::Program;

/// What stands in the middle of the header.
const MANUAL: &str = "SageMaker Studio cost control";

/// The pages of a program, its own first.
///
/// # Errors
/// When one cannot be rendered.
pub(super) fn pages(program: &Program) -> anyhow::Result<Vec<Page>> {
    let mut command = program.command.clone();
    command.build();
    let mut found = Vec::new();
    collect(&command, None, &mut found);
    let names: Vec<String> = found.iter().map(|(command, _)| name(command)).collect();
    found.iter().map(|(command, above)| page(program, command, above.as_deref(), &names)).collect()
}

/// A command with the page above it, and all below it.
fn collect(command: &Command, above: Option<String>, found: &mut Vec<(Command, Option<String>)>) {
    found.push((command.clone(), above));
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        collect(below, Some(name(command)), found);
    }
}

/// What the page is called, such as `costctl-report-spend`.
fn name(command: &Command) -> String {
    command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned()
}

fn page(program: &Program, command: &Command, above: Option<&str>, names: &[String]) -> anyhow::Result<Page> {
    let title = name(command);
    let version = program.command.get_version().context("the program has a version")?;
    let source = format!("{} {version}", program.command.get_name());
    // No day, so that the same source makes the same page; an empty one would move what follows it.
    let man = Man::new(command.clone()).title(title.to_uppercase()).date(" ").source(source).manual(MANUAL);
    let mut bytes = Vec::new();
    man.render_title(&mut bytes)?;
    man.render_name_section(&mut bytes)?;
    man.render_synopsis_section(&mut bytes)?;
    man.render_description_section(&mut bytes)?;
    if command.get_arguments().any(|argument| !argument.is_hide_set()) {
        man.render_options_section(&mut bytes)?;
    }
    let mut below = command.get_subcommands().filter(|below| !below.is_hide_set()).map(name).peekable();
    if below.peek().is_some() {
        man.render_subcommands_section(&mut bytes)?;
    }
    let mut more = Roff::default();
    for (heading, rows) in program.sections(command) {
        more.control("SH", [heading]);
        for (term, text) in rows {
            more.control("TP", []);
            more.text([bold(term.as_str())]);
            more.text([roman(text.as_str())]);
        }
    }
    // The pages around it; of a program's own page those of its commands.
    let beside = names.iter().filter(|other| above.is_some_and(|above| other.as_str() == above)).cloned();
    let see: Vec<String> = beside.chain(below).chain(program.beside.iter().map(|&name| name.to_owned())).collect();
    more.control("SH", ["SEE ALSO"]);
    for (n, other) in (1..).zip(&see) {
        more.text([bold(other.as_str()), roman(if n == see.len() { "(1)" } else { "(1)," })]);
    }
    more.to_writer(&mut bytes)?;
    Ok(Page { path: Path::new("man/man1").join(format!("{title}.1")), bytes })
}
