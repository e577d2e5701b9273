//! What cannot be reported says why, and what to do next.

use std::path::Path;
use std::process::Output;

use crate::month::{ledger, report};

const DAYS: [&str; 5] = ["spend", "--no-look", "--since", "2026-10-10", "--until=2026-10-12"];

fn says(output: &Output, code: i32, words: &[&str]) {
    let text = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(code), "{text}");
    // Lines are broken anywhere.
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for word in words {
        assert!(text.contains(word), "{word:?} is not in {text}");
    }
}

/// A look of an account on this day, and these lines.
fn write(folder: &Path, day: &str, lines: &str) {
    let folder = folder.join(format!("account=111122223333/region=us-east-1/dt={day}"));
    std::fs::create_dir_all(&folder).unwrap();
    let look = format!(
        "{{\"schema_version\":1,\"partition\":\"aws\",\"account\":\"111122223333\",\"region\":\"us-east-1\",\
         \"at\":\"{day}T10:00:00Z\",\"line\":\"look\",\"kinds\":[\"app\"]}}\n"
    );
    std::fs::write(folder.join("20261010T100000Z-000000000001.jsonl"), look + lines).unwrap();
}

#[test]
fn a_ledger_that_is_not_there_or_empty() {
    let dir = tempfile::tempdir().unwrap();
    says(&report(&dir.path().join("none"), &DAYS), 2, &["--ledger", "no such folder"]);
    says(&report(dir.path(), &DAYS), 1, &["no look in the ledger", "hint: costctl sweep --ledger"]);
}

#[test]
fn a_window_in_which_nobody_looked() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "2026-10-09", "");
    says(
        &report(dir.path(), &DAYS),
        1,
        &["nobody looked from 2026-10-10T00:00:00Z", "the last one at 2026-10-09T10:00:00Z"],
    );
}

#[test]
fn a_ledger_that_does_not_reach_back() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "2026-10-11", "");
    says(&report(dir.path(), &DAYS), 0, &["begins at 2026-10-11T10:00:00Z: of the time before nothing is known"]);
}

#[test]
fn an_object_that_cannot_be_read_is_named() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "2026-10-11", "{\"schema_version\":1,\"line\":\"ran\"");
    says(&report(dir.path(), &DAYS), 1, &["20261010T100000Z-000000000001.jsonl line 2"]);
    write(dir.path(), "2026-10-11", "{\"schema_version\":9,\"line\":\"ran\"}\n");
    says(&report(dir.path(), &DAYS), 1, &["schema_version 9 is newer than this program"]);
}

#[test]
fn a_window_that_is_none() {
    for (since, until) in [("2026-10-12", "2026-10-10"), ("2999-01-01", "2999-01-02")] {
        let output = report(ledger(), &["spend", "--no-look", "--since", since, "--until", until]);
        says(&output, 2, &["--since", "hint: --since 7d"]);
    }
    says(&report(ledger(), &["spend", "--by", "team"]), 2, &["tag:KEY"]);
}

#[test]
fn a_net_figure_needs_rates() {
    let words = ["savings", "--since", "2026-10-10", "--until", "2026-10-12", "--savings-plan-coverage", "60"];
    let hint = "hint: costctl prices refresh --savings-plans 1yr:no-upfront --region eu-west-1";
    says(&report(ledger(), &words), 1, &["no rates of Savings Plans for eu-west-1", hint]);
}
