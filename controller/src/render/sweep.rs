//! A sweep's plan and what came of it, for people.

use std::collections::{BTreeMap, BTreeSet};

use cost_planner::install::Scope;
use cost_planner::plan::{Action, Listed, PlanDocument, PlanScope, Price, Target};
use cost_planner::snapshot::{UnifiedOwner, Unreached};
use idle_core::{Explained, InstanceType};
use serde::Serialize;

use super::{counted, table, wrapped};

/// So many rows with the same words are told as one.
const MANY: usize = 4;

/// The version of the JSON document of `sweep`, `plan` and `apply`.
const SCHEMA_VERSION: u32 = 1;

/// Rows of one kind that are shown; the rest is counted, unless all were asked for.
const MOST_ROWS: usize = 40;

/// The plan: what is to be done, what is held back and why, what is worth a look, what was not seen.
pub(crate) fn plan_document(plan: &PlanDocument, all: bool) -> String {
    let PlanDocument { scopes, unreached, refused, actions, held_back, reported, kept, .. } = plan;
    let mut parts = Vec::new();
    let shown = |what: &str, count: usize, header: [&str; 4], rows: Vec<[String; 4]>| {
        let most = if all { usize::MAX } else { MOST_ROWS };
        let more = rows.len().saturating_sub(most);
        let mut text = format!("{what} ({count})\n{}", table(header, rows.into_iter().take(most)));
        if more > 0 {
            text.push_str(&format!("\n… and {more} rows more; hint: --all, or --output json"));
        }
        text
    };
    if !actions.is_empty() {
        let rows = actions.iter().map(|action| row(plan, action)).collect();
        parts.push(shown("TO DO", actions.len(), ["WHAT", "OWNER", "USD/H", "WHY"], rows));
    }
    for (what, listed) in [("HELD BACK", held_back), ("WORTH A LOOK, LEFT ALONE", reported)] {
        if !listed.is_empty() {
            let rows = if all { each(plan, listed) } else { grouped(plan, listed) };
            parts.push(shown(what, listed.len(), ["WHAT", "OWNER", "USD/H", "WHY NOT"], rows));
        }
    }
    let unseen = not_seen(scopes, unreached);
    if !unseen.is_empty() {
        parts.push(format!("NOT SEEN ({})\n{}", unseen.len(), table(["WHERE", "WHY"], unseen)));
    }
    parts.extend(refused.iter().map(|reason| wrapped(&format!("REFUSED: {}", reason.text))));
    if !kept.is_empty() {
        let kept: Vec<String> = kept.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
        parts.push(wrapped(&format!("kept: {}", kept.join(", "))));
    }
    parts.push(wrapped(&summary(plan)));
    parts.join("\n\n")
}

/// The whole of it: the plan, and what came of it where it was done.
#[derive(Debug, Serialize)]
pub(crate) struct SweepReport<'a> {
    schema_version: u32,
    executed: bool,
    plan: &'a PlanDocument,
    acted: Option<Acted>,
}

impl<'a> SweepReport<'a> {
    pub(crate) fn new(plan: &'a PlanDocument, acted: Option<Acted>) -> Self {
        Self { schema_version: SCHEMA_VERSION, executed: acted.is_some(), plan, acted }
    }
}

/// What came of a plan.
#[derive(Debug, Serialize)]
pub(crate) struct Acted {
    pub(crate) rows: Vec<ActedRow>,
    /// What went wrong apart from the actions.
    pub(crate) trouble: Vec<String>,
    /// What a guard refused apart from the actions.
    pub(crate) refused: Vec<String>,
}

/// What came of one action.
#[derive(Debug, Serialize)]
pub(crate) struct ActedRow {
    pub(crate) what: String,
    pub(crate) outcome: &'static str,
    pub(crate) text: String,
    pub(crate) request_id: Option<String>,
    /// What it billed; `None` for what is told of an earlier run.
    pub(crate) price: Option<Price>,
}

