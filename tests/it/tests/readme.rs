//! Each document as a test of its own: its commands run and end as it says, its settings are
//! taken by who reads them, its tables have columns that there are.

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};
use studio_it::readme;

/// They wait for the sandbox more than they compute.
const AT_ONCE: usize = 4;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(AT_ONCE);
    let documents = match readme::documents() {
        Ok(documents) => documents,
        Err(error) => {
            eprintln!("error: {error:#}");
            return ExitCode::FAILURE;
        }
    };
    let trials = documents.into_iter().map(|document| {
        Trial::test(document.display().to_string(), move || {
            readme::check(&document).map_err(|error| Failed::from(format!("{error:#}")))
        })
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}
