//! The figures that are read first, each with what it leaves out.

use cost_ledger::report::{Money, RunRate, SavingsReport, SeenRow, SpendReport};

use super::numbers::{a_month, at_list, count, counted, hours, minute, percent, unpriced, usd, usd_per_hour};

/// One figure.
#[derive(Debug)]
pub(super) struct Headline {
    /// What it is.
    pub(super) title: &'static str,
    pub(super) value: String,
    pub(super) unit: &'static str,
    /// What is said below, a line each.
    pub(super) beside: Vec<String>,
    /// What is not in it; empty where nothing is missing.
    pub(super) missing: String,
}

/// The headlines of what there is.
pub(super) fn headlines(spend: Option<&SpendReport>, savings: Option<&SavingsReport>) -> Vec<Headline> {
    let of_spend = spend.map(|spend| vec![running(spend.now.as_ref()), spent(spend), idle(spend)]);
    let of_savings = savings.map(|savings| vec![saved(savings)]);
    of_spend.into_iter().chain(of_savings).flatten().collect()
}

fn running(now: Option<&RunRate>) -> Headline {
    let title = "Running now";
    let Some(RunRate { as_of, running, micro_usd_per_hour, unpriced }) = now else {
        let beside = vec!["Nobody looked at what runs now.".to_owned()];
        return Headline { title, value: "not known".to_owned(), unit: "", beside, missing: String::new() };
    };
    let as_of = minute(*as_of);
    if *running > 0 && unpriced >= running {
        let beside = vec![format!("{} at {as_of} UTC", counted(*running, "resource", "resources"))];
        let missing = "none of them has a price".to_owned();
        return Headline { title, value: "unpriced".to_owned(), unit: "", beside, missing };
    }
    Headline {
        title,
        value: usd_per_hour(*micro_usd_per_hour),
        unit: "USD an hour",
        beside: vec![
            format!("{} USD a month of 730 hours", usd(a_month(*micro_usd_per_hour))),
            format!("{} at {as_of} UTC", counted(*running, "resource", "resources")),
        ],
        missing: if *unpriced > 0 { format!("{} unpriced, not in it", count(*unpriced)) } else { String::new() },
    }
}

/// Nobody looked and nothing is told: that is not nothing spent or saved.
fn unseen(title: &'static str, seen: &[SeenRow], money: &Money) -> Option<Headline> {
    let nobody = seen.iter().all(|row| row.looks == 0) && money.seconds == 0;
    let beside = vec!["Nobody looked in the window.".to_owned()];
    nobody.then(|| Headline { title, value: "not known".to_owned(), unit: "", beside, missing: String::new() })
}

fn spent(spend: &SpendReport) -> Headline {
    let title = "Spent in the window";
    if let Some(unseen) = unseen(title, &spend.seen, &spend.total) {
        return unseen;
    }
    let SpendReport { total, rows, .. } = spend;
    let resources = rows.iter().fold(0_u64, |sum, row| sum.saturating_add(row.resources));
    let ran = format!("{} hours of {}", hours(total.seconds), counted(resources, "resource", "resources"));
    of_money(title, total, vec![net_of(total), ran])
}

fn idle(spend: &SpendReport) -> Headline {
    let idle = super::numbers::together(spend.rows.iter().map(|row| &row.idle));
    let title = "Of that, idle";
    if let Some(unseen) = unseen(title, &spend.seen, &spend.total) {
        return unseen;
    }
    let share = percent(idle.list_micro_usd, spend.total.list_micro_usd);
    let share = share.map(|share| format!("{share} % of what was spent"));
    let heard = format!("{} hours, by the agents' heartbeats", hours(idle.seconds));
    of_money(title, &idle, share.into_iter().chain([heard]).collect())
}

fn saved(savings: &SavingsReport) -> Headline {
    let (title, money) = ("Saved in the window", &savings.total.money);
    if let Some(unseen) = unseen(title, &savings.seen, money) {
        return unseen;
    }
    let beside = vec![
        net_of(money),
        format!("{} hours in {}", hours(money.seconds), counted(savings.total.stops, "stop", "stops")),
    ];
    of_money(title, money, beside)
}

fn net_of(money: &Money) -> String {
    match money.net_micro_usd {
        Some(net) => format!("{} USD net of Savings Plans", usd(net)),
        None => "net of Savings Plans not known".to_owned(),
    }
}

fn of_money(title: &'static str, money: &Money, beside: Vec<String>) -> Headline {
    let value = at_list(money);
    let unit = if value == "unpriced" { "" } else { "USD" };
    let missing = match unpriced(money) {
        missing if missing.is_empty() => missing,
        missing => format!("{missing}, not in it"),
    };
    Headline { title, value, unit, beside, missing }
}
