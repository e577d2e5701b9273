//! The chain: which objects of evidence there are, and that none was removed or changed since.
//!
//! `chain/000000000001.json`, `chain/000000000002.json`, … Each link names objects with their
//! digests, and the digest of the link before it. Whoever creates a number has it, so that two
//! writers never both make link N. `controller/design/0002-the-chain.md` says why.

mod follow;
mod head;
mod link;
mod seal;
mod sealed;
#[cfg(test)]
mod tests;
mod verify;

pub(crate) use follow::{Expected, Follow, Problem, Problems};
pub(crate) use head::{Head, head};
pub(crate) use link::{Link, Read, Sealable, key as link_key, number_of};
pub(crate) use seal::{Seal, seal, seal_of, seal_rest};
pub(crate) use sealed::{Sealed, sealed};
pub(crate) use verify::{Checked, MOST_NAMED, day_of, verify};

/// The folder of the links.
pub(crate) const FOLDER: &str = "chain";

/// What is sealed, sorted. Leases are not: they only keep runs apart, an operator may add to them, and
/// the token of each stands in the lines of its run.
pub(crate) const FOLDERS: [&str; 9] =
    ["accounts", "before", "coverage", "drift", "evidence", "hidden-types", "plans", "policies", "sweeps"];

/// Whether an object of this key is sealed.
pub(crate) fn is_evidence(key: &str) -> bool {
    key.split_once('/').is_some_and(|(folder, _)| FOLDERS.binary_search(&folder).is_ok())
}
