//! Stopping a notebook instance: `StopNotebookInstance` on exactly this one.

use idle_core::{NotebookInstanceRef, ResourceRef};
use serde_json::json;

use super::outcome::{Outcome, outcome_of};
use crate::aws::{Client, Service};

/// Stops one notebook instance. Its volume survives.
#[derive(Debug)]
pub(crate) struct StopNotebookInstance {
    instance: NotebookInstanceRef,
    client: Client,
}

impl StopNotebookInstance {
    /// The actuator of this instance.
    pub(super) fn new(instance: &NotebookInstanceRef) -> Self {
        let client = Client::new(Service::SageMaker, &ResourceRef::NotebookInstance(instance.clone()));
        Self { instance: instance.clone(), client }
    }

    /// Asks SageMaker to stop the instance.
    pub(super) async fn stop(&self) -> Outcome {
        let request = json!({ "NotebookInstanceName": self.instance.name.as_str() });
        match self.client.call("StopNotebookInstance", &request).await {
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
