//! From a plan to what came of it: the same for every command that acts.

use std::cell::Cell;

use anyhow::{Context, Result};
use aws_config::SdkConfig;
use cost_planner::dashboard::ScopeActs;
use cost_planner::install::Scope;
use cost_planner::plan::{Action, PlanDocument, State, Target};
use jiff::Timestamp;
use tokio::sync::watch;

use super::outcomes::Outcomes;
use super::{told, verdict};
use crate::act::{
    self, Applied, Consent, Eyes, Hands, Interruptible, Limits, Looker, NoSwitch, Outcome, Part, Run, Switch, Topic,
    WallClock,
};
use crate::aws::{Session, config};
use crate::cli::{Acting, Global};
use crate::exit::Tally;
use crate::observe::{self, KillSwitch, StateAsked};
use crate::record::{Found, Store, keep_plan, keep_policy, open_runs};
use crate::render::{self, Acted, ActedRow, Progress};

/// What came of a plan, in words and as a verdict.
pub(super) struct Ran {
    pub(super) acted: Acted,
    /// How much was done in each account and region of the plan.
    pub(super) acts: Vec<ScopeActs>,
    pub(super) tally: Tally,
    /// The run: [`act::run_id`].
    pub(super) id: String,
}

/// A plan to do, and with what.
pub(crate) struct Job<'a> {
    pub(crate) args: &'a Acting,
    pub(crate) consent: &'a Consent,
    /// The run: [`act::run_id`].
    pub(crate) id: &'a str,
    pub(crate) plan: &'a PlanDocument,
    pub(crate) digest: &'a str,
    /// The text of the policy that it was made by, where it is known.
    pub(crate) policy: Option<&'a str>,
    pub(crate) sessions: &'a [Session],
    pub(crate) switch: &'a dyn Switch,
    pub(crate) store: &'a Store,
    pub(crate) progress: &'a Progress,
}

/// Does what the plan says where a session reaches, tells the topic, and returns what came of it.
///
/// # Errors
/// When the kill switch is of no use, or nothing can be written down.
pub(super) async fn act(
    global: &Global,
    args: &Acting,
    consent: &Consent,
    plan: &PlanDocument,
    (digest, policy): (&str, Option<&str>),
    sessions: &[Session],
    store: &Store,
) -> Result<Ran> {
    let progress = &Progress::new(global.no_progress);
    let base = config(global.region.first().map(String::as_str)).await;
    let switch = switch(args, &base)?;
    let id = &act::run_id(Timestamp::now(), fastrand::u32(..));
    let switch = switch.as_ref();
    let outcomes = perform(&Job { args, consent, id, plan, digest, policy, sessions, switch, store, progress }).await?;
    let mut applied = outcomes.of(plan);
    if let Some(topic) = &args.notify {
        progress.say("telling the topic");
        applied.trouble.extend(tell(consent, &base, topic, id, &applied, plan).await);
    }
    progress.clear();
    let (acted, acts) = (acted(plan, &applied), acts(plan, &applied));
    Ok(Ran { acted, acts, tally: verdict::of_run(plan, &applied), id: id.clone() })
}

/// How much was done in each account and region of the plan.
fn acts(plan: &PlanDocument, applied: &Applied<'_>) -> Vec<ScopeActs> {
    let of = |scope: &Scope| {
        let here = |target: &Target| *target.account() == scope.account && *target.region() == scope.region;
        let outcomes = || applied.done.iter().filter(|done| here(&done.action.target)).map(|done| &done.outcome);
        let count = |is: fn(&Outcome) -> bool| outcomes().filter(|outcome| is(outcome)).fold(0, |count, _| count + 1);
        ScopeActs {
            scope: scope.clone(),
            done: count(|outcome| matches!(outcome, Outcome::Verified(_))),
            failed: count(|outcome| matches!(outcome, Outcome::Failed(_) | Outcome::Stuck { .. })),
        }
    };
    plan.scopes.iter().map(|scope| of(&scope.scope)).collect()
}

/// The kill switch that these flags name.
///
/// # Errors
/// When it is of no use.
pub(crate) fn switch(args: &Acting, base: &SdkConfig) -> Result<Box<dyn Switch>> {
    Ok(match &args.kill_switch {
        Some(place) => Box::new(KillSwitch::at(place.clone(), base).map_err(anyhow::Error::msg)?),
        None => Box::new(NoSwitch),
    })
}

/// Tells the topic what was done; returns why it could not be told, if so.
pub(crate) async fn tell(
    consent: &Consent,
    base: &SdkConfig,
    topic: &Topic,
    id: &str,
    applied: &Applied<'_>,
    plan: &PlanDocument,
) -> Option<String> {
    let message = act::message(id, applied, &plan.held_back);
    let told_it = act::notify(consent, base, topic, id, &message).await;
    told_it.err().map(|error| format!("the topic could not be told: {}", told(&anyhow::Error::from(error))))
}

