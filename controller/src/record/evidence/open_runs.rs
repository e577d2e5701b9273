//! Earlier runs that did not come to their end, and what they had asked for.

use std::collections::BTreeMap;

use cost_planner::install::Scope;
use cost_planner::plan::Planned;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::journal::bytes_of;
use super::line::{Event, Line, SCHEMA_VERSION, Subject};
use crate::record::{Store, StoreError};

/// A run that was cut short is looked for so long. SageMaker tells of a deleted app for a
/// day; a week and a day is a sweep that runs weekly.
const DAYS: i64 = 8;

/// A run without an end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OpenRun {
    day: String,
    pub(crate) run: String,
    /// How many lines of it were read.
    lines: u64,
}

/// A request without an outcome.
#[derive(Debug, PartialEq)]
pub(crate) struct Unsettled {
    pub(crate) action: Subject,
    pub(crate) planned: Planned,
}

/// The runs of the last days in this account and region that have no end, the oldest first.
///
/// # Errors
/// When not all could be listed.
pub(crate) async fn open_runs(
    store: &Store,
    scope: &Scope,
    now: Timestamp,
    own: &str,
) -> Result<Vec<OpenRun>, StoreError> {
    let today = TimeZone::UTC.to_datetime(now).date();
    let first = today.saturating_sub(DAYS.days());
    let region = super::region_folder(scope);
    let mut open = Vec::new();
    for folder in store.listed(&region).await?.folders {
        let day = folder.strip_prefix("dt=").and_then(|day| day.parse::<Date>().ok());
        if day.is_none_or(|day| day < first) {
            continue;
        }
        let day = format!("{region}/{folder}");
        let listed = store.listed(&day).await?;
        let has_ended = |run: &String| listed.objects.binary_search(&super::ended_name(run)).is_ok();
        let runs = listed.folders.iter().filter(|run| *run != own && !has_ended(run));
        open.extend(runs.map(|run| OpenRun { day: day.clone(), run: run.clone(), lines: 0 }));
    }
    Ok(open)
}

impl OpenRun {
    /// What the run had asked for and said nothing of afterwards, in the order of asking.
    ///
    /// # Errors
    /// When a part could not be read, or is of a later version than this program.
    pub(crate) async fn unsettled(&mut self, store: &Store) -> Result<Vec<Unsettled>, StoreError> {
        let folder = format!("{}/{}", self.day, self.run);
        let mut requested: BTreeMap<String, (u64, Unsettled)> = BTreeMap::new();
        for name in store.names(&folder).await? {
            let key = format!("{folder}/{name}");
            let Some(bytes) = store.get(&key).await? else { continue };
            for line in lines(&bytes).map_err(|problem| store.damaged(&key, problem))? {
                self.lines = self.lines.max(line.sequence + 1);
                note(&mut requested, line);
            }
        }
        let mut open: Vec<(u64, Unsettled)> = requested.into_values().collect();
        open.sort_by_key(|(sequence, _)| *sequence);
        Ok(open.into_iter().map(|(_, unsettled)| unsettled).collect())
    }

    /// Marks the run as settled by a later one, so that it is looked at once.
    ///
    /// # Errors
    /// When that could not be written.
    pub(crate) async fn settle(&self, store: &Store, by: &str, at: Timestamp, token: u64) -> Result<(), StoreError> {
        let event = Event::RunEnded { settled_by: Some(by.to_owned()), verified: 0, failed: 0, refused: 0 };
        let (schema_version, run) = (SCHEMA_VERSION, self.run.clone());
        let line = Line { schema_version, run, sequence: self.lines, at, fencing_token: token, event };
        let key = super::ended_key(&self.day, &self.run);
        store.create(&key, bytes_of(&[line])).await.map(drop)
    }
}

fn note(requested: &mut BTreeMap<String, (u64, Unsettled)>, line: Line) {
    match line.event {
        Event::Requested { action, evidence, before: _ } => {
            let Some(key) = action.key.clone() else { return };
            requested.insert(key, (line.sequence, Unsettled { action, planned: *evidence }));
        }
        Event::Refused { action, .. }
        | Event::Verified { action, .. }
        | Event::Stuck { action, .. }
        | Event::Failed { action, .. } => {
            action.key.and_then(|key| requested.remove(&key));
        }
        Event::RunStarted { .. } | Event::Accepted { .. } | Event::Reconciled { .. } | Event::RunEnded { .. } => {}
    }
}

/// The lines of a part.
///
/// # Errors
/// What is wrong with one of them.
pub(crate) fn lines(bytes: &[u8]) -> Result<Vec<Line>, String> {
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.enumerate().map(|(n, line)| one(line).map_err(|problem| format!("line {}: {problem}", n + 1))).collect()
}

fn one(line: &[u8]) -> Result<Line, String> {
    #[derive(serde::Deserialize)]
    struct Version {
        schema_version: u32,
    }
    let Version { schema_version } = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    if schema_version > SCHEMA_VERSION {
        return Err(format!("schema_version {schema_version} is newer than this program"));
    }
    serde_json::from_slice(line).map_err(|error| error.to_string())
}
