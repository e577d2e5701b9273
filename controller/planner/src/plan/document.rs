//! The plan as a document that stands alone: what `--out` writes and `apply` reads.

use std::collections::BTreeMap;

use idle_core::{Explained, InstanceType};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::describe::{action, listed};
use super::{Action, Decision, Plan, Price, Row, Target};
use crate::install::Scope;
use crate::snapshot::{AppStatus, ScopeSeen, Snapshot, UnifiedOwner, Unreached};

/// The version of plan documents that this code writes.
pub const PLAN_SCHEMA_VERSION: u32 = 1;

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
    /// That text, in a plan that is applied elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_text: Option<String>,
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
    /// Whose by Unified Studio, where that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unified_studio: Option<UnifiedOwner>,
    /// What it runs on.
    pub instance_type: Option<InstanceType>,
    /// For how long it has been idle, where that is known.
    pub idle_for_seconds: Option<u64>,
    /// What it bills.
    pub price: Price,
}

impl Plan {
    /// The plan as a document that stands alone; `snapshot` is the one that it was made from.
    #[must_use]
    pub fn document(&self, snapshot: &Snapshot, policy_sha256: &str, valid_for: SignedDuration) -> PlanDocument {
        let mut document = PlanDocument {
            schema_version: PLAN_SCHEMA_VERSION,
            made_at: self.made_at,
            expires_at: self.made_at.saturating_add(valid_for).unwrap_or(self.made_at),
            snapshot_taken_at: snapshot.taken_at,
            policy_sha256: policy_sha256.to_owned(),
            policy_text: None,
            scopes: snapshot.scopes.iter().map(plan_scope).collect(),
            unreached: snapshot.unreached.clone(),
            refused: self.refused.clone(),
            actions: Vec::new(),
            held_back: Vec::new(),
            reported: Vec::new(),
            kept: BTreeMap::new(),
        };
        self.rows.iter().for_each(|row| document.add(snapshot, row));
        document
    }
}

impl PlanDocument {
    fn add(&mut self, snapshot: &Snapshot, row: &Row) {
        match row.decision {
            Decision::Act(verb) => self.actions.extend(action(snapshot, row, verb)),
            Decision::HoldBack => self.held_back.extend(listed(snapshot, row)),
            Decision::Report => self.reported.extend(listed(snapshot, row)),
            Decision::Keep => *self.kept.entry(row.code.code().to_owned()).or_default() += 1,
        }
    }
}

fn plan_scope(seen: &ScopeSeen) -> PlanScope {
    let blind = seen.blind.iter().map(ToString::to_string);
    let unclear = seen.unclear.iter().map(|unclear| format!("app {}: {}", unclear.app, unclear.why));
    PlanScope {
        scope: seen.scope.clone(),
        role: seen.role.clone(),
        apps: seen.apps.iter().filter(|app| app.status == AppStatus::InService).count(),
        blind: blind.chain(unclear).collect(),
    }
}
