//! `costctl`: cost control over SageMaker domains, regions and accounts.
//!
//! observe → plan (cost-planner) → act → record → render; only `act` changes
//! anything in AWS, and only with a [`act::Consent`].

use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use tokio::runtime::{Builder, Runtime};

mod act;
mod aws;
mod bucket;
mod cli;
mod commands;
mod exit;
mod lambda;
mod observe;
mod record;
mod render;
mod script;
#[cfg(test)]
mod scripted_http;
mod signed_call;

/// Runs the command line of this process to its end.
#[must_use]
pub fn main() -> ExitCode {
    prepare();
    let cli = cli::Cli::parse();
    match runtime() {
        Ok(runtime) => runtime.block_on(commands::run(cli)).into(),
        Err(code) => code,
    }
}

/// The command line, for manual pages and completions.
#[must_use]
pub fn command() -> clap::Command {
    cli::Cli::command()
}

/// Answers the events of a function of AWS Lambda until the process is ended.
#[must_use]
pub fn lambda() -> ExitCode {
    prepare();
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(code) => return code,
    };
    match runtime.block_on(lambda::run()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: asking the Lambda runtime API: {error}");
            ExitCode::FAILURE
        }
    }
}

fn prepare() {
    // The HTTP client of the object store takes the process's TLS provider. The
    // only failure is that there is one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

fn runtime() -> Result<Runtime, ExitCode> {
    Builder::new_current_thread().enable_all().build().map_err(|error| {
        eprintln!("error: starting the runtime: {error}");
        ExitCode::FAILURE
    })
}
