//! One line of the ledger, version 1: a fact about one resource or one look.
//!
//! Lines are read for ever: members are only added, and what a later version adds is
//! passed over. Money is integer micro-dollars, times are UTC.

use std::collections::BTreeMap;

use idle_core::{AccountId, Partition, Region};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The version that this code writes.
pub const SCHEMA_VERSION: u32 = 1;

/// A line of JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// [`SCHEMA_VERSION`] of the writer.
    pub schema_version: u32,
    /// Partition of the account.
    pub partition: Partition,
    /// The account, also in the object's path.
    pub account: AccountId,
    /// The region, also in the object's path.
    pub region: Region,
    /// When the look began by which this is known. Its UTC day is the object's `dt=`.
    pub at: Timestamp,
    /// What is known.
    #[serde(flatten)]
    pub fact: Fact,
}

/// What a line tells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "kebab-case")]
pub enum Fact {
    /// Every resource of these kinds was listed to the end: what is not in the look was not there.
    Look(Look),
    /// A resource ran and billed at this look, like this. Told when it is first seen, when
    /// anything of it changes, and once in each UTC day in which it is seen.
    Ran(Ran),
    /// A resource that ran at an earlier look was not there any more at this one, which saw all of its kind.
    Gone(RunKey),
    /// Somebody stopped a resource because nobody used it. Told once it is verified to be gone.
    Stopped(Stopped),
    /// A resource was idle from then to then, by its agent's heartbeats.
    Idle(Idle),
}

/// A look at one account and region that came to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// What was listed to the end; kinds that were not are left out.
    pub kinds: Vec<Kind>,
}

/// What bills, by how it is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Studio apps.
    App,
    /// Notebook instances.
    NotebookInstance,
    /// Instances of an endpoint's variant.
    Variant,
    /// Provisioned concurrency of a serverless variant.
    ProvisionedConcurrency,
    /// The EBS volume of a space.
    Volume,
    /// An interface VPC endpoint in the VPC of a domain.
    VpcEndpoint,
}

/// One run of one resource: names are reused, so a run is its resource and when it began.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RunKey {
    /// The resource within its account and region, as [`crate::Resource`] writes it.
    pub resource: String,
    /// `CreationTime` of an app or endpoint; when a notebook instance was last started. UTC.
    /// `1970-01-01T00:00:00Z` of what is known by its name alone, such as the volume of a space.
    pub began: Timestamp,
}

/// A resource as it ran.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ran {
    /// Which.
    #[serde(flatten)]
    pub key: RunKey,
    /// From when on it was like this: when it began, where the look before this one did not
    /// know it; otherwise this look.
    pub since: Timestamp,
    /// The user profile, or who else it is attributed to; `None` is "unattributed".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// What it runs on; `None` for volumes, VPC endpoints and what is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_type: Option<String>,
    /// The price component, such as `Studio:JupyterLab`.
    pub component: String,
    /// So many instances, gigabytes, units of concurrency, or availability zones.
    pub units: u32,
    /// What all units together bill.
    pub rate: Rate,
    /// Tags for attribution: those of domain, user profile, space and the resource itself, the later over the earlier.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
}

/// What something bills by the hour, and by which list; or why that is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Rate {
    /// On-demand list price.
    Priced {
        /// Millionths of a US dollar an hour.
        micro_usd_per_hour: u64,
        /// Which list: its source and publication date, such as `aws 2026-11-20` or `bundled 2026-09-24`.
        list: String,
    },
    /// Never 0 for "not known".
    Unpriced {
        /// Why.
        unpriced: String,
    },
}

/// A stop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stopped {
    /// What was stopped.
    #[serde(flatten)]
    pub key: RunKey,
    /// When it was verified to be gone: savings begin here, never earlier.
    pub gone_at: Timestamp,
    /// Who did it.
    pub by: StoppedBy,
    /// Why, by the code of `idle_core::Reason`; of an agent's stop `idle-timeout`.
    pub reason: String,
    /// Whether it is known to be this stop, or inferred among several.
    pub grade: Grade,
    /// Since when it had been idle, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_since: Option<Timestamp>,
    /// SageMaker's own idle shutdown as it was set for this app: after so long it would have been stopped anyway.
    pub native: Native,
}

/// Who stopped it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StoppedBy {
    /// The agent in the app.
    IdleAgent,
    /// A sweep.
    Costctl,
}

/// How much is known of a saving; the least of all that it is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// Seen and written down when it happened.
    Measured,
    /// Follows from what was seen, but something else could have led to the same.
    Inferred,
    /// Rests on something that nobody saw.
    Assumed,
}

/// SageMaker's own idle shutdown of an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Native {
    /// Off, or there is none for such a resource.
    Off,
    /// On, with this timeout in minutes.
    Minutes(u32),
    /// It could not be read.
    Unread,
}

/// A time of idleness.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Idle {
    /// Of which run.
    #[serde(flatten)]
    pub key: RunKey,
    /// Since when, by the heartbeat itself.
    pub since: Timestamp,
    /// Until when it is known to have lasted.
    pub until: Timestamp,
    /// What ended it.
    pub ended: IdleEnd,
}

/// What ended a time of idleness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdleEnd {
    /// Nothing yet.
    NotYet,
    /// Work returned: a stop would have interrupted it.
    Work,
    /// The run ended.
    Gone,
}
