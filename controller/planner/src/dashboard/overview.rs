//! What every fleet has: saved, running, covered, run rate, rules, and how the sweep does.

use serde_json::{Value, json};

use super::graph::{Graph, Section};
use super::metric::{self, Metric};
use super::series::series;
use crate::drift::Rule;

/// The section of the fleet; `about` stands above it.
pub(super) fn overview(about: String) -> Section {
    let of = |metric: &Metric, label: &str| series(metric, &[], label);
    let saved = vec![
        hidden(&metric::IDLE_TIME_SAVED, "saved"),
        json!([{ "expression": "saved / 3600", "id": "hours", "label": "idle hours saved" }]),
        of(&metric::USD_SAVED, "USD saved"),
    ];
    let accumulated = vec![
        hidden(&metric::USD_SAVED, "saved"),
        json!([{ "expression": "RUNNING_SUM(FILL(saved, 0))", "id": "sum", "label": "USD saved" }]),
    ];
    let apps = vec![
        of(&metric::FLEET_APPS_RUNNING, "running"),
        of(&metric::FLEET_APPS_IDLE, "idle"),
        of(&metric::FLEET_APPS_COVERED, "covered by an agent"),
    ];
    let coverage = vec![
        hidden(&metric::FLEET_APPS_COVERED, "covered"),
        hidden(&metric::FLEET_APPS_UNCOVERED, "uncovered"),
        json!([{ "expression": COVERAGE, "id": "percent", "label": "% covered" }]),
    ];
    let rate = vec![of(&metric::FLEET_RUN_RATE, "USD an hour")];
    let wrong = vec![
        of(&metric::FLEET_VIOLATIONS, "instance type not allowed"),
        of(&metric::FLEET_UNPRICED_RUNNING, "runs without a known price"),
    ];
    let sweeps =
        vec![of(&metric::FLEET_SWEEP_COMPLETED, "sweeps"), of(&metric::FLEET_SWEEP_UNSEEN, "not seen by them")];
    let drift = vec![of(&metric::FLEET_DRIFT_FINDINGS, "drift"), of(&metric::FLEET_DRIFT_UNSEEN, "not seen")];
    let by_rule = Rule::ALL.map(|rule| series(&metric::DRIFT_FINDINGS, &[rule.as_str()], rule.as_str()));
    let by_rule = by_rule.to_vec();
    let graphs = vec![
        Graph::numbers("Idle time saved", "Sum", saved),
        Graph::lines("USD saved, accumulated", "Sum", accumulated),
        Graph::lines("Run rate", "Average", rate),
        Graph::lines("Apps", "Average", apps),
        Graph::lines("Coverage", "Average", coverage),
        Graph::lines("Violations and unpriced", "Average", wrong),
        Graph::lines("Drift", "Maximum", drift),
        Graph::lines("Drift by rule", "Maximum", by_rule),
        Graph::lines("Sweep health", "Sum", sweeps).wide(),
    ];
    Section { text: about, graphs }
}

/// Of a hundred apps that could host an agent; all of none.
pub(super) const COVERAGE: &str = "IF(covered + uncovered > 0, 100 * covered / (covered + uncovered), 100)";

fn hidden(metric: &Metric, id: &str) -> Value {
    let mut row = series(metric, &[], id);
    if let Some(options) = row.as_array_mut().and_then(|row| row.last_mut()) {
        options["id"] = json!(id);
        options["visible"] = json!(false);
    }
    row
}
