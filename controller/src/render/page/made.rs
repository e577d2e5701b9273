//! How the figures were made, and what they leave out.

use cost_ledger::report::{SavingsReport, SeenRow, SpendReport, UnpricedRow};

use super::numbers::{count, hours, lasting};
use super::section::{Part, Section, Terms};
use super::table::{Cell, Table, figures, whole, words};
use super::text::shown;

/// A longer time between two looks is told in words.
const LONG_GAP_SECONDS: u64 = 86_400;

/// The sections of what has no price, how well was looked, and how it was counted.
pub(super) fn sections(spend: Option<&SpendReport>, savings: Option<&SavingsReport>) -> Vec<Section> {
    // Both reports are of the same ledger; where they differ in extent, both are shown.
    let of =
        |name: &str, unpriced: &[UnpricedRow], seen: &[SeenRow]| (name.to_owned(), unpriced.to_vec(), seen.to_vec());
    let mut sources = Vec::new();
    sources.extend(spend.map(|spend| of("spend", &spend.unpriced, &spend.seen)));
    sources.extend(savings.map(|savings| of("savings", &savings.unpriced, &savings.seen)));
    let same_seen = sources.windows(2).all(|pair| pair[0].2 == pair[1].2);
    let unpriced = sources.iter().map(|(name, rows, _)| Part::of(&unpriced(name, rows))).collect();
    let kept = if same_seen { 1 } else { sources.len() };
    let seen: Vec<Part> =
        sources.iter().take(kept).map(|(name, _, rows)| Part::of(&seen(name, rows, same_seen))).collect();
    let lead = sources.iter().take(kept).map(|(_, _, rows)| gaps(rows)).collect();
    vec![
        Section {
            id: "unpriced",
            title: "What has no price".to_owned(),
            lead: vec![
                "What has no price is in no sum. It counts in hours, and is never taken to cost nothing.".to_owned(),
            ],
            parts: unpriced,
        },
        Section { id: "seen", title: "How well was looked".to_owned(), lead, parts: seen },
        Section {
            id: "made",
            title: "How the figures were made".to_owned(),
            lead: vec![],
            parts: vec![Part::of(&grades()), Part::of(&basis(spend, savings))],
        },
    ]
}

fn unpriced(name: &str, rows: &[UnpricedRow]) -> Table {
    let rows = rows.iter().map(|UnpricedRow { why, resources, seconds }| {
        vec![Cell::text(why), Cell::count(*resources), Cell::figure(hours(*seconds), *seconds)]
    });
    Table {
        id: format!("unpriced-{name}"),
        caption: format!("Unpriced in {name}"),
        columns: vec![words("Why"), figures("Resources"), figures("Hours")],
        sorted: None,
        rows: rows.collect(),
        empty: "Nothing that was seen is unpriced.",
        folded: false,
    }
}

fn seen(name: &str, rows: &[SeenRow], of_all: bool) -> Table {
    let rows = rows.iter().map(|SeenRow { account, region, looks, first, last, longest_gap_seconds }| {
        let gap = Cell::figure(lasting(*longest_gap_seconds), *longest_gap_seconds);
        let gap = if *longest_gap_seconds > LONG_GAP_SECONDS { gap.with("longer than a day") } else { gap };
        vec![Cell::text(account), Cell::text(region), Cell::count(*looks), Cell::time(*first), Cell::time(*last), gap]
    });
    let caption = "Accounts and regions that were looked at";
    Table {
        id: format!("seen-{name}"),
        caption: if of_all { caption.to_owned() } else { format!("{caption}, for {name}") },
        columns: vec![
            words("Account"),
            words("Region"),
            figures("Looks"),
            whole("First, UTC"),
            whole("Last, UTC"),
            figures("Longest gap"),
        ],
        sorted: None,
        rows: rows.collect(),
        empty: "Nobody looked in the window: nothing is known of it.",
        folded: false,
    }
}

fn gaps(rows: &[SeenRow]) -> String {
    let long = rows.iter().filter(|row| row.longest_gap_seconds > LONG_GAP_SECONDS).count() as u64;
    let all = count(rows.len() as u64);
    match long {
        0 if rows.is_empty() => "No account was looked at in the window.".to_owned(),
        0 => format!("No gap between two looks was longer than a day in any of {all} accounts and regions."),
        _ => format!(
            "In {} of {all} accounts and regions there was a gap of more than a day between two looks. What came and \
             went within it is in no figure.",
            count(long)
        ),
    }
}

fn grades() -> Terms {
    let row = |term: &str, said: &str| (term.to_owned(), said.to_owned());
    Terms {
        id: "grades",
        title: "What the grades mean",
        boxed: false,
        rows: vec![
            row("measured", "seen and written down when it happened"),
            row("inferred", "follows from what was seen, but something else could have led to the same"),
            row("assumed", "rests on something that nobody saw"),
        ],
        note: "A saving has the least grade of all that it is made of.".to_owned(),
    }
}

fn basis(spend: Option<&SpendReport>, savings: Option<&SavingsReport>) -> Terms {
    let mut lists: Vec<&String> = spend.iter().flat_map(|spend| &spend.lists).collect();
    lists.extend(savings.iter().flat_map(|savings| &savings.lists));
    lists.sort();
    lists.dedup();
    let mut rows: Vec<(String, String)> =
        lists.into_iter().map(|list| ("Price list".to_owned(), shown(list))).collect();
    if rows.is_empty() {
        rows.push(("Price list".to_owned(), "none was used".to_owned()));
    }
    let mut notes: Vec<&String> = spend.iter().flat_map(|spend| &spend.notes).collect();
    for note in savings.iter().flat_map(|savings| &savings.notes) {
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    rows.extend(notes.into_iter().map(|note| ("To be known".to_owned(), shown(note))));
    Terms {
        id: "basis",
        title: "What they rest on",
        boxed: false,
        rows,
        note: "On-demand list prices in US dollars, without tax. Days and times are UTC.".to_owned(),
    }
}
