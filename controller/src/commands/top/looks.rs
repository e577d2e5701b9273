//! One look: what an inventory sees, looked at closer where it comes into question, and decided.

use std::cell::RefCell;
use std::rc::Rc;

use cost_planner::plan::Prices;
use jiff::{SignedDuration, Timestamp};

use crate::aws::{Opened, open_quietly};
use crate::cli::{Global, Look, Top};
use crate::commands::inventory::asked;
use crate::commands::planning::{Policy, closer, decided, past};
use crate::commands::told;
use crate::observe::{Watcher, snapshot};
use crate::record::Store;
use crate::render::top::Fleet;

/// What could not be reached is tried again this often, and whenever a look is asked for.
const REACH_AGAIN: SignedDuration = SignedDuration::from_mins(10);

/// What every look is made with.
pub(super) struct Ground<'a> {
    pub(super) global: &'a Global,
    pub(super) args: &'a Top,
    pub(super) look: Look,
    pub(super) policy: Policy,
    pub(super) prices: Prices,
    pub(super) store: Option<Store>,
}

/// Whoever looks.
pub(super) struct Eyes {
    opened: Opened,
    opened_at: Timestamp,
}

/// What a look came to.
pub(super) struct Looked {
    pub(super) eyes: Eyes,
    pub(super) fleet: Result<Fleet, String>,
    /// Reading calls that it made, each try counted.
    pub(super) calls: u64,
}

impl Eyes {
    pub(super) fn new(opened: Opened) -> Self {
        Self { opened, opened_at: Timestamp::now() }
    }

    async fn calls(&self) -> u64 {
        let mut calls = 0;
        for session in &self.opened.sessions {
            calls += session.pace.reads_so_far().await;
        }
        calls
    }
}

/// Looks once, at the pace that was asked for. Nothing here is written to stderr, which is the view's.
pub(super) async fn look(ground: &Ground<'_>, mut eyes: Eyes, asked_for: bool, progress: Progress) -> Looked {
    let mut before = eyes.calls().await;
    let is_time = Timestamp::now().duration_since(eyes.opened_at) >= REACH_AGAIN;
    if !eyes.opened.unreached.is_empty() && (asked_for || is_time) {
        // Where that fails, whoever was reached before goes on to look, and the rest is told as not reached.
        if let Ok(opened) = open_quietly(ground.global, &ground.args.scopes).await {
            (eyes, before) = (Eyes::new(opened), 0);
        }
    }
    let fleet = fleet(ground, &eyes.opened, &progress).await.map_err(|error| told(&error));
    let calls = eyes.calls().await.saturating_sub(before);
    Looked { eyes, fleet, calls }
}

async fn fleet(ground: &Ground<'_>, opened: &Opened, progress: &Progress) -> anyhow::Result<Fleet> {
    let Ground { args, look, policy, prices, store, .. } = ground;
    let past = past(store.as_ref()).await?;
    let asked = asked(look, policy.windows());
    let mut snapshot = snapshot(&opened.sessions, opened.unreached.clone(), &asked, progress).await;
    closer(policy, look, &opened.sessions, &mut snapshot, Vec::new(), progress).await;
    let plan = decided(policy, &args.deciding, prices, &snapshot, &past, Timestamp::now());
    Ok(Fleet::of(&snapshot, &plan, &policy.rules, prices))
}

/// How far a look has come, for whoever draws it.
#[derive(Debug, Clone, Default)]
pub(super) struct Progress(Rc<RefCell<Come>>);

#[derive(Debug, Default)]
struct Come {
    done: usize,
    of: usize,
    at: String,
}

impl Progress {
    /// In words.
    pub(super) fn words(&self) -> String {
        let Come { done, of, at } = &*self.0.borrow();
        match (of, at.as_str()) {
            (0, _) => "…".to_owned(),
            (of, "") => format!("{done} of {of}"),
            (of, at) => format!("{done} of {of}, {at}"),
        }
    }
}

impl Watcher for Progress {
    fn say(&self, text: &str) {
        text.clone_into(&mut self.0.borrow_mut().at);
    }

    fn step(&self, done: usize, of: usize) {
        let mut come = self.0.borrow_mut();
        (come.done, come.of) = (done, of);
    }
}
