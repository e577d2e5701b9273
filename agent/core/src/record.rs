//! The decision record: one JSON line a cycle, a contract from version 1 on.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::activity::Source;
use crate::instants::Instants;
use crate::judge::{Decision, Judgement, Verdict};
use crate::reason::{Explained, Reason};
use crate::resource::ResourceRef;

/// The version that this code writes. Members may be added within a version;
/// a changed meaning is a new one. Old versions parse for ever.
pub const SCHEMA_VERSION: u32 = 1;

/// One decision, explained by itself alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionRecord {
    /// [`SCHEMA_VERSION`] of the writer.
    pub schema_version: u32,
    /// When it was decided, UTC.
    pub at: Timestamp,
    /// The app or notebook instance that it is about: member `app` or `notebook_instance`.
    #[serde(flatten)]
    pub resource: ResourceRef,
    /// `active`, `idle` or `unknown`.
    pub verdict: Verdict,
    /// `keep`, `warn` or `stop`.
    pub decision: Decision,
    /// Why: a code of the closed list, and a sentence.
    pub reason: Explained,
    /// For how long the app has been idle; 0 while something is at work. Where
    /// something could not be seen, up to the last look that saw everything.
    pub idle_for_seconds: u64,
    /// The idle timeout in force.
    pub idle_timeout_seconds: u64,
    /// For how long the app has been watched without a break.
    pub watched_for_seconds: u64,
    /// How long until the stop if nothing happens; null while nothing leads there.
    pub stops_in_seconds: Option<u64>,
    /// Whether this agent only rehearses: it then holds nothing that could stop an app.
    pub rehearsal: bool,
    /// What holds back every stop now, due or not: `prepaid` or `office-hours`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_back: Option<Reason>,
    /// For how long something could not be read, once that is longer than blind-after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blind_for_seconds: Option<u64>,
    /// How often the app was snoozed since it started.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub snoozes: u32,
    /// How the pre-stop hook ended, in the record of the stop that it came before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pre_stop: Option<PreStopRecord>,
    /// What a reader should look into: tampering, blindness, conflicts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Each source, in order.
    pub sources: Vec<SourceRecord>,
}

/// How the pre-stop hook ended. Its failure is recorded and does not block the stop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreStopRecord {
    /// Whether it ended by itself with exit code 0.
    pub succeeded: bool,
    /// How it ended, for people.
    pub detail: String,
    /// How long it took.
    pub took_seconds: u64,
}

/// What one source said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRecord {
    /// Who was asked.
    pub name: Source,
    /// What it said, in a word.
    pub state: SourceState,
    /// The latest activity that it knows of, UTC; null where it knows of none.
    pub last_active: Option<Timestamp>,
    /// What it said, for people.
    pub detail: String,
    /// Whether it holds the app up: without it, the app would be nearer to its stop.
    #[serde(default, skip_serializing_if = "is_false")]
    pub holds: bool,
}

impl SourceRecord {
    /// A source that knows of no activity and holds nothing.
    pub(crate) fn new(name: Source, state: SourceState, detail: String) -> Self {
        Self { name, state, last_active: None, detail, holds: false }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes members by reference")]
fn is_false(value: &bool) -> bool {
    !value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes members by reference")]
fn is_zero(value: &u32) -> bool {
    *value == 0
}

/// What one source said, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceState {
    /// Something is at work.
    Active,
    /// Something is starting, restarting or dead, and not yet for long.
    Unsettled,
    /// Nothing is at work.
    Idle,
    /// There is no such source in this app.
    Absent,
    /// It could not be read.
    Unknown,
}

/// A line that is no decision record.
#[derive(Debug, Error)]
pub enum RecordError {
    /// Not the JSON of a record.
    #[error("not a decision record")]
    Json(#[source] serde_json::Error),
    /// Written by a later version, whose meaning is not known here.
    #[error("schema_version {0} is newer than this program knows ({SCHEMA_VERSION}); hint: update it")]
    Newer(u32),
}

impl DecisionRecord {
    /// The record of one judgement.
    #[must_use]
    pub fn new(resource: &ResourceRef, judgement: &Judgement, now: Instants, rehearsal: bool) -> Self {
        let Judgement {
            verdict,
            decision,
            reason,
            idle_for,
            idle_timeout,
            watched_for,
            blind_for,
            stops_in,
            held_back,
            sources,
            notes,
            history: _,
        } = judgement;
        Self {
            schema_version: SCHEMA_VERSION,
            at: now.wall,
            resource: resource.clone(),
            verdict: *verdict,
            decision: *decision,
            reason: reason.clone(),
            idle_for_seconds: idle_for.as_secs(),
            idle_timeout_seconds: idle_timeout.as_secs(),
            watched_for_seconds: watched_for.as_secs(),
            stops_in_seconds: stops_in.map(|left| left.as_secs()),
            rehearsal,
            held_back: *held_back,
            blind_for_seconds: blind_for.map(|blind| blind.as_secs()),
            snoozes: 0,
            pre_stop: None,
            notes: notes.clone(),
            sources: sources.clone(),
        }
    }

    /// The record that a line holds.
    ///
    /// # Errors
    /// [`RecordError`] when the line is no record or from a later schema.
    pub fn from_line(line: &str) -> Result<Self, RecordError> {
        #[derive(Deserialize)]
        struct Version {
            schema_version: u32,
        }
        let Version { schema_version } = serde_json::from_str(line).map_err(RecordError::Json)?;
        if schema_version > SCHEMA_VERSION {
            return Err(RecordError::Newer(schema_version));
        }
        serde_json::from_str(line).map_err(RecordError::Json)
    }
}
