//! Homes, disks, users and callers that are not as a start would like them.

use std::fs;
use std::process::Stdio;
use std::sync::mpsc::channel;
use std::time::Duration;

use studio_it::lifecycle::{Kind, LONGEST, Stand};
use studio_parts::app_root::{AppRoot, User};
use studio_parts::process::{Running, Signal};

use crate::{jupyterlab, set};

const HOME: &str = "/home/sagemaker-user";
const OF_HOME: &str = "started /home/sagemaker-user/.idle-agent/bin/";
const OF_TMP: &str = "started /tmp/idle-agent-1000/bin/";

#[test]
fn the_home_has_no_room() {
    // Room for a line, and none for a binary; then not even for a line.
    for fill in ["true", "dd if=/dev/zero of=/home/sagemaker-user/fill bs=1024 2>/dev/null; true"] {
        let stand = jupyterlab(&["curl"]);
        stand
            .sh(User::ROOT, &format!("mount -t tmpfs -o size=4m,mode=777 home {HOME}; chown 1000:100 {HOME}"))
            .unwrap();
        stand.sh(User::SAGEMAKER_USER, fill).unwrap();
        stand.run().unwrap();
        stand.wait_for_log(&format!("no room in {HOME}/.idle-agent")).unwrap();
        let line = stand.wait_for_start().unwrap();
        assert!(line.contains(OF_TMP), "{line}");
        let second = stand.run().unwrap();
        assert!(!second.stdout.contains("no room"), "what /tmp holds already was fetched again: {second:?}");
    }
}

#[test]
fn nowhere_is_room() {
    let stand = jupyterlab(&["curl"]);
    for dir in [HOME, "/tmp"] {
        stand
            .sh(User::ROOT, &format!("mount -t tmpfs -o size=4m,mode=1777 small {dir}; chown 1000:100 {dir}"))
            .unwrap();
    }
    stand.run().unwrap();
    for dir in ["/home/sagemaker-user/.idle-agent", "/tmp/idle-agent-1000"] {
        stand.wait_for_log(&format!("no room in {dir}")).unwrap();
    }
    stand.wait_for_log("no binary yet").unwrap();
    assert!(stand.agents().unwrap().is_empty());
    stand.sh(User::ROOT, "mount -o remount,size=64m /tmp").unwrap();
    stand.wait_for_start().unwrap();
}

#[test]
fn the_home_is_read_only() {
    let stand = jupyterlab(&["curl"]);
    stand.sh(User::ROOT, &format!("mount --bind {HOME} {HOME}; mount -o remount,bind,ro {HOME}")).unwrap();
    stand.run().unwrap();
    let line = stand.wait_for_start().unwrap();
    assert!(line.contains(OF_TMP), "{line}");
    stand.run().unwrap();
    stand.wait_for_log("another agent runs in this app already").unwrap();
}

#[test]
fn the_home_lets_no_program_run() {
    let stand = jupyterlab(&["curl"]);
    stand.sh(User::ROOT, &format!("mount -t tmpfs -o noexec,mode=777 home {HOME}; chown 1000:100 {HOME}")).unwrap();
    stand.run().unwrap();
    stand.wait_for_log(&format!("cannot run {HOME}/.idle-agent/bin/")).unwrap();
    let line = stand.wait_for_start().unwrap();
    assert!(line.contains(OF_TMP), "{line}");
}

#[test]
fn a_stranger_was_first_below_tmp() {
    let stand = jupyterlab(&["curl"]);
    // The agent's name is known, and so is the directory: a trap, and a link that leads into it.
    for trap in ["mkdir -m 777 /tmp/trap; ln -s /tmp/trap", "rm /tmp/idle-agent-1000; mkdir -m 777"] {
        stand.sh(User::ROOT, &format!("{trap} /tmp/idle-agent-1000; mount --bind {HOME} {HOME}")).unwrap();
        stand.sh(User::ROOT, &format!("mount -o remount,bind,ro {HOME}")).unwrap();
        let ran = stand.run().unwrap();
        assert!(ran.stdout.contains("NOT STARTED: neither"), "{ran:?}");
        assert!(stand.log().contains("NOT STARTED: neither"), "{}", stand.log());
        assert_eq!(stand.files("/tmp/idle-agent-1000"), Vec::<String>::new());
        assert!(stand.agents().unwrap().is_empty());
    }
}

#[test]
fn the_home_is_not_named_or_not_there() {
    // A start without HOME finds it; the home of recovery mode is its maker's to make.
    let mut stand = jupyterlab(&["curl"]);
    stand.env.remove("HOME");
    stand.run().unwrap();
    let line = stand.wait_for_start().unwrap();
    assert!(line.contains(OF_HOME), "{line}");
    let mut stand = jupyterlab(&["curl"]);
    set(&mut stand, "HOME", "/tmp/sagemaker-recovery-mode-home");
    set(&mut stand, "SAGEMAKER_RECOVERY_MODE", "true");
    stand.run().unwrap();
    let line = stand.wait_for_start().unwrap();
    assert!(line.contains(OF_TMP), "{line}");
    assert!(!stand.container.path("/tmp/sagemaker-recovery-mode-home").exists());
}

