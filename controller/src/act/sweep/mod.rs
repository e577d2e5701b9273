//! What a sweep does once it has leave to.
//!
//! Nothing is called for that was not looked at moments before and written ahead; nothing
//! counts as done that was not seen to be; nothing is tried again blindly.

mod attempt;
mod done;
mod eyes;
mod hands;
mod interrupt;
mod reconcile;
mod run;
mod scope;
mod seams;
#[cfg(test)]
pub(super) mod tests;
mod verify;

use std::collections::{BTreeMap, BTreeSet};

use cost_planner::plan::{Action, Listed};
use futures_util::stream::{self, StreamExt};
use idle_core::{Explained, Reason};

pub(crate) use done::{Counts, Done, Outcome};
pub(crate) use eyes::Eyes;
pub(crate) use hands::Hands;
pub(crate) use interrupt::{Interruptible, heeding_signals};
pub(crate) use reconcile::Reconciled;
pub(crate) use run::{Limits, run_id};
pub(crate) use run::{Part, Run};
pub(crate) use seams::{Actuator, Again, Clock, Looker, Switch};
pub(crate) use seams::{NoSwitch, WallClock};

/// What became of a run.
#[derive(Debug, Default)]
pub(crate) struct Applied<'r> {
    /// Each action of the plan, in its order.
    pub(crate) done: Vec<Done<'r>>,
    /// What earlier runs had asked for.
    pub(crate) reconciled: Vec<Reconciled>,
    /// What went wrong apart from the actions, each in one line.
    pub(crate) trouble: Vec<String>,
    /// Why what earlier runs left open could not be settled now, each in one line.
    pub(crate) refused: Vec<String>,
}

/// Does the actions of the plan in the accounts and regions that have a part; those of
/// others fail. Each action is called for once at most. A part without actions settles what
/// earlier runs left open there, and does nothing else.
pub(crate) async fn apply<'r>(run: &'r Run<'r>, parts: &'r [Part<'r>]) -> Applied<'r> {
    let mut applied = Applied::default();
    let mut of_part: Vec<(Vec<&Action>, Vec<&Listed>)> = parts.iter().map(|_| Default::default()).collect();
    let index: BTreeMap<_, usize> =
        parts.iter().enumerate().map(|(n, part)| ((&part.scope.account, &part.scope.region), n)).collect();
    let mut keys = BTreeSet::new();
    for action in &run.plan.actions {
        let outcome = match index.get(&(action.target.account(), action.target.region())) {
            _ if !keys.insert(&action.key) => {
                let text = "it stands in the plan twice".to_owned();
                Outcome::Refused(Explained { code: Reason::Changed, text })
            }
            Some(part) => {
                of_part[*part].0.push(action);
                continue;
            }
            None => Outcome::Failed("nobody could be reached in its account and region".to_owned()),
        };
        applied.done.push(Done { action, outcome, request_id: None });
    }
    for listed in &run.plan.held_back {
        if let Some(part) = index.get(&(listed.target.account(), listed.target.region())) {
            of_part[*part].1.push(listed);
        }
    }
    let refused = refused(run);
    let mut scopes = stream::iter(parts.iter().zip(of_part))
        .map(async |(part, (actions, held_back))| {
            (part, scope::sweep(run, part, actions, &held_back, refused.as_ref()).await)
        })
        .buffer_unordered(run.limits.scopes.max(1));
    while let Some((part, scope::OfScope { done, reconciled, trouble, refused })) = scopes.next().await {
        applied.done.extend(done);
        applied.reconciled.extend(reconciled);
        let place = format!("{} {}", part.scope.account, part.scope.region);
        applied.trouble.extend(trouble.into_iter().map(|text| format!("{place}: {text}")));
        let unsettled = |why: Explained| format!("{place}: what an earlier run left open is not settled: {}", why.text);
        applied.refused.extend(refused.into_iter().map(unsettled));
    }
    let order: BTreeMap<*const Action, usize> =
        run.plan.actions.iter().enumerate().map(|(n, action)| (std::ptr::from_ref(action), n)).collect();
    applied.done.sort_by_key(|done| order.get(&std::ptr::from_ref(done.action)).copied());
    applied
}

/// Why nothing of the plan may be done: a guard refused it, or it expired while somebody was asked.
fn refused(run: &Run<'_>) -> Option<Explained> {
    let expired_at = run.plan.expires_at;
    let expired = || {
        let text = format!("the plan expired at {expired_at}; hint: plan again");
        Explained { code: Reason::Changed, text }
    };
    let is_expired = run.clock.now() >= expired_at;
    run.plan.refused.first().cloned().or_else(|| is_expired.then(expired))
}
