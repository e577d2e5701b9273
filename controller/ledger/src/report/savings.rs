//! What was saved by stopping what was idle.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{By, DayRow, Money, SeenRow, UnpricedRow, Window};
use crate::line::{Grade, StoppedBy};

/// `costctl report savings`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavingsReport {
    /// 1.
    pub schema_version: u32,
    /// When it was made, UTC.
    pub made_at: Timestamp,
    /// What it is about.
    pub window: Window,
    /// What the groups are by.
    pub by: By,
    /// A stop saves no longer than this, in seconds.
    pub cap_seconds: u64,
    /// Everything together.
    pub total: Sum,
    /// By group, the most saved first.
    pub groups: Vec<(String, Sum)>,
    /// By who stopped it.
    pub by_whom: BTreeMap<String, Sum>,
    /// By reason.
    pub by_reason: BTreeMap<String, Sum>,
    /// By how much is known.
    pub by_grade: BTreeMap<String, Sum>,
    /// Each day of each group.
    pub days: Vec<DayRow>,
    /// Each stop, the most saved first.
    pub stops: Vec<SavedRow>,
    /// What has no price, and why.
    pub unpriced: Vec<UnpricedRow>,
    /// The price lists that were used.
    pub lists: Vec<String>,
    /// How well was looked.
    pub seen: Vec<SeenRow>,
    /// What another idle timeout would have done, where that was asked for.
    pub what_if: Option<WhatIf>,
    /// What is to be known of the figures, each in one sentence.
    pub notes: Vec<String>,
}

/// So many stops, and what they saved within the window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// Stops whose saving touches the window.
    pub stops: u64,
    /// What they saved in it.
    pub money: Money,
}

/// One stop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedRow {
    /// What.
    pub resource: String,
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// Whose; `None` is "unattributed".
    pub owner: Option<String>,
    /// On what.
    pub instance_type: Option<String>,
    /// Who stopped it.
    pub by: StoppedBy,
    /// Why.
    pub reason: String,
    /// The saving's begin: verified gone.
    pub from: Timestamp,
    /// Its end, or as far as it is known.
    pub to: Timestamp,
    /// What ended it.
    pub held: Held,
    /// What it saved in the window.
    pub money: Money,
    /// How much is known.
    pub grade: Grade,
    /// Why the grade is not better; empty for `measured`.
    pub because: Vec<String>,
}

/// What ended a saving.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Held {
    /// Nothing yet.
    Open,
    /// The same app runs again.
    Restarted,
    /// No stop counts for longer than the cap.
    Cap,
    /// SageMaker's own idle shutdown would have stopped it then.
    Native,
}

/// What another idle timeout would have done to what was recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WhatIf {
    /// The timeout, in seconds.
    pub idle_timeout_seconds: u64,
    /// Times of idleness that were longer.
    pub stops: u64,
    /// Those after which work returned in the same run: people who would have found their app stopped.
    pub interrupted: u64,
    /// Idle time beyond the timeout, that ran and would not have.
    pub saved: Money,
    /// Runs in the window whose agent was heard.
    pub runs_heard: u64,
    /// Runs in the window of which nothing was heard: nothing is said of them.
    pub runs_unheard: u64,
}
