//! Price lists: each of one offer in one region, from one document.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use idle_core::Region;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{Item, Rate};

/// The version of the form of a list.
pub const LIST_SCHEMA_VERSION: u32 = 1;

/// What one document says of one region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceList {
    /// [`LIST_SCHEMA_VERSION`] of the writer.
    pub schema_version: u32,
    /// What it is a list of.
    pub offer: Offer,
    /// The region.
    pub region: Region,
    /// When AWS published it; of the bundled table the date of its youngest source. UTC.
    pub published_at: Timestamp,
    /// When it was read, UTC.
    pub fetched_at: Timestamp,
    /// Where it was read.
    pub document: String,
    /// The prices.
    pub rows: BTreeMap<Item, Row>,
    /// What it has several prices for at once: nobody knows which is billed.
    pub contradictory: BTreeSet<Item>,
    /// How many of its lines were left out, by why.
    pub left_out: BTreeMap<String, u64>,
}

/// One price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The amount, and for what measure.
    #[serde(flatten)]
    pub rate: Rate,
    /// Since when it holds, UTC.
    pub effective_at: Timestamp,
    /// AWS's own key of the line, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// Where it was read, where that is not where the list was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
}

/// What is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Offer {
    /// SageMaker on demand.
    SageMaker,
    /// VPC endpoints.
    Vpc,
    /// SageMaker under a Savings Plan.
    SavingsPlan(SavingsPlan),
    /// The table that comes with costctl.
    Bundled,
}

/// A Savings Plan for SageMaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SavingsPlan {
    /// 1 or 3.
    pub years: u8,
    /// When it is paid.
    pub payment: Payment,
}

/// When a Savings Plan is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Payment {
    /// By the hour.
    NoUpfront,
    /// Half of it at once.
    PartialUpfront,
    /// All of it at once.
    AllUpfront,
}

/// A text that names no offer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not one of 1yr:no-upfront, 1yr:partial-upfront, 1yr:all-upfront, and the same of 3yr")]
pub struct OfferError(String);

const PAYMENTS: [(Payment, &str); 3] = [
    (Payment::NoUpfront, "no-upfront"),
    (Payment::PartialUpfront, "partial-upfront"),
    (Payment::AllUpfront, "all-upfront"),
];
const SAVINGS_PLAN: &str = "savings-plan-";

impl PriceList {
    /// What it is called in reports, such as `aws 2026-11-20` or `bundled 2026-09-24`.
    #[must_use]
    pub fn name(&self) -> String {
        let date = TimeZone::UTC.to_datetime(self.published_at).date();
        match self.offer {
            Offer::SageMaker => format!("aws {date}"),
            Offer::Vpc => format!("aws vpc {date}"),
            Offer::SavingsPlan(plan) => format!("aws savings plan {plan} {date}"),
            Offer::Bundled => format!("bundled {date}"),
        }
    }

    /// Where a price of it was read.
    #[must_use]
    pub fn document_of<'a>(&'a self, row: &'a Row) -> &'a str {
        row.document.as_deref().unwrap_or(&self.document)
    }
}

impl fmt::Display for SavingsPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let payment = PAYMENTS.iter().find(|(payment, _)| *payment == self.payment).map_or("", |(_, name)| name);
        write!(f, "{}yr:{payment}", self.years)
    }
}

impl FromStr for SavingsPlan {
    type Err = OfferError;

    fn from_str(text: &str) -> Result<Self, OfferError> {
        let wrong = || OfferError(text.chars().take(60).collect());
        let (years, payment) = text.split_once(':').ok_or_else(wrong)?;
        let years = match years {
            "1yr" => 1,
            "3yr" => 3,
            _ => return Err(wrong()),
        };
        let payment = PAYMENTS.iter().find(|(_, name)| *name == payment).ok_or_else(wrong)?.0;
        Ok(Self { years, payment })
    }
}

/// Fit for the name of a file.
impl fmt::Display for Offer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SageMaker => f.write_str("sagemaker"),
            Self::Vpc => f.write_str("vpc"),
            Self::SavingsPlan(plan) => write!(f, "{SAVINGS_PLAN}{}", plan.to_string().replace(':', "-")),
            Self::Bundled => f.write_str("bundled"),
        }
    }
}

impl FromStr for Offer {
    type Err = OfferError;

    fn from_str(text: &str) -> Result<Self, OfferError> {
        match text {
            "sagemaker" => Ok(Self::SageMaker),
            "vpc" => Ok(Self::Vpc),
            "bundled" => Ok(Self::Bundled),
            other => {
                let plan = other.strip_prefix(SAVINGS_PLAN).map(|plan| plan.replacen('-', ":", 1));
                plan.unwrap_or_else(|| other.to_owned()).parse().map(Self::SavingsPlan)
            }
        }
    }
}

impl TryFrom<String> for Offer {
    type Error = OfferError;

    fn try_from(text: String) -> Result<Self, OfferError> {
        text.parse()
    }
}

impl From<Offer> for String {
    fn from(offer: Offer) -> Self {
        offer.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_offer_is_read_as_it_is_written() {
        for text in ["sagemaker", "vpc", "bundled", "savings-plan-1yr-no-upfront", "savings-plan-3yr-partial-upfront"] {
            assert_eq!(text.parse::<Offer>().map(|offer| offer.to_string()).as_deref(), Ok(text));
        }
        for text in ["1yr:no-upfront", "3yr:all-upfront"] {
            assert_eq!(text.parse::<SavingsPlan>().map(|plan| plan.to_string()).as_deref(), Ok(text));
        }
        for wrong in ["", "2yr:no-upfront", "1yr", "1yr:upfront", "savings-plan-"] {
            assert!(wrong.parse::<SavingsPlan>().is_err() && wrong.parse::<Offer>().is_err(), "{wrong}");
        }
    }
}
