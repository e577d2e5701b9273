//! What was spent, by group, over time and beside AWS's bill.

use cost_ledger::report::{ActualRow, Actuals, By, Money, SpendReport, SpendRow, WasteRow};

use super::chart::{Bar, ranked, stacked};
use super::numbers::{at_list, hours, minute, percent, signed_usd, unpriced, usd, usd_per_hour};
use super::section::{Part, Section};
use super::table::{Cell, Table, figures, words};
use super::text::{short, shown};

/// The sections of a spend report, without what is idle now.
pub(super) fn sections(report: &SpendReport) -> Vec<Section> {
    let by = named(&report.by);
    let chart = stacked("spend-days", format!("Spend by {by} over time"), &report.window, &report.days);
    let mut parts = vec![
        Part::chart(chart, &format!("Spend by {by} over time"), "Nothing with a price ran in the window."),
        Part::of(&groups(report)),
    ];
    parts.extend(report.actuals.as_ref().map(|actuals| Part::of(&beside_the_bill(actuals))));
    vec![
        Section { id: "spend", title: format!("Spend by {by}"), lead: vec![], parts },
        Section { id: "waste", title: "Waste by user profile".to_owned(), lead: vec![], parts: vec![waste(report)] },
    ]
}

/// What a report is grouped by, as it is said.
pub(super) fn named(by: &By) -> String {
    match by {
        By::Tag(key) => format!("tag {}", shown(key)),
        other => other.to_string().replace('-', " "),
    }
}

fn groups(report: &SpendReport) -> Table {
    let rows = report.rows.iter().map(|SpendRow { group, now, money, idle, resources }| {
        let rate = match now {
            Some(now) if now.running > 0 && now.unpriced >= now.running => {
                Cell::unknown("unpriced").with(format!("{} running", now.running))
            }
            Some(now) => {
                let some = if now.unpriced > 0 { format!(", {} unpriced", now.unpriced) } else { String::new() };
                let running = format!("{} running{some}", now.running);
                Cell::figure(usd_per_hour(now.micro_usd_per_hour), now.micro_usd_per_hour).with(running)
            }
            None => Cell::unknown("not known"),
        };
        let share = percent(idle.list_micro_usd, money.list_micro_usd);
        let mut cells = vec![
            Cell::text(group),
            Cell::count(*resources),
            rate,
            Cell::figure(hours(money.seconds), money.seconds),
            of_money(money),
            of_money(idle),
            share.map_or_else(|| Cell::unknown("–"), |share| Cell::figure(format!("{share} %"), share)),
        ];
        if report.total.net_micro_usd.is_some() {
            cells.insert(5, net(money));
        }
        cells
    });
    let mut columns = vec![
        words(capital(&named(&report.by))),
        figures("Resources"),
        figures("USD an hour now"),
        figures("Hours"),
        figures("USD spent"),
        figures("USD idle"),
        figures("Idle share"),
    ];
    if report.total.net_micro_usd.is_some() {
        columns.insert(5, figures("USD net"));
    }
    Table {
        id: "groups".to_owned(),
        caption: format!("Each {}", named(&report.by)),
        columns,
        sorted: Some((4, "descending")),
        rows: rows.collect(),
        empty: "Nothing that bills was seen in the window.",
        folded: false,
    }
    .in_order()
}

/// A sum with what has no price below; what has none at all is sorted last.
pub(super) fn of_money(money: &Money) -> Cell {
    match at_list(money) {
        text if text == "unpriced" => Cell::unknown(text).with(format!("{} h", hours(money.unpriced_seconds))),
        text => Cell::figure(text, money.list_micro_usd).with(unpriced(money)),
    }
}

/// What it came to with Savings Plans.
pub(super) fn net(money: &Money) -> Cell {
    match money.net_micro_usd {
        Some(_) if at_list(money) == "unpriced" => Cell::unknown("unpriced"),
        Some(net) => Cell::figure(usd(net), net),
        None => Cell::unknown("not known"),
    }
}

/// What idle time came to in the window, by user profile.
fn waste(report: &SpendReport) -> Part {
    let bars = report.waste.iter().filter(|row| row.idle.seconds > 0).map(|WasteRow { user_profile, idle }| Bar {
        name: short(&shown(user_profile), 30),
        value: format!("{} USD, {} h", at_list(idle), hours(idle.seconds)).replace("unpriced USD", "unpriced"),
        length: idle.list_micro_usd,
    });
    let note = "Idle for longer than 10 minutes, in the window".to_owned();
    let chart = ranked("waste-chart", "Idle cost by user profile", bars.collect(), note);
    Part::chart(chart, "Idle cost by user profile", "No app is known to have been idle.")
}

fn beside_the_bill(actuals: &Actuals) -> Table {
    let Actuals { window, rows, billed_micro_usd, estimated_micro_usd } = actuals;
    let total = ActualRow {
        component: "All of SageMaker".to_owned(),
        billed_micro_usd: *billed_micro_usd,
        estimated_micro_usd: Some(*estimated_micro_usd),
    };
    let (since, until) = (minute(window.since), minute(window.until));
    let days = format!("{since} to {until} UTC; AWS may still add to the last two days");
    let mut days = Some(days);
    let rows = std::iter::once(&total).chain(rows).map(|row| {
        let ActualRow { component, billed_micro_usd, estimated_micro_usd } = row;
        let (estimate, residual) = match estimated_micro_usd {
            Some(estimate) => {
                let residual = billed_micro_usd.saturating_sub(*estimate);
                (Cell::figure(signed_usd(*estimate), *estimate), Cell::figure(signed_usd(residual), residual))
            }
            None => {
                let billed = Cell::figure(signed_usd(*billed_micro_usd), *billed_micro_usd);
                (Cell::unknown("not watched"), billed)
            }
        };
        // The first row is of all components.
        let name = Cell::text(component).with(days.take().unwrap_or_default());
        vec![name, Cell::figure(signed_usd(*billed_micro_usd), *billed_micro_usd), estimate, residual]
    });
    Table {
        id: "actuals".to_owned(),
        caption: "Beside AWS's bill".to_owned(),
        columns: vec![words("Component"), figures("USD billed"), figures("USD in this report"), figures("Residual")],
        sorted: None,
        rows: rows.collect(),
        empty: "AWS billed nothing.",
        folded: false,
    }
}

/// A heading of a column.
pub(super) fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or(String::new(), |first| first.to_uppercase().chain(characters).collect())
}
