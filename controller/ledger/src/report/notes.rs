//! What is to be known of the figures, each in one sentence.

use std::collections::BTreeSet;

use super::Now;
use crate::fold::Folded;

/// What sentences are made of.
pub(super) struct Told<'a> {
    pub(super) folded: &'a Folded,
    pub(super) lists: &'a BTreeSet<String>,
    pub(super) knows_plans: bool,
    pub(super) now: Option<&'a Now>,
}

/// Sentences about spend.
pub(super) fn of_spend(told: &Told<'_>, priced_today: u64) -> Vec<String> {
    let mut notes = vec![
        "a figure is list price times the time that a resource was seen to run: no bill, and nothing of taxes, credits \
         or discounts"
            .to_owned(),
        "hours are those of resources, whatever their size, volumes and VPC endpoints among them".to_owned(),
    ];
    if priced_today > 0 {
        notes.push(format!(
            "{} hours that had no price when they ran have that of today's list",
            priced_today.div_ceil(3600)
        ));
    }
    if let Some(now) = told.now {
        notes.extend(now.unseen.iter().map(|what| format!("not seen now, and in no rate: {what}")));
    }
    notes.extend(of_both(told));
    notes
}

/// Sentences about savings.
pub(super) fn of_savings(told: &Told<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    let lost = told.folded.stops_without_run();
    if lost > 0 {
        notes.push(format!("{lost} stops are of runs that no look saw: they have no rate and are in no sum"));
    }
    let contradicted = told.folded.stops_contradicted();
    if contradicted > 0 {
        notes.push(format!("{contradicted} runs were told to be stopped and were seen afterwards: they saved nothing"));
    }
    notes.extend(of_both(told));
    notes
}

fn of_both(told: &Told<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if told.lists.iter().any(|list| list.starts_with("bundled")) {
        notes.push("some prices are those that came with costctl; hint: costctl prices refresh".to_owned());
    }
    if !told.knows_plans {
        notes.push(
            "nothing is known of Savings Plans here, so there is no net figure; hint: costctl prices refresh \
             --savings-plans 1yr:no-upfront, then --savings-plan-coverage PERCENT"
                .to_owned(),
        );
    }
    let passed_over = told.folded.passed_over();
    if passed_over > 0 {
        notes.push(format!("{passed_over} lines are of a kind that a later costctl wrote; hint: that one's report"));
    }
    notes
}
