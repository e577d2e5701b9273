//! Killed at fifty points, and run again: the same end as without.

use std::time::{Duration, Instant};

use serde_json::Value;
use studio_parts::process::{Running, Signal};
use studio_parts::sandbox::SandboxOptions;

use crate::fleet::{Fleet, THROTTLED};

const KILLS: usize = 50;
/// A round may come to its end before its point: then a new fleet is begun.
const MOST_ROUNDS: usize = 250;
/// Generous, because machines are busy.
const PATIENCE: Duration = Duration::from_secs(120);
const INSTALL: &[&str] = &["--all-domains", "--replace-built-in", "--execute", "--yes"];

#[test]
fn killed_fifty_times_and_run_again_it_comes_to_the_same() {
    let seed = std::env::var("INSTALL_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_125);
    eprintln!("INSTALL_SEED={seed}");
    let mut random = Random(seed);
    let whole = fleet();
    whole.install(INSTALL).expect(5);
    let (goal, calls) = (whole.state(), whole.sandbox.calls().unwrap().len());
    assert!(calls > 100, "{calls}");

    let looks =
        whole.sandbox.calls().unwrap().iter().position(|call| call["operation"] == "CreateStudioLifecycleConfig");
    let looks = looks.unwrap();
    let (mut kills, mut fleets, mut done) = (0, 0, 0);
    let mut current = fleet();
    for _ in 0..MOST_ROUNDS {
        if kills == KILLS {
            break;
        }
        // What was done before the last kill is not done again.
        let point = 1 + random.below(calls.saturating_sub(done).max(looks));
        // Before a call is done, or after it is done and before its answer.
        let kind = ["hang", "late-answer"][random.below(2)];
        if killed_at(&current, point, kind) {
            kills += 1;
            done += point.saturating_sub(looks);
            continue;
        }
        comes_to(&current, &goal, seed);
        (fleets, done) = (fleets + 1, 0);
        current = fleet();
    }
    assert_eq!(kills, KILLS, "INSTALL_SEED={seed}");
    current.sandbox.set_faults(THROTTLED).unwrap();
    current.install(INSTALL).expect(5);
    comes_to(&current, &goal, seed);
    eprintln!("{kills} kills in {} fleets of {calls} calls each", fleets + 1);

    // Before-images of all of it are there, none twice: the way back is whole.
    current.sandbox.set_faults("").unwrap();
    let planned = current.run(&["rollback", "--all-domains", "--output", "json"]).expect(0).json();
    assert_eq!(planned["regions"][0]["plan"]["edits"].as_array().unwrap().len(), edits(&whole));
    current.run(&["rollback", "--all-domains", "--execute", "--yes"]).expect(0);
    let again = current.run(&["rollback", "--all-domains", "--output", "json"]).expect(0).json();
    assert_eq!(again["regions"][0]["plan"]["edits"], Value::Array(Vec::new()));
}

/// Eight user profiles a domain, so that most calls are those that change something
/// and not those that look; `INSTALL_USER_PROFILES` says another number.
fn fleet() -> Fleet {
    let user_profiles = std::env::var("INSTALL_USER_PROFILES").ok().and_then(|number| number.parse().ok());
    Fleet::with(SandboxOptions::default(), user_profiles.unwrap_or(8))
}

fn edits(fleet: &Fleet) -> usize {
    let calls = fleet.changing_calls().into_iter();
    calls.filter(|c| ["UpdateDomain", "UpdateUserProfile"].contains(&c["operation"].as_str().unwrap())).count()
}

/// Whether the install was killed at its n-th call; otherwise it came to its end.
fn killed_at(fleet: &Fleet, point: usize, kind: &str) -> bool {
    let fault = format!("[[fault]]\noperation = \"*\"\nkind = \"{kind}\"\nskip = {}\ntimes = 1\n", point - 1);
    fleet.sandbox.set_faults(&format!("{THROTTLED}{fault}")).unwrap();
    fleet.sandbox.forget_calls().unwrap();
    let mut install = Running::spawn(fleet.install_command(INSTALL)).unwrap();
    let end = Instant::now() + PATIENCE;
    loop {
        let calls = fleet.sandbox.calls().unwrap();
        if calls.iter().filter(|call| call["error"] != "ThrottlingException").count() >= point {
            // What it does with an answer that stays away is nothing.
            install.signal(Signal::KILL);
            let status = install.wait_with_timeout(PATIENCE).expect("a killed process ends");
            return status.code().is_none();
        }
        if let Some(status) = install.wait_with_timeout(Duration::from_millis(1)) {
            assert_eq!(status.code(), Some(5), "{}", install.stderr_so_far());
            return false;
        }
        assert!(Instant::now() < end, "neither there nor at its end: {}", install.stderr_so_far());
    }
}

fn comes_to(fleet: &Fleet, goal: &std::collections::BTreeMap<String, Value>, seed: u64) {
    fleet.sandbox.set_faults("").unwrap();
    let state = fleet.state();
    assert_eq!(state.keys().collect::<Vec<_>>(), goal.keys().collect::<Vec<_>>(), "INSTALL_SEED={seed}");
    for (name, body) in goal {
        assert_eq!(&state[name], body, "{name}, INSTALL_SEED={seed}");
    }
}

/// A small generator (SplitMix64), so that a seed says it all.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        usize::try_from((mixed ^ (mixed >> 27)) % end as u64).unwrap()
    }
}

#[test]
fn a_folder_for_artifacts_that_is_not_there_is_made() {
    let fleet = Fleet::with(SandboxOptions::default(), 6);
    assert!(!fleet.artifacts().exists());
    fleet.install(&["--domain", &fleet.plain, "--execute", "--yes"]).expect(0);
    let stored = std::fs::read_dir(fleet.artifacts().join("idle-agent")).unwrap().count();
    assert_eq!(stored, 1);
}

#[test]
fn slow_updates_are_waited_for_and_one_that_was_left_is_not_disturbed() {
    let slow = SandboxOptions { update_takes: Some("400ms".to_owned()), ..SandboxOptions::default() };
    let fleet = Fleet::with(slow, 6);
    let go = ["--domain", &fleet.plain, "--execute", "--yes"];
    let mut install = Running::spawn(fleet.install_command(&go)).unwrap();
    let end = Instant::now() + PATIENCE;
    while fleet.sandbox.calls_of("UpdateDomain").unwrap().len() < 2 {
        assert!(Instant::now() < end && install.is_running(), "{}", install.stderr_so_far());
    }
    install.signal(Signal::KILL);
    install.wait_with_timeout(PATIENCE).expect("a killed process ends");
    while fleet.install(&go).code != Some(0) {
        assert!(Instant::now() < end, "the domain never came to rest");
    }
    let updates = fleet.sandbox.calls_of("UpdateDomain").unwrap();
    assert!(updates.iter().all(|call| call["error"].is_null()), "no update met another: {updates:?}");
    assert_eq!(updates.len(), 4, "each structure once, however often it was run");
}

#[test]
fn an_answer_from_before_the_update_is_not_taken_for_its_outcome() {
    let fleet = Fleet::with(SandboxOptions::default(), 6);
    // The third look at the domain is the first after an update: it and the next are old.
    let fault = "[[fault]]\noperation = \"DescribeDomain\"\nkind = \"stale-read\"\nskip = 2\ntimes = 2\n";
    fleet.sandbox.set_faults(fault).unwrap();
    fleet.install(&["--domain", &fleet.plain, "--execute", "--yes"]).expect(0).says(&["9 done, 0 failed"]);
    assert_eq!(fleet.sandbox.calls_of("UpdateDomain").unwrap().len(), 4);
}
