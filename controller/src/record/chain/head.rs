//! The end of the chain, found with a few listings however long it is.

use super::link::{MOST, key, number_of};
use super::{FOLDER, link};
use crate::record::{Store, StoreError};

/// A page of a bucket's listing names as many.
const PAGE: u64 = 1_000;

/// The last link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) number: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub(crate) sha256: String,
}

/// The last link; `None` while there is none. Links that are missing before it change nothing of that.
///
/// # Errors
/// When it could not be listed or read.
pub(crate) async fn head(store: &Store) -> Result<Option<Head>, StoreError> {
    let Some(number) = last(store).await? else { return Ok(None) };
    let missing = || store.damaged(&key(number), "it was listed and is not there".to_owned());
    let there = link::read(store, number).await?.ok_or_else(missing)?;
    Ok(Some(Head { number, sha256: there.digest }))
}

/// The number of the last link. What stands among the links and is none costs one long listing.
async fn last(store: &Store) -> Result<Option<u64>, StoreError> {
    let (mut before, mut beyond) = (0, PAGE);
    while beyond < MOST && store.is_any_after(FOLDER, &key(beyond)).await? {
        (before, beyond) = (beyond, beyond * 2);
    }
    while beyond - before > PAGE {
        let middle = before.midpoint(beyond);
        if store.is_any_after(FOLDER, &key(middle)).await? {
            before = middle;
        } else {
            beyond = middle;
        }
    }
    let offset = (before > 0).then(|| key(before));
    let number = last_of(&store.below(FOLDER, offset.as_deref()).await?);
    match (number, offset) {
        (None, Some(_)) => Ok(last_of(&store.below(FOLDER, None).await?)),
        _ => Ok(number),
    }
}

/// The numbers of all links, in their order: so that what is missing, however much, is not asked for.
///
/// # Errors
/// When they could not be listed.
pub(super) async fn numbers(store: &Store) -> Result<Vec<u64>, StoreError> {
    let mut numbers: Vec<u64> = store.below(FOLDER, None).await?.iter().filter_map(|key| number_of(key)).collect();
    numbers.sort_unstable();
    Ok(numbers)
}

fn last_of(keys: &[String]) -> Option<u64> {
    keys.iter().rev().find_map(|key| number_of(key))
}
