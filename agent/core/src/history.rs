//! What earlier looks left behind.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::activity::Source;
use crate::instants::Instants;

/// What the judge remembers from look to look.
///
/// The default is a history in which nothing was ever seen: the watch begins
/// with the next whole look. A damaged or missing history is therefore safe.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct History {
    /// Since when the app has been watched without a long gap, a step of a
    /// clock or a restart of its server.
    pub watching_since: Option<Instants>,
    /// The last look of any kind.
    pub last_look: Option<Instants>,
    /// The last look in which every source could be read.
    pub last_whole_look: Option<Instants>,
    /// The last look that saw something at work.
    pub last_work: Option<Work>,
    /// The latest activity that any source ever stamped, also of items that
    /// are gone since.
    pub last_stamp: Option<Stamped>,
    /// Since when the warning stands.
    pub warned_since: Option<Instants>,
    /// Since when at least one source could not be read, without a whole look in between.
    pub blind_since: Option<Instants>,
    /// Each source's mark of its server's run.
    pub runs: BTreeMap<Source, String>,
    /// What is remembered of each item that the last looks saw.
    pub items: BTreeMap<Source, BTreeMap<String, ItemHistory>>,
}

/// Our own sight of something at work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// When we saw it.
    pub at: Instants,
    /// What it was, for people.
    pub what: String,
}

/// Activity that a source stamped.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stamped {
    /// When it was, never later than when we first saw the stamp.
    pub at: Timestamp,
    /// What it was, for people.
    pub what: String,
}

/// What is remembered of one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemHistory {
    /// The stamp that it carried at the last look, as served.
    pub stamp: Option<Timestamp>,
    /// The activity that this stamp proves: the stamp itself, or the moment we
    /// first saw it where it lay in the future. A stamp that does not change
    /// proves nothing new, so a future one cannot keep an app for ever.
    pub active_at: Option<Timestamp>,
    /// Since when it has been in no settled state.
    pub unsettled_since: Option<Instants>,
    /// The last sign of life of a claim to be busy: see [`crate::Claim`].
    #[serde(default)]
    pub alive_at: Option<Instants>,
    /// When its stamp was last seen to move.
    #[serde(default)]
    pub moved_at: Option<Instants>,
    /// Since when its stamp has been moving without a pause.
    #[serde(default)]
    pub restless_since: Option<Instants>,
}
