//! All that is shown: the rows of the last look, and of earlier ones what the last did not see.

use std::collections::{BTreeSet, HashSet};

use cost_planner::plan::{Plan, Prices};
use cost_planner::policy::FleetPolicy;
use cost_planner::snapshot::{Heartbeat, Kind, ScopeSeen, Snapshot};
use idle_core::{AccountId, Region};
use jiff::Timestamp;

use super::row::Row;
use super::rows::rows;
use crate::render::unseen;

/// What was seen, with what is to become of it.
#[derive(Debug, Clone)]
pub(crate) struct Fleet {
    /// When the last look began, UTC.
    pub(super) seen_at: Timestamp,
    pub(super) rows: Vec<Row>,
    pub(super) accounts: usize,
    pub(super) regions: usize,
    /// Accounts and regions, each pair once.
    pub(super) scopes: usize,
    /// Of these, those of which nothing was seen.
    pub(super) not_reached: usize,
    /// Of these, those of which not all was seen.
    pub(super) in_part: usize,
    /// Where and why.
    pub(super) unseen: Vec<[String; 2]>,
    /// So many metrics were asked for, which CloudWatch bills.
    pub(super) metrics: usize,
    /// What was listed to its end: what is not there is gone.
    whole: BTreeSet<(AccountId, Region, Kind)>,
}

/// What all rows come to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) running: usize,
    pub(super) idle: usize,
    pub(super) due: usize,
    pub(super) stale: usize,
    /// Of what the last look showed and has a price.
    pub(super) micro_usd_per_hour: u64,
    pub(super) unpriced: usize,
}

impl Fleet {
    /// What a snapshot shows, and the plan that was made from it.
    pub(crate) fn of(snapshot: &Snapshot, plan: &Plan, policy: &FleetPolicy, prices: &Prices) -> Self {
        let Snapshot { scopes, unreached, .. } = snapshot;
        let accounts = scopes.iter().map(|seen| Some(&seen.scope.account));
        let accounts: BTreeSet<_> = accounts.chain(unreached.iter().map(|one| one.account.as_ref())).collect();
        let regions = scopes.iter().map(|seen| seen.scope.region.as_str());
        let regions: BTreeSet<_> = regions.chain(unreached.iter().filter_map(|one| one.region.as_deref())).collect();
        Self {
            seen_at: snapshot.taken_at,
            rows: rows(snapshot, plan, policy, prices),
            accounts: accounts.len(),
            regions: regions.len(),
            scopes: scopes.len() + unreached.len(),
            not_reached: unreached.len(),
            in_part: scopes.iter().filter(|seen| !(seen.blind.is_empty() && seen.unclear.is_empty())).count(),
            unseen: unseen(snapshot),
            metrics: scopes.iter().map(metrics).sum(),
            whole: scopes.iter().flat_map(whole).collect(),
        }
    }

    /// The same with the rows of an earlier look that this one cannot say anything of, as stale:
    /// what was not listed to its end may still be there.
    pub(crate) fn after(mut self, earlier: Self) -> Self {
        let known: HashSet<_> = self.rows.iter().map(Row::key).collect();
        let whole = |row: &Row| self.whole.contains(&(row.account.clone(), row.region.clone(), row.kind));
        let stale = earlier.rows.into_iter().filter(|row| !whole(row) && !known.contains(&row.key()));
        let stale: Vec<Row> = stale.map(|row| Row { is_stale: true, ..row }).collect();
        drop(known);
        self.rows.extend(stale);
        self
    }

    /// Every row as one that the last look did not show.
    pub(super) fn make_stale(&mut self) {
        self.rows.iter_mut().for_each(|row| row.is_stale = true);
    }

    pub(super) fn sums(&self) -> Sums {
        let mut sums = Sums::default();
        for row in &self.rows {
            if row.is_stale {
                sums.stale += 1;
                continue;
            }
            sums.running += 1;
            sums.idle += usize::from(row.is_idle());
            sums.due += usize::from(row.is_due());
            match row.price.micro_usd_per_hour() {
                Some(micro_usd) => sums.micro_usd_per_hour = sums.micro_usd_per_hour.saturating_add(micro_usd),
                None => sums.unpriced += 1,
            }
        }
        sums
    }
}

/// The kinds of a scope that were listed to their end.
fn whole(seen: &ScopeSeen) -> Vec<(AccountId, Region, Kind)> {
    let listing = |kind: &Kind| match kind {
        Kind::Apps => "ListApps",
        Kind::Endpoints => "ListEndpoints",
        Kind::NotebookInstances => "ListNotebookInstances",
    };
    let whole = seen.kinds.iter().filter(|kind| !seen.blind.iter().any(|blind| blind.operation == listing(kind)));
    whole.map(|kind| (seen.scope.account.clone(), seen.scope.region.clone(), *kind)).collect()
}

/// The series that a look asks for: a heartbeat each, and the invocations of what endpoints have.
fn metrics(seen: &ScopeSeen) -> usize {
    let heartbeats = seen.apps.iter().map(|app| &app.heartbeat);
    let heartbeats = heartbeats.chain(seen.notebook_instances.iter().map(|instance| &instance.heartbeat));
    let close_ups = seen.endpoints.iter().filter_map(|endpoint| endpoint.close_up.as_ref().ok());
    let invocations = close_ups.map(|of| of.variants.len() + of.inference_components.len() + usize::from(of.is_async));
    heartbeats.filter(|heartbeat| **heartbeat != Heartbeat::NotAsked).count() + invocations.sum::<usize>()
}
