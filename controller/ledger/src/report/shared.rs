//! What both reports are made of.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The time that a report is about, UTC, the end not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Its begin.
    pub since: Timestamp,
    /// Its end.
    pub until: Timestamp,
}

/// What rows are grouped by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// The account.
    Account,
    /// The region.
    Region,
    /// The domain; "no domain" for notebook instances and endpoints.
    Domain,
    /// The user profile that owns it.
    UserProfile,
    /// The space.
    Space,
    /// The endpoint.
    Endpoint,
    /// What it runs on.
    InstanceType,
    /// The price component.
    Component,
    /// The value of this tag, such as `Team` or `studiouserid`; written `tag:KEY`.
    Tag(String),
}

impl FromStr for By {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(match text {
            "account" => Self::Account,
            "region" => Self::Region,
            "domain" => Self::Domain,
            "user-profile" => Self::UserProfile,
            "space" => Self::Space,
            "endpoint" => Self::Endpoint,
            "instance-type" => Self::InstanceType,
            "component" => Self::Component,
            // As Unified Studio tags what it makes.
            "project" => Self::Tag("AmazonDataZoneProject".to_owned()),
            other => match other.strip_prefix("tag:").filter(|key| (1..=128).contains(&key.chars().count())) {
                Some(key) => Self::Tag(key.to_owned()),
                None => {
                    return Err("one of account, region, domain, user-profile, space, endpoint, instance-type, \
                                component, project, tag:KEY"
                        .to_owned());
                }
            },
        })
    }
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account => f.write_str("account"),
            Self::Region => f.write_str("region"),
            Self::Domain => f.write_str("domain"),
            Self::UserProfile => f.write_str("user-profile"),
            Self::Space => f.write_str("space"),
            Self::Endpoint => f.write_str("endpoint"),
            Self::InstanceType => f.write_str("instance-type"),
            Self::Component => f.write_str("component"),
            Self::Tag(key) => write!(f, "tag:{key}"),
        }
    }
}

impl Serialize for By {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for By {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Time that was billed or saved, and its money. Hours without a price are never hidden in a sum.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// All of it.
    pub seconds: u64,
    /// At on-demand list prices, of the seconds that have one.
    pub list_micro_usd: u64,
    /// With Savings Plans; `None` where nothing is known of them.
    pub net_micro_usd: Option<u64>,
    /// So many of the seconds have no price.
    pub unpriced_seconds: u64,
}

/// The money of one UTC day in one group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayRow {
    /// The day, such as `2026-11-25`.
    pub day: jiff::civil::Date,
    /// The group: one of the report's rows.
    pub group: String,
    /// What it came to.
    pub money: Money,
}

/// How well an account and region was seen in the window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenRow {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// How many looks there were.
    pub looks: u64,
    /// The first and last.
    pub first: Option<Timestamp>,
    /// The last.
    pub last: Option<Timestamp>,
    /// The longest time between two looks, or between a look and the window's end, in seconds: what
    /// came and went within it is not in the report.
    pub longest_gap_seconds: u64,
}

/// Why something has no price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnpricedRow {
    /// Why.
    pub why: String,
    /// How many resources.
    pub resources: u64,
    /// For how long, in the window.
    pub seconds: u64,
}
