//! What the running agent leaves for `status` and `check`.

use std::path::Path;

use idle_core::{DecisionRecord, History, ResourceRef};
use serde::{Deserialize, Serialize};

use super::state_dir::{StateDir, StateError};
use crate::snooze::Granted;

const FILE: &str = "state.json";
const SCHEMA_VERSION: u32 = 2;

/// What the running agent knows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct State {
    schema_version: u32,
    /// The process that wrote it.
    pub(crate) pid: u32,
    /// What it watches: one resource, or the apps that a Classic server serves.
    pub(crate) watched: Vec<Watched>,
    /// The snoozes that it granted.
    pub(crate) granted: Granted,
    /// How the app was stopped the last time, in words.
    pub(crate) last_stop: Option<String>,
}

/// One watched resource.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Watched {
    /// The last decision.
    pub(crate) record: DecisionRecord,
    /// What the judge remembers.
    pub(crate) history: History,
    /// How the last attempt to stop it ended, in words.
    pub(crate) last_attempt: Option<String>,
}

impl State {
    /// The state of this process.
    pub(crate) fn new(watched: Vec<Watched>, granted: Granted, last_stop: Option<String>) -> Self {
        Self { schema_version: SCHEMA_VERSION, pid: std::process::id(), watched, granted, last_stop }
    }

    /// Writes the state for others to read.
    ///
    /// # Errors
    /// When the directory cannot be written.
    pub(crate) fn save(&self, dir: &StateDir) -> Result<(), StateError> {
        dir.write(FILE, self)
    }

    /// The state that an agent left; `None` where it is missing, damaged or another version's.
    pub(crate) fn load(dir: &Path) -> Option<Self> {
        StateDir::read(dir, FILE).filter(|state: &Self| state.schema_version == SCHEMA_VERSION)
    }

    /// What the agent remembers of this resource.
    pub(crate) fn history_of(self, resource: &ResourceRef) -> Option<History> {
        let arn = resource.arn();
        self.watched.into_iter().find(|watched| watched.record.resource.arn() == arn).map(|watched| watched.history)
    }
}
