//! What is no line, and what a later program adds.

use cost_ledger::Ledger;

use crate::lines::*;

fn read(text: &str) -> Result<Ledger, String> {
    let mut ledger = Ledger::default();
    ledger.read(text.as_bytes(), "dt=2026-11-20/x.jsonl").map_err(|error| error.to_string())?;
    Ok(ledger)
}

#[test]
fn what_is_added_later_is_passed_over() {
    let known = text(&[look(10), ran(10, LAB, 2, 2)]);
    let more = known
        .replace("\"units\":1", "\"units\":1,\"colour\":{\"deep\":[1,2]}")
        .replace("\"app\",", "\"app\",\"pool\",");
    let other = "{\"schema_version\":1,\"line\":\"weather\",\"at\":\"yesterday\"}\n";
    let folded = read(&format!("{other}{more}\n{other}{other}")).expect("lines").finish();
    assert_eq!((folded.lines(), folded.passed_over()), (2, 3));
    assert_eq!(folded.runs().len(), 1);
}

#[test]
fn what_is_broken_or_newer_is_named_with_its_line() {
    let good = text(&[look(10), ran(10, LAB, 2, 2)]);
    let newer = good.replace("\"schema_version\":1,\"partition\":\"aws\",\"account\":\"111122223333\",\"region\":\"eu-west-1\",\"at\":\"2026-11-20T00:10:00Z\",\"line\":\"ran\"", "\"schema_version\":2,\"line\":\"ran\"");
    assert_ne!(newer, good);
    for (wrong, line, problem) in [
        (newer, 2, "schema_version 2 is newer than this program; hint: a newer costctl"),
        (good[..good.len() - 9].to_owned(), 2, "EOF"),
        (good.replace("\"units\":1,", ""), 2, "no member `units`"),
        (good.replace("\"micro_usd_per_hour\":821000,", ""), 2, "a rate has an amount and its list"),
        (format!("{good}\n\nnonsense\n"), 5, "expected"),
        (good.replace("2026-11-20T00:10", "2026-11-31T00:10"), 1, "day"),
    ] {
        let error = read(&wrong).err().unwrap_or_default();
        assert!(error.starts_with(&format!("dt=2026-11-20/x.jsonl line {line}: ")), "{error}");
        assert!(error.contains(problem) && error.contains("hint: "), "{error}");
    }
}

#[test]
fn names_and_tags_may_hold_any_text() {
    let odd = "a \"quoted\" \\ name\tß 🙂";
    let mut ran = as_ran(LAB, 2, 2);
    ran.owner = Some(odd.to_owned());
    ran.tags.insert(odd.to_owned(), odd.to_owned());
    let folded = fold(&[look(10), line(10, cost_ledger::line::Fact::Ran(ran))]);
    let span = folded.runs().next().expect("a run").last_span();
    assert_eq!((span.owner(), span.tags().get(odd)), (Some(odd), Some(odd)));
}
