//! Every total twice: by the controller, and by a script.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use crate::month::{ALL, document, file, ledger, python, report, said};

/// What the script says: a cap of a day, an idle timeout of 45 minutes.
static COUNTED: LazyLock<Value> = LazyLock::new(|| {
    let ledger = ledger().to_str().unwrap();
    let text = python("check_month.py", &[ledger, "2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z", "86400", "2700"]);
    serde_json::from_str(&text).unwrap()
});

fn money(of: &Value) -> Value {
    let named = ["seconds", "list_micro_usd", "unpriced_seconds"].map(|name| (name.to_owned(), of[name].clone()));
    Value::Object(named.into_iter().collect())
}

fn stops_and_money(of: &Value) -> Value {
    let mut sum = money(&of["money"]);
    sum["stops"] = of["stops"].clone();
    sum
}

/// Sums of several.
fn together(all: impl Iterator<Item = Value>) -> Value {
    let sum = |name: &str, a: &Value, b: &Value| json!(a[name].as_u64().unwrap() + b[name].as_u64().unwrap());
    let none = json!({ "seconds": 0, "list_micro_usd": 0, "unpriced_seconds": 0 });
    all.fold(none, |a, b| {
        json!({ "seconds": sum("seconds", &a, &b), "list_micro_usd": sum("list_micro_usd", &a, &b),
                "unpriced_seconds": sum("unpriced_seconds", &a, &b) })
    })
}

#[test]
fn spend_is_what_an_independent_count_says_by_whatever_it_is_grouped() {
    let counted = &COUNTED["spend"];
    assert!(counted["total"]["unpriced_seconds"].as_u64().unwrap() > 0, "the month has what has no price");
    for by in ["domain", "user-profile", "tag:Team", "component"] {
        let report = document(&["spend", "--no-look", "--by", by]);
        assert_eq!(money(&report["total"]), counted["total"], "{by}");
        let rows = report["rows"].as_array().unwrap();
        let groups = rows.iter().map(|row| (row["group"].as_str().unwrap().to_owned(), money(&row["money"])));
        assert_eq!(Value::Object(groups.collect()), counted["by"][by], "{by}");
        assert_eq!(together(rows.iter().map(|row| row["idle"].clone())), counted["idle"], "{by}");
        let mut days: Map<String, Value> = Map::new();
        for row in report["days"].as_array().unwrap() {
            let day = row["day"].as_str().unwrap().to_owned();
            let before = days.remove(&day).into_iter();
            days.insert(day, together(before.chain([money(&row["money"])])));
        }
        assert_eq!(Value::Object(days), counted["by"]["day"], "{by}");
    }
}

#[test]
fn savings_are_what_an_independent_count_says() {
    let counted = &COUNTED["savings"];
    let report = document(&["savings", "--what-if", "idle-timeout=45m"]);
    assert_eq!(stops_and_money(&report["total"]), counted["total"]);
    let groups = report["groups"].as_array().unwrap().iter();
    let groups = groups.map(|pair| (pair[0].as_str().unwrap().to_owned(), stops_and_money(&pair[1])));
    assert_eq!(Value::Object(groups.collect()), counted["by"]["domain"]);
    for (ours, theirs) in [("by_whom", "whom"), ("by_reason", "reason"), ("by_grade", "grade")] {
        let sums = report[ours].as_object().unwrap().iter();
        let sums = sums.map(|(name, sum)| (name.clone(), stops_and_money(sum)));
        assert_eq!(Value::Object(sums.collect()), counted["by"][theirs], "{ours}");
    }
    let mut held: Map<String, Value> = Map::new();
    let stops = report["stops"].as_array().unwrap();
    for stop in stops {
        let name = stop["held"].as_str().unwrap().to_owned();
        let before = held.remove(&name).map_or(0, |count| count.as_u64().unwrap());
        held.insert(name, json!(before + 1));
    }
    let counted_held = counted["by"]["held"].as_object().unwrap().iter();
    assert_eq!(held, counted_held.map(|(name, sum)| (name.clone(), sum["stops"].clone())).collect());
    assert_eq!(held.len(), 4, "the month has savings that end in each way");
    assert_eq!(together(stops.iter().map(|stop| stop["money"].clone())), money(&report["total"]["money"]));

    let what_if = &report["what_if"];
    for name in ["stops", "interrupted", "runs_heard", "runs_unheard"] {
        assert_eq!(what_if[name], COUNTED["what_if"][name], "{name}");
    }
    assert_eq!(money(&what_if["saved"]), COUNTED["what_if"]["saved"]);
}

#[test]
fn the_rows_of_focus_come_to_the_report() {
    let dir = tempfile::tempdir().unwrap();
    let export = file(&dir, "focus.csv");
    let path = export.to_str().unwrap();
    let words = [&["spend", "--no-look", "--output", "csv", "--out", path], &ALL[..]].concat();
    let output = report(ledger(), &words);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stdout.is_empty(), "what is written to a file is not on stdout");
    let counted: Value = serde_json::from_str(&python("check_month_focus.py", &[path])).unwrap();
    let spend = &COUNTED["spend"];
    for name in ["seconds", "list_micro_usd"] {
        assert_eq!(counted[name], spend["total"][name], "{name}");
    }
    assert_eq!(counted["idle_micro_usd"], spend["idle"]["list_micro_usd"]);
    assert!(counted["unpriced_rows"].as_u64().unwrap() > 0);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "no part of a file is left");
}

#[test]
fn the_rows_of_savings_are_the_stops() {
    let text = said(&["savings", "--output", "csv"]);
    let stops = COUNTED["savings"]["total"]["stops"].as_u64().unwrap();
    assert_eq!(text.matches("\r\n").count() as u64, stops + 1);
    assert!(text.starts_with("account,region,resource,owner,"), "{}", text.lines().next().unwrap());
}
