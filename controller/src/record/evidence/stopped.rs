//! What sweeps stopped lately, for the ledger.

use cost_ledger::advance::SweepStop;
use cost_planner::install::Scope;
use cost_planner::plan::{Planned, Verb};
use futures_util::StreamExt;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use std::collections::BTreeMap;

use super::line::{Event, Found, Line, Subject};
use super::open_runs::lines;
use crate::record::{Store, StoreError};

/// A run that ends today may have begun yesterday; one that a later run settled, up to eight days
/// ago, is told by that one.
const DAYS: i64 = 2;

/// So many objects are fetched at once.
const AT_ONCE: usize = 16;

/// The stops in this account and region that were seen to be done today or yesterday, by runs of the
/// last two days: for as long the ledger knows which of them it was told.
///
/// # Errors
/// When not all could be read.
pub(crate) async fn stopped(store: &Store, scope: &Scope, now: Timestamp) -> Result<Vec<SweepStop>, StoreError> {
    let today = TimeZone::UTC.to_datetime(now).date();
    let region = super::region_folder(scope);
    let mut keys = Vec::new();
    for folder in store.listed(&region).await?.folders {
        let day = folder.strip_prefix("dt=").and_then(|day| day.parse::<Date>().ok());
        if day.is_none_or(|day| day < today.saturating_sub(DAYS.days())) {
            continue;
        }
        let day = format!("{region}/{folder}");
        for run in store.listed(&day).await?.folders {
            let names = store.names(&format!("{day}/{run}")).await?;
            keys.extend(names.into_iter().map(|name| format!("{day}/{run}/{name}")));
        }
    }
    let mut fetched = futures_util::stream::iter(keys)
        .map(async |key| {
            let bytes = store.get(&key).await;
            (key, bytes)
        })
        .buffer_unordered(AT_ONCE);
    let mut told = Told::default();
    while let Some((key, bytes)) = fetched.next().await {
        let Some(bytes) = bytes? else { continue };
        lines(&bytes).map_err(|problem| store.damaged(&key, problem))?.into_iter().for_each(|line| told.add(line));
    }
    let yesterday = today.saturating_sub(1.day());
    let mut stops = told.stops();
    stops.retain(|stop| TimeZone::UTC.to_datetime(stop.gone_at).date() >= yesterday);
    Ok(stops)
}

/// What requests were planned on, and which were seen to be done. By run and key, since the
/// objects of a run come in any order.
#[derive(Debug, Default)]
struct Told {
    requested: BTreeMap<(String, String), Planned>,
    done: Vec<(String, Subject, Timestamp)>,
}

impl Told {
    fn add(&mut self, line: Line) {
        match line.event {
            Event::Requested { action, evidence, before: _ } => {
                if let Some(key) = action.key {
                    self.requested.insert((line.run, key), *evidence);
                }
            }
            Event::Verified { action, after: _ } => self.done.push((line.run, action, line.at)),
            Event::Reconciled { action, of_run, found: Found::Gone | Found::GoneAndMadeAnew, after: _ } => {
                self.done.push((of_run, action, line.at));
            }
            Event::RunStarted { .. }
            | Event::Refused { .. }
            | Event::Accepted { .. }
            | Event::Stuck { .. }
            | Event::Failed { .. }
            | Event::Reconciled { found: Found::StillThere, .. }
            | Event::RunEnded { .. } => {}
        }
    }

    /// Those whose request is known, too: without it nobody knows which run of its name it was.
    fn stops(self) -> Vec<SweepStop> {
        let Self { requested, done } = self;
        let mut stops: Vec<SweepStop> = done
            .into_iter()
            .filter(|(_, action, _)| action.verb.is_some_and(ends_a_run))
            .filter_map(|(run, action, gone_at)| {
                let planned = requested.get(&(run, action.key?))?;
                Some(SweepStop {
                    target: action.target,
                    created_at: planned.created_at,
                    modified_at: planned.modified_at,
                    gone_at,
                    reason: action.reason.code.to_string(),
                    idle_since: planned.idle_since,
                })
            })
            .collect();
        stops.sort_by_key(|stop| stop.gone_at);
        stops
    }
}

/// Whether what bills is gone with it.
fn ends_a_run(verb: Verb) -> bool {
    match verb {
        Verb::DeleteApp | Verb::StopNotebookInstance | Verb::ScaleVariantToZero | Verb::DeleteEndpoint => true,
        Verb::ScaleInferenceComponentToZero => false,
    }
}
