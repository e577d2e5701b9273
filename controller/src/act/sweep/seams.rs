//! Where the outside begins: eyes, hands, a clock and the kill switch.

use std::time::Duration;

use async_trait::async_trait;
use cost_planner::plan::{Action, EndpointRef, State, Target};
use idle_core::{AppRef, Explained, InferenceComponentName, NotebookInstanceRef, VariantName};
use jiff::Timestamp;

use crate::act::Consent;
use crate::observe::{CallError, KillSwitch};

/// What a look right before an act comes to.
#[derive(Debug)]
pub(crate) enum Again {
    /// It is still due; this stands there.
    Due(State),
    /// It is not, and why.
    Refused(Explained),
    /// Not all that matters could be seen, and why: then nothing is done.
    Unseen(String),
}

/// Looks again, right before an act and after it.
#[async_trait(?Send)]
pub(crate) trait Looker {
    /// Whether the action is still due, by a fresh look.
    async fn look_again(&self, action: &Action) -> Again;

    /// What stands there now, as far as it says whether an act is done.
    ///
    /// # Errors
    /// When AWS does not tell.
    async fn state(&self, target: &Target) -> Result<State, CallError>;
}

/// Changes one resource with one call, sent once. Returns the id of AWS's request.
#[async_trait(?Send)]
pub(crate) trait Actuator {
    /// `DeleteApp`.
    async fn stop_app(&self, consent: &Consent, app: &AppRef) -> Result<Option<String>, CallError>;

    /// `StopNotebookInstance`.
    async fn stop_notebook_instance(
        &self,
        consent: &Consent,
        instance: &NotebookInstanceRef,
    ) -> Result<Option<String>, CallError>;

    /// `UpdateEndpointWeightsAndCapacities` to no instances.
    async fn scale_variant_to_zero(
        &self,
        consent: &Consent,
        endpoint: &EndpointRef,
        variant: &VariantName,
    ) -> Result<Option<String>, CallError>;

    /// `UpdateInferenceComponentRuntimeConfig` to no copies.
    async fn scale_inference_component_to_zero(
        &self,
        consent: &Consent,
        component: &InferenceComponentName,
    ) -> Result<Option<String>, CallError>;

    /// `DeleteEndpoint`.
    async fn delete_endpoint(&self, consent: &Consent, endpoint: &EndpointRef) -> Result<Option<String>, CallError>;
}

/// Time, and waiting for it.
#[async_trait(?Send)]
pub(crate) trait Clock {
    /// Now, UTC.
    fn now(&self) -> Timestamp;

    /// Comes back after this long.
    async fn sleep(&self, pause: Duration);
}

/// Whether anybody wants every sweep to stop.
#[async_trait(?Send)]
pub(crate) trait Switch {
    /// Why nothing may be done; `None` where it is off.
    async fn on(&self) -> Option<String>;

    /// The same, as far as it is known without asking anybody.
    fn at_once(&self) -> Option<String> {
        None
    }

    /// Comes back when that changes.
    async fn turned_on(&self) {
        std::future::pending::<()>().await;
    }
}

/// The machine's clock.
#[derive(Debug)]
pub(crate) struct WallClock;

#[async_trait(?Send)]
impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep(&self, pause: Duration) {
        tokio::time::sleep(pause).await;
    }
}

#[async_trait(?Send)]
impl Switch for KillSwitch {
    async fn on(&self) -> Option<String> {
        Self::on(self).await
    }
}

/// No kill switch was named.
#[derive(Debug)]
pub(crate) struct NoSwitch;

#[async_trait(?Send)]
impl Switch for NoSwitch {
    async fn on(&self) -> Option<String> {
        None
    }
}
