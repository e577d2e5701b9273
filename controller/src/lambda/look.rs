//! The step that sees one account and region.

use anyhow::Result;
use cost_planner::snapshot::{Snapshot, Unreached};
use serde_json::{Value, json};

use super::flags::Flags;
use super::shelf::{Of, Shelf};
use crate::aws::{self, Item, Opened};
use crate::commands::{inventory, noting, planning, prices};
use crate::observe;
use crate::render::Progress;

pub(super) async fn look(flags: &Flags, shelf: &Shelf, item: &Item) -> Result<Value> {
    let name = Of::Snapshot.name(item);
    if shelf.has(&name).await? {
        return Ok(json!({ "seen": "before" }));
    }
    let (global, look) = (&flags.global, &flags.sweep.look);
    let policy = planning::policy(global, &flags.sweep.deciding).await?;
    let Opened { sessions, unreached } = aws::open_item(global, item).await;
    let progress = Progress::new(true);
    let prices = prices::known(&look.lists)?;
    let ledger = noting::ledger(global, &flags.sweep.ledger).await?;
    let (mut snapshot, books) = inventory::seen(&sessions, unreached, look, policy.windows(), ledger, &progress).await;
    planning::closer(&policy, look, &sessions, &mut snapshot, Vec::new(), &progress).await;
    // Where somebody was faster, what they saw counts.
    let is_ours = shelf.make(&name, &snapshot).await?;
    let trouble = match books.filter(|_| is_ours) {
        // What the sweep stops is noted by the next look, out of the evidence.
        Some(books) => books.note(&snapshot, &sessions, &prices, Some(&shelf.store)).await,
        None => Vec::new(),
    };
    trouble.iter().for_each(|trouble| eprintln!("error: {trouble}"));
    if !trouble.is_empty() {
        shelf.make(&Of::NotNoted.name(item), &trouble).await?;
    }
    let apps: usize = snapshot.scopes.iter().map(|scope| scope.apps.len()).sum();
    Ok(json!({ "seen": "now", "apps": apps, "unreached": snapshot.unreached.len(), "trouble": trouble }))
}

/// What was seen of an account and region; for whom nobody looked, that.
pub(super) async fn seen(shelf: &Shelf, item: &Item) -> Result<Snapshot, Unreached> {
    let unreached =
        |why: String| Unreached { account: Some(item.account.clone()), region: Some(item.region.to_string()), why };
    let snapshot = shelf.bytes(&Of::Snapshot.name(item)).await;
    let snapshot = snapshot.map_err(|error| unreached(format!("its snapshot cannot be read: {error:#}")))?;
    let Some(snapshot) = snapshot else {
        return Err(unreached("its look failed: it left no snapshot; hint: the log of that step".to_owned()));
    };
    let mut snapshot = observe::of_json(&snapshot).map_err(unreached)?;
    let Snapshot { scopes, .. } = &mut snapshot;
    if scopes.iter().any(|seen| seen.scope.account != item.account || seen.scope.region != item.region) {
        return Err(unreached("its snapshot is one of another account or region".to_owned()));
    }
    Ok(snapshot)
}
