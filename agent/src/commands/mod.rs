//! What each command does.

mod check;
mod doctor;
mod run;
mod snooze;
mod status;
mod table;

use anyhow::Context;
use tokio::runtime::{Builder, Runtime};

use crate::cli::{Cli, Command};
use crate::exit::Exit;
use crate::settings;

/// Runs the command that was asked for.
///
/// # Errors
/// Whatever kept the command from doing its work.
pub(crate) fn dispatch(cli: &Cli) -> anyhow::Result<Exit> {
    let settings = settings::resolve(&cli.layer, &cli.origins)?;
    match &cli.command {
        Command::Run => runtime()?.block_on(run::run(&settings)),
        Command::Check => runtime()?.block_on(check::run(&settings)),
        Command::Status => status::run(&settings),
        Command::Snooze(args) => snooze::run(&settings, args),
        Command::Doctor(args) => runtime()?.block_on(doctor::run(&settings, args)),
    }
}

/// One thread is enough for two looks a minute, and costs the least memory.
fn runtime() -> anyhow::Result<Runtime> {
    Builder::new_current_thread().enable_all().build().context("starting the runtime")
}
