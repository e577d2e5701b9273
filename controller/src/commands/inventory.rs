//! `inventory`: what there is in every account and region.

use anyhow::{Context, Result};
use cost_planner::snapshot::{Kind, Snapshot};
use jiff::SignedDuration;

use crate::aws::{self, Opened, Session};
use crate::cli::{Global, Inventory, Look, Output};
use crate::exit::{Exit, Tally};
use crate::observe::{self, Asked};
use crate::render::{self, Progress};

pub(super) async fn run(global: &Global, args: &Inventory) -> Result<Exit> {
    let progress = Progress::new(global.no_progress);
    let windows = (args.look.heartbeats_within, args.look.invocations_within);
    let looked = look_since(global, &args.look, windows, &progress).await;
    progress.clear();
    let Looked { snapshot, .. } = looked?;
    if let Some(path) = &args.look.snapshot {
        observe::save(path, &snapshot)?;
    }
    match args.output {
        Output::Json => render::print_json(&snapshot).context("writing to stdout")?,
        Output::Table => {
            if args.all {
                super::print(&format!("{}\n", render::resources(&snapshot)))?;
            }
            super::print(&render::inventory(&snapshot))?;
        }
    }
    Ok(tally(&snapshot).exit())
}

/// What was seen, and whoever looked: nobody where it comes from a file.
pub(super) struct Looked {
    pub(super) snapshot: Snapshot,
    /// One for each of the snapshot's scopes, in its order.
    pub(super) sessions: Vec<Session>,
}

/// The snapshot that these flags ask for, with heartbeats and invocations of at least
/// these windows.
///
/// # Errors
/// When nobody can be asked, or a file is not usable.
pub(super) async fn look_since(
    global: &Global,
    args: &Look,
    (heartbeats, invocations): (SignedDuration, SignedDuration),
    progress: &Progress,
) -> Result<Looked> {
    if let Some(path) = &args.from_snapshot {
        return Ok(Looked { snapshot: observe::read(path)?, sessions: Vec::new() });
    }
    let Opened { sessions, unreached } = aws::open(global, &args.scopes).await?;
    let asked = Asked {
        kinds: if args.resources.is_empty() { Kind::ALL.to_vec() } else { args.resources.clone() },
        concurrency: args.scopes.concurrency,
        heartbeats: args.heartbeats_within.max(heartbeats),
        invocations: args.invocations_within.max(invocations),
    };
    let snapshot = observe::snapshot(&sessions, unreached, &asked, progress).await;
    Ok(Looked { snapshot, sessions })
}

/// A scope of which something was seen went well, and all that was not seen did not.
fn tally(snapshot: &Snapshot) -> Tally {
    let is_seen = |scope: &&cost_planner::snapshot::ScopeSeen| {
        let count = scope.domains.len() + scope.apps.len() + scope.endpoints.len() + scope.notebook_instances.len();
        scope.blind.is_empty() || count > 0
    };
    let well = snapshot.scopes.iter().filter(is_seen).count();
    Tally { well, failed: render::unseen(snapshot).len(), ..Tally::default() }
}
