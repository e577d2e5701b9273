//! Plans and what came of them.

use cost_planner::allowlist::HiddenPlan;
use cost_planner::install::{
    Edit, IdleSlot, NOTEBOOK_CONFIG_NAME as CONFIG_NAME, NotebookPlan, Plan, Section, Slots, short_hash,
};
use serde::Serialize;

use super::{allowlist, table};

/// The version of the JSON documents of `install`, `uninstall` and `rollback`.
const SCHEMA_VERSION: u32 = 1;

/// What a command did, or would do.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    schema_version: u32,
    command: &'static str,
    /// Whether it was done.
    executed: bool,
    pub(crate) regions: Vec<RegionReport>,
}

impl Report {
    pub(crate) fn new(command: &'static str, executed: bool, regions: Vec<RegionReport>) -> Self {
        Self { schema_version: SCHEMA_VERSION, command, executed, regions }
    }
}

/// One account and region of it.
#[derive(Debug, Default, Serialize)]
pub(crate) struct RegionReport {
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) role: String,
    /// Why nothing was planned here.
    pub(crate) error: Option<String>,
    /// The binary that the artifacts lack, by its URL. It is stored once, whatever the number of regions.
    pub(crate) binary: Option<String>,
    pub(crate) lifecycle_configs: Vec<ConfigRow>,
    pub(crate) plan: Plan,
    pub(crate) notebook_instances: Option<NotebookPlan>,
    /// What of the hidden instance types is to change, where that is what was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hidden_types: Option<HiddenPlan>,
    pub(crate) outcomes: Vec<Outcome>,
}

/// A lifecycle configuration, and what is to happen to it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ConfigRow {
    pub(crate) name: String,
    pub(crate) action: Verb,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verb {
    Create,
    Delete,
    Keep,
}

/// What came of one change.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Outcome {
    pub(crate) what: String,
    /// `None` where it went well.
    pub(crate) error: Option<String>,
    /// Whether it was done already.
    pub(crate) already: bool,
}

impl RegionReport {
    /// How many changes are planned.
    pub(crate) fn changes(&self) -> usize {
        let configs = self.lifecycle_configs.iter().filter(|row| row.action != Verb::Keep).count();
        configs
            + usize::from(self.binary.is_some())
            + self.plan.edits.len()
            + self.notebook_instances.as_ref().map_or(0, NotebookPlan::changes)
            + self.hidden_types.as_ref().map_or(0, HiddenPlan::changes)
    }
}

/// The plan of one region.
pub(crate) fn plan(report: &RegionReport) -> String {
    let RegionReport {
        account, region, error, binary, lifecycle_configs, plan, notebook_instances, hidden_types, ..
    } = report;
    let mut rows: Vec<[String; 2]> = Vec::new();
    rows.extend(error.iter().map(|error| [region.clone(), format!("FAILED: {error}")]));
    // Its folder is its SHA-256.
    let digits = |url: &str| short_hash(url.rsplit('/').nth(1).unwrap_or(url)).to_owned();
    rows.extend(binary.iter().map(|url| ["binary".to_owned(), format!("store idle-agent {}", digits(url))]));
    for ConfigRow { name, action } in lifecycle_configs {
        let action = match action {
            Verb::Create => "create",
            Verb::Delete => "delete",
            Verb::Keep => continue,
        };
        rows.push(["lifecycle configuration".to_owned(), format!("{action} {name}")]);
    }
    rows.extend(plan.edits.iter().map(|edit| [place(edit), change(edit)]));
    if let Some(notebooks) = notebook_instances {
        rows.extend(of_notebooks(notebooks));
    }
    if let Some(hidden) = hidden_types {
        rows.extend(hidden.edits.iter().map(|edit| [edit.holder.to_string(), allowlist::change(edit)]));
        rows.extend(hidden.refusals.iter().map(|r| [r.what.clone(), format!("REFUSED: {}", r.why)]));
    }
    rows.extend(plan.refusals.iter().map(|r| [r.what.clone(), format!("REFUSED: {}", r.why)]));
    rows.extend(plan.notes.iter().map(|note| [note.what.clone(), format!("note: {}", note.text)]));
    let summary = format!(
        "{account} {region}: {} to change, {} refused, {} as they should be",
        report.changes(),
        plan.refusals.len()
            + notebook_instances.as_ref().map_or(0, |plan| plan.refusals.len())
            + hidden_types.as_ref().map_or(0, |plan| plan.refusals.len()),
        plan.unchanged + hidden_types.as_ref().map_or(0, |plan| plan.unchanged),
    );
    // The account of a region in which nobody answers is not known.
    let summary = summary.trim_start();
    if rows.is_empty() { summary.to_owned() } else { format!("{}\n{summary}", table(["WHERE", "WHAT"], rows)) }
}

