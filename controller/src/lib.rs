//! `costctl`: cost control over SageMaker domains, regions and accounts.
//!
//! observe → plan (cost-planner) → act → record → render; only `act` changes
//! anything in AWS, and only with a [`act::Consent`].

use std::process::ExitCode;

use clap::Parser;

mod act;
mod aws;
mod bucket;
mod cli;
mod commands;
mod exit;
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
    // The HTTP client of the object store takes the process's TLS provider. The
    // only failure is that there is one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cli = cli::Cli::parse();
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: starting the runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    runtime.block_on(commands::run(cli)).into()
}