/// Does what the plan says where a session reaches, and returns what came of it.
///
/// # Errors
/// When it is not known what earlier runs left open: then nothing was done. When a second
/// signal ended it at once: then the next run settles what was asked for.
pub(crate) async fn perform(job: &Job<'_>) -> Result<Outcomes> {
    let Job { args, consent, id, plan, digest, policy, sessions, switch, store, progress } = *job;
    let (signal, signalled) = watch::channel(false);
    let switch = Interruptible { switch, signalled };
    let (mut actors, mut trouble) = (Vec::new(), Vec::new());
    for session in sessions {
        if !concerns(plan, &session.scope, store, id).await? {
            continue;
        }
        match session.to_act(args.actor_role.as_deref()).await {
            Ok(actor) => actors.push((session, actor)),
            Err(error) => {
                let (account, region) = (&session.scope.account, &session.scope.region);
                trouble.push(format!("{account} {region}: nobody may act here: {}", told(&error)));
            }
        }
    }
    if !actors.is_empty() {
        trouble.extend(keep(store, plan, policy).await);
    }
    let tools: Vec<(Box<dyn Looker + '_>, Hands<'_>)> =
        actors.iter().map(|(reader, actor)| (eyes(reader), hands(actor))).collect();
    let parts: Vec<Part<'_>> = actors
        .iter()
        .zip(&tools)
        .map(|((_, actor), (looker, actuator))| Part {
            scope: &actor.scope,
            role: &actor.role,
            looker: looker.as_ref(),
            actuator,
            pace: &actor.pace,
        })
        .collect();
    let run = Run {
        id,
        plan,
        plan_digest: digest,
        limits: limits(args),
        consent,
        switch: &switch,
        clock: &WallClock,
        store,
        watcher: progress,
        failures: Cell::new(0),
    };
    let applied = act::heeding_signals(act::apply(&run, &parts), &signal).await;
    let applied = applied.context("listening to signals")?;
    let mut applied = applied.context("interrupted at once; hint: the next run settles what was asked for")?;
    applied.trouble.extend(trouble);
    Ok(Outcomes::from(applied))
}

/// Keeps plan and policy beside the lines that name them; returns why they could not be kept, if so.
async fn keep(store: &Store, plan: &PlanDocument, policy: Option<&str>) -> Option<String> {
    let keep = async {
        keep_plan(store, plan).await?;
        if let Some(policy) = policy {
            keep_policy(store, policy).await?;
        }
        Ok::<_, anyhow::Error>(())
    };
    let kept = keep.await.err();
    kept.map(|error| format!("plan and policy are not kept with the evidence: {}", told(&error)))
}

/// Looks with the rights of the one who looked before.
fn eyes(reader: &Session) -> Box<dyn Looker + '_> {
    let asked = StateAsked { sagemaker: &reader.sagemaker, pace: &reader.pace };
    Box::new(Eyes {
        look: async move |action: &Action| observe::look(reader, action).await,
        state: async move |target: &Target| observe::state(asked, target).await,
        clock: &WallClock,
    })
}

fn hands(actor: &Session) -> Hands<'_> {
    Hands { sagemaker: &actor.sagemaker, pace: &actor.pace }
}

/// Whether there is anything to do or to write down in this account and region.
///
/// # Errors
/// When it is not known what earlier runs left open.
pub(crate) async fn concerns(plan: &PlanDocument, scope: &Scope, store: &Store, run: &str) -> Result<bool> {
    let here = |target: &Target| *target.account() == scope.account && *target.region() == scope.region;
    if plan.actions.iter().any(|action| here(&action.target)) || plan.held_back.iter().any(|row| here(&row.target)) {
        return Ok(true);
    }
    let open = open_runs(store, scope, Timestamp::now(), run).await;
    Ok(!open.context("looking for earlier runs that were cut short")?.is_empty())
}

fn limits(args: &Acting) -> Limits {
    Limits {
        parallel: args.parallel.into(),
        verify_within: args.verify_within,
        stop_after_failures: usize::try_from(args.stop_after_failures).unwrap_or(usize::MAX),
        ..Limits::default()
    }
}

/// What came of it, in words.
pub(crate) fn acted(plan: &PlanDocument, applied: &Applied<'_>) -> Acted {
    let Applied { done, reconciled, trouble, refused } = applied;
    let rows = done.iter().map(|done| {
        let (outcome, text) = match &done.outcome {
            Outcome::Verified(state) => ("done", standing(state)),
            Outcome::Stuck { text, .. } => ("STUCK", text.clone()),
            Outcome::Failed(text) => ("FAILED", text.clone()),
            Outcome::Refused(why) => ("refused", format!("{}: {}", why.code, why.text)),
        };
        ActedRow {
            what: format!("{} {}", done.action.verb, render::target(plan, &done.action.target)),
            outcome,
            text,
            request_id: done.request_id.clone(),
            price: Some(done.action.price.clone()),
        }
    });
    let settled = reconciled.iter().map(|settled| ActedRow {
        what: render::target(plan, &settled.action.target),
        outcome: "settled",
        text: format!("run {} was cut short after it asked for it: {}", settled.run, found(settled.found)),
        request_id: None,
        price: None,
    });
    Acted { rows: rows.chain(settled).collect(), trouble: trouble.clone(), refused: refused.clone() }
}

/// What was seen at the end.
fn standing(state: &State) -> String {
    match state {
        State::Gone => "seen to be gone".to_owned(),
        State::There { status, count: None, .. } => format!("seen to be {status}"),
        State::There { status, count: Some(count), .. } => {
            format!("seen to be {status}, {} of it running", count.current)
        }
    }
}

fn found(found: Found) -> &'static str {
    match found {
        Found::Gone => "it is gone",
        Found::StillThere => "it is still there",
        Found::GoneAndMadeAnew => "it is gone, and was made anew",
    }
}
