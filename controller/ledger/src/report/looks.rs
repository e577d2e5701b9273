//! How well was looked, and what that leaves out.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::groups::place;
use super::{SeenRow, Window};
use crate::fold::{Folded, Looks, ScopeName};
use crate::line::Kind;

/// Gaps longer than this are named: most apps live longer.
const LONG_GAP: SignedDuration = SignedDuration::from_hours(6);

/// What every look is to list, with what it is called. VPC endpoints are asked for by a flag.
const KINDS: [(Kind, &str); 5] = [
    (Kind::App, "apps"),
    (Kind::NotebookInstance, "notebook instances"),
    (Kind::Variant, "variants of endpoints"),
    (Kind::ProvisionedConcurrency, "provisioned concurrency"),
    (Kind::Volume, "volumes"),
];

/// A kind that was not listed for longer than this, though somebody looked, is named.
const LONG_BLIND: SignedDuration = SignedDuration::from_hours(24);

/// How well each account and region was seen, and a sentence for each that was not seen well.
pub(super) fn seen(folded: &Folded, window: &Window) -> (Vec<SeenRow>, Vec<String>) {
    let mut by_scope: BTreeMap<ScopeName<'_>, Vec<Looks<'_>>> = BTreeMap::new();
    for looks in folded.looks() {
        by_scope.entry(looks.scope).or_default().push(looks);
    }
    let (mut rows, mut notes) = (Vec::new(), Vec::new());
    for (scope, looks) in by_scope {
        let mut times: Vec<Timestamp> = looks.iter().flat_map(|looks| looks.times()).collect();
        times.sort_unstable();
        times.dedup();
        let (row, note) = of_scope(scope, &times, window);
        notes.extend(note);
        if row.looks > 0 {
            let gap = SignedDuration::from_secs(i64::try_from(row.longest_gap_seconds).unwrap_or(i64::MAX));
            notes.extend(blind(scope, &looks, window, gap));
        }
        rows.push(row);
    }
    (rows, notes)
}

/// Kinds that looks did not list to the end, for longer than nobody looked at all.
fn blind(scope: ScopeName<'_>, looks: &[Looks<'_>], window: &Window, gap: SignedDuration) -> Vec<String> {
    let place = place(scope);
    let (mut never, mut notes) = (Vec::new(), Vec::new());
    for (kind, name) in KINDS {
        let of_kind = looks.iter().filter(|looks| looks.kind == kind);
        let times: Vec<Timestamp> = of_kind.flat_map(|looks| within(looks.times(), window)).collect();
        let (longest, from) = longest_gap(&times, window);
        if times.is_empty() {
            never.push(name);
        } else if longest > gap.max(LONG_BLIND) {
            let hours = longest.as_hours();
            notes.push(format!("in {place} no look listed {name} to the end for {hours} hours from {from} on"));
        }
    }
    if !never.is_empty() {
        let never = never.join(", ");
        notes.push(format!(
            "in {place} no look listed {never} to the end in this time: of them only what was seen before and after is in \
             a sum; hint: costctl inventory says what it may not see"
        ));
    }
    notes
}

fn within(times: impl Iterator<Item = Timestamp>, window: &Window) -> Vec<Timestamp> {
    times.filter(|at| (window.since..window.until).contains(at)).collect()
}

/// The longest time without a look, and since when; of several the first.
fn longest_gap(within: &[Timestamp], window: &Window) -> (SignedDuration, Timestamp) {
    let edges = [window.since].into_iter().chain(within.iter().copied()).chain([window.until]).collect::<Vec<_>>();
    let gaps = edges.windows(2).map(|pair| (pair[1].duration_since(pair[0]), pair[0]));
    gaps.max_by_key(|(gap, from)| (*gap, std::cmp::Reverse(*from))).unwrap_or_default()
}

