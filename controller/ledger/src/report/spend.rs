//! What was spent, and what is being spent.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{By, DayRow, Money, SeenRow, UnpricedRow, Window};

/// `costctl report spend`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpendReport {
    /// 1.
    pub schema_version: u32,
    /// When it was made, UTC.
    pub made_at: Timestamp,
    /// What it is about.
    pub window: Window,
    /// What the rows are grouped by.
    pub by: By,
    /// What runs now; `None` where nobody looked.
    pub now: Option<RunRate>,
    /// The most expensive first.
    pub rows: Vec<SpendRow>,
    /// All rows together.
    pub total: Money,
    /// What idle time came to in the window by user profile, whatever the rows are by; the most
    /// expensive first. At most 50.
    #[serde(default)]
    pub waste: Vec<WasteRow>,
    /// Each day of each row.
    pub days: Vec<DayRow>,
    /// The longest idle time first, of apps that run now. At most 50.
    pub top_idle: Vec<IdleRow>,
    /// Endpoints that run now and that nobody invokes, the most expensive first. At most 50.
    pub idle_endpoints: Vec<IdleRow>,
    /// What has no price, and why.
    pub unpriced: Vec<UnpricedRow>,
    /// The price lists that were used.
    pub lists: Vec<String>,
    /// How well was looked.
    pub seen: Vec<SeenRow>,
    /// What AWS billed, where that was asked for.
    pub actuals: Option<Actuals>,
    /// What is to be known of the figures, each in one sentence.
    pub notes: Vec<String>,
}

/// What runs now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRate {
    /// As of when, UTC.
    pub as_of: Timestamp,
    /// What bills.
    pub running: u64,
    /// Millionths of a US dollar an hour, of what has a price.
    pub micro_usd_per_hour: u64,
    /// So many have no price.
    pub unpriced: u64,
}

/// One group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpendRow {
    /// Its name: a domain id, a user profile, …; "unattributed" where there is none.
    pub group: String,
    /// What runs now in it.
    pub now: Option<RunRate>,
    /// What it came to in the window.
    pub money: Money,
    /// How much of that was idle for 10 minutes and more at a time, by its agents' heartbeats.
    pub idle: Money,
    /// How many resources.
    pub resources: u64,
}

/// The idle time of one user profile's apps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WasteRow {
    /// The user profile; "unattributed" where there is none.
    pub user_profile: String,
    /// What it came to.
    pub idle: Money,
}

/// What is idle now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IdleRow {
    /// What.
    pub resource: String,
    /// The account and region.
    pub account: String,
    /// The region.
    pub region: String,
    /// Whose; `None` is "unattributed".
    pub owner: Option<String>,
    /// On what.
    pub instance_type: Option<String>,
    /// For how long.
    pub idle_seconds: u64,
    /// What it bills; `None` where there is no price.
    pub micro_usd_per_hour: Option<u64>,
    /// What it has come to since it is idle.
    pub wasted_micro_usd: Option<u64>,
}

/// What AWS billed, by Cost Explorer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Actuals {
    /// Which days: whole ones, and AWS may still add to the last two.
    pub window: Window,
    /// By usage type's component.
    pub rows: Vec<ActualRow>,
    /// All of SageMaker, millionths of a US dollar, amortized.
    pub billed_micro_usd: i64,
    /// What this report says of the same days.
    pub estimated_micro_usd: i64,
}

/// One component.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActualRow {
    /// Such as `Studio:JupyterLab`.
    pub component: String,
    /// What AWS billed.
    pub billed_micro_usd: i64,
    /// What this report says; `None` for what it does not watch, such as training.
    pub estimated_micro_usd: Option<i64>,
}
