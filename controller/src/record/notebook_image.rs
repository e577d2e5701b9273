//! What the notebook instances' lifecycle configuration held: it is updated in
//! place, so the way back is here alone, and so is the proof that it is ours.

use cost_planner::install::{NotebookEntry, Scope};
use serde::{Deserialize, Serialize};

use super::{Store, StoreError};

const SCHEMA_VERSION: u32 = 1;

#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    schema_version: u32,
    #[serde(flatten)]
    entry: NotebookEntry,
}

fn folder(Scope { partition: _, account, region }: &Scope) -> String {
    format!("before/{account}/{region}/notebook-instances")
}

/// Every before-image, in the order in which they were written.
///
/// # Errors
/// When one could not be read, or is of a later version than this program.
pub(crate) async fn notebook_images(store: &Store, scope: &Scope) -> Result<Vec<NotebookEntry>, StoreError> {
    let folder = folder(scope);
    let mut entries = Vec::new();
    for name in store.names(&folder).await? {
        let key = format!("{folder}/{name}");
        let Some(bytes) = store.get(&key).await? else { continue };
        let damaged = |problem: String| store.damaged(&key, problem);
        let stored: Stored = serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
        if stored.schema_version > SCHEMA_VERSION {
            return Err(damaged(format!("schema_version {} is newer than this program", stored.schema_version)));
        }
        entries.push(stored.entry);
    }
    Ok(entries)
}

/// Writes what is to be replaced, before it is; not twice for the same install.
///
/// # Errors
/// When it could not be written: then nothing must be replaced.
pub(crate) async fn write_notebook_image(store: &Store, scope: &Scope, entry: NotebookEntry) -> Result<(), StoreError> {
    let there = notebook_images(store, scope).await?;
    let same = |e: &NotebookEntry| {
        let all_attached = entry.attach.iter().all(|name| e.attach.contains(name));
        all_attached && (&e.install, &e.before, &e.after) == (&entry.install, &entry.before, &entry.after)
    };
    if there.last().is_some_and(same) {
        return Ok(());
    }
    let stored = Stored { schema_version: SCHEMA_VERSION, entry };
    let bytes = serde_json::to_vec_pretty(&stored).expect("plain data");
    let key = format!("{}/{:06}.json", folder(scope), there.len());
    if store.create(&key, bytes).await? {
        let problem = "another install is at work".to_owned();
        return Err(store.damaged(&key, problem));
    }
    Ok(())
}
