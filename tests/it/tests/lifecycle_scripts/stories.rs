//! The script of each app type, where all goes well.

use std::fs;
use std::os::unix::fs::MetadataExt;

use studio_it::PATIENCE;
use studio_it::lifecycle::{Kind, Stand, release};
use studio_parts::app_root::User;
use studio_parts::jupyter::{Jupyter, JupyterOptions};

const LOG: &str = "/var/log/apps/app_container.log";

/// The path of the binary of this digest in a folder.
fn binary(dir: &str, sha256: &str) -> String {
    format!("{dir}/bin/idle-agent-{}", &sha256[..12])
}

/// A JupyterLab app with a real, idle server, and its script run by this shell.
fn jupyterlab_is_deleted(shell: &str, tools: &[&str], by: &str) {
    let mut stand = Stand::new(Kind::JupyterLab, tools).unwrap();
    stand.set_shell(shell).unwrap();
    let options = JupyterOptions {
        container: Some(stand.container.clone()),
        homes: Some(stand.shared.path().to_owned()),
        ..JupyterOptions::default()
    };
    let jupyter = Jupyter::start(options).unwrap();
    stand.values.admin_toml.push_str(&format!("server-url = \"{}\"\n", jupyter.url()));
    let ran = stand.run().unwrap();
    let started = stand.wait_for_log("started ").unwrap();
    assert!(started.contains("version 0.1.0, JupyterLab, uid 1000"), "{started}");
    assert!(stand.log().contains(by), "{}", stand.log());
    // Normally it is done while the script waits for it, and stands in the script's own log stream.
    assert!(ran.stdout.contains(" idle-agent: "), "{ran:?}");
    let expected = binary("/home/sagemaker-user/.idle-agent", &stand.values.sha256);
    let agents = stand.agents().unwrap();
    assert!(!agents.is_empty() && agents.iter().all(|(path, uid)| *path == expected && *uid == 1000), "{agents:?}");
    let end = std::time::Instant::now() + PATIENCE;
    while stand.sandbox.calls_of("DeleteApp").unwrap().is_empty() {
        let log = fs::read_to_string(stand.container.path(LOG)).unwrap();
        assert!(std::time::Instant::now() < end, "the app was not deleted:\n{log}");
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    let deleted = stand.sandbox.calls_of("DeleteApp").unwrap();
    assert_eq!(deleted[0]["request"]["AppType"], "JupyterLab");
    let log = fs::read_to_string(stand.container.path(LOG)).unwrap();
    let stop = log.lines().find(|line| line.starts_with('{') && line.contains("\"decision\":\"stop\"")).unwrap();
    let record = idle_core::DecisionRecord::from_line(stop).unwrap();
    assert_eq!(record.idle_timeout_seconds, 8, "the administrator's settings hold");
    for secret in release().unwrap().s3.secrets() {
        assert!(!log.contains(&secret));
    }
}

#[test]
fn jupyterlab_with_dash_and_aws() {
    jupyterlab_is_deleted("dash", &["aws", "curl"], "by aws s3 cp");
}

#[test]
fn jupyterlab_with_posix_bash_and_curl() {
    jupyterlab_is_deleted("bash", &["curl"], "by curl --aws-sigv4");
}

#[test]
fn jupyterlab_with_busybox_and_aws() {
    jupyterlab_is_deleted("busybox", &["aws"], "by aws s3 cp");
}

#[test]
fn code_editor_starts_its_agent() {
    let stand = Stand::new(Kind::CodeEditor, &["curl"]).unwrap();
    stand.run().unwrap();
    let started = stand.wait_for_log("started ").unwrap();
    assert!(started.contains("CodeEditor, uid 1000"), "{started}");
    // No server answers, so the agent says that it cannot see and keeps the app.
    let log = || fs::read_to_string(stand.container.path(LOG)).unwrap();
    let end = std::time::Instant::now() + PATIENCE;
    while !log().contains("\"verdict\":\"unknown\"") {
        assert!(std::time::Instant::now() < end, "no record:\n{}", log());
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    assert!(log().contains("CodeEditor"), "{}", log());
}

#[test]
fn classic_apps_keep_their_logs_to_themselves_and_remove_no_version() {
    for (kind, dir, uid) in
        [(Kind::JupyterServer, "/home/sagemaker-user/.idle-agent", 1000), (Kind::KernelGateway, "/root/.idle-agent", 0)]
    {
        let stand = Stand::new(kind, &["curl"]).unwrap();
        let old = format!("{dir}/bin/idle-agent-000000000000");
        stand.sh(kind.user(), &format!("mkdir -p {dir}/bin && echo old > {old}")).unwrap();
        stand.run().unwrap();
        let started = stand.wait_for_log("started ").unwrap();
        assert!(started.contains(&format!("uid {uid},")), "{started}");
        let expected = binary(dir, &stand.values.sha256);
        assert!(stand.agents().unwrap().contains(&(expected, uid)), "{:?}", stand.agents().unwrap());
        assert!(stand.container.path(&old).exists());
        assert_eq!(stand.files(dir).iter().filter(|name| name.ends_with(".log") || name.ends_with(".toml")).count(), 0);
        assert!(stand.files(&format!("/tmp/idle-agent-{uid}")).contains(&"admin.toml".to_owned()));
    }
}

#[test]
fn a_notebook_instance_runs_its_agent_as_its_user_who_can_ask_and_snooze_it() {
    for (tools, by) in [(&["curl"][..], "runuser"), (&["curl"][..], "setpriv"), (&["curl"][..], "su")] {
        let others: Vec<&str> = ["runuser", "setpriv", "su"].into_iter().filter(|tool| *tool != by).collect();
        let root = studio_parts::app_root::AppRoot::new().unwrap().without_tools(&others);
        let stand = Stand::with_root(Kind::NotebookInstance, tools, root).unwrap();
        let ran = stand.run().unwrap();
        assert!(ran.stdout.contains(&format!("starting as ec2-user, by {by}")), "{ran:?}");
        let started = stand.wait_for_log("started ").unwrap();
        assert!(started.contains("notebook instance, uid 1001"), "{started}");
        let dir = "/home/ec2-user/SageMaker/.idle-agent";
        let expected = binary(dir, &stand.values.sha256);
        assert!(stand.agents().unwrap().iter().all(|(path, uid)| *path == expected && *uid == 1001));
        assert_eq!(fs::metadata(stand.container.path(&expected)).unwrap().uid(), 1001);
        stand.sh(User::EC2_USER, &format!("{dir}/idle-agent snooze 1h --reason demo")).unwrap();
        let end = std::time::Instant::now() + PATIENCE;
        while !stand.sh(User::EC2_USER, &format!("{dir}/idle-agent status")).is_ok_and(|said| said.contains("1 of")) {
            assert!(
                std::time::Instant::now() < end,
                "{:?}",
                stand.sh(User::EC2_USER, &format!("{dir}/idle-agent status"))
            );
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
        assert!(stand.files(dir).contains(&"records.jsonl".to_owned()), "{:?}", stand.files(dir));
    }
}

#[test]
fn a_second_run_leaves_the_first_agent_alone() {
    let stand = Stand::new(Kind::JupyterLab, &["curl"]).unwrap();
    stand.run().unwrap();
    stand.wait_for_log("started ").unwrap();
    let agents = stand.container.pids().unwrap();
    let ran = stand.run().unwrap();
    stand.wait_for_log("another agent runs in this app already").unwrap();
    assert!(!ran.stdout.contains("verified"), "it was fetched again: {ran:?}");
    let before = agents.iter().filter(|(_, line)| line.contains("/bin/idle-agent-"));
    let now = stand.container.pids().unwrap();
    assert!(before.clone().count() > 0);
    for agent in before {
        assert!(now.contains(agent), "{agent:?} is gone: {now:?}");
    }
}

#[test]
fn two_scripts_at_once_start_one_agent() {
    let stand = Stand::new(Kind::JupyterLab, &["curl"]).unwrap();
    let (one, two) = (stand.command().unwrap(), stand.command().unwrap());
    let scripts = [one, two].map(|command| studio_parts::process::Running::spawn(command).unwrap());
    for script in scripts {
        stand.finish(script).unwrap();
    }
    stand.wait_for_log("started ").unwrap();
    stand.wait_for_log("another agent runs in this app already").unwrap();
    assert_eq!(stand.files("/home/sagemaker-user/.idle-agent/bin").len(), 1);
}

#[test]
fn an_upgrade_at_the_next_start_runs_the_new_version_and_removes_the_old_one() {
    let release = release().unwrap();
    let mut stand = Stand::new(Kind::JupyterLab, &["curl"]).unwrap();
    stand.run().unwrap();
    stand.wait_for_log("started ").unwrap();
    let dir = "/home/sagemaker-user/.idle-agent";
    let (old, new) = (binary(dir, &release.sha256), binary(dir, &release.next_sha256));
    stand.values.sha256.clone_from(&release.next_sha256);
    stand.values.s3_uri = release.s3.uri("0.2.0/idle-agent");
    // While the old one runs, its binary stays.
    stand.run().unwrap();
    stand.wait_for_log("another agent runs in this app already").unwrap();
    assert!(stand.container.path(&old).exists());
    // The app's next start is a new container with the same home.
    let pids = stand.container.pids().unwrap();
    for (pid, _) in pids.iter().filter(|(_, line)| line.contains("/bin/idle-agent-")) {
        stand.sh(User::ROOT, &format!("kill -9 {pid} 2>/dev/null || true")).unwrap();
    }
    stand.run().unwrap();
    stand.wait_for_log(&format!("removed {old}")).unwrap();
    assert!(!stand.container.path(&old).exists());
    let agents = stand.agents().unwrap();
    assert!(!agents.is_empty() && agents.iter().all(|(path, _)| *path == new), "{agents:?}");
}

#[test]
fn the_short_command_knows_the_administrators_settings_and_stands_on_the_path() {
    let stand = Stand::new(Kind::JupyterLab, &["curl"]).unwrap();
    stand.sh(User::SAGEMAKER_USER, "mkdir -p ~/.local/bin").unwrap();
    stand.run().unwrap();
    stand.wait_for_log("started ").unwrap();
    let end = std::time::Instant::now() + PATIENCE;
    let explain = || stand.sh(User::SAGEMAKER_USER, "~/.local/bin/idle-agent explain");
    while !explain().is_ok_and(|said| said.contains("8s                          administrator's file")) {
        assert!(std::time::Instant::now() < end, "{:?}", explain());
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}
