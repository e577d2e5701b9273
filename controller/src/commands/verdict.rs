//! How a sweep went, as an exit code.

use cost_planner::plan::PlanDocument;
use idle_core::Reason;

use crate::act::{Applied, Outcome};
use crate::exit::Tally;

/// What a plan comes to by itself; with `check`, its actions are pending.
pub(crate) fn of_plan(plan: &PlanDocument, check: bool) -> Tally {
    let PlanDocument { scopes, unreached, refused, actions, held_back, reported, .. } = plan;
    let count = |meaning: Meaning| held_back.iter().filter(|row| Meaning::of(row.reason.code) == meaning).count();
    let unseen: usize = scopes.iter().map(|scope| scope.blind.len()).sum();
    let unread = reported.iter().filter(|row| Meaning::of(row.reason.code) == Meaning::Unseen).count();
    Tally {
        well: scopes.iter().filter(|scope| scope.blind.is_empty() || scope.apps > 0).count(),
        failed: unreached.len() + unseen + unread + count(Meaning::Unseen),
        refused: refused.len() + count(Meaning::Guard),
        pending: if check { actions.len() } else { 0 },
    }
}

/// What a plan and what came of it come to.
pub(crate) fn of_run(plan: &PlanDocument, applied: &Applied<'_>) -> Tally {
    let Applied { done, reconciled: _, trouble, refused } = applied;
    let mut tally = of_plan(plan, false);
    tally.failed += trouble.len();
    tally.refused += refused.len();
    let mut verified = 0;
    for done in done {
        match &done.outcome {
            Outcome::Verified(_) => verified += 1,
            Outcome::Stuck { .. } | Outcome::Failed(_) => tally.failed += 1,
            Outcome::Refused(why) => match why.code {
                // Somebody else was first: it is as it should be.
                Reason::Gone => verified += 1,
                code if Meaning::of(code) == Meaning::Unseen => tally.failed += 1,
                _ => tally.refused += 1,
            },
        }
    }
    // Where something was to be done and none of it was, that all was seen is no success.
    if !done.is_empty() {
        tally.well = verified;
    }
    tally
}

/// What it means for a run that something is held back for a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    /// As it should be: somebody asked for it, or it is being changed.
    Fine,
    /// It could not be seen.
    Unseen,
    /// A guard stood in the way.
    Guard,
}

impl Meaning {
    fn of(reason: Reason) -> Self {
        match reason {
            Reason::SourceUnknown | Reason::TagsUnread | Reason::ScanIncomplete | Reason::Blind => Self::Unseen,
            Reason::BudgetUsedUp
            | Reason::OutsideSchedule
            | Reason::FirstRun
            | Reason::TooManyIdle
            | Reason::KillSwitch
            | Reason::LeaseHeld
            | Reason::TooManyFailures
            | Reason::NoWayBack
            | Reason::Unpriced
            | Reason::Changed => Self::Guard,
            _ => Self::Fine,
        }
    }
}
