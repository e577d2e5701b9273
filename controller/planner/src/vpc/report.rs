//! What a domain's VPC comes to.

use idle_core::DomainId;
use serde::Serialize;

use super::calls::Caller;
use super::policy::Answer;

/// One domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DomainReport {
    /// The domain.
    pub domain: DomainId,
    /// Its account.
    pub account: String,
    /// Its region.
    pub region: String,
    /// Its VPC.
    pub vpc: String,
    /// How its apps reach AWS.
    pub network: Network,
    /// Each endpoint, those that are needed first.
    pub services: Vec<ServiceRow>,
    /// What could not be seen, and why.
    pub unseen: Vec<String>,
    /// What is worth knowing beside it.
    pub notes: Vec<String>,
}

/// How a domain's apps reach AWS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "by", rename_all = "kebab-case")]
pub enum Network {
    /// By a VPC of SageMaker's own: no endpoint is needed.
    PublicInternetOnly,
    /// By endpoints alone.
    Endpoints,
    /// By endpoints, and else by this NAT gateway.
    Nat(String),
    /// By endpoints, and else by something that leads nobody here knows where.
    Other(String),
    /// The route tables could not be read.
    Unknown,
}

/// One endpoint service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServiceRow {
    /// The end of its name, such as `sts`.
    pub name: &'static str,
    /// Its name, such as `com.amazonaws.us-east-1.sts`.
    pub service: String,
    /// Something that is always done rests on it.
    pub is_needed: bool,
    /// What it is for.
    pub for_what: &'static str,
    /// What came of it.
    pub standing: Standing,
    /// Why it is not ready, or what is weak about it.
    pub why: Vec<String>,
    /// The endpoint that was judged.
    pub endpoint: Option<String>,
    /// What its policy says to each call.
    pub calls: Vec<CallAnswer>,
    /// How many availability zones a new one would bill in; a gateway bills in none.
    pub zones: u32,
    /// What a new one bills a month of 730 hours, without what is sent through it; `None`
    /// where it is not missing, or has no price.
    pub micro_usd_per_month: Option<u64>,
    /// Why it has no price.
    pub unpriced: Option<String>,
    /// The command that makes it, or mends what a command can.
    pub remedy: Option<String>,
}

/// What came of an endpoint. The worst of what was found decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It is there and lets everything through.
    Ready,
    /// It works, though not as well as it could.
    Weak,
    /// There is none, and what is sent goes out by a NAT gateway.
    GoesOut,
    /// Nobody can tell.
    Unknown,
    /// It is there and does not do.
    Broken,
    /// There is none.
    Missing,
}

/// What an endpoint's policy says to one call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CallAnswer {
    /// Who makes it.
    pub caller: Caller,
    /// Such as `sagemaker:DeleteApp`.
    pub action: &'static str,
    /// On what.
    pub resource: String,
    /// Nothing that is always done rests on it.
    pub is_optional: bool,
    /// What the policy says.
    #[serde(flatten)]
    pub answer: Answer,
}

impl DomainReport {
    /// How many that are needed are not there or do not do.
    #[must_use]
    pub fn lacking(&self) -> usize {
        self.count(|standing| matches!(standing, Standing::Missing | Standing::Broken))
    }

    /// How much could not be seen or told of what is needed.
    #[must_use]
    pub fn unknown(&self) -> usize {
        self.unseen.len() + self.count(|standing| standing == Standing::Unknown)
    }

    fn count(&self, wanted: impl Fn(Standing) -> bool) -> usize {
        self.services.iter().filter(|row| row.is_needed && wanted(row.standing)).count()
    }
}
