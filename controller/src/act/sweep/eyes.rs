//! The look right before an act, judged by the planner's rule.

use async_trait::async_trait;
use cost_planner::plan::{Action, Count, Look, State, Target, still_due};

use super::{Again, Clock, Looker};
use crate::observe::CallError;

/// The eyes of one account and region: `look` looks at all that the rule needs, `state` at
/// the least that says whether an act is done.
pub(crate) struct Eyes<'a, L, S> {
    pub(crate) look: L,
    pub(crate) state: S,
    pub(crate) clock: &'a dyn Clock,
}

#[async_trait(?Send)]
impl<L, S> Looker for Eyes<'_, L, S>
where
    L: AsyncFn(&Action) -> Look,
    S: AsyncFn(&Target) -> Result<State, CallError>,
{
    async fn look_again(&self, action: &Action) -> Again {
        let look = (self.look)(action).await;
        if let Look::Unseen(why) = look {
            return Again::Unseen(why);
        }
        // Judged by the time after the look: what was seen can only have grown older.
        match still_due(action, &look, self.clock.now()) {
            Err(refusal) => Again::Refused(refusal),
            Ok(()) => match state_of(&action.target, &look) {
                Some(state) => Again::Due(state),
                None => Again::Unseen("something else was looked at".to_owned()),
            },
        }
    }

    async fn state(&self, target: &Target) -> Result<State, CallError> {
        (self.state)(target).await
    }
}

/// What the look saw of the target; `None` where it did not see it.
pub(super) fn state_of(target: &Target, look: &Look) -> Option<State> {
    let (status, created_at, count) = match look {
        Look::Gone => return Some(State::Gone),
        Look::Unseen(_) => return None,
        // SageMaker's words are the variants' names.
        Look::App(look) => (format!("{:?}", look.app.status), look.app.created_at, None),
        Look::NotebookInstance(instance) => (instance.status.clone(), instance.created_at, None),
        Look::Endpoint(endpoint) => {
            let close_up = endpoint.close_up.as_ref().ok()?;
            let mut status = endpoint.status.clone();
            let count = match target {
                Target::Variant { of: _, variant } => {
                    let variant = close_up.variants.iter().find(|one| one.name == *variant)?;
                    Some(Count { desired: variant.desired_instances, current: variant.instances })
                }
                Target::InferenceComponent { of: _, inference_component } => {
                    let mut components = close_up.inference_components.iter();
                    let component = components.find(|one| one.name == *inference_component)?;
                    status.clone_from(&component.status);
                    Some(Count { desired: component.desired_copies, current: component.copies })
                }
                _ => None,
            };
            (status, endpoint.created_at, count)
        }
    };
    Some(State::There { status, created_at, count })
}
