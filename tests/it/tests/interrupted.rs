//! A sweep that is interrupted comes to its end in order, and keeps nobody away.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use studio_parts::binaries::binary;
use studio_parts::fleet::Fleet;
use studio_parts::process::{Running, Signal};
use studio_parts::sandbox::{Sandbox, SandboxOptions};

/// Generous, because machines are busy; far less than a delete takes here.
const PATIENCE: Duration = Duration::from_secs(120);

const FLEET: &str = r#"
[[app]]
space = "idle"
idle = "3h"
count = 6

[[app]]
space = "busy"
count = 10
"#;

fn costctl(sandbox: &Sandbox, folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(binary("costctl").unwrap());
    command.env_clear().envs(sandbox.aws_env()).current_dir(folder).env("HOME", folder);
    command.env("COSTCTL_EVIDENCE", folder.join("evidence")).args(words);
    command
}

fn deletes(sandbox: &Sandbox) -> usize {
    sandbox.calls_of("DeleteApp").unwrap().len()
}

#[test]
fn after_a_signal_nothing_is_begun_and_the_next_run_need_not_wait() {
    for signal in [Signal::INT, Signal::TERM] {
        let options = SandboxOptions { delete_takes: Some("1h".to_owned()), ..SandboxOptions::default() };
        let sandbox = Sandbox::start(options).unwrap();
        toml::from_str::<Fleet>(FLEET).unwrap().seed(&sandbox).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("costctl.toml"), "schema_version = 1\n[guards]\nfirst-run = 100\n").unwrap();
        let sweep = ["sweep", "--execute", "--yes", "--parallel", "2"];
        let mut running = Running::spawn(costctl(&sandbox, folder.path(), &sweep)).unwrap();
        let end = Instant::now() + PATIENCE;
        while deletes(&sandbox) == 0 {
            assert!(Instant::now() < end, "no delete: {}", running.stderr_so_far());
            std::thread::sleep(Duration::from_millis(20));
        }
        running.signal(signal);
        let status = running.wait_with_timeout(PATIENCE).expect("it ends");
        let (stdout, stderr) = (running.stdout_so_far(), running.stderr_so_far());
        assert_eq!(status.code(), Some(1), "nothing was seen to be done: {stdout}{stderr}");
        assert!(stderr.contains("interrupted: nothing more is begun"), "{stderr}");
        assert!(stdout.contains("STUCK") && stdout.contains("kill-switch"), "{stdout}");
        let begun = deletes(&sandbox);
        assert!(begun < 6, "{begun}");

        // The lease is free, and nothing is left to settle.
        let words = ["sweep", "--execute", "--yes", "--verify-within", "0s", "--stop-after-failures", "9"];
        let again = costctl(&sandbox, folder.path(), &words).output().unwrap();
        let told = String::from_utf8_lossy(&again.stdout);
        assert!(!told.contains("lease-held") && !told.contains("was cut short"), "{told}");
        assert_eq!(deletes(&sandbox), 6, "{told}");
    }
}