#[test]
fn settings_that_the_agent_refuses_are_said_and_fail_nothing() {
    let mut stand = jupyterlab(&["curl"]);
    stand.values.admin_toml = "[defaults]\nidle-timeout = \"never ever\"\n".to_owned();
    stand.run().unwrap();
    let line = stand.wait_for_log("NOT RUNNING").unwrap();
    assert!(line.contains("/var/log/apps/app_container.log"), "{line}");
    let log = fs::read_to_string(stand.container.path("/var/log/apps/app_container.log")).unwrap();
    assert!(log.contains("never ever"), "{log}");
}

#[test]
fn whoever_reads_its_output_is_kept_waiting_neither_by_the_worker_nor_by_the_agent() {
    // One worker is at work for minutes, the other one's agent for ever.
    for (tools, aws) in [(&[][..], "sleep 600"), (&["curl"][..], "exit 1")] {
        let mut stand = jupyterlab(tools);
        stand.scripted("aws", aws).unwrap();
        // A caller whose shell ends at the first error and at unset variables changes nothing.
        stand.shell_options = &["-eu"];
        let mut command = stand.command().unwrap();
        command.stdin(Stdio::null());
        let (done, ended) = channel();
        std::thread::spawn(move || done.send(command.output()));
        let output = ended.recv_timeout(LONGEST).unwrap().unwrap();
        assert_eq!(output.status.code(), Some(0));
        if !tools.is_empty() {
            stand.wait_for_start().unwrap();
        }
    }
}

#[test]
fn a_notebook_instance_without_a_way_to_its_user_still_gets_an_agent() {
    let root = AppRoot::new().unwrap().without_tools(&["runuser", "setpriv", "su"]);
    let stand = Stand::with_root(Kind::NotebookInstance, &["curl"], root).unwrap();
    let ran = stand.run().unwrap();
    assert!(ran.stdout.contains("starting as root: no way to become ec2-user"), "{ran:?}");
    // What the user owns is not written by root.
    let end = std::time::Instant::now() + LONGEST;
    while stand.agents().unwrap().is_empty() {
        assert!(std::time::Instant::now() < end, "{}", stand.log());
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(stand.agents().unwrap().iter().all(|(path, uid)| path.starts_with("/root/.idle-agent/bin/") && *uid == 0));
    assert_eq!(stand.files("/home/ec2-user/SageMaker"), Vec::<String>::new());
}

#[test]
fn without_setsid_the_agent_outlives_the_script_all_the_same() {
    let root = AppRoot::new().unwrap().without_tools(&["setsid"]);
    let stand = Stand::with_root(Kind::JupyterLab, &["curl"], root).unwrap();
    let ran = stand.run().unwrap();
    assert!(ran.stdout.contains("started /"), "{ran:?}");
    // The script's process group is gone by now.
    std::thread::sleep(Duration::from_secs(2));
    stand.wait_for_start().unwrap();
}

#[test]
fn what_stands_where_the_log_should_holds_up_nothing() {
    for there in ["mkfifo start.log", "mkdir -p start.log/full", "mkfifo pipe; ln -s pipe start.log"] {
        let stand = jupyterlab(&["curl"]);
        let script = format!("mkdir -p {HOME}/.idle-agent && cd {HOME}/.idle-agent && {there}");
        stand.sh(User::SAGEMAKER_USER, &script).unwrap();
        stand.run().unwrap();
        let line = stand.wait_for_start().unwrap();
        assert!(line.contains(OF_HOME), "{there}: {line}");
    }
}

#[test]
fn the_logs_do_not_grow_without_bound() {
    let stand = Stand::new(Kind::NotebookInstance, &["curl"]).unwrap();
    let dir = "/home/ec2-user/SageMaker/.idle-agent";
    let grown = "dd if=/dev/zero bs=1024 count=300 2>/dev/null | tr '\\000' x; echo; echo 'the last line'";
    let fill = format!("mkdir {dir}; for log in start agent; do {{ {grown}; }} >{dir}/$log.log; done");
    stand.sh(User::EC2_USER, &fill).unwrap();
    stand.run().unwrap();
    stand.wait_for_start().unwrap();
    for log in ["start.log", "agent.log"] {
        let text = fs::read_to_string(stand.container.path(dir).join(log)).unwrap();
        assert!(text.len() < 100_000 && text.contains("the last line"), "{log}: {} bytes", text.len());
    }
    assert!(!stand.files(dir).iter().any(|name| name.ends_with(".new")), "{:?}", stand.files(dir));
}

#[test]
fn a_script_that_is_told_to_end_exits_with_0_and_the_app_still_gets_its_agent() {
    let stand = jupyterlab(&["curl"]);
    stand.scripted("aws", "sleep 5; exit 1").unwrap();
    let script = Running::spawn(stand.command().unwrap()).unwrap();
    let end = std::time::Instant::now() + LONGEST;
    let worker = |(_, line): &(u32, String)| line.contains("/usr/bin/aws s3 cp");
    while !stand.container.pids().unwrap().iter().any(worker) {
        assert!(std::time::Instant::now() < end, "{}", stand.log());
        std::thread::sleep(Duration::from_millis(20));
    }
    script.signal(Signal::TERM);
    stand.finish(script).unwrap();
    assert!(!stand.log().contains("still at work"), "it had ended by itself: {}", stand.log());
    stand.wait_for_start().unwrap();
}
