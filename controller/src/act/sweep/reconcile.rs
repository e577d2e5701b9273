//! Earlier runs that were cut short: what became of what they had asked for.

use cost_planner::plan::{Standing, State, is_another, standing};
use serde::{Deserialize, Serialize};

use super::run::{Part, Run};
use crate::record::{Event, Found, Journal, OpenRun, StoreError, Subject, Unsettled, open_runs};

/// So many earlier runs are settled at once, the oldest first; the others at the next run.
const MOST_RUNS: usize = 50;

/// A request of an earlier run, and what it came to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Reconciled {
    pub(crate) run: String,
    pub(crate) action: Subject,
    pub(crate) found: Found,
}

/// Settles what earlier runs left open, with a line for each request; what could not be
/// settled is told in `trouble` and tried again by the next run.
pub(super) async fn reconcile(
    run: &Run<'_>,
    part: &Part<'_>,
    journal: &mut Journal<'_>,
    token: u64,
    trouble: &mut Vec<String>,
) -> Vec<Reconciled> {
    let mut settled = Vec::new();
    let open = match open_runs(run.store, part.scope, run.clock.now(), run.id).await {
        Ok(open) => open,
        Err(error) => {
            trouble.push(format!("earlier runs could not be looked for: {}", chain(&error)));
            return settled;
        }
    };
    for mut earlier in open.into_iter().take(MOST_RUNS) {
        match settle(run, part, journal, token, &mut earlier).await {
            Ok(of_run) => settled.extend(of_run),
            Err(why) => trouble.push(format!("run {} was cut short and could not be settled: {why}", earlier.run)),
        }
    }
    settled
}

async fn settle(
    run: &Run<'_>,
    part: &Part<'_>,
    journal: &mut Journal<'_>,
    token: u64,
    earlier: &mut OpenRun,
) -> Result<Vec<Reconciled>, String> {
    let mut settled = Vec::new();
    for Unsettled { action, planned } in earlier.unsettled(run.store).await.map_err(|error| chain(&error))? {
        let after = part.looker.state(&action.target).await.map_err(|error| error.to_string())?;
        let is_done = action.verb.is_some_and(|verb| standing(verb, &planned, &after) == Standing::Done);
        let found = match &after {
            State::There { .. } if is_another(&planned, &after) => Found::GoneAndMadeAnew,
            _ if is_done => Found::Gone,
            _ => Found::StillThere,
        };
        let of_run = earlier.run.clone();
        journal.push(run.clock.now(), Event::Reconciled { action: action.clone(), of_run, found, after });
        settled.push(Reconciled { run: earlier.run.clone(), action, found });
    }
    // The lines are safe before the mark: at worst a request is settled twice.
    journal.flush().await.map_err(|error| chain(&error))?;
    earlier.settle(run.store, run.id, run.clock.now(), token).await.map_err(|error| chain(&error))?;
    Ok(settled)
}

/// An error of the store with its cause.
pub(super) fn chain(error: &StoreError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}
