//! A part of a run in which nothing changed, and what it billed.

use std::fmt;

use jiff::Timestamp;

use super::facts::Config;
use super::folded::Folded;
use super::take_in::END;

/// A part of a run in which nothing changed.
#[derive(Clone, Copy)]
pub struct Span<'a> {
    pub(super) folded: &'a Folded,
    /// From when.
    pub from: Timestamp,
    /// To when, that not included.
    pub to: Timestamp,
    pub(super) config: u32,
}

/// Names what a span ran as: two spans with the same are alike in everything but their times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConfigId(pub u32);

/// What something billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charge<'a> {
    /// At list price.
    Priced {
        /// Millionths of a US dollar an hour, of all units.
        micro_usd_per_hour: u64,
        /// The list that it is from.
        list: &'a str,
    },
    /// Why it has no price.
    Unpriced(&'a str),
}

impl<'a> Span<'a> {
    fn config(self) -> &'a Config {
        &self.folded.configs[self.config as usize]
    }

    /// What it ran as.
    #[must_use]
    pub fn config_id(self) -> ConfigId {
        ConfigId(self.config)
    }

    /// What it billed.
    #[must_use]
    pub fn charge(self) -> Charge<'a> {
        let Config { micro_usd_per_hour, list, unpriced, .. } = *self.config();
        match self.folded.optional(list) {
            Some(list) => Charge::Priced { micro_usd_per_hour, list },
            None => Charge::Unpriced(self.folded.optional(unpriced).unwrap_or_default()),
        }
    }

    /// What it ran on.
    #[must_use]
    pub fn instance_type(self) -> Option<&'a str> {
        self.folded.optional(self.config().instance_type)
    }

    /// The price component.
    #[must_use]
    pub fn component(self) -> &'a str {
        self.folded.words.word(self.config().component)
    }

    /// So many instances, gigabytes, units of concurrency, or availability zones.
    #[must_use]
    pub fn units(self) -> u32 {
        self.config().units
    }

    /// Whose it was; `None` is "unattributed".
    #[must_use]
    pub fn owner(self) -> Option<&'a str> {
        self.folded.optional(self.config().owner)
    }

    /// Its tags.
    #[must_use]
    pub fn tags(self) -> Tags<'a> {
        Tags(self.folded.optional(self.config().tags).unwrap_or_default())
    }

    /// How long it was, in whole seconds.
    #[must_use]
    pub fn seconds(self) -> u64 {
        u64::try_from(self.to.duration_since(self.from).as_secs()).unwrap_or_default()
    }
}

impl fmt::Debug for Span<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {} as {} at {:?}", self.from, self.to, self.component(), self.charge())
    }
}

/// Tags by key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tags<'a>(&'a str);

impl<'a> Tags<'a> {
    /// Keys and values, in order of the keys.
    pub fn iter(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let mut parts = self.0.split_terminator(END);
        std::iter::from_fn(move || Some((parts.next()?, parts.next()?)))
    }

    /// The value of a key.
    #[must_use]
    pub fn get(self, key: &str) -> Option<&'a str> {
        self.iter().find_map(|(known, value)| (known == key).then_some(value))
    }
}
