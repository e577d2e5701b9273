//! Which running apps an agent watches, as a table and as JSON.

use cost_planner::coverage::{AppUnclear, Row, State, Totals};
use serde::Serialize;

use super::table;

/// The version of the JSON document.
const SCHEMA_VERSION: u32 = 1;

/// The whole of `costctl coverage`.
#[derive(Debug, Serialize)]
pub(crate) struct CoverageReport {
    schema_version: u32,
    /// Regions and domains that could not be read: their apps are in no count.
    pub(crate) unread: Vec<String>,
    totals: Totals,
    apps: Vec<Row>,
    /// Apps that we do not understand, counted as unknown.
    unclear: Vec<AppUnclear>,
}

impl CoverageReport {
    pub(crate) fn new(unread: Vec<String>, totals: Totals, apps: Vec<Row>, unclear: Vec<AppUnclear>) -> Self {
        Self { schema_version: SCHEMA_VERSION, unread, totals, apps, unclear }
    }
}

/// The table: what is not covered first, and a line that sums up.
pub(crate) fn coverage(report: &CoverageReport) -> String {
    let CoverageReport { schema_version: _, unread, totals, apps, unclear } = report;
    let rank = |state| match state {
        State::Uncovered => 0,
        State::Unknown => 1,
        State::CannotHost => 2,
        State::Covered => 3,
    };
    let mut sorted: Vec<&Row> = apps.iter().collect();
    sorted.sort_by_key(|row| (rank(row.state), row.app.to_string()));
    let rows = sorted.into_iter().map(|row| {
        let state = match row.state {
            State::Covered => "covered",
            State::Uncovered => "UNCOVERED",
            State::Unknown => "unknown",
            State::CannotHost => "cannot host",
        };
        let heard =
            row.heartbeat_age_seconds.map_or("–".to_owned(), |seconds| format!("{}m ago", seconds.max(0) / 60));
        [row.app.to_string(), state.to_owned(), version(row), heard, row.reason.clone().unwrap_or_default()]
    });
    let none = || "–".to_owned();
    let unread = unread
        .iter()
        .map(|why| ["all apps".to_owned(), "NOT READ".to_owned(), none(), none(), format!("in no count: {why}")]);
    let unclear = unclear.iter().map(|AppUnclear { app, why }| {
        [app.clone(), "unknown".to_owned(), none(), none(), format!("not understood: {why}")]
    });
    let rows = unread.chain(unclear).chain(rows);
    let text = table(["APP", "STATE", "VERSION", "HEARD", "WHY"], rows);
    let Totals { covered, uncovered, unknown, cannot_host, percent } = totals;
    let percent = percent.map_or("no app could host an agent".to_owned(), |percent| format!("{percent} % covered"));
    let sum =
        format!("{percent}: {covered} covered, {uncovered} not, {unknown} unknown; {cannot_host} cannot host one");
    format!("{text}\n{sum}")
}

/// The version, or else the digits of its lifecycle configuration; and whether it is attached still.
fn version(row: &Row) -> String {
    let digits = row.config.as_deref().and_then(|name| name.rsplit('-').next());
    let age = match row.current {
        Some(true) => " current",
        Some(false) => " old",
        None => "",
    };
    format!("{}{age}", row.version.as_deref().or(digits).unwrap_or("–"))
}
