//! How well was looked, and what that leaves out.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::groups::place;
use super::{SeenRow, Window};
use crate::fold::{Folded, ScopeName};

/// Gaps longer than this are named: most apps live longer.
const LONG_GAP: SignedDuration = SignedDuration::from_hours(6);

/// How well each account and region was seen, and a sentence for each that was not seen well.
pub(super) fn seen(folded: &Folded, window: &Window) -> (Vec<SeenRow>, Vec<String>) {
    let mut by_scope: BTreeMap<ScopeName<'_>, Vec<Timestamp>> = BTreeMap::new();
    for looks in folded.looks() {
        by_scope.entry(looks.scope).or_default().extend(looks.times());
    }
    let (mut rows, mut notes) = (Vec::new(), Vec::new());
    for (scope, mut times) in by_scope {
        times.sort_unstable();
        times.dedup();
        let (row, note) = of_scope(scope, &times, window);
        rows.push(row);
        notes.extend(note);
    }
    (rows, notes)
}

fn of_scope(scope: ScopeName<'_>, times: &[Timestamp], window: &Window) -> (SeenRow, Option<String>) {
    let within: Vec<Timestamp> = times.iter().copied().filter(|at| (window.since..window.until).contains(at)).collect();
    let edges = [window.since].into_iter().chain(within.iter().copied()).chain([window.until]).collect::<Vec<_>>();
    let gaps = edges.windows(2).map(|pair| (pair[1].duration_since(pair[0]), pair[0]));
    let (gap, from) = gaps.max_by_key(|(gap, from)| (*gap, std::cmp::Reverse(*from))).unwrap_or_default();
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
}
