//! One action: looked at once more, and called for once.

use cost_planner::plan::{Action, Target, Verb};
use idle_core::{Explained, Reason};
use jiff::{SignedDuration, Timestamp};

use super::Again;
use super::run::{Part, Run};
use crate::observe::{CallError, Kind};
use crate::record::Lease;

/// A look is good for this long: a paced call may come later, and then looks again.
const LOOK_HOLDS: SignedDuration = SignedDuration::from_secs(10);

/// What came of asking AWS.
#[derive(Debug)]
pub(super) enum Asked {
    /// AWS took it, with the id of the request.
    Accepted(Option<String>),
    /// AWS did not take it, or nobody knows: what stands there says.
    Unclear(CallError),
    /// It was not done.
    Failed(String),
    /// It was not asked for, after all.
    Refused(Explained),
}

/// Waits for the turn of an action that was written ahead, and asks for it. A throttled call
/// had no effect: it is the only one that is sent again, after another look.
pub(super) async fn ask(
    run: &Run<'_>,
    part: &Part<'_>,
    lease: &Lease<'_>,
    action: &Action,
    mut seen_at: Timestamp,
) -> Asked {
    let mut tries = 0;
    loop {
        part.pace.turn_to_write().await;
        if tries > 0 || run.clock.now().duration_since(seen_at) > LOOK_HOLDS {
            seen_at = run.clock.now();
            match part.looker.look_again(action).await {
                Again::Due(_) => {}
                Again::Unseen(why) => return Asked::Failed(unseen(&why)),
                Again::Refused(refusal) => return Asked::Refused(refusal),
            }
        }
        if let Some(refusal) = forbidden(run, lease) {
            return Asked::Refused(refusal);
        }
        let error = match call(run, part, action).await {
            Ok(id) => return Asked::Accepted(id),
            Err(error) => error,
        };
        match error.kind {
            Kind::Throttled => {}
            Kind::Denied | Kind::Expired | Kind::NoCredentials => return Asked::Failed(error.to_string()),
            Kind::NotFound | Kind::InUse | Kind::Invalid | Kind::Unreachable => return Asked::Unclear(error),
        }
        tries += 1;
        if !part.pace.another_write(&error, tries).await {
            return Asked::Failed(error.to_string());
        }
    }
}

/// Says that nothing was done, because not all could be seen.
pub(super) fn unseen(why: &str) -> String {
    format!("it could not be looked at once more: {why}")
}

/// What came up since the batch began.
fn forbidden(run: &Run<'_>, lease: &Lease<'_>) -> Option<Explained> {
    let interrupted = || run.switch.at_once().map(|text| Explained { code: Reason::KillSwitch, text });
    if let Some(refusal) = run.too_many_failures().or_else(interrupted) {
        return Some(refusal);
    }
    let text = || "the lease of this account and region was about to end".to_owned();
    (!lease.holds(run.clock.now())).then(|| Explained { code: Reason::LeaseHeld, text: text() })
}

async fn call(run: &Run<'_>, part: &Part<'_>, action: &Action) -> Result<Option<String>, CallError> {
    let (hands, consent) = (part.actuator, run.consent);
    match (action.verb, &action.target) {
        (Verb::DeleteApp, Target::App(app)) => hands.stop_app(consent, app).await,
        (Verb::StopNotebookInstance, Target::NotebookInstance(instance)) => {
            hands.stop_notebook_instance(consent, instance).await
        }
        (Verb::ScaleVariantToZero, Target::Variant { of, variant }) => {
            hands.scale_variant_to_zero(consent, of, variant).await
        }
        (Verb::ScaleInferenceComponentToZero, Target::InferenceComponent { of: _, inference_component }) => {
            hands.scale_inference_component_to_zero(consent, inference_component).await
        }
        (Verb::DeleteEndpoint, Target::Endpoint(of)) => hands.delete_endpoint(consent, of).await,
        (verb, target) => Err(CallError::unclear("no call", &format!("nobody can {verb} {target}"))),
    }
}
