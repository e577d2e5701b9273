//! What became of each action.

use cost_planner::plan::{Action, State};
use idle_core::Explained;
use serde::{Deserialize, Serialize};

use crate::record::{Event, Subject};

/// An action and what became of it.
#[derive(Debug, Clone)]
pub(crate) struct Done<'a> {
    pub(crate) action: &'a Action,
    pub(crate) outcome: Outcome,
    /// The id of AWS's request, where AWS took one.
    pub(crate) request_id: Option<String>,
}

/// What became of an action.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Outcome {
    /// It was seen to be done.
    Verified(State),
    /// It was asked for, and not seen to be done within the bound.
    Stuck {
        /// What was seen last.
        after: Option<State>,
        text: String,
    },
    /// It was not done.
    Failed(String),
    /// Nothing was asked for.
    Refused(Explained),
}

impl Outcome {
    /// Whether it counts towards the failures that end a run.
    pub(crate) fn is_failure(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::Stuck { .. })
    }

    /// The line that tells it.
    pub(super) fn event(&self, action: &Action) -> Event {
        let action = Subject::from(action);
        match self.clone() {
            Self::Verified(after) => Event::Verified { action, after },
            Self::Stuck { after, text } => Event::Stuck { action, after, text },
            Self::Failed(text) => Event::Failed { action, text },
            Self::Refused(refusal) => Event::Refused { action, refusal },
        }
    }
}

/// How many ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) verified: usize,
    /// Failed or stuck.
    pub(crate) failed: usize,
    pub(crate) refused: usize,
}

impl Counts {
    pub(crate) fn of<'a>(outcomes: impl IntoIterator<Item = &'a Outcome>) -> Self {
        let mut counts = Self::default();
        for outcome in outcomes {
            match outcome {
                Outcome::Verified(_) => counts.verified += 1,
                Outcome::Stuck { .. } | Outcome::Failed(_) => counts.failed += 1,
                Outcome::Refused(_) => counts.refused += 1,
            }
        }
        counts
    }
}
