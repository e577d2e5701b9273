//! `plan`: look and plan, into a file that `apply` takes.

use anyhow::{Context, Result};
use jiff::SignedDuration;

use super::planning::{self, planned};
use super::{sweep, verdict};
use crate::cli::{Global, Output, Plan};
use crate::exit::Exit;
use crate::record::write_plan;
use crate::render;

pub(super) async fn run(global: &Global, args: &Plan) -> Result<Exit> {
    planning::must_be_chosen(&args.deciding)?;
    let planned = planned(global, &args.look, &args.deciding, &args.evidence).await?;
    let valid_for = SignedDuration::try_from(args.valid_for).context("--valid-for is too long")?;
    let mut plan = planned.document(valid_for);
    // Whoever applies it keeps the policy with what was done.
    plan.policy_text = Some(planned.policy.text);
    if args.output == Output::Table {
        super::print(&render::plan_document(&plan, args.all))?;
    }
    sweep::tell(args.output, args.all, &plan, None)?;
    let digest = write_plan(&args.out, &plan)?;
    eprintln!("{} holds the plan, SHA-256 {digest}, until {:.0}", args.out.display(), plan.expires_at);
    Ok(verdict::of_plan(&plan, false).exit())
}
