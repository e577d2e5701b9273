//! Facts as numbers. All times are microseconds since 1970, UTC.

use std::cmp::Ordering;

use jiff::Timestamp;

use super::words::Words;
use crate::line::{Grade, IdleEnd, Kind, Native, StoppedBy};

/// A number that stands for "none".
pub(super) const NONE: u32 = u32::MAX;

/// The facts of one account and region.
#[derive(Debug, Default)]
pub(super) struct Scope {
    pub(super) partition: String,
    pub(super) account: String,
    pub(super) region: String,
    pub(super) ran: Vec<RanFact>,
    pub(super) gone: Vec<GoneFact>,
    pub(super) stopped: Vec<StopFact>,
    pub(super) idle: Vec<IdleFact>,
    /// Looks by kind.
    pub(super) looks: [Vec<i64>; KINDS],
}

/// So many kinds there are.
pub(super) const KINDS: usize = 6;

/// The place of a kind in a table of all.
pub(super) fn place(kind: Kind) -> usize {
    match kind {
        Kind::App => 0,
        Kind::NotebookInstance => 1,
        Kind::Variant => 2,
        Kind::ProvisionedConcurrency => 3,
        Kind::Volume => 4,
        Kind::VpcEndpoint => 5,
    }
}

/// Every kind, by its place.
pub(super) const ALL: [Kind; KINDS] =
    [Kind::App, Kind::NotebookInstance, Kind::Variant, Kind::ProvisionedConcurrency, Kind::Volume, Kind::VpcEndpoint];

/// A resource, and when its run began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) resource: u32,
    pub(super) began: i64,
}

/// It ran like this from `since` to `at`, at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RanFact {
    pub(super) resource: u32,
    pub(super) config: u32,
    pub(super) began: i64,
    pub(super) at: i64,
    pub(super) since: i64,
}

impl RanFact {
    pub(super) fn key(&self) -> Key {
        Key { resource: self.resource, began: self.began }
    }
}

/// It was not there any more at this look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct GoneFact {
    pub(super) key: Key,
    pub(super) at: i64,
}

/// A stop. Of several the first in this order counts, but for the words' numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct StopFact {
    pub(super) key: Key,
    pub(super) grade: Grade,
    pub(super) gone_at: i64,
    pub(super) by: StoppedBy,
    /// The look that told of it. What was told first was read nearest to the stop.
    pub(super) at: i64,
    pub(super) idle_since: Option<i64>,
    pub(super) native: NativeFact,
    pub(super) reason: u32,
}

/// [`Native`] in an order: the shortest baseline first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NativeFact {
    Minutes(u32),
    Unread,
    Off,
}

impl From<Native> for NativeFact {
    fn from(native: Native) -> Self {
        match native {
            Native::Off => Self::Off,
            Native::Minutes(minutes) => Self::Minutes(minutes),
            Native::Unread => Self::Unread,
        }
    }
}

impl From<NativeFact> for Native {
    fn from(native: NativeFact) -> Self {
        match native {
            NativeFact::Off => Self::Off,
            NativeFact::Minutes(minutes) => Self::Minutes(minutes),
            NativeFact::Unread => Self::Unread,
        }
    }
}

/// It was idle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct IdleFact {
    pub(super) key: Key,
    pub(super) since: i64,
    pub(super) until: i64,
    pub(super) ended: IdleEnd,
}

/// How something ran. Numbers of words; [`NONE`] where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Config {
    /// Of `list`, where that is priced.
    pub(super) micro_usd_per_hour: u64,
    /// The list, or [`NONE`] where `unpriced` says why not.
    pub(super) list: u32,
    pub(super) unpriced: u32,
    pub(super) component: u32,
    pub(super) instance_type: u32,
    pub(super) units: u32,
    pub(super) owner: u32,
    /// Key, 0, value, 0 of each.
    pub(super) tags: u32,
}

impl Config {
    /// An order of what they say, not of when it was first read.
    pub(super) fn order(&self, other: &Self, words: &Words) -> Ordering {
        let texts = |config: &Self| {
            let Self { micro_usd_per_hour: _, list, unpriced, component, instance_type, units: _, owner, tags } =
                *config;
            [list, unpriced, component, instance_type, owner, tags].map(|n| (n != NONE).then(|| words.word(n)))
        };
        let numbers = |config: &Self| (config.micro_usd_per_hour, config.units);
        numbers(self).cmp(&numbers(other)).then_with(|| texts(self).cmp(&texts(other)))
    }
}

/// The time of a number.
pub(super) fn time(micros: i64) -> Timestamp {
    // Every number is a time that was read, or the begin of a day between two of them.
    Timestamp::from_microsecond(micros).unwrap_or(if micros < 0 { Timestamp::MIN } else { Timestamp::MAX })
}
