//! A sweep's steps as a function of AWS Lambda: see the library of the same name.

use std::process::ExitCode;

fn main() -> ExitCode {
    costctl::lambda()
}
