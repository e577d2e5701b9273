//! The plan as a document that stands alone: what `--out` writes and `apply` reads.

use std::collections::BTreeMap;

use idle_core::{Explained, InstanceType};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Action, Price, Target};
use crate::install::Scope;
use crate::snapshot::Unreached;

/// A plan, complete in itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanDocument {
    /// The version of the writer.
    pub schema_version: u32,
    /// When it was made, UTC.
    pub made_at: Timestamp,
    /// After this it is not applied.
    pub expires_at: Timestamp,
    /// When what it is made of was seen, UTC.
    pub snapshot_taken_at: Timestamp,
    /// SHA-256 of the policy's text.
    pub policy_sha256: String,
    /// What it covers.
    pub scopes: Vec<PlanScope>,
    /// Of what nothing was seen.
    pub unreached: Vec<Unreached>,
    /// Guards that refused the whole run.
    pub refused: Vec<Explained>,
    /// What is to be done.
    pub actions: Vec<Action>,
    /// What would be, but for a guard, an exemption or something that is not known.
    pub held_back: Vec<Listed>,
    /// What is worth a look and is left alone.
    pub reported: Vec<Listed>,
    /// How much is kept, by reason.
    pub kept: BTreeMap<String, usize>,
}

/// One account in one region of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanScope {
    /// Which.
    #[serde(flatten)]
    pub scope: Scope,
    /// The ARN that looked.
    pub role: String,
    /// Running apps that were seen.
    pub apps: usize,
    /// What could not be seen, each in one line; empty where all of it was.
    pub blind: Vec<String>,
}

/// What is not acted on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Listed {
    /// What.
    pub target: Target,
    /// Why nothing is done.
    pub reason: Explained,
    /// Whose it is; `None` is "unattributed".
    pub owner: Option<String>,
    /// What it runs on.
    pub instance_type: Option<InstanceType>,
    /// For how long it has been idle, where that is known.
    pub idle_for_seconds: Option<u64>,
    /// What it bills.
    pub price: Price,
}
