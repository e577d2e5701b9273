//! The page of HTML, made by `costctl report page` and looked at in a real browser.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "page/reports.rs"]
mod reports;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use cost_ledger::report::By;
use reports::{HOSTILE, Reports};
use studio_parts::binaries::binary;
use studio_parts::browser::look_at;
use studio_parts::workspace::target_dir;

/// `costctl report page` with nothing of the caller's environment.
fn costctl(args: &[&Path]) -> Output {
    let mut command = Command::new(binary("costctl").unwrap());
    command.env_clear().args(["report", "page"]).args(args).output().unwrap()
}

/// The page of these reports, in a file of this name that people may look at, too.
fn written(name: &str, Reports { spend, savings }: &Reports) -> PathBuf {
    let dir = target_dir().join("page");
    fs::create_dir_all(&dir).unwrap();
    let path = |kind: &str| dir.join(format!("{name}{kind}"));
    let (spend_json, savings_json, out) = (path("-spend.json"), path("-savings.json"), path(".html"));
    fs::write(&spend_json, serde_json::to_vec(spend).unwrap()).unwrap();
    fs::write(&savings_json, serde_json::to_vec(savings).unwrap()).unwrap();
    let flag = Path::new;
    let output = costctl(&[flag("--spend"), &spend_json, flag("--savings"), &savings_json, flag("--out"), &out]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stdout.is_empty());
    out
}

#[test]
fn everybody_can_use_the_page_and_it_loads_nothing() {
    let pages = [
        ("month", written("month", &reports::month(120, false))),
        ("hostile", written("hostile", &reports::month(40, true))),
        ("nothing", written("nothing", &reports::nothing())),
        ("long", written("long", &reports::month(5_000, false))),
    ];
    let pictures = target_dir().join("page");
    for looked in look_at(&pages, &pictures).unwrap() {
        let name = &looked.name;
        println!(
            "{name}: longest table {} rows; loaded in {:.0} ms, sorted in {:.0} ms, with 500 rows shown in {:.0} ms",
            looked.rows, looked.load_ms, looked.sort_ms, looked.sort_more_ms
        );
        let none: [&str; 0] = [];
        assert_eq!(looked.console, none, "{name}");
        assert_eq!(looked.requests, none, "{name}");
        assert_eq!(looked.findings, none, "{name}");
        assert_eq!(looked.wrong, none, "{name}");
        assert_eq!(looked.too_wide, [0_u64; 0], "{name}");
        assert!(name == "long" || looked.rules_held > 40, "{name}: axe-core looked at nothing");
        assert!(name != "long" || looked.rows == 5_000, "{name}: {} rows", looked.rows);
    }
    println!("the pages and pictures of them are in {}", pictures.display());
}

#[test]
fn what_somebody_named_is_text_and_nothing_else() {
    let page = fs::read_to_string(written("hostile-text", &reports::month(40, true))).unwrap();
    for name in &HOSTILE[..3] {
        assert!(!page.contains(name), "{name} stands in the page as it is");
    }
    assert!(page.contains("&#60;script&#62;document.title="), "the name is not there at all");
    assert!(page.contains("invoice‹U+202E›gnp.exe") && !page.contains('\u{202e}'));
    assert_eq!(page.matches("<script").count(), 1);
    let policy = page.split("Content-Security-Policy\" content=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(policy.contains("default-src") && !policy.contains("unsafe"), "{policy}");
    assert!(!page.contains("http://") && !page.contains("https://"));
}

#[test]
fn the_page_says_what_is_missing() {
    let page = fs::read_to_string(written("missing", &reports::nothing())).unwrap();
    for words in [
        "Nobody looked at what runs now.",
        "Nothing with a price ran in the window.",
        "No stop saved anything with a price in the window.",
        "Nobody looked in the window.</dd>",
        "No endpoint is known to be idle.",
        "Nothing that was seen is unpriced.",
        "No account was looked at in the window.",
        "none was used",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(!page.contains("0.00</strong>"), "what nobody looked at is shown as nothing");
    let page = fs::read_to_string(written("priced", &reports::month(120, false))).unwrap();
    for words in ["18.4264", "13,451.27 USD a month of 730 hours", "3 unpriced, not in it", "1.0 h unpriced", "−12.34"]
    {
        assert!(page.contains(words), "{words}");
    }
}

#[test]
fn waste_is_of_the_whole_window_whatever_the_rows_are_by() {
    let mut reports = reports::month(3, false);
    for (by, heading) in [(By::Domain, "Spend by domain"), (By::UserProfile, "Spend by user profile")] {
        reports.spend.by = by;
        let page = fs::read_to_string(written("waste", &reports)).unwrap();
        assert!(page.contains("Idle for longer than 10 minutes, in the window") && page.contains(heading), "{heading}");
    }
}

#[test]
fn a_file_that_is_no_report_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("spend.json");
    fs::write(&file, r#"{"schema_version": 9}"#).unwrap();
    let output = costctl(&[Path::new("--spend"), &file]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("newer than this program; hint: update costctl"));
    assert_eq!(costctl(&[]).status.code(), Some(2), "a page of nothing");
}
