//! In which accounts a run ever acted: the first run in an account may do little.

use std::collections::BTreeSet;

use idle_core::AccountId;
use jiff::Timestamp;
use serde_json::json;

use crate::record::{Store, StoreError};

const FOLDER: &str = "accounts";

/// The accounts in which AWS ever took a call of ours.
///
/// # Errors
/// When they could not be listed.
pub(crate) async fn known_accounts(store: &Store) -> Result<BTreeSet<AccountId>, StoreError> {
    let names = store.names(FOLDER).await?;
    Ok(names.iter().filter_map(|name| AccountId::parse(name.strip_suffix(".json")?).ok()).collect())
}

/// Remembers that AWS took a call in this account.
///
/// # Errors
/// When that could not be written: then the next run takes itself for the first.
pub(crate) async fn remember_account(
    store: &Store,
    account: &AccountId,
    run: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let bytes = json!({ "schema_version": 1, "first_run": run, "at": at }).to_string().into_bytes();
    store.create(&format!("{FOLDER}/{account}.json"), bytes).await.map(drop)
}
