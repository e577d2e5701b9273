//! The whole binary against a server that does everything wrong: never a stop,
//! never a crash, and each look ends.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use idle_core::{Decision, Verdict};
use serde_json::json;
use studio_it::World;
use studio_parts::fake_jupyter::{FakeJupyter, Reply, refused_url};

/// Runs the agent against this server for more looks than its idle timeout
/// has, and asserts that every one of them was unknown and kept.
fn keeps_and_says_unknown(name: &str, url: &str) {
    let world = World::new().unwrap();
    let agent = world.agent(url, &["--idle-timeout", "2s", "--poll-every", "500ms", "--warn-before", "0s"]).unwrap();
    agent.wait_for(name, |_| agent.records().len() >= 6).unwrap();
    for record in agent.records() {
        assert_eq!((record.verdict, record.decision), (Verdict::Unknown, Decision::Keep), "{name}: {record:?}");
    }
    assert!(world.sandbox.calls_of("DeleteApp").unwrap().is_empty(), "{name}: sent a DeleteApp");
    let peak = peak_kib(agent.process.pid());
    assert!(peak < 64 * 1024, "{name}: {peak} KiB at the peak");
}

/// The kernel's own figure of the most memory that a process ever held.
fn peak_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

fn with_every_answer(name: &str, reply: &Reply) {
    let server = FakeJupyter::idle();
    server.set_all(reply);
    keeps_and_says_unknown(name, &server.url());
}

#[test]
fn refused() {
    keeps_and_says_unknown("refused", &refused_url());
}

#[test]
fn reset_and_truncated() {
    with_every_answer("reset", &Reply::Reset);
    with_every_answer("truncated", &Reply::Truncated);
}

#[test]
fn statuses_that_are_no_answer() {
    with_every_answer("302", &Reply::Redirect302);
    for status in [403, 404, 500, 503] {
        with_every_answer(&status.to_string(), &Reply::Status(status));
    }
}

#[test]
fn html_and_other_json() {
    with_every_answer("HTML", &Reply::Html200);
    for body in [json!({"message": "Forbidden", "reason": null}), json!([null]), json!([{"id": 7}]), json!("idle")] {
        with_every_answer("other JSON", &Reply::Json(body));
    }
}

#[test]
fn bodies_without_end() {
    with_every_answer("10 MB", &Reply::Huge(10 * 1024 * 1024));
    with_every_answer("endless", &Reply::ChunkedEndless);
}

#[test]
fn bad_stamps() {
    for stamp in ["", "yesterday", "2026-13-01T00:00:00Z", "1764000000"] {
        let kernel = json!([{"id": "k", "name": "python3", "execution_state": "idle", "connections": 0, "last_activity": stamp}]);
        let server = FakeJupyter::idle();
        server.set("kernels", Reply::Json(kernel));
        keeps_and_says_unknown("bad stamp", &server.url());
    }
}

#[test]
fn one_source_alone_is_enough_to_be_unknown() {
    for api in ["kernels", "terminals", "sessions"] {
        let server = FakeJupyter::idle();
        server.set(api, Reply::Status(500));
        keeps_and_says_unknown(api, &server.url());
    }
}

#[test]
fn stalled_before_and_in_the_body() {
    for reply in [Reply::Stall, Reply::StallMidBody, Reply::SlowDrip] {
        let server = FakeJupyter::idle();
        server.set_all(&reply);
        let world = World::new().unwrap();
        let output = world.run(&server.url(), &["check", "--output", "json"]).unwrap();
        assert_eq!(output.status.code(), Some(11), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stdout).contains("no answer within 5 s"), "{output:?}");
    }
}

#[test]
fn a_server_that_comes_back_from_all_that_is_watched_afresh_and_stopped() {
    let server = FakeJupyter::idle();
    server.set_all(&Reply::Status(500));
    let world = World::new().unwrap();
    let agent = world.agent(&server.url(), &[]).unwrap();
    agent.wait_for("is unknown", |r| r.verdict == Verdict::Unknown).unwrap();
    let healthy = FakeJupyter::idle_replies();
    for (api, reply) in healthy {
        server.set(&api, reply);
    }
    let stop = agent.wait_for_stop().unwrap();
    assert!(stop.watched_for_seconds >= 8);
}

#[test]
fn disabled_terminals_are_no_terminals() {
    let server = FakeJupyter::idle();
    server.set("terminals", Reply::Status(404));
    let world = World::new().unwrap();
    world.agent(&server.url(), &[]).unwrap().wait_for_stop().unwrap();
}

#[test]
fn a_busy_server_is_kept() {
    let server = FakeJupyter::busy();
    let world = World::new().unwrap();
    let agent = world.agent(&server.url(), &[]).unwrap();
    assert!(agent.watch_past_the_timeout().unwrap().iter().all(|r| r.verdict == Verdict::Active));
    assert_eq!(world.deletes().unwrap(), 0);
}
