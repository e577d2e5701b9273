//! Stopping a Studio app: `DeleteApp` on exactly this app.

use idle_core::{AppRef, AppType, ResourceRef};
use thiserror::Error;

use super::outcome::{Outcome, outcome_of};
use crate::aws::{Client, Service, request};

/// Deletes one app. Files on its volume survive.
#[derive(Debug)]
pub(crate) struct DeleteApp {
    app: AppRef,
    client: Client,
}

/// An app that must not be stopped by its agent.
#[derive(Debug, Error)]
#[error("{0} apps are never deleted: they cost nothing, and all other Classic apps hang on them")]
pub(crate) struct NeverDeleted(AppType);

impl DeleteApp {
    /// The actuator of this app.
    ///
    /// # Errors
    /// [`NeverDeleted`] for a Classic JupyterServer.
    pub(super) fn new(app: &AppRef) -> Result<Self, NeverDeleted> {
        match app.app_type {
            AppType::JupyterServer => Err(NeverDeleted(app.app_type)),
            _ => {
                let client = Client::new(Service::SageMaker, &ResourceRef::App(app.clone()));
                Ok(Self { app: app.clone(), client })
            }
        }
    }

    /// Asks SageMaker to delete the app.
    pub(super) async fn stop(&self) -> Outcome {
        match self.client.call("DeleteApp", &request::app(&self.app)).await {
            Ok(_) => Outcome::Accepted,
            Err(error) => outcome_of(&error),
        }
    }
}
