//! How reports look.

use crate::month::{ALL, ledger, report, said};

fn golden(name: &str, words: &[&str]) {
    kept(name, &said(words));
}

fn kept(name: &str, text: &str) {
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{name}: wider than a terminal: {line}");
        assert_eq!(line, line.trim_end(), "{name}: ends in blanks");
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/report/golden"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn spend_by_domain() {
    golden("spend-by-domain", &["spend", "--no-look"]);
}

#[test]
fn spend_by_team() {
    golden("spend-by-team", &["spend", "--no-look", "--by", "tag:Team"]);
}

#[test]
fn spend_by_component() {
    golden("spend-by-component", &["spend", "--no-look", "--by", "component"]);
}

#[test]
fn spend_by_user_profile_is_cut_to_a_screen() {
    golden("spend-by-user-profile", &["spend", "--no-look", "--by", "user-profile"]);
}

#[test]
fn savings_by_domain() {
    golden("savings-by-domain", &["savings", "--what-if", "idle-timeout=45m"]);
}

#[test]
fn savings_with_another_cap() {
    golden("savings-capped", &["savings", "--cap", "4h", "--by", "instance-type"]);
}

/// A snapshot that the inventory's tests keep: some of it could not be seen then.
#[test]
fn spend_and_what_runs_now() {
    let snapshot = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/inventory/snapshot-v1.json");
    let output = report(ledger(), &[&["spend", "--from-snapshot", snapshot], &ALL[..]].concat());
    assert_eq!(output.status.code(), Some(4), "{}", String::from_utf8_lossy(&output.stderr));
    kept("spend-and-now", &String::from_utf8(output.stdout).unwrap());
}

/// How the page looks is held by a browser; here only that it is the page of this report.
#[test]
fn pages_of_both_reports() {
    for words in [&["spend", "--no-look", "--output", "html"][..], &["savings", "--output", "html"]] {
        let page = said(words);
        assert!(page.starts_with("<!doctype html>") || page.starts_with("<!DOCTYPE html>"), "{words:?}");
        assert!(page.contains("d-forecasting01") && page.trim_end().ends_with("</html>"), "{words:?}");
    }
}
