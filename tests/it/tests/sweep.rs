//! Each file of `tests/it/sweeps` as a test of its own: what `costctl` says and
//! changes, compared with its golden file. `INSTA_UPDATE=always` writes them anew.

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};
use studio_it::sweep;

/// Sweeps wait for the sandbox more than they compute.
const AT_ONCE: usize = 6;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(AT_ONCE);
    let files = match sweep::files() {
        Ok(files) => files,
        Err(error) => {
            eprintln!("error: {error:#}");
            return ExitCode::FAILURE;
        }
    };
    let trials = files.into_iter().map(|file| {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Trial::test(name.clone(), move || {
            let told = sweep::play(&file).map_err(|error| Failed::from(format!("{error:#}")))?;
            let mut settings = insta::Settings::clone_current();
            settings.set_snapshot_path(sweep::folder().join("golden"));
            settings.set_prepend_module_to_snapshot(false);
            settings.set_omit_expression(true);
            settings.bind(|| insta::assert_snapshot!(name.as_str(), told));
            Ok(())
        })
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}
