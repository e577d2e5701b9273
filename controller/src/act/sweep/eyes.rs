//! A fresh look at one thing: the same that the inventory takes, and what the planner makes of it.

use async_trait::async_trait;
use cost_planner::plan::{Action, State, Target, still_due};
use idle_core::Explained;
use jiff::Timestamp;

use super::Looker;
use crate::aws::Session;
use crate::observe::{self, CallError, StateAsked};

/// The eyes of a session.
#[derive(Debug)]
pub(crate) struct Eyes<'a>(pub(crate) &'a Session);

#[async_trait(?Send)]
impl Looker for Eyes<'_> {
    async fn still_due(&self, action: &Action) -> Result<Result<State, Explained>, CallError> {
        let Self(session) = self;
        let look = observe::look(session, action).await;
        if let Err(refusal) = still_due(action, &look, Timestamp::now()) {
            return Ok(Err(refusal));
        }
        // The state is what the outcome is told from: seen last, right before the call.
        self.state(&action.target).await.map(Ok)
    }

    async fn state(&self, target: &Target) -> Result<State, CallError> {
        let Self(session) = self;
        observe::state(StateAsked { sagemaker: &session.sagemaker, pace: &session.pace }, target).await
    }
}
