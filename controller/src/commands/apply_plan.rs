//! `apply`: what a plan file says, in time and as it was written.

use std::io::IsTerminal;

use anyhow::Result;
use cost_planner::plan::{PlanDocument, PlanScope};
use cost_planner::snapshot::Unreached;
use jiff::Timestamp;

use super::acting::{self, Ran};
use super::planning::store;
use super::sealing;
use super::sweep::{self, FlagError};
use crate::act::consent;
use crate::aws::{self, Opened};
use crate::cli::{ApplyPlan, Global, Go, Output, Scopes};
use crate::exit::Exit;
use crate::record::{PlanFile, read_plan};
use crate::render;
use crate::script::hex;

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
    let consent = match consent(go, &format!("apply: {}", render::counted(plan.actions.len(), "action", "actions"))) {
        Ok(Some(consent)) => consent,
        Ok(None) => return Ok(Exit::Refused),
        Err(why) => {
            eprintln!("error: {why}");
            return Ok(Exit::Refused);
        }
    };
    let (global, scopes) = of_plan(global, &args.scopes, plan);
    let Opened { sessions, unreached } = aws::open(&global, &scopes).await?;
    // A text that is not of the digest that the run's lines name would explain nothing.
    let policy = plan.policy_text.as_deref().filter(|text| hex(text.as_bytes()) == plan.policy_sha256);
    let Ran { acted, mut tally, acts: _, id } =
        acting::act(&global, &args.acting, &consent, plan, (digest, policy), &sessions, &store).await?;
    sweep::tell(args.output, false, plan, Some(acted))?;
    if let Some(trouble) = sealing::own(&store, Some(&id)).await {
        eprintln!("error: {trouble}");
        tally.failed += 1;
    }
    tally.failed += unreached.iter().filter(|unreached| is_of(plan, unreached)).count();
    Ok(tally.exit())
}

/// Whether the plan covers what was not reached: of several accounts and regions it need not be each of each.
fn is_of(plan: &PlanDocument, Unreached { account, region, why: _ }: &Unreached) -> bool {
    plan.scopes.iter().any(|PlanScope { scope, .. }| {
        account.as_ref().is_none_or(|account| *account == scope.account)
            && region.as_ref().is_none_or(|region| region == scope.region.as_str())
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_plan_covers_is_missed() {
        let scope = |account: &str, region: &str| {
            let scope = serde_json::json!({ "partition": "aws", "account": account, "region": region });
            let mut seen = serde_json::json!({ "role": "r", "apps": 0, "blind": [] });
            seen.as_object_mut().expect("an object").extend(scope.as_object().expect("an object").clone());
            seen
        };
        let plan: PlanDocument = serde_json::from_value(serde_json::json!({
            "schema_version": 1, "made_at": "2026-11-25T12:00:00Z", "expires_at": "2026-11-25T13:00:00Z",
            "snapshot_taken_at": "2026-11-25T12:00:00Z", "policy_sha256": "",
            "scopes": [scope("111122223333", "us-east-1"), scope("444455556666", "eu-west-1")],
            "unreached": [], "refused": [], "actions": [], "held_back": [], "reported": [], "kept": {},
        }))
        .expect("a plan");
        for (account, region, expected) in [
            ("111122223333", Some("us-east-1"), true),
            ("111122223333", Some("eu-west-1"), false),
            ("111122223333", None, true),
            ("444455556666", Some("eu-west-1"), true),
        ] {
            let account = Some(idle_core::AccountId::parse(account).expect("an account"));
            let unreached = Unreached { account, region: region.map(str::to_owned), why: String::new() };
            assert_eq!(is_of(&plan, &unreached), expected, "{unreached:?}");
        }
        assert!(is_of(&plan, &Unreached { account: None, region: None, why: String::new() }));
    }
}
