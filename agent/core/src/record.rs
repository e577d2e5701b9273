//! The decision record: one JSON line a cycle, a contract from version 1 on.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::activity::Source;
use crate::app::AppRef;
use crate::instants::Instants;
use crate::judge::{Decision, Judgement, Verdict};
use crate::policy::IdlePolicy;
use crate::reason::Explained;

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
    /// The app that it is about.
    pub app: AppRef,
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
    /// Each source, in order.
    pub sources: Vec<SourceRecord>,
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
    pub fn new(app: &AppRef, policy: &IdlePolicy, judgement: &Judgement, now: Instants, rehearsal: bool) -> Self {
        let Judgement { verdict, decision, reason, idle_for, watched_for, stops_in, sources, history: _ } = judgement;
        Self {
            schema_version: SCHEMA_VERSION,
            at: now.wall,
            app: app.clone(),
            verdict: *verdict,
            decision: *decision,
            reason: reason.clone(),
            idle_for_seconds: idle_for.as_secs(),
            idle_timeout_seconds: policy.idle_timeout().as_secs(),
            watched_for_seconds: watched_for.as_secs(),
            stops_in_seconds: stops_in.map(|left| left.as_secs()),
            rehearsal,
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
