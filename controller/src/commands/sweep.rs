//! `sweep`: look, plan, show; and where it was asked for and confirmed, act.

use std::io::IsTerminal;

use anyhow::Result;
use cost_planner::dashboard::ScopeActs;
use cost_planner::plan::PlanDocument;
use jiff::SignedDuration;
use thiserror::Error;

use super::acting::{self, Ran};
use super::planning::{self, Planned, planned_with, store};
use super::{noting, publishing, sealing, verdict};
use crate::act::{Consent, consent};
use crate::cli::{Global, Go, Output, Sweep};
use crate::exit::Exit;
use crate::record::{Store, plan_digest};
use crate::render::{self, Acted, SweepReport};

/// A sweep acts on its own plan within this time.
pub(crate) const VALID_FOR: SignedDuration = SignedDuration::from_hours(1);

/// Flags that do not go together.
#[derive(Debug, Error)]
pub(super) enum FlagError {
    #[error("--execute needs --evidence; hint: s3://BUCKET/PREFIX, or a folder that stays")]
    NoEvidence,
    #[error("--execute cannot be with --from-snapshot: nobody is there to look again; hint: plan --out and apply")]
    Replay,
}

pub(super) async fn run(global: &Global, args: &Sweep) -> Result<Exit> {
    if args.go.execute {
        planning::must_be_chosen(&args.deciding)?;
    }
    let store = store(global, &args.acting.evidence).await?;
    if args.go.execute && store.is_none() {
        return Err(FlagError::NoEvidence.into());
    }
    if args.go.execute && args.look.from_snapshot.is_some() {
        return Err(FlagError::Replay.into());
    }
    let ledger = noting::ledger(global, &args.ledger).await?;
    let evidence = &args.acting.evidence;
    let mut planned = planned_with(global, &args.look, &args.deciding, evidence, ledger, |_| Vec::new()).await?;
    // Before anything is done: a run that is cut short has told what it saw.
    let mut trouble = note(&planned, store.as_ref()).await;
    let (exit, acted) = carried_out(global, args, &planned, store.as_ref()).await?;
    if let Some(books) = planned.books.take() {
        let books = books.again(&planned.sessions, args.look.scopes.concurrency).await;
        if let (Some(_), Some(evidence)) = (&acted, &store) {
            trouble.extend(books.note_stops(&planned.snapshot, &planned.sessions, evidence).await);
        }
        planned.books = Some(books);
    }
    if let (Some((run, _)), Some(evidence)) = (&acted, &store) {
        trouble.extend(sealing::own(evidence, Some(run)).await);
    }
    trouble.iter().for_each(|trouble| eprintln!("error: {trouble}"));
    if args.metrics {
        match args.look.from_snapshot {
            None => publishing::publish(global, &planned, acted.as_ref().map(|(_, acts)| &acts[..])).await,
            Some(_) => eprintln!("no metrics are published: nobody looked"),
        }
    }
    Ok(if exit == Exit::Done && !trouble.is_empty() { Exit::Partly } else { exit })
}

/// Notes what was seen in the ledger. Returns what was not, each in one line.
async fn note(planned: &Planned, evidence: Option<&Store>) -> Vec<String> {
    let Planned { snapshot, sessions, books, prices, .. } = planned;
    match books {
        Some(books) => books.note(snapshot, sessions, prices, evidence).await,
        None => Vec::new(),
    }
}

/// How it ends; and where it acted the run, and how much was done in each account and region.
async fn carried_out(
    global: &Global,
    args: &Sweep,
    planned: &Planned,
    store: Option<&Store>,
) -> Result<(Exit, Option<(String, Vec<ScopeActs>)>)> {
    let plan = planned.document(VALID_FOR);
    show(&plan, args.output, args.all, args.go)?;
    let leave = leave(args.go, &plan);
    let (consent, store) = match (leave, store) {
        (Ok(Some(consent)), Some(store)) => (consent, store),
        (Err(why), _) => {
            eprintln!("error: {why}");
            tell(args.output, args.all, &plan, None)?;
            return Ok((Exit::Refused, None));
        }
        _ => {
            if !plan.actions.is_empty() {
                eprintln!("nothing was changed; hint: --execute does it");
            }
            tell(args.output, args.all, &plan, None)?;
            return Ok((verdict::of_plan(&plan, args.go.check).exit(), None));
        }
    };
    let (digest, sessions) = (plan_digest(&plan), &planned.sessions);
    let of_plan = (digest.as_str(), Some(planned.policy.text.as_str()));
    let Ran { acted, acts, tally, id } =
        acting::act(global, &args.acting, &consent, &plan, of_plan, sessions, store).await?;
    tell(args.output, args.all, &plan, Some(acted))?;
    Ok((tally.exit(), Some((id, acts))))
}

/// Leave to do what the plan says. Where it says nothing, what earlier runs left open is
/// settled all the same, which changes nothing in AWS and needs nobody's word.
fn leave(go: Go, plan: &PlanDocument) -> Result<Option<Consent>, String> {
    let go = if plan.actions.is_empty() { Go { yes: go.execute, ..go } } else { go };
    consent(go, &format!("sweep: {}", render::counted(plan.actions.len(), "action", "actions")))
}

/// Shows the plan to whoever decides: on stdout where that is not for a document of what came of it.
fn show(plan: &PlanDocument, output: Output, all: bool, go: Go) -> Result<()> {
    match output {
        Output::Table => super::print(&render::plan_document(plan, all)),
        Output::Json if go.execute && !go.yes && std::io::stdin().is_terminal() => {
            eprintln!("{}", render::plan_document(plan, all));
            Ok(())
        }
        Output::Json => Ok(()),
    }
}

/// Tells what came of it; of a rehearsal, the document alone.
pub(super) fn tell(output: Output, all: bool, plan: &PlanDocument, acted: Option<Acted>) -> Result<()> {
    match (output, acted) {
        (Output::Json, acted) => super::print(&render::json(&SweepReport::new(plan, acted))),
        (Output::Table, Some(acted)) => super::print(&format!("\n{}", render::acted(&acted, all))),
        (Output::Table, None) => Ok(()),
    }
}