fn of_scope(scope: ScopeName<'_>, times: &[Timestamp], window: &Window) -> (SeenRow, Option<String>) {
    let within = within(times.iter().copied(), window);
    let (gap, from) = longest_gap(&within, window);
    let row = SeenRow {
        account: scope.account.to_owned(),
        region: scope.region.to_owned(),
        looks: u64::try_from(within.len()).unwrap_or(u64::MAX),
        first: within.first().copied(),
        last: within.last().copied(),
        longest_gap_seconds: u64::try_from(gap.as_secs()).unwrap_or_default(),
    };
    let place = place(scope);
    let begin = times.first().copied().unwrap_or(window.until);
    let hours = gap.as_hours();
    let note = if within.is_empty() {
        let last = times.last().map_or(String::new(), |last| format!("; the last look was at {last}"));
        Some(format!("in {place} nobody looked in this time{last}; hint: costctl sweep --ledger, by a timer"))
    } else if from == window.since && begin > window.since.saturating_add(LONG_GAP).unwrap_or(begin) {
        Some(format!("the ledger of {place} begins at {begin}: of the time before nothing is known"))
    } else if gap > LONG_GAP {
        Some(format!(
            "in {place} nobody looked for {hours} hours from {from} on: what came and went in them is not here; \
             hint: costctl sweep --ledger more often"
        ))
    } else {
        None
    };
    (row, note)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        format!("2026-11-{text}:00Z").parse().expect("a time")
    }

    #[test]
    fn the_longest_gap_is_told_where_it_is_long() {
        let scope = ScopeName { partition: "aws", account: "111122223333", region: "us-east-1" };
        let window = Window { since: at("02T00:00"), until: at("03T00:00") };
        let told = |times: &[&str]| {
            let times: Vec<Timestamp> = times.iter().map(|text| at(text)).collect();
            let (row, note) = of_scope(scope, &times, &window);
            (row.looks, row.longest_gap_seconds / 3600, note.unwrap_or_default())
        };
        let often = ["01T22:00", "02T04:00", "02T09:00", "02T14:00", "02T19:00"];
        assert_eq!(told(&often), (4, 5, String::new()));
        let (looks, hours, note) = told(&["01T22:00", "02T04:00", "02T19:00"]);
        assert_eq!((looks, hours), (2, 15));
        assert!(note.contains("15 hours from 2026-11-02T04:00:00Z"), "{note}");
        let (_, _, note) = told(&["02T12:00", "02T17:00", "02T22:00"]);
        assert!(note.contains("begins at 2026-11-02T12:00:00Z"), "{note}");
        let (looks, hours, note) = told(&["01T22:00"]);
        assert_eq!((looks, hours), (0, 24));
        assert!(note.contains("the last look was at 2026-11-01T22:00:00Z"), "{note}");
    }

    #[test]
    fn a_kind_that_looks_did_not_list_is_told() {
        let mut lines = String::new();
        for (look, kinds) in [
            ("01T22:00", r#""app","notebook-instance","variant","provisioned-concurrency""#),
            ("02T04:00", r#""app","variant","provisioned-concurrency""#),
            ("03T04:00", r#""variant","provisioned-concurrency""#),
            ("03T20:00", r#""variant","provisioned-concurrency""#),
        ] {
            lines += &format!(
                "{{\"schema_version\":1,\"partition\":\"aws\",\"account\":\"111122223333\",\
                 \"region\":\"us-east-1\",\"at\":\"{}\",\"line\":\"look\",\"kinds\":[{kinds}]}}\n",
                at(look)
            );
        }
        let mut ledger = crate::fold::Ledger::default();
        ledger.read(lines.as_bytes(), "lines").expect("lines");
        let window = Window { since: at("02T00:00"), until: at("04T00:00") };
        let (rows, notes) = seen(&ledger.finish(), &window);
        assert_eq!((rows[0].looks, rows[0].longest_gap_seconds / 3600), (3, 24));
        assert_eq!(notes.len(), 3, "{notes:?}");
        assert!(
            notes[1].contains("no look listed apps to the end for 44 hours from 2026-11-02T04:00:00Z"),
            "{notes:?}"
        );
        assert!(notes[2].contains("no look listed notebook instances, volumes to the end in this time"), "{notes:?}");
    }
}
