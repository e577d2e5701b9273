//! `costctl`: cost control over SageMaker domains, regions and accounts.

use std::process::ExitCode;

use clap::Parser;

mod doctor;

/// Finds what SageMaker bills without need, and stops it safely.
#[derive(Debug, Parser)]
#[command(name = "costctl", version, about, disable_help_subcommand = true)]
struct Cli {
    /// The region to work in [default: as the AWS CLI finds it].
    #[arg(long, global = true, env = "COSTCTL_REGION", value_name = "REGION")]
    region: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, Copy, clap::Subcommand)]
enum Command {
    /// Say which account, region and role this is, and whether SageMaker can be read. Changes nothing.
    Doctor,
}

fn main() -> ExitCode {
    let Cli { region, command: Command::Doctor } = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: starting the runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    runtime.block_on(doctor::run(region))
}
