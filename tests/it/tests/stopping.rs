//! The stop itself: against a SageMaker that refuses, throttles, hangs and lies.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::time::{Duration, Instant};

use idle_core::{Decision, Reason};
use serde_json::json;
use studio_it::{Agent, PATIENCE, World};
use studio_parts::fake_jupyter::{FakeJupyter, Reply};
use studio_parts::jupyter::{Jupyter, JupyterOptions};
use studio_parts::process::Running;

/// Waits until SageMaker was asked this often.
fn wait_for_deletes(world: &World, count: usize) {
    let end = Instant::now() + PATIENCE;
    while world.deletes().unwrap() < count {
        assert!(Instant::now() < end, "DeleteApp was asked for {} times, not {count}", world.deletes().unwrap());
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn exactly_the_app_of_the_metadata_is_named() {
    let (world, server) = (World::new().unwrap(), FakeJupyter::idle());
    world.agent(&server.url(), &[]).unwrap().wait_for_log("SageMaker is deleting").unwrap();
    let calls = world.sandbox.calls_of("DeleteApp").unwrap();
    let app = world.studio.app(0);
    let expected =
        json!({ "DomainId": app.domain_id, "SpaceName": app.space, "AppType": "JupyterLab", "AppName": "default" });
    assert_eq!(calls[0]["request"], expected);
    assert_eq!(calls[0]["region"], "us-east-1");
    assert_eq!(calls[0]["access_key"], "ASIAIOSFODNN7EXAMPLE", "the container's credentials");
}

#[test]
fn the_users_own_aws_configuration_cannot_bend_the_stop() {
    let (world, server) = (World::new().unwrap(), FakeJupyter::idle());
    let aws = world.dir().join(".aws");
    std::fs::create_dir(&aws).unwrap();
    std::fs::write(aws.join("credentials"), "[default]\naws_access_key_id = AKIAHIJACKED\naws_secret_access_key = x\n")
        .unwrap();
    std::fs::write(aws.join("config"), "[default]\nregion = eu-north-1\nendpoint_url = http://127.0.0.1:9\n").unwrap();
    let mut command = world.command(&server.url(), &["run", "--idle-timeout", "8s", "--poll-every", "1s"]).unwrap();
    command.env("AWS_PROFILE", "default").env("AWS_ACCESS_KEY_ID", "AKIAHIJACKED").env("AWS_SECRET_ACCESS_KEY", "x");
    command.env("HTTP_PROXY", "http://127.0.0.1:9").env("http_proxy", "http://127.0.0.1:9").env("TZ", "Asia/Tokyo");
    let _agent = Running::spawn(command).unwrap();
    wait_for_deletes(&world, 1);
    let calls = world.sandbox.calls_of("DeleteApp").unwrap();
    assert_eq!((&calls[0]["access_key"], &calls[0]["region"]), (&json!("ASIAIOSFODNN7EXAMPLE"), &json!("us-east-1")));
}

#[test]
fn a_rehearsal_sends_nothing() {
    let (world, server) = (World::new().unwrap(), FakeJupyter::idle());
    let agent = world.agent(&server.url(), &["--rehearse"]).unwrap();
    let stop = agent.wait_for_stop().unwrap();
    assert!(stop.rehearsal);
    let seen = agent.records().len();
    agent.wait_for("came after the stop", |_| agent.records().len() > seen + 3).unwrap();
    assert!(world.sandbox.calls_of("DeleteApp").unwrap().is_empty());
    assert_eq!(world.app_status().unwrap(), "InService");
}

#[test]
fn a_denial_is_one_clear_error_and_then_silence() {
    let (world, server) = (World::new().unwrap(), FakeJupyter::idle());
    world.sandbox.set_faults("[[fault]]\noperation = \"DeleteApp\"\nkind = \"deny\"\n").unwrap();
    let agent = world.agent(&server.url(), &[]).unwrap();
    agent.wait_for_log("hint: allow sagemaker:DeleteApp").unwrap();
    let seen = agent.records().len();
    agent.wait_for("came after the denial", |_| agent.records().len() > seen + 6).unwrap();
    assert_eq!(world.deletes().unwrap(), 1);
    assert_eq!(agent.process.stderr_so_far().matches("not allowed to stop").count(), 1);
    let status = world.run(&server.url(), &["status"]).unwrap();
    assert!(String::from_utf8_lossy(&status.stdout).contains("not allowed to stop"), "{status:?}");
}

#[test]
fn throttling_errors_and_lost_connections_are_tried_again() {
    for kind in ["throttle", "internal-error", "drop", "expired-token"] {
        let (world, server) = (World::new().unwrap(), FakeJupyter::idle());
        let fault = format!("[[fault]]\noperation = \"DeleteApp\"\nkind = \"{kind}\"\ntimes = 2\n");
        world.sandbox.set_faults(&fault).unwrap();
        let agent = world.agent(&server.url(), &[]).unwrap();
        agent.wait_for_log("SageMaker is deleting").unwrap();
        assert!(world.deletes().unwrap() >= 3, "{kind}");
    }
}

#[test]
fn work_that_begins_between_two_attempts_calls_the_stop_off() {
    let (world, server) = (World::new().unwrap(), FakeJupyter::idle());
    world.sandbox.set_faults("[[fault]]\noperation = \"DeleteApp\"\nkind = \"throttle\"\n").unwrap();
    let agent = world.agent(&server.url(), &[]).unwrap();
    wait_for_deletes(&world, 1);
    server.set(
        "kernels",
        Reply::Json(json!([{ "id": "k1", "name": "python3", "execution_state": "busy", "connections": 1,
        "last_activity": "2026-01-01T00:00:00Z" }])),
    );
    let kept = agent.wait_for("is kept for work", |r| r.reason.code == Reason::Busy).unwrap();
    assert_eq!(kept.decision, Decision::Keep);
    let asked = world.deletes().unwrap();
    let seen = agent.records().len();
    agent.wait_for("came later", |_| agent.records().len() > seen + 5).unwrap();
    assert_eq!(world.deletes().unwrap(), asked);
}

/// Over loopback the agent takes any certificate of a Jupyter server; from AWS it takes none
/// that nobody vouches for.
#[test]
fn an_aws_with_a_certificate_of_its_own_making_is_told_nothing() {
    let (world, server) = (World::new().unwrap(), FakeJupyter::idle());
    let impostor = Jupyter::start(JupyterOptions { https: true, ..JupyterOptions::default() }).unwrap();
    let mut command = world.command(&server.url(), &["run", "--output", "json"]).unwrap();
    command.args(["--idle-timeout", "8s", "--poll-every", "1s"]).env("AWS_ENDPOINT_URL_SAGEMAKER", impostor.url());
    let agent = Agent { process: Running::spawn(command).unwrap() };
    agent.wait_for_log("could not ask for the stop").unwrap();
    let said = agent.process.stderr_so_far();
    assert!(said.contains("certificate"), "{said}");
}

#[test]
fn an_app_that_is_already_gone_is_done() {
    let (world, server) = (World::new().unwrap(), FakeJupyter::idle());
    let app = world.studio.app(0);
    let request =
        json!({ "DomainId": app.domain_id, "SpaceName": app.space, "AppType": "JupyterLab", "AppName": "default" });
    world.sandbox.call("DeleteApp", &request).unwrap();
    let end = Instant::now() + PATIENCE;
    while world.app_status().unwrap() != "Deleted" {
        assert!(Instant::now() < end);
        std::thread::sleep(Duration::from_millis(100));
    }
    world.agent(&server.url(), &[]).unwrap().wait_for_log("is already gone").unwrap();
}
