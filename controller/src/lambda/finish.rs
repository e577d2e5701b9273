//! The last step: how it went, told once.

use anyhow::Result;
use cost_planner::plan::PlanDocument;
use cost_planner::snapshot::Unreached;
use futures_util::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::flags::Flags;
use super::plan::id;
use super::scopes::Wanted;
use super::shelf::{ACTS, Of, PLAN, REPORT, Shelf, TOLD, WANTED};
use crate::act::{Applied, Counts, consent};
use crate::aws::{Item, config};
use crate::commands::outcomes::Outcomes;
use crate::commands::{acting, sealing, verdict};
use crate::record::{PlanFile, policy_key};
use crate::render::SweepReport;

/// So many outcomes are read side by side.
const AT_ONCE: usize = 16;
/// So much of what went wrong stands in the summary; the report has it all.
const MOST_NAMED: usize = 10;

pub(super) async fn finish(flags: &Flags, shelf: &Shelf) -> Result<Value> {
    let PlanFile { plan, .. } = &shelf.must_have_plan(PLAN).await?;
    let acts: Vec<Item> = shelf.must_have(ACTS).await?;
    let not_noted = not_noted(flags, shelf).await?;
    let Some(consent) = consent(flags.sweep.go, "finish").map_err(anyhow::Error::msg)? else {
        shelf.make(REPORT, &SweepReport::new(plan, None)).await?;
        let mut verdict = verdict::of_plan(plan, flags.sweep.go.check);
        verdict.failed += not_noted.len();
        return Ok(answer(shelf, plan, None, &not_noted, verdict.exit() as u8));
    };
    let outcomes = outcomes(shelf, &acts).await?;
    let mut applied = outcomes.of(plan);
    applied.trouble.extend(not_noted);
    if let Some(topic) = &flags.sweep.acting.notify
        && shelf.make(TOLD, &json!({ "schema_version": 1, "at": Timestamp::now() })).await?
    {
        let base = config(flags.global.region.first().map(String::as_str)).await;
        let trouble = acting::tell(&consent, &base, topic, &id(shelf, plan), &applied, plan).await;
        applied.trouble.extend(trouble);
    }
    shelf.make(REPORT, &SweepReport::new(plan, Some(acting::acted(plan, &applied)))).await?;
    let mut verdict = verdict::of_run(plan, &applied);
    // The report cannot tell of it: it is sealed, too.
    let unsealed: Vec<String> = seal(shelf, plan).await.into_iter().collect();
    verdict.failed += unsealed.len();
    Ok(answer(shelf, plan, Some(&applied), &unsealed, verdict.exit() as u8))
}

/// Seals what the steps of the run handed on, and the policy. What was acted on is sealed by who did.
/// Returns what is wrong, in one line.
async fn seal(shelf: &Shelf, plan: &PlanDocument) -> Option<String> {
    let policy = [policy_key(&plan.policy_sha256)];
    sealing::of(&shelf.store, &shelf.folder(), &policy, &id(shelf, plan)).await
}

/// What could not be noted in the ledger, each in one line.
async fn not_noted(flags: &Flags, shelf: &Shelf) -> Result<Vec<String>> {
    if flags.sweep.ledger.ledger.is_none() {
        return Ok(Vec::new());
    }
    let wanted: Wanted = shelf.must_have(WANTED).await?;
    let reads = futures_util::stream::iter(&wanted.scopes)
        .map(async |item| Ok::<_, anyhow::Error>(shelf.get::<Vec<String>>(&Of::NotNoted.name(item)).await?));
    let all: Vec<Option<Vec<String>>> = reads.buffered(AT_ONCE).try_collect().await?;
    Ok(all.into_iter().flatten().flatten().collect())
}

/// What came of every act; one that left nothing is named as trouble.
async fn outcomes(shelf: &Shelf, acts: &[Item]) -> Result<Outcomes> {
    let reads = futures_util::stream::iter(acts).map(async |item| {
        let outcomes: Option<Outcomes> = shelf.get(&Of::Outcome.name(item)).await?;
        Ok::<_, anyhow::Error>((item, outcomes))
    });
    let all: Vec<(&Item, Option<Outcomes>)> = reads.buffered(AT_ONCE).try_collect().await?;
    let mut whole = Outcomes::default();
    for (item, outcomes) in all {
        let Item { account, region, .. } = item;
        match outcomes {
            Some(outcomes) => whole.extend(outcomes),
            None => whole.trouble.push(format!(
                "{account} {region}: its act came to no end; hint: the log of that step; the next sweep settles it"
            )),
        }
    }
    Ok(whole)
}

fn answer(shelf: &Shelf, plan: &PlanDocument, applied: Option<&Applied<'_>>, not_noted: &[String], exit: u8) -> Value {
    let PlanDocument { scopes, unreached, refused, actions, held_back, reported, .. } = plan;
    let counts = applied.map(|applied| Counts::of(applied.done.iter().map(|done| &done.outcome)));
    let Counts { verified, failed, refused: not_done } = counts.unwrap_or_default();
    let mut sentences = vec![match applied {
        Some(_) => format!("{verified} done, {failed} failed, {not_done} refused, of {} planned", actions.len()),
        None => format!("rehearsal: {} to do", actions.len()),
    }];
    sentences[0] += &format!(", {} held back, {} accounts and regions seen", held_back.len(), scopes.len());
    sentences.extend(refused.iter().map(|refusal| format!("REFUSED: {}", refusal.text)));
    let not_seen = unreached.iter().map(|Unreached { account, region, why }| {
        let account = account.as_ref().map_or("the caller's account", |account| account.as_str());
        format!("not seen: {account} {}: {why}", region.as_deref().unwrap_or("all regions"))
    });
    let blind = scopes.iter().flat_map(|seen| {
        let (account, region) = (&seen.scope.account, &seen.scope.region);
        seen.blind.iter().map(move |why| format!("not seen: {account} {region}: {why}"))
    });
    let trouble = applied.into_iter().flat_map(|applied| applied.trouble.iter().chain(&applied.refused).cloned());
    let wrong: Vec<String> = trouble.chain(not_noted.iter().cloned()).chain(not_seen).chain(blind).collect();
    let more = wrong.len().saturating_sub(MOST_NAMED);
    sentences.extend(wrong.into_iter().take(MOST_NAMED));
    if more > 0 {
        sentences.push(format!("and {more} more, see the report"));
    }
    let summary = sentences.join("; ");
    eprintln!("exit {exit}: {summary}");
    json!({
        "run": shelf.run, "exit": exit, "summary": summary, "report": shelf.lies(REPORT),
        "counts": { "planned": actions.len(), "done": verified, "failed": failed, "refused": not_done,
            "held_back": held_back.len(), "reported": reported.len(), "scopes": scopes.len(),
            "unreached": unreached.len() },
    })
}
