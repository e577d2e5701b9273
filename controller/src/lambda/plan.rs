//! The step between the two maps: one plan over all that was seen, so that guards and
//! budgets hold over the whole, and a document of it for each account and region.

use std::collections::BTreeMap;

use anyhow::Result;
use cost_planner::dashboard::Swept;
use cost_planner::install::Scope;
use cost_planner::plan::{Listed, PlanDocument, Target};
use cost_planner::snapshot::{SCHEMA_VERSION, Snapshot};
use futures_util::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::flags::Flags;
use super::look::seen;
use super::scopes::Wanted;
use super::shelf::{ACTS, Of, PLAN, Shelf, WANTED};
use crate::act;
use crate::aws::Item;
use crate::commands::{acting, planning, prices, publishing, sweep};
use crate::record::{PlanFile, keep_policy};
use crate::script::hex;

/// So many objects are read or written side by side.
const AT_ONCE: usize = 16;

pub(super) async fn plan(flags: &Flags, shelf: &Shelf, args: &[String]) -> Result<Value> {
    let wanted: Wanted = shelf.must_have(WANTED).await?;
    // The whole plan is written first and all else is made of it: a second try cannot mix two plans.
    let file = match shelf.plan(PLAN).await? {
        Some(file) => file,
        None => {
            shelf.keep_plan(PLAN, &whole(flags, shelf, &wanted).await?).await?;
            shelf.must_have_plan(PLAN).await?
        }
    };
    let PlanFile { plan, .. } = &file;
    let parts: Vec<(&Item, PlanDocument)> =
        wanted.scopes.iter().filter_map(|item| Some((item, part(plan, item)?))).collect();
    let writes = futures_util::stream::iter(&parts).map(Ok::<_, anyhow::Error>);
    writes
        .try_for_each_concurrent(AT_ONCE, async |(item, part)| shelf.keep_plan(&Of::Plan.name(item), part).await)
        .await?;
    let execute = flags.sweep.go.execute;
    let acts = if execute { to_act(shelf, plan, &parts).await? } else { Vec::new() };
    // What is there decides: between two tries an earlier run may have been settled.
    let acts = if shelf.make(ACTS, &acts).await? { acts } else { shelf.must_have(ACTS).await? };
    let actions = if execute { plan.actions.len() } else { 0 };
    eprintln!("{} planned, {actions} to do, in {} accounts and regions", plan.actions.len(), acts.len());
    let mut answer = json!(shelf.lies(ACTS));
    (answer["run"], answer["args"]) = (json!(shelf.run), json!(args));
    (answer["actions"], answer["acts"], answer["planned"]) =
        (json!(actions), json!(acts.len()), json!(plan.actions.len()));
    Ok(answer)
}

/// The run's id in the evidence: the same in all of its steps.
pub(super) fn id(shelf: &Shelf, plan: &PlanDocument) -> String {
    let of_name = u32::from_str_radix(&hex(shelf.run.as_bytes())[..8], 16).expect("eight digits");
    act::run_id(plan.made_at, of_name)
}

/// The plan over everything.
async fn whole(flags: &Flags, shelf: &Shelf, wanted: &Wanted) -> Result<PlanDocument> {
    if flags.sweep.go.execute {
        planning::must_be_chosen(&flags.sweep.deciding)?;
    }
    let prices = prices::known(&flags.sweep.look.lists)?;
    let policy = planning::policy(&flags.global, &flags.sweep.deciding).await?;
    let past = planning::past(Some(&shelf.store)).await?;
    let snapshot = merged(shelf, wanted).await;
    let plan = planning::decided(&policy, &flags.sweep.deciding, &prices, &snapshot, &past, Timestamp::now());
    if flags.sweep.metrics {
        // Of what was seen; what was done stands in the report.
        let (policy, snapshot, prices, at) = (&policy.rules, &snapshot, &prices, plan.made_at);
        publishing::publish_of(&flags.global, &Swept { policy, snapshot, prices, at, acts: None, saved: None }).await;
    }
    keep_policy(&shelf.store, &policy.text).await?;
    Ok(plan.document(&snapshot, &policy.sha256, sweep::VALID_FOR))
}

/// All that was seen, in the order of what is wanted.
async fn merged(shelf: &Shelf, wanted: &Wanted) -> Snapshot {
    let unreached = wanted.unreached.clone();
    let mut all =
        Snapshot { schema_version: SCHEMA_VERSION, taken_at: Timestamp::now(), scopes: Vec::new(), unreached };
    let mut looks = futures_util::stream::iter(&wanted.scopes).map(|item| seen(shelf, item)).buffered(AT_ONCE);
    while let Some(look) = looks.next().await {
        match look {
            Ok(Snapshot { schema_version: _, taken_at, scopes, unreached }) => {
                all.taken_at = all.taken_at.min(taken_at);
                all.scopes.extend(scopes);
                all.unreached.extend(unreached);
            }
            Err(unreached) => all.unreached.push(unreached),
        }
    }
    all
}

/// What the plan says of one account and region; `None` where that was not seen. How much
/// is kept stands in the whole plan alone.
fn part(plan: &PlanDocument, item: &Item) -> Option<PlanDocument> {
    let PlanDocument {
        schema_version,
        made_at,
        expires_at,
        snapshot_taken_at,
        policy_sha256,
        policy_text: _,
        scopes,
        unreached: _,
        refused,
        actions,
        held_back,
        reported,
        kept: _,
    } = plan;
    let scope = scopes.iter().find(|seen| is_here(item, &seen.scope.account, &seen.scope.region))?;
    let here = |target: &Target| is_here(item, target.account(), target.region());
    let listed = |rows: &[Listed]| rows.iter().filter(|row| here(&row.target)).cloned().collect();
    Some(PlanDocument {
        schema_version: *schema_version,
        made_at: *made_at,
        expires_at: *expires_at,
        snapshot_taken_at: *snapshot_taken_at,
        policy_sha256: policy_sha256.clone(),
        policy_text: None,
        scopes: vec![scope.clone()],
        unreached: Vec::new(),
        refused: refused.clone(),
        actions: actions.iter().filter(|action| here(&action.target)).cloned().collect(),
        held_back: listed(held_back),
        reported: listed(reported),
        kept: BTreeMap::new(),
    })
}

fn is_here(item: &Item, account: &idle_core::AccountId, region: &idle_core::Region) -> bool {
    item.account == *account && item.region == *region
}

/// Where there is something to do or to write down, or an earlier run to be settled.
async fn to_act(shelf: &Shelf, plan: &PlanDocument, parts: &[(&Item, PlanDocument)]) -> Result<Vec<Item>> {
    let id = id(shelf, plan);
    let concerned = futures_util::stream::iter(parts).map(async |(item, part)| {
        let scope: Option<&Scope> = part.scopes.first().map(|seen| &seen.scope);
        let Some(scope) = scope else { return Ok(None) };
        Ok::<_, anyhow::Error>(acting::concerns(part, scope, &shelf.store, &id).await?.then(|| (*item).clone()))
    });
    let items: Vec<Option<Item>> = concerned.buffered(AT_ONCE).try_collect().await?;
    Ok(items.into_iter().flatten().collect())
}
