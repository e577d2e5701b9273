//! `inventory`: what there is in every account and region.

use anyhow::{Context, Result};
use cost_planner::snapshot::{Kind, ScopeSeen, Snapshot, Unreached};
use jiff::SignedDuration;

use super::noting::{self, Books};
use super::prices;
use crate::aws::{self, Opened, Session};
use crate::cli::{Global, Inventory, Look, Output};
use crate::exit::{Exit, Tally};
use crate::observe::{self, Asked, ExtrasAsked, Saving};
use crate::record::Store;
use crate::render::{self, Progress};

pub(super) async fn run(global: &Global, args: &Inventory) -> Result<Exit> {
    let windows = (args.look.heartbeats_within, args.look.invocations_within);
    let prices = prices::known(&args.look.lists)?;
    let ledger = noting::ledger(global, &args.ledger).await?;
    let Looked { snapshot, sessions, saving, books } = look_since(global, &args.look, windows, ledger).await?;
    if let Some(saving) = saving {
        saving.finish(&snapshot)?;
    }
    let mut tally = tally(&snapshot);
    if let Some(books) = books {
        let trouble = books.note(&snapshot, &sessions, &prices, None).await;
        trouble.iter().for_each(|trouble| eprintln!("error: {trouble}"));
        tally.failed += trouble.len();
    }
    match args.output {
        Output::Json => render::print_json(&snapshot).context("writing to stdout")?,
        Output::Table => {
            if args.all && snapshot.scopes.iter().any(has_any) {
                super::print(&format!("{}\n", render::resources(&snapshot)))?;
            }
            super::print(&render::inventory(&snapshot))?;
        }
    }
    Ok(tally.exit())
}

/// What was seen, and whoever looked: nobody where it comes from a file.
pub(super) struct Looked {
    pub(super) snapshot: Snapshot,
    /// One for each of the snapshot's scopes, in its order.
    pub(super) sessions: Vec<Session>,
    /// The file that the snapshot is to be kept in, begun.
    pub(super) saving: Option<Saving>,
    /// The ledger that it is to be noted in, as it was before.
    pub(super) books: Option<Books>,
}

/// The snapshot that these flags ask for, with heartbeats and invocations of at least
/// these windows; for a ledger with the times of idleness since its last look, too.
///
/// # Errors
/// When nobody can be asked, or a file is not usable.
pub(super) async fn look_since(
    global: &Global,
    args: &Look,
    windows: (SignedDuration, SignedDuration),
    ledger: Option<Store>,
) -> Result<Looked> {
    if let Some(path) = &args.from_snapshot {
        if ledger.is_some() {
            eprintln!("nothing is noted in the ledger: nobody looked");
        }
        return Ok(Looked { snapshot: observe::read(path)?, sessions: Vec::new(), saving: None, books: None });
    }
    let saving = args.snapshot.as_deref().map(Saving::begin).transpose()?;
    let Opened { sessions, unreached } = aws::open(global, &args.scopes).await?;
    // Not before it is said who looks, which it would draw over.
    let progress = Progress::new(global.no_progress);
    let (snapshot, books) = seen(&sessions, unreached, args, windows, ledger, &progress).await;
    progress.clear();
    Ok(Looked { snapshot, sessions, saving, books })
}

/// What these sessions see, with what money needs beside it; and the ledger as it was before.
pub(crate) async fn seen(
    sessions: &[Session],
    unreached: Vec<Unreached>,
    args: &Look,
    windows: (SignedDuration, SignedDuration),
    ledger: Option<Store>,
    progress: &Progress,
) -> (Snapshot, Option<Books>) {
    let concurrency = args.scopes.concurrency;
    let mut asked = asked(args, windows);
    let books = match ledger {
        Some(store) => Some(Books::open(store, sessions, concurrency).await),
        None => None,
    };
    if let Some(books) = &books {
        (asked.heartbeats, asked.idle_times) = (books.window(asked.heartbeats), true);
    }
    let mut snapshot = observe::snapshot(sessions, unreached, &asked, progress).await;
    let extras = ExtrasAsked {
        tag_keys: args.tag_keys.clone(),
        vpc_endpoints: args.vpc_endpoints,
        unified_studio: args.unified_studio,
    };
    observe::look_for_extras(sessions, &mut snapshot, &extras, concurrency, progress).await;
    (snapshot, books)
}

/// What these flags ask for, with heartbeats and invocations of at least these windows.
pub(crate) fn asked(args: &Look, (heartbeats, invocations): (SignedDuration, SignedDuration)) -> Asked {
    Asked {
        kinds: if args.resources.is_empty() { Kind::ALL.to_vec() } else { args.resources.clone() },
        concurrency: args.scopes.concurrency,
        heartbeats: args.heartbeats_within.max(heartbeats),
        idle_times: false,
        invocations: args.invocations_within.max(invocations),
    }
}

fn has_any(scope: &ScopeSeen) -> bool {
    !(scope.apps.is_empty() && scope.endpoints.is_empty() && scope.notebook_instances.is_empty())
}

/// A scope of which something was seen went well, and all that was not seen did not.
fn tally(snapshot: &Snapshot) -> Tally {
    let is_seen = |scope: &&ScopeSeen| scope.blind.is_empty() || has_any(scope) || !scope.domains.is_empty();
    let well = snapshot.scopes.iter().filter(is_seen).count();
    Tally { well, failed: render::unseen(snapshot).len(), ..Tally::default() }
}
