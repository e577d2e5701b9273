//! What one step hands to the next: JSON below `sweeps/RUN/` in the evidence store, which is
//! written once and never changed.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use cost_planner::plan::PlanDocument;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::flags::Flags;
use crate::aws::Item;
use crate::bucket;
use crate::commands::planning;
use crate::record::{PlanFile, Store, parse_plan, plan_bytes};

/// What was asked for, and which accounts and regions that is.
pub(super) const WANTED: &str = "wanted.json";
/// The items of the first map.
pub(super) const SCOPES: &str = "scopes.json";
/// The plan over everything.
pub(super) const PLAN: &str = "plan.json";
/// The items of the second map.
pub(super) const ACTS: &str = "acts.json";
/// The topic is told by whoever makes this.
pub(super) const TOLD: &str = "told.json";
/// How it went, as `costctl sweep --output json` says it.
pub(super) const REPORT: &str = "report.json";

/// The objects of one run.
pub(super) struct Shelf {
    pub(super) store: Store,
    pub(super) run: String,
}

/// Where an object lies, for whoever else reads it.
#[derive(Debug, Serialize)]
pub(super) struct Lies {
    /// `None` where the store is a folder.
    bucket: Option<String>,
    key: String,
}

/// What a step of one account and region leaves, by what it is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Of {
    Snapshot,
    Plan,
    /// An act that was begun.
    Begun,
    Outcome,
    /// What could not be noted in the ledger, where that is something.
    NotNoted,
}

impl Of {
    /// The name of this object of an account and region.
    pub(super) fn name(self, Item { account, region, .. }: &Item) -> String {
        let folder = match self {
            Self::Snapshot => "snapshots",
            Self::Plan => "plans",
            Self::Begun => "begun",
            Self::Outcome => "outcomes",
            Self::NotNoted => "not-noted",
        };
        format!("{folder}/{account}.{region}.json")
    }
}

impl Shelf {
    /// The shelf of this run.
    ///
    /// # Errors
    /// When no evidence store is named, or it is not usable.
    pub(super) async fn open(flags: &Flags, run: String) -> Result<Self> {
        let store = planning::store(&flags.global, &flags.sweep.acting.evidence).await?;
        let store = store.context(
            "there is no evidence store, in which the steps hand on what they know; hint: COSTCTL_EVIDENCE, or --evidence in args",
        )?;
        Ok(Self { store, run })
    }

    /// Where this object lies.
    pub(super) fn lies(&self, name: &str) -> Lies {
        let url = self.store.url(&self.key(name));
        match bucket::split(&url) {
            Some((bucket, key)) => Lies { bucket: Some(bucket.to_owned()), key: key.to_owned() },
            None => Lies { bucket: None, key: url },
        }
    }

    /// Makes this object, unless there is one; returns whether it is ours.
    ///
    /// # Errors
    /// When it could not be written.
    pub(super) async fn make(&self, name: &str, value: &impl Serialize) -> Result<bool> {
        let bytes = serde_json::to_vec(value).context("writing JSON")?;
        Ok(!self.store.create(&self.key(name), bytes).await?)
    }

    /// Whether there is such an object.
    ///
    /// # Errors
    /// When that is not known.
    pub(super) async fn has(&self, name: &str) -> Result<bool> {
        Ok(self.bytes(name).await?.is_some())
    }

    /// The bytes of the object of this name; `None` where there is none.
    ///
    /// # Errors
    /// When it could not be read.
    pub(super) async fn bytes(&self, name: &str) -> Result<Option<Vec<u8>>> {
        Ok(self.store.get(&self.key(name)).await?)
    }

    /// The object of this name; `None` where there is none.
    ///
    /// # Errors
    /// When it could not be read, or is not what it should be.
    pub(super) async fn get<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let key = self.key(name);
        let Some(bytes) = self.store.get(&key).await? else { return Ok(None) };
        let value = serde_json::from_slice(&bytes).map_err(|error| self.store.damaged(&key, error.to_string()))?;
        Ok(Some(value))
    }

    /// The object of this name, which an earlier step must have made.
    ///
    /// # Errors
    /// As for [`Self::get`], and when there is none.
    pub(super) async fn must_have<T: DeserializeOwned>(&self, name: &str) -> Result<T> {
        self.get(name).await?.ok_or_else(|| self.missing(name))
    }

    /// Keeps a plan with its digest, unless there is one.
    ///
    /// # Errors
    /// When it could not be written.
    pub(super) async fn keep_plan(&self, name: &str, plan: &PlanDocument) -> Result<()> {
        self.store.create(&self.key(name), plan_bytes(plan).bytes).await?;
        Ok(())
    }

    /// A plan that was kept; `None` where there is none.
    ///
    /// # Errors
    /// When it could not be read, or was changed since it was written.
    pub(super) async fn plan(&self, name: &str) -> Result<Option<PlanFile>> {
        let key = self.key(name);
        let Some(bytes) = self.store.get(&key).await? else { return Ok(None) };
        Ok(Some(parse_plan(&bytes, Path::new(&self.store.url(&key)))?))
    }

    /// A plan that an earlier step must have kept.
    ///
    /// # Errors
    /// As for [`Self::plan`], and when there is none.
    pub(super) async fn must_have_plan(&self, name: &str) -> Result<PlanFile> {
        self.plan(name).await?.ok_or_else(|| self.missing(name))
    }

    fn missing(&self, name: &str) -> anyhow::Error {
        let url = self.store.url(&self.key(name));
        anyhow!("{url} is not there: the step before this one did not come to its end, or it was another run")
    }

    /// The folder of the run.
    pub(super) fn folder(&self) -> String {
        format!("sweeps/{}", self.run)
    }

    fn key(&self, name: &str) -> String {
        format!("{}/{name}", self.folder())
    }
}
