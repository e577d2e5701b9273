//! What the running agent leaves for `status` and `check`.

use std::path::Path;

use idle_core::{DecisionRecord, History};
use serde::{Deserialize, Serialize};

use super::state_dir::{StateDir, StateError};

const FILE: &str = "state.json";

/// The running agent's last decision and its history.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct State {
    /// The process that wrote it.
    pub(crate) pid: u32,
    /// Its last decision.
    pub(crate) record: DecisionRecord,
    /// What it remembers.
    pub(crate) history: History,
    /// How its last attempt to stop the app ended, in words.
    pub(crate) last_attempt: Option<String>,
}

impl State {
    /// Writes the state for others to read.
    ///
    /// # Errors
    /// When the directory cannot be written.
    pub(crate) fn save(&self, dir: &StateDir) -> Result<(), StateError> {
        dir.write(FILE, self)
    }

    /// The state that an agent left; `None` where it is missing or damaged.
    pub(crate) fn load(dir: &Path) -> Option<Self> {
        StateDir::read(dir, FILE)
    }
}
