//! What came of a plan, apart from it: it can be kept, and put beside the plan again.

use std::collections::{BTreeMap, VecDeque};

use cost_planner::plan::PlanDocument;
use serde::{Deserialize, Serialize};

use crate::act::{Applied, Done, Outcome, Reconciled};

/// What came of a plan, or of a part of it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Outcomes {
    pub(crate) done: Vec<OutcomeOf>,
    /// What earlier runs had asked for.
    pub(crate) reconciled: Vec<Reconciled>,
    /// What went wrong apart from the actions, each in one line.
    pub(crate) trouble: Vec<String>,
    /// Why what earlier runs left open could not be settled now, each in one line.
    #[serde(default)]
    pub(crate) refused: Vec<String>,
}

/// What became of the action of this key.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct OutcomeOf {
    pub(crate) key: String,
    pub(crate) outcome: Outcome,
    pub(crate) request_id: Option<String>,
}

impl From<Applied<'_>> for Outcomes {
    fn from(Applied { done, reconciled, trouble, refused }: Applied<'_>) -> Self {
        let done = done.into_iter().map(|Done { action, outcome, request_id }| {
            let key = action.key.clone();
            OutcomeOf { key, outcome, request_id }
        });
        Self { done: done.collect(), reconciled, trouble, refused }
    }
}

impl Outcomes {
    /// The same failure for every action of a plan.
    pub(crate) fn failed(plan: &PlanDocument, why: &str) -> Self {
        let done = plan.actions.iter().map(|action| OutcomeOf {
            key: action.key.clone(),
            outcome: Outcome::Failed(why.to_owned()),
            request_id: None,
        });
        Self { done: done.collect(), trouble: vec![why.to_owned()], ..Self::default() }
    }

    /// Adds what came of another part.
    pub(crate) fn extend(&mut self, Self { done, reconciled, trouble, refused }: Self) {
        self.done.extend(done);
        self.reconciled.extend(reconciled);
        self.trouble.extend(trouble);
        self.refused.extend(refused);
    }

    /// Each action of the plan with what became of it, in the plan's order; one of which
    /// nothing is known has failed.
    pub(crate) fn of(self, plan: &PlanDocument) -> Applied<'_> {
        let Self { done, reconciled, trouble, refused } = self;
        let mut of_key: BTreeMap<String, VecDeque<OutcomeOf>> = BTreeMap::new();
        for outcome in done {
            of_key.entry(outcome.key.clone()).or_default().push_back(outcome);
        }
        let mut take = |key: &str| of_key.get_mut(key).and_then(VecDeque::pop_front);
        let done = plan.actions.iter().map(|action| match take(&action.key) {
            Some(OutcomeOf { key: _, outcome, request_id }) => Done { action, outcome, request_id },
            None => {
                let text = "what became of it is not known: nobody wrote it down; the next sweep finds out";
                Done { action, outcome: Outcome::Failed(text.to_owned()), request_id: None }
            }
        });
        Applied { done: done.collect(), reconciled, trouble, refused }
    }
}
