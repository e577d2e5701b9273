//! The figures that are read first, each with what it leaves out.

use cost_ledger::report::{Money, RunRate, SavingsReport, SpendReport};

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

fn spent(spend: &SpendReport) -> Headline {
    let SpendReport { total, rows, .. } = spend;
    let resources = rows.iter().fold(0_u64, |sum, row| sum.saturating_add(row.resources));
    let ran = format!("{} hours of {}", hours(total.seconds), counted(resources, "resource", "resources"));
    of_money("Spent in the window", total, vec![net_of(total), ran])
}

fn idle(spend: &SpendReport) -> Headline {
    let idle = super::numbers::together(spend.rows.iter().map(|row| &row.idle));
    let share = percent(idle.list_micro_usd, spend.total.list_micro_usd);
    let share = share.map(|share| format!("{share} % of what was spent"));
    let heard = format!("{} hours, by the agents' heartbeats", hours(idle.seconds));
    of_money("Of that, idle", &idle, share.into_iter().chain([heard]).collect())
}

fn saved(savings: &SavingsReport) -> Headline {
    let money = &savings.total.money;
    let beside = vec![
        net_of(money),
        format!("{} hours in {}", hours(money.seconds), counted(savings.total.stops, "stop", "stops")),
    ];
    of_money("Saved in the window", money, beside)
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
