//! The step that does what is planned for one account and region, once at most.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::flags::Flags;
use super::plan::id;
use super::shelf::{Of, Shelf};
use super::until::{Until, in_time};
use crate::act::{Consent, Counts, consent};
use crate::aws::{self, Item, Opened, Session, config};
use crate::cli::Acting;
use crate::commands::acting::{self, Job};
use crate::commands::outcomes::Outcomes;
use crate::commands::{sealing, told};
use crate::record::PlanFile;
use crate::render::Progress;

/// The outcome is still to be written when this is over.
const SEAL_WITHIN: Duration = Duration::from_secs(10);

pub(super) async fn act(flags: &Flags, shelf: &Shelf, item: &Item, deadline: Timestamp) -> Result<Value> {
    if shelf.has(&Of::Outcome.name(item)).await? {
        return Ok(json!({ "acted": "before" }));
    }
    let file = shelf.must_have_plan(&Of::Plan.name(item)).await?;
    let leave = consent(flags.sweep.go, &format!("act: {} actions", file.plan.actions.len()));
    let consent = leave.map_err(anyhow::Error::msg)?.context("nothing is acted on without --execute --yes in args")?;
    // Whoever begins is the only one who does: what became of an act that was cut short the
    // next sweep finds out.
    if !shelf.make(&Of::Begun.name(item), &json!({ "schema_version": 1, "at": Timestamp::now() })).await? {
        return Ok(json!({ "acted": "begun before" }));
    }
    let mut outcomes = match prepared(flags, item, &file, deadline).await {
        // What an act came to that ends with an error is not known: it leaves no outcome.
        Ok(prepared) => prepared.perform(shelf, &consent, &file).await?,
        Err(error) => Outcomes::failed(&file.plan, &format!("{} {}: {}", item.account, item.region, told(&error))),
    };
    outcomes.trouble.extend(sealed(shelf, &file).await);
    outcomes.trouble.iter().for_each(|text| eprintln!("trouble: {text}"));
    shelf.make(&Of::Outcome.name(item), &outcomes).await?;
    let Counts { verified, failed, refused } = Counts::of(outcomes.done.iter().map(|done| &done.outcome));
    Ok(json!({ "acted": "now", "verified": verified, "failed": failed, "refused": refused }))
}

/// Seals what was written down here. Returns what is wrong, in one line.
async fn sealed(shelf: &Shelf, file: &PlanFile) -> Option<String> {
    let id = id(shelf, &file.plan);
    let sealed = tokio::time::timeout(SEAL_WITHIN, sealing::own(&shelf.store, Some(&id))).await;
    sealed.unwrap_or_else(|_| Some("evidence is not sealed in time; hint: costctl evidence seal".to_owned()))
}

/// All that it takes to act.
struct Prepared {
    args: Acting,
    sessions: Vec<Session>,
    switch: Until,
}

/// What it takes to act here.
///
/// # Errors
/// Why nothing at all is done.
async fn prepared(flags: &Flags, item: &Item, file: &PlanFile, deadline: Timestamp) -> Result<Prepared> {
    file.must_be_fresh(Timestamp::now())?;
    let Opened { sessions, mut unreached } = aws::open_item(&flags.global, item).await;
    if let Some(unreached) = unreached.pop() {
        bail!("not reached: {}", unreached.why);
    }
    let base = config(flags.global.region.first().map(String::as_str)).await;
    let (args, last_begin) = in_time(&flags.sweep.acting, Timestamp::now(), deadline);
    let switch = Until { switch: acting::switch(&args, &base)?, last_begin };
    Ok(Prepared { args, sessions, switch })
}

impl Prepared {
    async fn perform(&self, shelf: &Shelf, consent: &Consent, file: &PlanFile) -> Result<Outcomes> {
        let Self { args, sessions, switch } = self;
        let PlanFile { digest, plan } = file;
        let (id, progress, store) = (&id(shelf, plan), &Progress::new(true), &shelf.store);
        // The step that planned has kept the policy.
        let policy = None;
        acting::perform(&Job { args, consent, id, plan, digest, policy, sessions, switch, store, progress }).await
    }
}
