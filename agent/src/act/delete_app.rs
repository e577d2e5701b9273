//! Stopping a Studio app: `DeleteApp` on exactly this app.

use aws_sdk_sagemaker::Client;
use aws_sdk_sagemaker::types::AppType as ApiAppType;
use idle_core::{AppOwner, AppRef, AppType};
use thiserror::Error;

use super::outcome::{Outcome, outcome_of};
use crate::aws;

/// Deletes one app. Files on its volume survive.
#[derive(Debug)]
pub(crate) struct DeleteApp {
    app: AppRef,
    /// Built when first needed: most apps run for hours before that.
    client: Option<Client>,
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
            _ => Ok(Self { app: app.clone(), client: None }),
        }
    }

    /// Asks SageMaker to delete the app.
    pub(super) async fn stop(&mut self) -> Outcome {
        let client = self.client.get_or_insert_with(|| aws::sagemaker(&self.app.region));
        let AppRef { domain, owner, app_type, name, .. } = &self.app;
        let call = client
            .delete_app()
            .domain_id(domain.as_str())
            .app_type(ApiAppType::from(app_type.as_str()))
            .app_name(name.as_str());
        let call = match owner {
            AppOwner::Space(space) => call.space_name(space.as_str()),
            AppOwner::UserProfile(profile) => call.user_profile_name(profile.as_str()),
        };
        match call.send().await {
            Ok(_) => Outcome::Accepted,
            Err(error) => outcome_of(&error),
        }
    }
}
