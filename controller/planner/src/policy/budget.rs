//! How much one run may do.

use std::fmt;

use idle_core::{Reason, Schedule};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

use super::at::At;
use super::error::{Blame, PolicyError};
use super::file;

/// A limit to what one run does to each account, domain or user profile, or in all.
#[derive(Debug, Clone, PartialEq)]
pub struct Budget {
    /// Its name, for refusals.
    pub name: String,
    /// Its line in the policy file.
    pub line: u32,
    /// So many actions at most; every kind of resource counts.
    pub max_actions: Option<u32>,
    /// So many of a hundred running resources at most, rounded down.
    pub max_percent: Option<u32>,
    /// So much at most, in millionths of a US dollar an hour.
    pub max_micro_usd_per_hour: Option<u64>,
    /// Of what.
    pub per: Per,
    /// The hours in which it holds; `None` for always.
    pub when: Option<Schedule>,
    /// The reasons of actions that it counts; empty for all.
    pub reasons: Vec<Reason>,
}

/// What a budget is counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Per {
    /// All of the run.
    #[default]
    Run,
    /// Each account.
    Account,
    /// Each domain; what stands in none is not counted.
    Domain,
    /// Each user profile of each domain, apps of nobody together; what stands in no domain is not counted.
    UserProfile,
}

impl Budget {
    pub(crate) fn build(read: At<file::Budget>, blame: &Blame<'_>) -> Result<Self, PolicyError> {
        let At { value, line } = read;
        let file::Budget { name, max_apps, max_percent, max_usd_per_hour, per, when, reasons } = value;
        if max_apps.is_none() && max_percent.is_none() && max_usd_per_hour.is_none() {
            return Err(blame.at(line, "limits nothing; hint: give max-apps, max-percent or max-usd-per-hour"));
        }
        if let Some(At { value, line }) = max_percent.as_ref().filter(|percent| percent.value > 100) {
            return Err(blame.at(*line, format!("{value} is more than all; hint: 0 to 100")));
        }
        let schedule = |at: At<String>| at.value.parse().map_err(|error| blame.at(at.line, format!("{error}")));
        Ok(Self {
            name: name.unwrap_or_else(|| format!("the budget at line {line}")),
            line,
            max_actions: max_apps,
            max_percent: max_percent.map(|at| at.value),
            max_micro_usd_per_hour: max_usd_per_hour.map(|usd| usd.0),
            per,
            when: when.map(schedule).transpose()?,
            reasons,
        })
    }

    /// Whether it counts actions for this reason at this hour.
    #[must_use]
    pub fn counts(&self, reason: Reason, now: jiff::Timestamp) -> bool {
        let in_time = self.when.as_ref().is_none_or(|when| when.contains(now));
        in_time && (self.reasons.is_empty() || self.reasons.contains(&reason))
    }
}

impl fmt::Display for Per {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Run => "run",
            Self::Account => "account",
            Self::Domain => "domain",
            Self::UserProfile => "user profile",
        })
    }
}

/// US dollars, in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Usd(pub(crate) u64);

/// More than this an hour is a typing error.
const MAX_USD: f64 = 1e9;

impl<'de> Deserialize<'de> for Usd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Dollars)
    }
}

struct Dollars;

impl Visitor<'_> for Dollars {
    type Value = Usd;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("US dollars an hour, such as 12.5")
    }

    fn visit_f64<E: Error>(self, usd: f64) -> Result<Usd, E> {
        if !(0.0..=MAX_USD).contains(&usd) {
            return Err(E::custom(format!("{usd} is no amount; hint: US dollars an hour, such as 12.5")));
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between 0 and 1e15")]
        Ok(Usd((usd * 1e6).round() as u64))
    }

    fn visit_i64<E: Error>(self, usd: i64) -> Result<Usd, E> {
        let usd = u32::try_from(usd).map_err(|_| E::custom(format!("{usd} is no amount; hint: such as 12.5")))?;
        self.visit_f64(f64::from(usd))
    }
}
