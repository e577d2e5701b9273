//! One line of evidence. Lines are read for ever: members are only added, and what a
//! later version adds is passed over.

use cost_planner::plan::{Action, Listed, Planned, Price, State, Target, Verb};
use idle_core::{Explained, InstanceType};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The version that this code writes.
pub(super) const SCHEMA_VERSION: u32 = 1;

/// A line of JSON: what happened, in which run and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) schema_version: u32,
    pub(crate) run: String,
    /// The place among the run's lines of this account and region, from 0.
    pub(crate) sequence: u64,
    /// UTC.
    pub(crate) at: Timestamp,
    /// The generation of the lease; 0 where there was none yet.
    pub(crate) fencing_token: u64,
    #[serde(flatten)]
    pub(crate) event: Event,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Event {
    /// The first line of a run.
    RunStarted {
        /// SHA-256 of the plan.
        plan_digest: String,
        /// SHA-256 of the policy.
        policy_sha256: String,
        /// The ARN that acts.
        who: String,
        /// The version of this program.
        version: String,
        /// How much is planned here.
        actions: usize,
    },
    /// Nothing was done.
    Refused {
        action: Subject,
        /// Why not.
        refusal: Explained,
    },
    /// Written before the call: from here on it may have been done.
    Requested {
        action: Subject,
        /// What it was planned on.
        evidence: Box<Planned>,
        /// What stood there just before.
        before: State,
    },
    /// AWS took the call.
    Accepted { action: Subject, request_id: Option<String> },
    /// It was seen to be done.
    Verified { action: Subject, after: State },
    /// It was asked for and not seen to be done within the bound.
    Stuck { action: Subject, after: Option<State>, text: String },
    /// It was not done.
    Failed { action: Subject, text: String },
    /// What became of a request of an earlier run that ended without saying so.
    Reconciled { action: Subject, of_run: String, found: Found, after: State },
    /// The last line of a run.
    RunEnded {
        /// The later run that settled what this one had begun; `None` where it ended itself.
        settled_by: Option<String>,
        /// How much was seen to be done.
        verified: usize,
        /// How much failed or is stuck.
        failed: usize,
        /// How much was refused.
        refused: usize,
    },
}

/// What an event is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Subject {
    /// The action's key; `None` for what was never an action.
    pub(crate) key: Option<String>,
    pub(crate) verb: Option<Verb>,
    pub(crate) target: Target,
    /// Why it was planned; for what was never an action, why it was not.
    pub(crate) reason: Explained,
    pub(crate) owner: Option<String>,
    pub(crate) instance_type: Option<InstanceType>,
    pub(crate) price: Price,
}

/// What an earlier request came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Found {
    /// It was done.
    Gone,
    /// It is still there, or on its way out.
    StillThere,
    /// It was done, and somebody made it anew.
    GoneAndMadeAnew,
}

impl From<&Action> for Subject {
    fn from(action: &Action) -> Self {
        let Action { key, verb, target, reason, planned: _, must: _, owner, unified_studio: _, instance_type, price } =
            action.clone();
        Self { key: Some(key), verb: Some(verb), target, reason, owner, instance_type, price }
    }
}

impl From<&Listed> for Subject {
    fn from(listed: &Listed) -> Self {
        let Listed { target, reason, owner, unified_studio: _, instance_type, idle_for_seconds: _, price } =
            listed.clone();
        Self { key: None, verb: None, target, reason, owner, instance_type, price }
    }
}
