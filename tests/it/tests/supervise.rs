//! `run --supervise`: a crash of the agent is not the end of the watch.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeSet;
use std::fs::File;
use std::os::fd::AsRawFd;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use studio_it::{Agent, PATIENCE, World};
use studio_parts::binaries::binary;
use studio_parts::fake_jupyter::FakeJupyter;
use studio_parts::process::Running;

/// A started supervisor that no file stands for any more, as when a second on-start
/// script puts the same binary in its place.
fn supervised_by_a_removed_file(world: &World, server: &FakeJupyter) -> Agent {
    let dir = tempfile::tempdir().unwrap();
    let copy = dir.path().join("idle-agent");
    std::fs::copy(binary("idle-agent").unwrap(), &copy).unwrap();
    let file = File::open(&copy).unwrap();
    drop(dir);
    let wanted = world.command(&server.url(), &["run", "--supervise", "--output", "json"]).unwrap();
    let mut command = Command::new(format!("/proc/{}/fd/{}", std::process::id(), file.as_raw_fd()));
    command.args(wanted.get_args()).args(["--idle-timeout", "10m", "--poll-every", "1s"]).env_clear();
    command.envs(wanted.get_envs().filter_map(|(name, value)| Some((name, value?))));
    Agent { process: Running::spawn(command).unwrap() }
}

fn supervised(world: &World, server: &FakeJupyter) -> Agent {
    let mut command = world.command(&server.url(), &["run", "--supervise", "--output", "json"]).unwrap();
    command.args(["--idle-timeout", "10m", "--poll-every", "1s"]);
    Agent { process: Running::spawn(command).unwrap() }
}

/// The agent's own pid, once it has written its state.
fn pid_other_than(world: &World, known: &BTreeSet<u64>) -> u64 {
    let end = Instant::now() + PATIENCE;
    loop {
        let state = std::fs::read(world.state_dir().join("state.json")).unwrap_or_default();
        let pid = serde_json::from_slice::<Value>(&state).ok().and_then(|state| state["pid"].as_u64());
        if let Some(pid) = pid.filter(|pid| !known.contains(pid)) {
            return pid;
        }
        assert!(Instant::now() < end, "no other agent wrote its state");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn an_agent_that_is_killed_is_started_again_and_ends_with_its_supervisor() {
    let (world, server) = (World::new().unwrap(), FakeJupyter::idle());
    let supervisor = supervised(&world, &server);
    let first = pid_other_than(&world, &BTreeSet::from([u64::from(supervisor.process.pid())]));
    let raw = |pid: u64| Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    kill_process(raw(first), Signal::KILL).unwrap();
    supervisor.wait_for_log("starting it again").unwrap();
    let second = pid_other_than(&world, &BTreeSet::from([u64::from(supervisor.process.pid()), first]));
    kill_process(raw(u64::from(supervisor.process.pid())), Signal::HUP).unwrap();
    kill_process(raw(second), Signal::HUP).unwrap();
    let seen = supervisor.records().len();
    supervisor.wait_for("came after the hangup", |_| supervisor.records().len() > seen + 2).unwrap();
    kill_process(raw(u64::from(supervisor.process.pid())), Signal::TERM).unwrap();
    supervisor.wait_for_log("told to end").unwrap();
    assert_eq!(world.deletes().unwrap(), 0);
}

#[test]
fn an_agent_whose_file_was_replaced_is_started_all_the_same() {
    let (world, server) = (World::new().unwrap(), FakeJupyter::idle());
    let supervisor = supervised_by_a_removed_file(&world, &server);
    pid_other_than(&world, &BTreeSet::from([u64::from(supervisor.process.pid())]));
    kill_process(Pid::from_raw(i32::try_from(supervisor.process.pid()).unwrap()).unwrap(), Signal::TERM).unwrap();
    supervisor.wait_for_log("told to end").unwrap();
}
