//! The binary as it is shipped, in a root file system that holds nothing else.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::path::Path;
use std::process::Command;

use idle_core::Reason;
use studio_it::{Agent, World};
use studio_parts::binaries::static_binary;
use studio_parts::container::Container;
use studio_parts::fake_jupyter::FakeJupyter;
use studio_parts::process::Running;
use tempfile::TempDir;

/// A root with the agent in it, and the named files beside it.
fn empty_root(files: &[&Path]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for file in files.iter().copied().chain([static_binary("idle-agent").unwrap().as_path()]) {
        std::fs::copy(file, root.path().join(file.file_name().unwrap())).unwrap();
    }
    root
}

/// Runs a shell's words inside the container, which has mounts of its own.
fn inside(container: &Container, script: &str, words: &[&str]) -> Command {
    let mut command = container.command("sh");
    command.env_clear().args(["-c", script, "sh"]).args(words);
    command
}

#[test]
fn it_runs_where_there_is_nothing_else() {
    let (container, root) = (Container::start().unwrap(), empty_root(&[]));
    let script = r#"exec /usr/sbin/chroot "$1" /idle-agent --version"#;
    let output = inside(&container, script, &[root.path().to_str().unwrap()]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let version = format!("idle-agent {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(String::from_utf8_lossy(&output.stdout), version);
}

#[test]
fn from_there_it_watches_and_stops_its_app() {
    let (world, server) = (World::new().unwrap(), FakeJupyter::idle());
    let (container, root) = (Container::start().unwrap(), empty_root(&[world.metadata()]));
    let script = r#"
        cd "$1"; shift
        mkdir proc dev dev/pts
        mount -t proc proc proc
        mount --bind /dev/pts dev/pts
        exec /usr/sbin/chroot . /idle-agent "$@""#;
    let metadata = Path::new("/").join(world.metadata().file_name().unwrap());
    let url = server.url();
    let words = [
        root.path().to_str().unwrap(),
        "run",
        "--output=json",
        "--idle-timeout=8s",
        "--poll-every=1s",
        "--state-dir=/state",
        "--server-url",
        &url,
        "--metadata-file",
        metadata.to_str().unwrap(),
    ];
    let mut command = inside(&container, script, &words);
    command.envs(world.sandbox.agent_env());
    let agent = Agent { process: Running::spawn(command).unwrap() };
    let stop = agent.wait_for_stop().unwrap();
    assert_eq!(stop.reason.code, Reason::IdleTimeout, "{stop:?}");
    agent.wait_for_log("SageMaker is deleting").unwrap();
    assert_eq!(world.deletes().unwrap(), 1);
}
