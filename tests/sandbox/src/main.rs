//! `studio-sandbox`: a local AWS for tests and the demo.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match studio_sandbox::run(studio_sandbox::Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
