//! `apply`: what a plan file says, in time and as it was written.

use std::io::IsTerminal;

use anyhow::Result;
use cost_planner::plan::PlanDocument;
use jiff::Timestamp;

use super::acting::{self, Ran};
use super::planning::store;
use super::sweep::{self, FlagError};
use crate::act::consent;
use crate::aws::{self, Opened};
use crate::cli::{ApplyPlan, Global, Go, Output, Scopes};
use crate::exit::Exit;
use crate::record::{PlanFile, read_plan};
use crate::render;

pub(super) async fn run(global: &Global, args: &ApplyPlan) -> Result<Exit> {
    let file = read_plan(&args.file)?;
    let PlanFile { digest, plan } = &file;
    let Some(store) = store(global, &args.acting.evidence).await? else { return Err(FlagError::NoEvidence.into()) };
    if args.output == Output::Table {
        super::print(&render::plan_document(plan, false))?;
    } else if !args.yes && std::io::stdin().is_terminal() {
        eprintln!("{}", render::plan_document(plan, false));
    }
    if let Err(error) = file.must_be_fresh(Timestamp::now()) {
        eprintln!("error: {error}");
        return Ok(Exit::Refused);
    }
    let go = Go { execute: true, yes: args.yes, check: false };
    let consent = match consent(go, &format!("apply: {} actions", plan.actions.len())) {
        Ok(Some(consent)) => consent,
        Ok(None) => return Ok(Exit::Refused),
        Err(why) => {
            eprintln!("error: {why}");
            return Ok(Exit::Refused);
        }
    };
    let (global, scopes) = of_plan(global, &args.scopes, plan);
    let Opened { sessions, unreached } = aws::open(&global, &scopes).await?;
    let Ran { acted, mut tally } =
        acting::act(&global, &args.acting, &consent, plan, digest, &sessions, &store).await?;
    sweep::tell(args.output, false, plan, Some(acted))?;
    tally.failed += unreached.len();
    Ok(tally.exit())
}

/// The flags, with the plan's own accounts and regions where they name none.
fn of_plan(global: &Global, scopes: &Scopes, plan: &PlanDocument) -> (Global, Scopes) {
    let (mut global, mut scopes) = (global.clone(), scopes.clone());
    let is_named = !scopes.accounts.is_empty() || scopes.organization || scopes.scopes.is_some();
    for seen in &plan.scopes {
        if !is_named && !scopes.accounts.contains(&seen.scope.account) {
            scopes.accounts.push(seen.scope.account.clone());
        }
    }
    if global.region.is_empty() {
        for seen in &plan.scopes {
            let region = seen.scope.region.to_string();
            if !global.region.contains(&region) {
                global.region.push(region);
            }
        }
    }
    (global, scopes)
}
