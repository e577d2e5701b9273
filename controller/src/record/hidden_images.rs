//! Before-images of hidden instance types: what a list said, written before it is
//! replaced. One object a change, never overwritten.

use std::collections::BTreeMap;

use cost_planner::allowlist::HiddenEntry;
use cost_planner::install::Scope;
use idle_core::DomainId;
use serde::{Deserialize, Serialize};

use super::{Store, StoreError};

/// The version of the form; old ones are read for ever.
const SCHEMA_VERSION: u32 = 1;
/// Others at work take numbers, too, and never so many.
const MOST_BETWEEN: u32 = 100;

#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    schema_version: u32,
    #[serde(flatten)]
    entry: HiddenEntry,
}

/// The before-images of one account and region.
#[derive(Debug)]
pub(crate) struct HiddenImages<'a> {
    store: &'a Store,
    folder: String,
    /// Those of each domain, in order, once they were read; and the next number.
    known: BTreeMap<DomainId, (Vec<HiddenEntry>, u32)>,
}

impl<'a> HiddenImages<'a> {
    pub(crate) fn new(store: &'a Store, Scope { partition: _, account, region }: &Scope) -> Self {
        Self { store, folder: format!("hidden-types/{account}/{region}"), known: BTreeMap::new() }
    }

    /// Every before-image of a domain and its user profiles, in the order in which they were written.
    ///
    /// # Errors
    /// When one could not be read, or is of a later version than this program.
    pub(crate) async fn of(&mut self, domain: &DomainId) -> Result<&[HiddenEntry], StoreError> {
        if !self.known.contains_key(domain) {
            let read = self.read(domain).await?;
            self.known.insert(domain.clone(), read);
        }
        Ok(&self.known[domain].0)
    }

    /// Writes what stands there. What the last entry says already is not written twice:
    /// it was written ahead, and the edit perhaps not made.
    ///
    /// # Errors
    /// When it could not be written: then the edit must not be made.
    pub(crate) async fn write_ahead(&mut self, entry: HiddenEntry) -> Result<(), StoreError> {
        let domain = entry.holder.domain.clone();
        let there = self.of(&domain).await?;
        let mut of_run = there.iter().rev().take_while(|other| other.run == entry.run);
        let last = of_run.find(|other| other.holder == entry.holder);
        if last.is_some_and(|last| last.before == entry.before && last.after == entry.after) {
            return Ok(());
        }
        let stored = Stored { schema_version: SCHEMA_VERSION, entry };
        let bytes = serde_json::to_vec_pretty(&stored).expect("plain data");
        let next = self.known[&domain].1;
        for number in next..next.saturating_add(MOST_BETWEEN) {
            if !self.store.create(&self.key(&domain, &name(number)), bytes.clone()).await? {
                let (entries, next) = self.known.entry(domain).or_default();
                entries.push(stored.entry);
                *next = number + 1;
                return Ok(());
            }
        }
        let problem = format!("{MOST_BETWEEN} before-images came in between");
        Err(self.store.damaged(&self.key(&domain, &name(next)), problem))
    }

    async fn read(&self, domain: &DomainId) -> Result<(Vec<HiddenEntry>, u32), StoreError> {
        let (mut entries, mut next) = (Vec::new(), 0);
        for name in self.store.names(&format!("{}/{domain}", self.folder)).await? {
            let Some(number) = name.strip_suffix(".json").and_then(|number| number.parse::<u32>().ok()) else {
                continue;
            };
            let key = self.key(domain, &name);
            let Some(bytes) = self.store.get(&key).await? else { continue };
            let damaged = |problem: String| self.store.damaged(&key, problem);
            let Stored { schema_version, entry } =
                serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
            if schema_version > SCHEMA_VERSION {
                return Err(damaged(format!("schema_version {schema_version} is newer than this program")));
            }
            entries.push(entry);
            next = number + 1;
        }
        Ok((entries, next))
    }

    fn key(&self, domain: &DomainId, name: &str) -> String {
        format!("{}/{domain}/{name}", self.folder)
    }
}

/// So many digits that names sort as numbers do.
fn name(number: u32) -> String {
    format!("{number:010}.json")
}
