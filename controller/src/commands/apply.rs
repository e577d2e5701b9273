//! Edits made one after the other; what fails is told and the rest goes on.

use std::collections::BTreeSet;

use cost_planner::install::{Holder, NOTEBOOK_CONFIG_NAME as CONFIG_NAME, NotebookPlan};

use crate::act::{self, ActError, Change, Consent, Remember, Settings};
use crate::aws::Session;
use crate::render::{Outcome, Progress};

/// Makes every edit. The edits of a holder come to an end with the first that
/// fails, all of them with the first that changed what nobody asked for.
pub(super) async fn edits<E: Change, M: Remember<E>>(
    settings: &mut Settings<'_, M>,
    consent: &Consent,
    edits: &[E],
    progress: &Progress,
) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    let mut failed: BTreeSet<&Holder> = BTreeSet::new();
    let mut stopped = false;
    for (n, edit) in edits.iter().enumerate() {
        progress.say(&format!("change {} of {}: {}", n + 1, edits.len(), edit.place()));
        let what = edit.place();
        if stopped || failed.contains(edit.holder()) {
            outcomes.push(not_done(what, "left out, because an earlier change failed; hint: run again"));
            continue;
        }
        match settings.make(consent, edit).await {
            Ok(done) => outcomes.push(Outcome { what, error: None, already: !done }),
            Err(error) => {
                stopped = matches!(error, ActError::Unrelated { .. } | ActError::Store(_));
                failed.insert(edit.holder());
                outcomes.push(not_done(what, &format!("{:#}", anyhow::Error::from(error))));
            }
        }
    }
    outcomes
}

/// Does what the plan says of notebook instances.
pub(super) async fn notebooks(session: &Session, consent: &Consent, plan: &NotebookPlan) -> Vec<Outcome> {
    let config = || format!("notebook lifecycle configuration {CONFIG_NAME}");
    let instance = |name: &String| format!("notebook instance {name}");
    let mut outcomes = Vec::new();
    if plan.create || plan.update {
        let done = act::put_config(session, consent, plan).await;
        outcomes.push(outcome(config(), done));
    }
    for name in &plan.attach {
        outcomes.push(outcome(instance(name), act::attach(session, consent, name).await));
    }
    for name in &plan.detach {
        outcomes.push(outcome(instance(name), act::detach(session, consent, name).await));
    }
    let all_well = outcomes.iter().all(|outcome| outcome.error.is_none());
    if plan.delete && all_well {
        outcomes.push(outcome(config(), act::remove_config(session, consent, plan).await));
    } else if plan.delete {
        outcomes.push(not_done(config(), "left, because an instance still has it; hint: run again"));
    }
    outcomes
}

/// The outcome of what went well or did not.
pub(super) fn outcome(what: String, done: Result<(), impl std::error::Error + Send + Sync + 'static>) -> Outcome {
    match done {
        Ok(()) => Outcome { what, error: None, already: false },
        Err(error) => not_done(what, &format!("{:#}", anyhow::Error::from(error))),
    }
}

fn not_done(what: String, error: &str) -> Outcome {
    Outcome { what, error: Some(error.to_owned()), already: false }
}
