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
    /// What is known of the app itself.
    pub facts: AppFacts,
    /// What we did ourselves lately, and must not take for somebody's activity.
    pub echoes: Vec<Echo>,
}

/// What is known of the app itself, beyond what happens in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AppFacts {
    /// When the app came up, UTC; `None` where it cannot be told.
    pub started_at: Option<Timestamp>,
    /// Why a stop would save nothing, for people: a capacity block or training
    /// plan is paid for whether it is used or not.
    pub prepaid: Option<String>,
    /// Anything else that a reader of the record should know, such as a native
    /// idle timeout that is shorter than ours.
    pub notes: Vec<String>,
}

/// A trace that we left ourselves: a stamp of this source in this time is ours
/// (our warning on a terminal is output, and moves the terminal's stamp).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Echo {
    /// Where it shows.
    pub source: Source,
    /// The first moment that may carry it, UTC.
    pub from: Timestamp,
    /// The last moment that may carry it, UTC.
    pub to: Timestamp,
}

impl Echo {
    /// Whether a stamp of `source` is our own doing.
    #[must_use]
    pub fn covers(&self, source: Source, stamp: Timestamp) -> bool {
        self.source == source && (self.from..=self.to).contains(&stamp)
    }
}

impl Activity {
    /// Whether every source could be read, and there was at least one.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.readings.is_empty() && self.readings.iter().all(|r| !matches!(r.sight, Sight::Unknown(_)))
    }

    /// The sight of one source, if it was asked.
    #[must_use]
    pub fn sight_of(&self, source: Source) -> Option<&Sight> {
        self.readings.iter().find(|reading| reading.source == source).map(|reading| &reading.sight)
    }

    /// Whether the machine was seen to have a GPU.
    #[must_use]
    pub fn has_gpu(&self) -> bool {
        matches!(self.sight_of(Source::Gpu), Some(Sight::Seen { items, .. }) if !items.is_empty())
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

macro_rules! sources {
    ($($(#[doc = $doc:literal])* $variant:ident = $name:literal;)*) => {
        /// The sources of evidence, a closed list: records name them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Source { $($(#[doc = $doc])* #[serde(rename = $name)] $variant,)* }

        impl Source {
            /// Every source.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name that records carry.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

sources! {
    /// Kernels of the app's Jupyter server.
    JupyterKernels = "jupyter-kernels";
    /// Terminals of the app's Jupyter server.
    JupyterTerminals = "jupyter-terminals";
    /// Sessions (a notebook or console bound to a kernel) of the Jupyter server.
    JupyterSessions = "jupyter-sessions";
    /// The Code Editor server.
    CodeEditor = "code-editor";
    /// The file in which Studio's own tools stamp the user's last activity.
    ActivityFile = "activity-file";
    /// CPU time of the user's processes.
    Processes = "processes";
    /// Input and output of the user's pseudo terminals.
    PseudoTerminals = "pseudo-terminals";
    /// Established SSH sessions.
    SshSessions = "ssh-sessions";
    /// Utilisation of the GPUs.
    Gpu = "gpu";
    /// The user's Docker containers.
    Docker = "docker";
    /// What the agent inside a Classic KernelGateway app sees there.
    GatewayReport = "gateway-report";
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
    /// Set where `Busy` is only said by a server and not measured by us.
    pub claim: Option<Claim>,
}

impl Item {
    /// An item whose state is measured, not claimed.
    #[must_use]
    pub fn new(id: impl Into<String>, label: impl Into<String>, state: ItemState) -> Self {
        Self { id: id.into(), label: label.into(), state, last_active: None, claim: None }
    }

    /// The same item with its stamp.
    #[must_use]
    pub fn active_at(mut self, stamp: Timestamp) -> Self {
        self.last_active = Some(stamp);
        self
    }

    /// The same item, whose state is only claimed.
    #[must_use]
    pub fn claimed(mut self, claim: Claim) -> Self {
        self.claim = Some(claim);
        self
    }
}

/// A state that somebody else vouches for: believed, but not for ever without a
/// sign of life.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Claim {
    /// How many clients are connected; `None` where that is not told.
    pub clients: Option<u32>,
    /// The id of the item of [`Source::Processes`] in which its work would show.
    pub processes: Option<String>,
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
