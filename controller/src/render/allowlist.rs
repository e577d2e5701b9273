//! What an allowlist comes to: hidden types and quotas.

use cost_planner::allowlist::{HiddenEdit, QuotaRow, QuotaVerdict, QuotaWish, QuotasWanted};
use serde::Serialize;
use serde_json::json;

use super::table::{json, table};

/// The version of the JSON documents of `allowlist compile`.
const SCHEMA_VERSION: u32 = 1;
/// So many types of a change are told.
const MOST_TOLD: usize = 4;

/// What one rule hides.
#[derive(Debug, Serialize)]
pub(crate) struct HiddenRule {
    pub(crate) rule: String,
    pub(crate) allowed: Vec<String>,
    pub(crate) hidden: Vec<String>,
}

/// The quotas of one account and region.
#[derive(Debug, Default, Serialize)]
pub(crate) struct QuotasReport {
    pub(crate) account: String,
    pub(crate) region: String,
    /// Why they could not be read.
    pub(crate) error: Option<String>,
    pub(crate) quotas: Vec<QuotaRow>,
}

/// What each rule hides.
pub(crate) fn hidden_types(is_json: bool, rules: &[HiddenRule]) -> String {
    if is_json {
        return json(&json!({ "schema_version": SCHEMA_VERSION, "rules": rules }));
    }
    if rules.is_empty() {
        return "no rule: nothing is hidden".to_owned();
    }
    let row = |rule: &HiddenRule| [rule.rule.clone(), rule.allowed.join(", "), rule.hidden.join(", ")];
    table(["RULE", "ALLOWED", "HIDDEN"], rules.iter().map(row))
}

/// How each quota should stand.
pub(crate) fn quota_wishes(is_json: bool, wishes: &[QuotaWish]) -> String {
    if is_json {
        return json(&json!({ "schema_version": SCHEMA_VERSION, "quotas": wishes }));
    }
    let row = |wish: &QuotaWish| [wish.quota.clone(), wanted(wish.wanted).to_owned()];
    let summary = format!("{} quotas", wishes.len());
    if wishes.is_empty() {
        summary
    } else {
        format!("{}\n{summary}", table(["QUOTA", "SHOULD BE"], wishes.iter().map(row)))
    }
}

/// The quotas that are not as they should be, and how many are.
pub(crate) fn quotas(is_json: bool, reports: &[QuotasReport]) -> String {
    if is_json {
        return json(&json!({ "schema_version": SCHEMA_VERSION, "regions": reports }));
    }
    reports.iter().map(of_region).collect::<Vec<_>>().join("\n")
}

fn of_region(report: &QuotasReport) -> String {
    let QuotasReport { account, region, error, quotas } = report;
    if let Some(error) = error {
        return format!("{account} {region}: FAILED: {error}").trim_start().to_owned();
    }
    let count = |verdict| quotas.iter().filter(|row| row.verdict == verdict).count();
    let is_wrong = |row: &&QuotaRow| matches!(row.verdict, QuotaVerdict::TooHigh | QuotaVerdict::TooLow);
    let row = |row: &QuotaRow| {
        let value = row.value.map_or_else(|| "unknown".to_owned(), |value| value.to_string());
        [row.wish.quota.clone(), value, wanted(row.wish.wanted).to_owned()]
    };
    let rows: Vec<[String; 3]> = quotas.iter().filter(is_wrong).map(row).collect();
    let summary = format!(
        "{account} {region}: {} too high, {} too low, {} as they should be, {} unknown here",
        count(QuotaVerdict::TooHigh),
        count(QuotaVerdict::TooLow),
        count(QuotaVerdict::Right),
        count(QuotaVerdict::Unknown),
    );
    if rows.is_empty() { summary } else { format!("{}\n{summary}", table(["QUOTA", "IS", "SHOULD BE"], rows)) }
}

fn wanted(wanted: QuotasWanted) -> &'static str {
    match wanted {
        QuotasWanted::Zero => "0",
        QuotasWanted::Positive => "above 0",
    }
}

/// What a change of hidden types comes to, in a line.
pub(super) fn change(edit: &HiddenEdit) -> String {
    let HiddenEdit { before, after, .. } = edit;
    let only = |one: &[String], other: &[String]| -> Vec<String> {
        one.iter().filter(|name| !other.contains(name)).cloned().collect()
    };
    let (hide, show) = (only(after, before), only(before, after));
    let parts = [("hide", hide), ("show", show)];
    let parts =
        parts.iter().filter(|(_, names)| !names.is_empty()).map(|(verb, names)| format!("{verb} {}", told(names)));
    parts.collect::<Vec<_>>().join("; ")
}

fn told(names: &[String]) -> String {
    let more = names.len().saturating_sub(MOST_TOLD);
    let first = names.iter().take(MOST_TOLD).map(String::as_str).collect::<Vec<_>>().join(", ");
    if more == 0 { first } else { format!("{first} and {more} more") }
}
