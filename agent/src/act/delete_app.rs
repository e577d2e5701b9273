//! Stopping a Studio app: `DeleteApp` on exactly this app.

use aws_sdk_sagemaker::Client;
use aws_sdk_sagemaker::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_sagemaker::types::AppType as ApiAppType;
use idle_core::{AppOwner, AppRef, AppType};
use thiserror::Error;

use super::{Consent, aws};

/// The only thing in this program that can stop an app.
#[derive(Debug)]
pub(crate) struct DeleteApp {
    app: AppRef,
    /// Built when first needed: most apps run for hours before that.
    client: Option<Client>,
    _consent: Consent,
}

/// How one attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// SageMaker is deleting the app.
    Accepted,
    /// There is no such app any more.
    AlreadyGone,
    /// Not allowed; trying again soon would be no use.
    Denied(String),
    /// Throttled, timed out or failed on the way; to be tried again.
    Unavailable(String),
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
    pub(crate) fn new(app: &AppRef, consent: Consent) -> Result<Self, NeverDeleted> {
        match app.app_type {
            AppType::JupyterServer => Err(NeverDeleted(app.app_type)),
            _ => Ok(Self { app: app.clone(), client: None, _consent: consent }),
        }
    }

    /// Asks SageMaker to delete the app. Files on its volume survive.
    pub(crate) async fn stop(&mut self) -> Outcome {
        let client = self.client.get_or_insert_with(|| aws::client(&self.app));
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

fn outcome_of<E>(error: &SdkError<E>) -> Outcome
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    SdkError<E>: ProvideErrorMetadata,
{
    let text: String = DisplayErrorContext(error).to_string().chars().take(600).collect();
    match error.code() {
        Some("ResourceNotFound" | "ResourceNotFoundException") => Outcome::AlreadyGone,
        Some("AccessDeniedException" | "AccessDenied" | "UnrecognizedClientException") => {
            Outcome::Denied(error.message().unwrap_or(&text).chars().take(600).collect())
        }
        _ => Outcome::Unavailable(text),
    }
}