/// What came of it: what did not go well first.
pub(crate) fn acted(acted: &Acted, all: bool) -> String {
    let Acted { rows, trouble, refused } = acted;
    let mut sorted: Vec<&ActedRow> = rows.iter().collect();
    sorted.sort_by_key(|row| row.outcome == "done");
    let count = |outcome: &str| rows.iter().filter(|row| row.outcome == outcome).count();
    let most = if all { usize::MAX } else { MOST_ROWS };
    let shown = sorted.iter().take(most).map(|row| [row.what.clone(), row.outcome.to_owned(), row.text.clone()]);
    let mut parts = Vec::new();
    if !rows.is_empty() {
        parts.push(table(["WHAT", "OUTCOME", "HOW"], shown));
    }
    parts.extend(trouble.iter().map(|text| wrapped(&format!("TROUBLE: {text}"))));
    parts.extend(refused.iter().map(|text| wrapped(&format!("REFUSED: {text}"))));
    let counts = ["done", "STUCK", "FAILED", "refused", "settled"].map(|outcome| (count(outcome), outcome));
    let counts: Vec<String> = counts
        .iter()
        .filter(|(n, outcome)| *n > 0 || *outcome == "done")
        .map(|(n, what)| format!("{n} {what}"))
        .collect();
    let mut sum = counts.join(", ").to_lowercase();
    let (usd, unpriced) = total(rows.iter().filter(|row| row.outcome == "done").filter_map(|row| row.price.as_ref()));
    match (count("done"), unpriced) {
        (0, _) => {}
        (all, unpriced) if all == unpriced => sum.push_str("; what is done has no price"),
        (_, 0) => sum.push_str(&format!("; {usd} USD/h less is billed")),
        (_, unpriced) => sum.push_str(&format!("; {usd} USD/h less is billed, and {unpriced} without a price")),
    }
    parts.push(wrapped(&sum));
    parts.join("\n\n")
}

/// One line that sums up.
fn summary(plan: &PlanDocument) -> String {
    let apps: usize = plan.scopes.iter().map(|scope| scope.apps).sum();
    let (usd, unpriced) = total(plan.actions.iter().map(|action| &action.price));
    let mut text = format!(
        "{} to do, {} held back, {} worth a look, of {apps} running apps in {}",
        plan.actions.len(),
        plan.held_back.len(),
        plan.reported.len(),
        counted(plan.scopes.len(), "account and region", "accounts and regions"),
    );
    if !plan.actions.is_empty() {
        text.push_str(&format!("; to do bills {usd} USD/h"));
    }
    if unpriced > 0 {
        text.push_str(&format!(" and {unpriced} unpriced"));
    }
    text
}

fn row(plan: &PlanDocument, action: &Action) -> [String; 4] {
    let Action { verb, target, reason, owner, unified_studio, instance_type, price, .. } = action;
    let what = format!("{verb} {}", what(plan, target, instance_type.as_ref()));
    [what, owner_of(target, owner.as_deref(), unified_studio.as_ref()), usd(price), reason.text.clone()]
}

fn each(plan: &PlanDocument, listed: &[Listed]) -> Vec<[String; 4]> {
    listed.iter().map(|listed| left_alone(plan, listed)).collect()
}

/// One row for all that are left alone for the same reason in the same words, where there are many.
fn grouped(plan: &PlanDocument, listed: &[Listed]) -> Vec<[String; 4]> {
    let mut groups: Vec<(&Explained, Vec<&Listed>)> = Vec::new();
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for one in listed {
        let at = *known.entry(one.reason.text.as_str()).or_insert(groups.len());
        match groups.get_mut(at) {
            Some((_, group)) => group.push(one),
            None => groups.push((&one.reason, vec![one])),
        }
    }
    let rows = groups.into_iter().flat_map(|(reason, group)| match group.len() {
        0..MANY => group.iter().map(|listed| left_alone(plan, listed)).collect(),
        _ => vec![many(plan, reason, &group)],
    });
    rows.collect()
}