/// What came of it, in one region: what failed, and a count.
pub(crate) fn outcomes(report: &RegionReport) -> String {
    let failed =
        report.outcomes.iter().filter_map(|o| Some([o.what.clone(), format!("FAILED: {}", o.error.as_ref()?)]));
    let rows: Vec<[String; 2]> = failed.collect();
    let summary = format!(
        "{} {}: {} done, {} failed",
        report.account,
        report.region,
        report.outcomes.len() - rows.len(),
        rows.len()
    );
    if rows.is_empty() { summary } else { format!("{}\n{summary}", table(["WHERE", "RESULT"], rows)) }
}

fn place(edit: &Edit) -> String {
    let shared = if edit.place.section == Section::SharedSpaces { ", shared spaces" } else { "" };
    format!("{} {}{shared}", edit.place.holder, edit.place.host.app_type())
}

fn change(edit: &Edit) -> String {
    let Slots { built_in, default, arns, idle } = &edit.before;
    let after = &edit.after;
    let mut parts = Vec::new();
    if *built_in != after.built_in {
        parts.push(format!("built-in: {} → {}", name(built_in.as_ref()), name(after.built_in.as_ref())));
    }
    if *default != after.default {
        parts.push(format!("default: {} → {}", name(default.as_ref()), name(after.default.as_ref())));
    }
    parts.extend(after.arns.iter().filter(|arn| !arns.contains(arn)).map(|arn| format!("allow {}", name(Some(arn)))));
    parts.extend(arns.iter().filter(|arn| !after.arns.contains(arn)).map(|arn| format!("drop {}", name(Some(arn)))));
    if *idle != after.idle {
        parts.push(format!("SageMaker's own idle shutdown: {} → {}", native(idle), native(&after.idle)));
    }
    parts.join("; ")
}

fn name(arn: Option<&String>) -> &str {
    arn.map_or("none", |arn| arn.rsplit('/').next().unwrap_or(arn))
}

fn native(IdleSlot { management, minutes }: &IdleSlot) -> String {
    match (management.as_deref(), minutes) {
        (Some("ENABLED"), Some(minutes)) => format!("{minutes}m"),
        (Some("ENABLED"), None) => "on".to_owned(),
        _ => "off".to_owned(),
    }
}

fn of_notebooks(plan: &NotebookPlan) -> Vec<[String; 2]> {
    let NotebookPlan { create, update, delete, before: _, content: _, attach, detach, without, refusals } = plan;
    let mut rows = Vec::new();
    let config = || "notebook instances".to_owned();
    if *create {
        rows.push([config(), format!("create lifecycle configuration {CONFIG_NAME}")]);
    }
    if *update {
        rows.push([config(), format!("update lifecycle configuration {CONFIG_NAME}, effective at their next start")]);
    }
    if *delete {
        rows.push([config(), format!("delete lifecycle configuration {CONFIG_NAME}")]);
    }
    rows.extend(detach.iter().map(|name| [format!("notebook instance {name}"), format!("detach {CONFIG_NAME}")]));
    rows.extend(attach.iter().map(|name| [format!("notebook instance {name}"), format!("attach {CONFIG_NAME}")]));
    rows.extend(refusals.iter().map(|r| [r.what.clone(), format!("REFUSED: {}", r.why)]));
    rows.extend(without.iter().map(|instance| {
        let has = match &instance.config {
            Some(other) => format!("has {other}"),
            None => "has none; hint: --attach-notebook-instances".to_owned(),
        };
        [format!("notebook instance {}", instance.name), format!("note: {has}")]
    }));
    rows
}
