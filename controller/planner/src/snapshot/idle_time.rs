//! A time in which an app was idle.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A time of idleness of an app, as its agent's heartbeats told it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdleTime {
    /// The app's place among those of its account and region.
    pub app: u32,
    /// Since when it was idle, UTC.
    pub since: Timestamp,
    /// Until when that is known: when work returned, or the last heartbeat.
    pub until: Timestamp,
    /// Whether work returned then.
    pub work_returned: bool,
}
