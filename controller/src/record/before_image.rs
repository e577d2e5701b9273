//! Before-images: what stood in a structure, written before it is changed. One
//! object a change, never overwritten, so that a crash at any point loses none.

use std::collections::BTreeMap;

use cost_planner::install::{Edit, Entry, Place, Scope, Section, last_install_id};
use idle_core::DomainId;
use serde::{Deserialize, Serialize};

use super::{Store, StoreError};

/// The version of the form; old ones are read for ever.
const SCHEMA_VERSION: u32 = 1;

/// One before-image as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct StoredEntry {
    pub(crate) schema_version: u32,
    #[serde(flatten)]
    pub(crate) entry: Entry,
}

/// The before-images of one account and region.
#[derive(Debug)]
pub(crate) struct BeforeImages<'a> {
    store: &'a Store,
    folder: String,
    /// The names of each domain's objects, once they were listed.
    names: BTreeMap<DomainId, Vec<String>>,
    /// The id of the last install in each domain before this one, once it was asked for.
    last: BTreeMap<DomainId, String>,
}

impl<'a> BeforeImages<'a> {
    pub(crate) fn new(store: &'a Store, Scope { partition: _, account, region }: &Scope) -> Self {
        Self { store, folder: format!("before/{account}/{region}"), names: BTreeMap::new(), last: BTreeMap::new() }
    }

    /// Every before-image of a domain, in the order in which they were written.
    ///
    /// # Errors
    /// When one could not be read, or is of a later version than this program.
    pub(crate) async fn of(&mut self, domain: &DomainId) -> Result<Vec<Entry>, StoreError> {
        let mut entries = Vec::new();
        for name in self.names(domain).await?.clone() {
            entries.extend(self.read(domain, &name).await?);
        }
        Ok(entries)
    }

    /// Writes what stands at the place of an edit, before it is made. An edit that
    /// was written ahead but perhaps not made is not written twice, unless another
    /// install came in between: the times tell which was the last.
    ///
    /// # Errors
    /// When it could not be written: then the edit must not be made.
    pub(crate) async fn write_ahead(&mut self, install: &str, at: String, edit: &Edit) -> Result<(), StoreError> {
        let Edit { place, before, after, last_modified: _ } = edit;
        let domain = &place.holder.domain;
        let suffix = suffix(place);
        let names = self.names(domain).await?.clone();
        let last = names.iter().rfind(|name| name.ends_with(&suffix)).cloned();
        if let Some(last) = last.as_deref() {
            let there = self.read(domain, last).await?;
            let same = |e: &Entry| e.install == install && e.before == *before && e.after == *after;
            if there.as_ref().is_some_and(same) && self.is_last(domain, install).await? {
                return Ok(());
            }
        }
        let entry = Entry {
            install: install.to_owned(),
            at,
            place: place.clone(),
            before: before.clone(),
            after: after.clone(),
        };
        let stored = StoredEntry { schema_version: SCHEMA_VERSION, entry };
        let bytes = serde_json::to_vec_pretty(&stored).expect("plain data");
        let next = last.and_then(|name| name.split_once('.')?.0.parse::<u32>().ok()).map_or(0, |n| n + 1);
        // Another installer at work takes the next number.
        for number in next..next.saturating_add(100) {
            let name = format!("{number:06}{suffix}");
            if !self.store.create(&self.key(domain, &name), bytes.clone()).await? {
                self.names.entry(domain.clone()).or_default().push(name);
                return Ok(());
            }
        }
        let problem = "a hundred before-images came in between".to_owned();
        Err(self.store.damaged(&self.key(domain, &suffix), problem))
    }

    async fn is_last(&mut self, domain: &DomainId, install: &str) -> Result<bool, StoreError> {
        if !self.last.contains_key(domain) {
            let entries = self.of(domain).await?;
            let last = last_install_id(domain, &entries).unwrap_or_default().to_owned();
            self.last.insert(domain.clone(), last);
        }
        Ok(self.last[domain] == install)
    }

    async fn read(&self, domain: &DomainId, name: &str) -> Result<Option<Entry>, StoreError> {
        let key = self.key(domain, name);
        let Some(bytes) = self.store.get(&key).await? else { return Ok(None) };
        let damaged = |problem: String| self.store.damaged(&key, problem);
        let stored: StoredEntry = serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
        if stored.schema_version > SCHEMA_VERSION {
            return Err(damaged(format!("schema_version {} is newer than this program", stored.schema_version)));
        }
        Ok(Some(stored.entry))
    }

    async fn names(&mut self, domain: &DomainId) -> Result<&Vec<String>, StoreError> {
        if !self.names.contains_key(domain) {
            let names = self.store.names(&format!("{}/{domain}", self.folder)).await?;
            let images = names.into_iter().filter(|name| name.ends_with(".json")).collect();
            self.names.insert(domain.clone(), images);
        }
        Ok(&self.names[domain])
    }

    fn key(&self, domain: &DomainId, name: &str) -> String {
        format!("{}/{domain}/{name}", self.folder)
    }
}

/// What the names of a place's objects end in. User profile names have no dot.
fn suffix(place: &Place) -> String {
    let owner = place.holder.user_profile.as_ref().map_or("", |name| name.as_str());
    let section = match place.section {
        Section::User => "user",
        Section::SharedSpaces => "shared-spaces",
    };
    format!(".{owner}.{section}.{}.json", place.host.slug())
}
