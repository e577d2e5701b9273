//! The end of a run: what it wrote down is sealed.

use jiff::Timestamp;

use super::told;
use crate::record::Store;
use crate::record::chain::{Seal, seal, seal_of};

/// Seals what was written through this store, and tells the link. Returns what is wrong, in one line:
/// what is not sealed then is with the next `evidence seal`.
pub(crate) async fn own(store: &Store, run: Option<&str>) -> Option<String> {
    said(seal(store, store.take_created(), run, Timestamp::now()).await.map_err(anyhow::Error::from))
}

/// The same for what stands below this folder and for these objects, whoever wrote them.
pub(crate) async fn of(store: &Store, folder: &str, objects: &[String], run: &str) -> Option<String> {
    said(seal_of(store, folder, objects, Some(run), Timestamp::now()).await.map_err(anyhow::Error::from))
}

fn said(sealed: anyhow::Result<Seal>) -> Option<String> {
    match sealed {
        Ok(Seal { head: None, .. }) => None,
        Ok(Seal { head: Some(head), .. }) => {
            // Whoever keeps this line elsewhere finds out when the chain is cut.
            eprintln!("evidence is sealed by link {}, SHA-256 {}", head.number, head.sha256);
            None
        }
        Err(error) => Some(format!("evidence is not sealed: {}; hint: costctl evidence seal", told(&error))),
    }
}
