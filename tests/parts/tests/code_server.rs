//! The real VS Code server.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use studio_parts::code_server::CodeServer;
use studio_parts::container::Container;

/// The longest wait for a window: generous, because machines are busy.
const PATIENCE: Duration = Duration::from_secs(90);

#[test]
#[ignore = "installs code-server (2 minutes, 810 MB) and needs chromium"]
fn an_extension_host_runs_while_a_window_is_open() {
    let container = Arc::new(Container::start().unwrap());
    let server = CodeServer::start(Some(&container)).unwrap();
    let extension_hosts = || {
        let lines = container.pids().unwrap().into_iter();
        lines.filter(|(_, line)| line.contains("--type=extensionHost")).count()
    };
    assert_eq!(server.healthz().unwrap()["status"], "expired");
    assert_eq!(extension_hosts(), 0);
    let window = server.open_window().unwrap();
    let end = Instant::now() + PATIENCE;
    while extension_hosts() == 0 {
        assert!(Instant::now() < end, "no extension host: {:?}", container.pids().unwrap());
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(server.healthz().unwrap()["status"], "alive");
    drop(window);
    drop(server);
    assert_eq!(container.pids().unwrap().len(), 1, "{:?}", container.pids().unwrap());
}
