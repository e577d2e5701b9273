//! `costctl top` on a pseudo terminal, over real sockets: what it shows, that it obeys, and that it
//! leaves the terminal as it was.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "top/screen.rs"]
mod screen;
#[path = "top/watched.rs"]
mod watched;

use std::process::{Command, Stdio};

use rustix::process::Signal;
use serde_json::json;
use studio_parts::binaries::binary;

use watched::{Watched, fleet};

#[test]
fn what_runs_is_shown_and_keys_are_obeyed() {
    let sandbox = fleet(&["heard", "working", "silent"]);
    watched::heartbeat(&sandbox, "heard", 7260);
    watched::heartbeat(&sandbox, "working", 0);
    let mut top = Watched::start(sandbox, &[]);
    top.wait_for("calls in the last look");
    let screen = top.screen();
    let row = |name: &str| screen.lines().find(|line| line.contains(name)).map(str::to_owned).unwrap_or_default();
    for (name, words) in [
        ("heard/JupyterLab", ["2h01m", "ada", "idle", "stop due now"]),
        ("working/JupyterLab", ["–", "ada", "at work", "kept: at work"]),
        ("silent/JupyterLab", ["?", "ada", "unheard", "left: no agent"]),
    ] {
        assert!(words.iter().all(|word| row(name).contains(word)), "{name} {words:?}\n{screen}");
    }
    for text in ["read-only", "1 account × 1 region", "3 running, 1 idle, 1 due", "next look in"] {
        assert!(screen.contains(text), "{text} is missing:\n{screen}");
    }
    assert!(screen.lines().all(|line| line.chars().count() <= 80) && screen.lines().count() <= 24, "{screen}");
    top.press("/work\r");
    top.wait_for("1 of 1 with “work”, of 3");
    assert!(!top.screen().contains("heard/"), "{}", top.screen());
    top.press("/\u{7f}\u{7f}\u{7f}\u{7f}\r");
    top.wait_for("1 of 3");
    // The arrow down, as a terminal sends it.
    top.press("\u{1b}[B");
    top.wait_for("2 of 3");
    top.press("sss");
    top.wait_for("NEXT↓");
    top.press("?");
    top.wait_for("changes nothing in AWS");
    top.press("?w");
    top.wait_for("PAUSED");
    top.press("q");
    top.assert_given_back(0);
    top.assert_it_only_looked();
}

#[test]
fn what_a_look_cannot_see_is_stale_and_comes_back() {
    let top_fleet = fleet(&["heard"]);
    watched::heartbeat(&top_fleet, "heard", 600);
    let mut top = Watched::start(top_fleet, &[]);
    top.wait_for("stop due in");
    top.sandbox.set_faults("[[fault]]\noperation = \"ListApps\"\nkind = \"deny\"\n").unwrap();
    top.press("r");
    top.wait_for("1 of 1 account and region SEEN IN PART");
    top.wait_for("not known");
    for text in ["stale", "nothing in what was seen; 1 stale, not counted"] {
        assert!(top.screen().contains(text), "{text} is missing:\n{}", top.screen());
    }
    top.press("n");
    top.wait_for("NOT SEEN (1)");
    assert!(top.screen().contains("ListApps failed: AccessDenied"), "{}", top.screen());
    top.press("n");
    top.sandbox.set_faults("").unwrap();
    top.press("r");
    top.wait_for("1 running, 1 idle, 0 due");
    assert!(!top.screen().contains("stale"), "{}", top.screen());
    top.press("\u{3}");
    top.assert_given_back(0);
}

#[test]
fn a_signal_leaves_the_terminal_as_it_was() {
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        let top = Watched::start(fleet(&["heard"]), &[]);
        top.wait_for("heard/JupyterLab");
        top.signal(signal);
        top.assert_given_back(0);
    }
}

#[test]
fn a_signal_while_aws_does_not_answer_ends_it_at_once() {
    let sandbox = fleet(&["heard"]);
    sandbox.set_faults("[[fault]]\noperation = \"ListApps\"\nkind = \"hang\"\ndelay = \"60s\"\n").unwrap();
    let mut top = Watched::start(sandbox, &[]);
    top.wait_for("the first look is under way");
    top.press("?");
    top.wait_for("changes nothing in AWS");
    top.signal(Signal::TERM);
    top.assert_given_back(0);
}

#[test]
fn an_error_before_the_first_frame_is_told_on_the_terminal_as_it_was() {
    let top = Watched::start(fleet(&["heard"]), &["--policy", "/nowhere/costctl.toml"]);
    top.wait_until_it_ended();
    assert!(top.raw().contains("error: reading --policy /nowhere/costctl.toml"), "{}", top.raw());
    assert!(!top.raw().contains("\u{1b}[?1049h") && top.raw().contains("ended 2"), "{}", top.raw());
}

#[test]
fn without_a_terminal_there_is_a_hint_and_nothing_else() {
    let sandbox = fleet(&["heard"]);
    sandbox.forget_calls().unwrap();
    let mut command = Command::new(binary("costctl").unwrap());
    command.env_clear().envs(sandbox.aws_env()).arg("top").stdin(Stdio::null());
    let output = command.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(output.stdout.is_empty() && stderr.contains("hint: costctl inventory --all"), "{stderr}");
    assert_eq!(json!(sandbox.calls().unwrap()), json!([]), "nobody was asked");
}
