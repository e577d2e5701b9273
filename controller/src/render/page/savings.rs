//! What was saved, by whom and why, stop by stop.

use cost_ledger::line::{Grade, StoppedBy};
use cost_ledger::report::{Held, SavedRow, SavingsReport, Sum, WhatIf};

use super::chart::accumulated;
use super::numbers::{at_list, count, hours, lasting, unpriced};
use super::section::{Part, Section, Terms};
use super::spend::{capital, named, net, of_money};
use super::table::{Cell, Table, figures, whole, words};

/// The sections of a savings report.
pub(super) fn sections(report: &SavingsReport) -> Vec<Section> {
    let SavingsReport { by, groups, by_whom, by_reason, by_grade, what_if, .. } = report;
    let by = named(by);
    let knows_net = report.total.money.net_micro_usd.is_some();
    let sums = |id, caption: String, first: &str, rows: Vec<(&String, &Sum)>| {
        Part::of(&sums(id, caption, first, rows, knows_net))
    };
    let by_group = groups.iter().map(|(name, sum)| (name, sum)).collect();
    let mut small = vec![
        sums("saved-by-whom", "By who stopped it".to_owned(), "stopped by", by_whom.iter().collect()),
        sums("saved-by-reason", "By reason".to_owned(), "reason", by_reason.iter().collect()),
        sums("saved-by-grade", "By how much is known".to_owned(), "grade", by_grade.iter().collect()),
    ];
    small.extend(what_if.as_ref().map(|what_if| Part::of(&what_if_box(what_if))));
    let parts = vec![
        Part::chart(accumulated(report), "Saved, added up", "No stop saved anything with a price in the window."),
        sums("saved-groups", format!("Saved by {by}"), &by, by_group),
        Part::side(small),
    ];
    vec![
        Section { id: "saved", title: "Idle time saved".to_owned(), lead: vec![], parts },
        Section {
            id: "stops",
            title: "Stops".to_owned(),
            lead: vec![format!(
                "A saving begins when an app is verified to be gone. It ends when the app runs again, when SageMaker's \
                 own idle shutdown would have stopped it, or after {} at the latest.",
                lasting(report.cap_seconds)
            )],
            parts: vec![Part::of(&stops(report, knows_net))],
        },
    ]
}

fn sums(id: &'static str, caption: String, first: &str, rows: Vec<(&String, &Sum)>, knows_net: bool) -> Table {
    let rows = rows.into_iter().map(|(name, Sum { stops, money })| {
        let mut cells = vec![
            Cell::text(name),
            Cell::count(*stops),
            Cell::figure(hours(money.seconds), money.seconds),
            of_money(money),
        ];
        cells.extend(knows_net.then(|| net(money)));
        cells
    });
    let mut columns = vec![words(capital(first)), figures("Stops"), figures("Hours"), figures("USD saved")];
    columns.extend(knows_net.then(|| figures("USD net")));
    let rows: Vec<_> = rows.collect();
    // Only groups come sorted by what they saved.
    let sorted = if id == "saved-groups" { Some((3, "descending")) } else { Some((0, "ascending")) };
    Table { id: id.to_owned(), caption, columns, sorted, rows, empty: "Nothing was stopped.", folded: false }.in_order()
}

fn stops(report: &SavingsReport, knows_net: bool) -> Table {
    let rows = report.stops.iter().map(|row| {
        let SavedRow {
            resource,
            account,
            region,
            owner,
            instance_type,
            by,
            reason,
            from,
            to,
            held,
            money,
            grade,
            because,
        } = row;
        let mut cells = vec![
            Cell::text(resource).with(format!("{account} {region}")),
            Cell::name(owner.as_deref(), "unattributed"),
            Cell::name(instance_type.as_deref(), "unknown"),
            Cell::text(by_whom(*by)).with(reason),
            Cell::time(Some(*from)),
            Cell::time(Some(*to)).with(ended(*held)),
            Cell::figure(hours(money.seconds), money.seconds),
            of_money(money),
            Cell::text(grade_name(*grade)).with(because.join("; ")),
        ];
        if knows_net {
            cells.insert(8, net(money));
        }
        cells
    });
    let mut columns = vec![
        words("Resource"),
        words("Owner"),
        whole("Ran on"),
        words("Stopped by"),
        whole("Gone at, UTC"),
        whole("Counted until, UTC"),
        figures("Hours"),
        figures("USD saved"),
        words("Known"),
    ];
    if knows_net {
        columns.insert(8, figures("USD net"));
    }
    Table {
        id: "stops-table".to_owned(),
        caption: "Every stop whose saving touches the window".to_owned(),
        columns,
        sorted: Some((7, "descending")),
        rows: rows.collect(),
        empty: "Nothing was stopped.",
        folded: false,
    }
    .in_order()
}

fn what_if_box(what_if: &WhatIf) -> Terms {
    let WhatIf { idle_timeout_seconds, stops, interrupted, saved, runs_heard, runs_unheard } = what_if;
    let usd = match at_list(saved) {
        usd if usd == "unpriced" => usd,
        usd => format!("{usd} USD"),
    };
    let hours = match unpriced(saved) {
        missing if missing.is_empty() => hours(saved.seconds),
        missing => format!("{}, {missing}", hours(saved.seconds)),
    };
    let row = |term: &str, said: String| (term.to_owned(), said);
    Terms {
        id: "what-if",
        title: "What if the idle timeout were another one?",
        boxed: true,
        rows: vec![
            row("Idle timeout", lasting(*idle_timeout_seconds)),
            row("It would have saved", usd),
            row("In hours", hours),
            row("Times it would have stopped an app", count(*stops)),
            row("Of those, people came back to a stopped app", count(*interrupted)),
        ],
        note: format!(
            "Over the recorded heartbeats of {} runs. Of {} more nothing was heard, and nothing is said of them.",
            count(*runs_heard),
            count(*runs_unheard)
        ),
    }
}

/// Who stopped it, as it is said.
fn by_whom(by: StoppedBy) -> &'static str {
    match by {
        StoppedBy::IdleAgent => "idle-agent",
        StoppedBy::Costctl => "costctl",
    }
}

fn ended(held: Held) -> &'static str {
    match held {
        Held::Open => "still open",
        Held::Restarted => "runs again",
        Held::Cap => "the longest that counts",
        Held::Native => "SageMaker's own shutdown",
    }
}

fn grade_name(grade: Grade) -> &'static str {
    match grade {
        Grade::Measured => "measured",
        Grade::Inferred => "inferred",
        Grade::Assumed => "assumed",
    }
}