fn many(plan: &PlanDocument, reason: &Explained, group: &[&Listed]) -> [String; 4] {
    let owners: BTreeSet<String> =
        group.iter().map(|one| owner_of(&one.target, one.owner.as_deref(), one.unified_studio.as_ref())).collect();
    let owners = match owners.len() {
        1 => owners.into_iter().next().unwrap_or_default(),
        several => format!("{several} owners"),
    };
    let (usd, unpriced) = total(group.iter().map(|one| &one.price));
    let usd = match unpriced {
        0 => usd,
        all if all == group.len() => "unpriced".to_owned(),
        some => format!("{usd} and {some} unpriced"),
    };
    let first = group.first().map(|one| what(plan, &one.target, one.instance_type.as_ref())).unwrap_or_default();
    let what = format!("{}: {first} and {} more", group.len(), group.len() - 1);
    [what, owners, usd, format!("{}: {}", reason.code, reason.text)]
}

fn left_alone(plan: &PlanDocument, listed: &Listed) -> [String; 4] {
    let Listed { target, reason, owner, unified_studio, instance_type, price, .. } = listed;
    let what = what(plan, target, instance_type.as_ref());
    [
        what,
        owner_of(target, owner.as_deref(), unified_studio.as_ref()),
        usd(price),
        format!("{}: {}", reason.code, reason.text),
    ]
}

fn what(plan: &PlanDocument, of: &Target, instance_type: Option<&InstanceType>) -> String {
    let on = instance_type.map_or(String::new(), |instance_type| format!(" {instance_type}"));
    format!("{}{on}", target(plan, of))
}

/// The name; with account and region where there are several.
pub(crate) fn target(plan: &PlanDocument, target: &Target) -> String {
    match plan.scopes.len() {
        0 | 1 => target.to_string(),
        _ => format!("{}/{}/{target}", target.account(), target.region()),
    }
}

fn not_seen(scopes: &[PlanScope], unreached: &[Unreached]) -> Vec<[String; 2]> {
    let blind = scopes.iter().flat_map(|seen| {
        let Scope { account, region, .. } = &seen.scope;
        seen.blind.iter().map(move |why| [format!("{account} {region}"), why.clone()])
    });
    let unreached = unreached.iter().map(|Unreached { account, region, why }| {
        let account = account.as_ref().map_or("the caller's account".to_owned(), ToString::to_string);
        [format!("{account} {}", region.as_deref().unwrap_or("all regions")), why.clone()]
    });
    blind.chain(unreached).collect()
}

/// Apps and volumes are somebody's, or should be; nothing else has an owner.
fn owner_of(target: &Target, owner: Option<&str>, unified_studio: Option<&UnifiedOwner>) -> String {
    if let Some(unified_studio) = unified_studio {
        return unified_studio.said(owner);
    }
    let nobody = match target {
        Target::App(_) | Target::Volume { .. } => "unattributed",
        _ => "–",
    };
    owner.unwrap_or(nobody).to_owned()
}

fn usd(price: &Price) -> String {
    price.micro_usd_per_hour().map_or("unpriced".to_owned(), dollars)
}

/// The sum in dollars, and how many have no price.
fn total<'a>(prices: impl Iterator<Item = &'a Price>) -> (String, usize) {
    let (mut sum, mut unpriced) = (0, 0);
    for price in prices {
        match price.micro_usd_per_hour() {
            Some(micro_usd) => sum += micro_usd,
            None => unpriced += 1,
        }
    }
    (dollars(sum), unpriced)
}

/// Dollars with the four digits that prices have; rounded half up.
pub(super) fn dollars(micro_usd: u64) -> String {
    let tenths_of_milli = (micro_usd + 50) / 100;
    format!("{}.{:04}", tenths_of_milli / 10_000, tenths_of_milli % 10_000)
}
