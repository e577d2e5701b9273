//! What each command does.

mod check;
mod doctor;
mod explain;
mod run;
mod snooze;
mod status;
mod supervise;
mod table;

use anyhow::Context;
use tokio::runtime::{Builder, Runtime};

use crate::cli::{Cli, Command, RunArgs};
use crate::exit::Exit;
use crate::settings;

/// Runs the command that was asked for.
///
/// # Errors
/// Whatever kept the command from doing its work.
pub(crate) fn dispatch(cli: &Cli) -> anyhow::Result<Exit> {
    if let Command::Run(RunArgs { supervise: true }) = &cli.command {
        // Settings are checked first, so that a bad one is told at once and once.
        settings::resolve(&cli.layer, &cli.origins)?;
        return runtime()?.block_on(supervise::run(&cli.without_supervise()));
    }
    let settings = settings::resolve(&cli.layer, &cli.origins)?;
    match &cli.command {
        Command::Run(_) => runtime()?.block_on(run::run(&settings)),
        Command::Check => runtime()?.block_on(check::run(&settings)),
        Command::Status => status::run(&settings),
        Command::Explain => explain::run(&settings),
        Command::Snooze(args) => snooze::run(&settings, args),
        Command::Doctor(args) => runtime()?.block_on(doctor::run(&settings, args)),
    }
}

/// One thread is enough for two looks a minute, and costs the least memory.
fn runtime() -> anyhow::Result<Runtime> {
    Builder::new_current_thread().enable_all().build().context("starting the runtime")
}
