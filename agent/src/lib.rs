//! The agent inside a Studio app: observe, judge, act, record.
//!
//! The rule itself is `idle-core`; here are its eyes (`observe`), its one hand
//! (`act`), its memory (`record`) and the commands that people call.

mod act;
mod aws;
mod cli;
mod clock;
mod commands;
mod exit;
#[cfg(test)]
mod fuzz;
mod http;
mod metadata;
mod observe;
mod record;
mod settings;
mod snooze;
mod tell;
mod watch;

use std::ffi::OsString;
use std::process::ExitCode;

pub use exit::Exit;

/// Runs the command line and returns the process's exit code.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match cli::parse(args) {
        Ok(cli) => cli,
        Err(error) => {
            // A closed pipe behind --help is no failure of ours.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage.into() } else { Exit::Done.into() };
        }
    };
    start_logging();
    match commands::dispatch(&cli) {
        Ok(exit) => exit.into(),
        Err(error) => {
            eprintln!("error: {error:#}");
            if error.is::<settings::SettingsError>() || error.is::<metadata::MetadataError>() {
                Exit::Usage.into()
            } else {
                Exit::Failed.into()
            }
        }
    }
}

/// The command line, for manual pages and completions.
#[must_use]
pub fn command() -> clap::Command {
    cli::command()
}

/// Talk goes to stderr; stdout is data.
fn start_logging() {
    use std::io::IsTerminal;
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(colour)
        .with_target(false)
        .with_max_level(tracing::Level::INFO)
        .init();
}
