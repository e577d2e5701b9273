//! What one look at an app saw.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Everything that one look saw, from every source that was asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Activity {
    /// One reading a source; their order changes nothing.
    pub readings: Vec<Reading>,
    /// The snooze in force, if any.
    pub snooze: Option<Snooze>,
}

impl Activity {
    /// Whether every source could be read, and there was at least one.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.readings.is_empty() && self.readings.iter().all(|r| !matches!(r.sight, Sight::Unknown(_)))
    }
}

/// A user's wish to be left running, already held against the administrator's cap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snooze {
    /// When it ends, UTC.
    pub until: Timestamp,
    /// Why, in the user's words; may be empty.
    pub reason: String,
}

/// What one source answered in one look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Who was asked.
    pub source: Source,
    /// What was seen, or why nothing could be.
    pub sight: Sight,
}

/// The sources of evidence, a closed list: records name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// Kernels of the app's Jupyter server.
    JupyterKernels,
    /// Terminals of the app's Jupyter server.
    JupyterTerminals,
    /// Sessions (a notebook or console bound to a kernel) of the Jupyter server.
    JupyterSessions,
}

impl Source {
    /// The name that records carry.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::JupyterKernels => "jupyter-kernels",
            Self::JupyterTerminals => "jupyter-terminals",
            Self::JupyterSessions => "jupyter-sessions",
        }
    }
}

/// What a source let us see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// The whole list of what there is; an empty list is a sight, too.
    Seen {
        /// Kernels, terminals, sessions, …
        items: Vec<Item>,
        /// A mark of the server's run (its start time): another mark means
        /// that the server was restarted. `None` where the source has none.
        run: Option<String>,
    },
    /// The source does not exist in this app (terminals can be disabled).
    Absent(String),
    /// Nothing could be seen, and why. Unknown is not idle.
    Unknown(String),
}

/// One thing that may be at work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Identity within its source, stable from look to look.
    pub id: String,
    /// What a person calls it.
    pub label: String,
    /// Its state as the source reports it.
    pub state: ItemState,
    /// The source's own stamp of its last activity.
    pub last_active: Option<Timestamp>,
}

/// What a source says of one item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ItemState {
    /// At work now, however old its stamp is.
    Busy,
    /// Not at work now; its stamp tells when it last was.
    Quiet,
    /// Neither: starting, restarting, dead, or a word that we do not know.
    /// Counts as work for a bounded time.
    Unsettled(String),
}
