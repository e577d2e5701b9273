//! `idle-agent`: stops its own SageMaker Studio app when nobody and nothing uses it.

use std::process::ExitCode;

fn main() -> ExitCode {
    idle_agent::main(std::env::args_os())
}
