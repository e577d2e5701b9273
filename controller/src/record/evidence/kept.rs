//! What a run rests on or found, kept beside its lines: policies, plans, documents.

use cost_planner::install::Scope;
use cost_planner::plan::PlanDocument;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::record::{Store, StoreError, plan_bytes};
use crate::script::hex;

/// Where a policy of this digest is kept.
pub(crate) fn policy_key(sha256: &str) -> String {
    format!("policies/{sha256}.toml")
}

/// Keeps the text of a policy, once for all runs, by the digest that stands in a run's first line.
///
/// # Errors
/// When it could not be written.
pub(crate) async fn keep_policy(store: &Store, text: &str) -> Result<(), StoreError> {
    store.create(&policy_key(&hex(text.as_bytes())), text.as_bytes().to_vec()).await.map(drop)
}

/// Keeps a plan as its file holds it, by the digest that stands in a run's first line.
///
/// # Errors
/// When it could not be written.
pub(crate) async fn keep_plan(store: &Store, plan: &PlanDocument) -> Result<(), StoreError> {
    let kept = plan_bytes(plan);
    store.create(&format!("plans/{}.json", kept.digest), kept.bytes).await.map(drop)
}

/// Keeps a document about an account and region in this folder, such as `coverage`.
///
/// # Errors
/// When it could not be written.
pub(crate) async fn keep_document(
    store: &Store,
    folder: &str,
    Scope { partition: _, account, region }: &Scope,
    at: Timestamp,
    bytes: Vec<u8>,
) -> Result<(), StoreError> {
    let time = TimeZone::UTC.to_datetime(at);
    let name = format!("{}-{:016x}", time.strftime("%Y%m%dT%H%M%SZ"), fastrand::u64(..));
    let key = format!("{folder}/account={account}/region={region}/dt={}/{name}.json", time.date());
    // Of two of one second each has a name of its own; the same name twice is an earlier try that arrived.
    store.create(&key, bytes).await.map(drop)
}
