//! Savings as they add up, day by day.

use std::collections::BTreeMap;
use std::fmt::Write;

use askama::Template;
use cost_ledger::report::{DayRow, Held, Money, SavingsReport};
use jiff::civil::Date;

use super::scale::{DayLabel, HEIGHT, Scale, Tick, day_labels, days, thousandths};
use crate::render::page::numbers::{together, usd};
use crate::render::page::table::{Cell, Table, figures, words};

/// The chart with the table of its figures.
#[derive(Debug, Template)]
#[template(path = "page/accumulated.html")]
pub(in crate::render::page) struct Accumulated {
    id: &'static str,
    title: &'static str,
    description: String,
    height: u64,
    ticks: Vec<Tick>,
    labels: Vec<DayLabel>,
    /// What was saved at list prices, as a line and as the area below it.
    line: String,
    area: String,
    list: String,
    /// With Savings Plans, where that is known of every day.
    net: Option<(String, String)>,
    open: Option<Open>,
    table: Table,
}

/// How much of the sum is of stops whose saving has not ended.
#[derive(Debug)]
struct Open {
    y: String,
    height: String,
    usd: String,
    stops: usize,
}

/// The chart; `None` where nothing was saved.
pub(in crate::render::page) fn accumulated(report: &SavingsReport) -> Option<Accumulated> {
    let days = days(&report.window);
    let sums = sums(&days, &report.days);
    let total = *sums.last()?;
    if total.list_micro_usd == 0 {
        return None;
    }
    let scale = Scale::of(sums.iter().map(largest).max().unwrap_or(0));
    let line = path(&scale, sums.iter().map(|sum| sum.list_micro_usd));
    let nets: Option<Vec<u64>> = sums.iter().map(|sum| sum.net_micro_usd).collect();
    let net = nets.map(|nets| (path(&scale, nets.iter().copied()), usd(nets.last().copied().unwrap_or(0))));
    let list = usd(total.list_micro_usd);
    let open = open(report, &scale, &total);
    let still = open.as_ref().map_or(String::new(), |open| format!(" {} USD of it is still open.", open.usd));
    Some(Accumulated {
        id: "saved-days",
        title: "Saved, added up",
        description: format!("A rising line that comes to {list} USD at list prices after {} days.{still}", days.len()),
        height: HEIGHT,
        ticks: scale.ticks(),
        labels: day_labels(&days),
        area: format!("{line} L100,100 L0,100 Z"),
        line,
        list,
        net,
        open,
        table: table(&days, &sums),
    })
}

fn largest(money: &Money) -> u64 {
    money.list_micro_usd.max(money.net_micro_usd.unwrap_or(0))
}

/// What each day and all before it come to.
fn sums(days: &[Date], rows: &[DayRow]) -> Vec<Money> {
    let mut by_day: BTreeMap<Date, Vec<&Money>> = BTreeMap::new();
    for row in rows {
        by_day.entry(row.day).or_default().push(&row.money);
    }
    let mut sum = Money { net_micro_usd: Some(0), ..Money::default() };
    let running = days.iter().map(|day| {
        let of_day = by_day.get(day).into_iter().flatten().copied();
        sum = together(std::iter::once(&sum.clone()).chain(of_day));
        sum
    });
    running.collect()
}

/// A line from 0 at the left to the last sum at the right, in hundredths of the plot.
fn path(scale: &Scale, sums: impl ExactSizeIterator<Item = u64>) -> String {
    let count = sums.len() as u128;
    let mut path = "M0,100".to_owned();
    for (at, sum) in sums.enumerate() {
        let x = thousandths(100, at as u128 + 1, count);
        // Writing to a string does not fail.
        let _ = write!(path, " L{x},{}", scale.y_percent(sum));
    }
    path
}

fn open(report: &SavingsReport, scale: &Scale, total: &Money) -> Option<Open> {
    let open: Vec<&Money> =
        report.stops.iter().filter(|stop| stop.held == Held::Open).map(|stop| &stop.money).collect();
    let money = together(open.iter().copied()).list_micro_usd.min(total.list_micro_usd);
    (money > 0).then(|| Open {
        y: scale.y(total.list_micro_usd),
        height: scale.height(money),
        usd: usd(money),
        stops: open.len(),
    })
}

fn table(days: &[Date], sums: &[Money]) -> Table {
    let rows = days.iter().zip(sums).map(|(day, sum)| {
        let net = match sum.net_micro_usd {
            Some(net) => Cell::figure(usd(net), net),
            None => Cell::unknown("not known"),
        };
        vec![Cell::text(&day.to_string()), Cell::figure(usd(sum.list_micro_usd), sum.list_micro_usd), net]
    });
    Table {
        id: "saved-days-table".to_owned(),
        caption: "USD saved until the end of each UTC day".to_owned(),
        columns: vec![words("Day"), figures("At list prices"), figures("Net")],
        sorted: Some((0, "ascending")),
        rows: rows.collect(),
        empty: "Nothing was saved.",
        folded: true,
    }
}
