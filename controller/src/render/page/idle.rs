//! What is idle now.

use cost_ledger::report::{IdleRow, SpendReport};

use super::chart::{Bar, ranked};
use super::numbers::{lasting, usd, usd_per_hour};
use super::section::{Part, Section};
use super::table::{Cell, Table, figures, whole, words};
use super::text::in_a_chart;

/// The sections of idle apps and of idle endpoints.
pub(super) fn sections(report: &SpendReport) -> Vec<Section> {
    let apps = report.top_idle.iter().map(|row| Bar {
        name: in_a_chart(&row.resource),
        value: format!("{}, {}", lasting(row.idle_seconds), wasted(row)),
        length: row.idle_seconds,
    });
    let apps =
        ranked("idle-apps-chart", "Longest idle apps", apps.collect(), "How long, and what it came to".to_owned());
    let endpoints = report.idle_endpoints.iter().map(|row| Bar {
        name: in_a_chart(&row.resource),
        value: row.micro_usd_per_hour.map_or("unpriced".to_owned(), |rate| format!("{} USD/h", usd_per_hour(rate))),
        length: row.micro_usd_per_hour.unwrap_or(0),
    });
    let endpoints =
        ranked("idle-endpoints-chart", "Most expensive idle endpoints", endpoints.collect(), "USD an hour".to_owned());
    vec![
        Section {
            id: "idle-apps",
            title: "Top idle apps".to_owned(),
            lead: vec![],
            parts: vec![
                Part::chart(apps, "Longest idle apps", "No app that runs now is known to be idle."),
                Part::of(&table(
                    "idle-apps-table",
                    "Apps that are idle now",
                    "No app is known to be idle.",
                    &report.top_idle,
                )),
            ],
        },
        Section {
            id: "idle-endpoints",
            title: "Idle endpoints".to_owned(),
            lead: vec![],
            parts: vec![
                Part::chart(endpoints, "Most expensive idle endpoints", "No endpoint is known to be idle."),
                Part::of(&table(
                    "idle-endpoints-table",
                    "Endpoints that nobody invokes",
                    "No endpoint is known to be idle.",
                    &report.idle_endpoints,
                )),
            ],
        },
    ]
}

fn wasted(row: &IdleRow) -> String {
    row.wasted_micro_usd.map_or("unpriced".to_owned(), |wasted| format!("{} USD", usd(wasted)))
}

fn table(id: &str, caption: &str, empty: &'static str, rows: &[IdleRow]) -> Table {
    let rows = rows.iter().map(|row| {
        let IdleRow {
            resource,
            account,
            region,
            owner,
            instance_type,
            idle_seconds,
            micro_usd_per_hour,
            wasted_micro_usd,
        } = row;
        let or_unpriced = |value: Option<u64>, text: fn(u64) -> String| {
            value.map_or_else(|| Cell::unknown("unpriced"), |value| Cell::figure(text(value), value))
        };
        vec![
            Cell::text(resource).with(format!("{account} {region}")),
            Cell::name(owner.as_deref(), "unattributed"),
            Cell::name(instance_type.as_deref(), "unknown"),
            Cell::figure(lasting(*idle_seconds), *idle_seconds),
            or_unpriced(*micro_usd_per_hour, usd_per_hour),
            or_unpriced(*wasted_micro_usd, usd),
        ]
    });
    let sorted = if id == "idle-apps-table" { 3 } else { 4 };
    Table {
        id: id.to_owned(),
        caption: caption.to_owned(),
        columns: vec![
            words("Resource"),
            words("Owner"),
            whole("Runs on"),
            figures("Idle for"),
            figures("USD an hour"),
            figures("USD since idle"),
        ],
        sorted: Some((sorted, "descending")),
        rows: rows.collect(),
        empty,
        folded: false,
    }
    .in_order()
}
