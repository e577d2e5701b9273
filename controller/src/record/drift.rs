//! The history of drift: a document of every run in an account and region.
//!
//! `drift/account=…/region=…/dt=YYYY-MM-DD/RUN.json`, below the same prefix as evidence.
//! What was found first is told from it.

use cost_planner::drift::{Finding, Rule, Unseen};
use cost_planner::install::Scope;
use idle_core::{AccountId, DomainId, Region};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{Store, StoreError};

/// The version of the form; old ones are read for ever.
const SCHEMA_VERSION: u32 = 1;
/// So many of the latest documents are read back: each knows what the ones before it told.
const MOST: usize = 30;

/// What a run found in one account and region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct DriftDocument {
    pub(crate) schema_version: u32,
    /// The run.
    pub(crate) run: String,
    pub(crate) at: Timestamp,
    pub(crate) account: AccountId,
    pub(crate) region: Region,
    /// SHA-256 of the policy's text.
    pub(crate) policy_sha256: String,
    /// What was looked for.
    pub(crate) rules: Vec<Rule>,
    /// Where.
    pub(crate) domains: Vec<DomainId>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) unseen: Vec<Unseen>,
}

impl DriftDocument {
    /// The document of these findings.
    pub(crate) fn new(scope: &Scope, run: &str, at: Timestamp, policy_sha256: &str) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            run: run.to_owned(),
            at,
            account: scope.account.clone(),
            region: scope.region.clone(),
            policy_sha256: policy_sha256.to_owned(),
            rules: Vec::new(),
            domains: Vec::new(),
            findings: Vec::new(),
            unseen: Vec::new(),
        }
    }

    /// Whether the absence of this finding here means that there was none.
    fn would_tell(&self, finding: &Finding) -> bool {
        let looked = finding.place.domain.as_ref().is_none_or(|domain| self.domains.contains(domain));
        let hides = |unseen: &Unseen| {
            let whole = |place: &cost_planner::drift::Place| {
                place.domain.is_none()
                    || (place.domain == finding.place.domain && place.user_profile.is_none() && place.space.is_none())
            };
            unseen.rule.is_none_or(|rule| rule == finding.rule)
                && (unseen.place == finding.place || whole(&unseen.place))
        };
        looked && self.rules.contains(&finding.rule) && !self.unseen.iter().any(hides)
    }
}

/// Writes a document.
///
/// # Errors
/// When it could not be written.
pub(crate) async fn write_drift(store: &Store, scope: &Scope, document: &DriftDocument) -> Result<(), StoreError> {
    let day = TimeZone::UTC.to_datetime(document.at).date();
    let key = format!("{}/dt={day}/{}.json", folder(scope), document.run);
    let bytes = serde_json::to_vec_pretty(document).expect("plain data");
    if store.create(&key, bytes).await? {
        return Err(store.damaged(&key, "somebody else wrote in this run's name".to_owned()));
    }
    Ok(())
}

/// The latest documents of an account and region, the latest first, no more than thirty.
///
/// # Errors
/// When they could not be read, or one is of a later version than this program.
pub(crate) async fn read_drift(store: &Store, scope: &Scope) -> Result<Vec<DriftDocument>, StoreError> {
    let folder = folder(scope);
    let mut documents = Vec::new();
    for day in store.listed(&folder).await?.folders.iter().rev().filter(|name| name.starts_with("dt=")) {
        for name in store.names(&format!("{folder}/{day}")).await?.iter().rev() {
            if documents.len() == MOST {
                return Ok(documents);
            }
            documents.extend(read(store, &format!("{folder}/{day}/{name}")).await?);
        }
    }
    Ok(documents)
}

async fn read(store: &Store, key: &str) -> Result<Option<DriftDocument>, StoreError> {
    let Some(bytes) = store.get(key).await? else { return Ok(None) };
    let document: DriftDocument =
        serde_json::from_slice(&bytes).map_err(|error| store.damaged(key, error.to_string()))?;
    if document.schema_version > SCHEMA_VERSION {
        let problem = format!("schema_version {} is newer than this program", document.schema_version);
        return Err(store.damaged(key, problem));
    }
    Ok(Some(document))
}

/// Notes in each finding since when it is known, by what the latest documents tell, the
/// latest first. One that could not be seen in between is not taken for mended.
pub(crate) fn since(findings: &mut [Finding], history: &[DriftDocument], now: Timestamp) {
    for finding in findings {
        let key = finding.key();
        let mut first = now;
        for document in history {
            match document.findings.iter().find(|found| found.key() == key) {
                Some(found) => first = first.min(found.since.unwrap_or(document.at)),
                None if document.would_tell(finding) => break,
                None => {}
            }
        }
        // What was changed before it was found has been so since then at least.
        finding.since = Some(finding.changed_at.map_or(first, |changed| changed.min(first)));
    }
}

fn folder(Scope { partition: _, account, region }: &Scope) -> String {
    format!("drift/account={account}/region={region}")
}
