//! Stopping a notebook instance: `StopNotebookInstance` on exactly this one.

use aws_sdk_sagemaker::Client;
use aws_sdk_sagemaker::error::ProvideErrorMetadata;
use idle_core::NotebookInstanceRef;

use super::outcome::{Outcome, outcome_of};
use crate::aws;

/// Stops one notebook instance. Its volume survives.
#[derive(Debug)]
pub(crate) struct StopNotebookInstance {
    instance: NotebookInstanceRef,
    client: Option<Client>,
}

impl StopNotebookInstance {
    /// The actuator of this instance.
    pub(super) fn new(instance: &NotebookInstanceRef) -> Self {
        Self { instance: instance.clone(), client: None }
    }

    /// Asks SageMaker to stop the instance.
    pub(super) async fn stop(&mut self) -> Outcome {
        let client = self.client.get_or_insert_with(|| aws::sagemaker(&self.instance.region));
        let call = client.stop_notebook_instance().notebook_instance_name(self.instance.name.as_str());
        match call.send().await {
            Ok(_) => Outcome::Accepted,
            // An instance that is not in service cannot be stopped, and need not be:
            // SageMaker names the state that it is in.
            Err(error) => match error.message() {
                Some(text) if text.contains("Stopping") || text.contains("Stopped") => Outcome::AlreadyGone,
                _ => outcome_of(&error),
            },
        }
    }
}
