//! Which rules hold for one app.

use serde::Serialize;

use super::table;

/// One app.
#[derive(Debug, Serialize)]
pub(crate) struct ExplainReport {
    pub(crate) app: String,
    pub(crate) owner: Option<String>,
    pub(crate) rules: Vec<RuleRow>,
    /// What is decided now, and why.
    pub(crate) now: String,
}

/// One setting and the rule that won.
#[derive(Debug, Serialize)]
pub(crate) struct RuleRow {
    pub(crate) setting: String,
    pub(crate) value: String,
    pub(crate) rule: String,
}

/// The table of its rules, and what they come to now.
pub(crate) fn explain(report: &ExplainReport) -> String {
    let ExplainReport { app, owner, rules, now } = report;
    let rows = rules.iter().map(|RuleRow { setting, value, rule }| [setting.clone(), value.clone(), rule.clone()]);
    let owner = owner.as_deref().unwrap_or("unattributed");
    format!("{app}\nowner: {owner}\n\n{}\n\nnow: {now}", table(["SETTING", "VALUE", "BY"], rows))
}
