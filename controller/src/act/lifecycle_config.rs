//! Studio lifecycle configurations: created under the name that their content gives them.

use aws_sdk_sagemaker::types::{StudioLifecycleConfigAppType, Tag};
use cost_planner::install::{ConfigName, Scope};
use thiserror::Error;

use super::Consent;
use crate::aws::Session;
use crate::observe::{CallError, Kind, content};
use crate::script::Rendered;

/// A lifecycle configuration that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ensured {
    Created,
    WasThere,
}

#[derive(Debug, Error)]
pub(crate) enum EnsureError {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error("lifecycle configuration {name} has another content than its name says; hint: delete it by hand")]
    Content { name: String },
    #[error("lifecycle configuration {name} has the ARN {arn}, which nobody expected")]
    Arn { name: String, arn: String },
}

/// Creates the lifecycle configuration unless it is there with this very content.
///
/// # Errors
/// When it cannot be created, or another one has its name.
pub(crate) async fn ensure(
    session: &Session,
    _: &Consent,
    name: &ConfigName,
    rendered: &Rendered,
    version: &str,
) -> Result<Ensured, EnsureError> {
    let text = name.name();
    match there(session, name, rendered).await {
        Err(EnsureError::Call(error)) if error.kind == Kind::NotFound => {}
        there => return there.map(|()| Ensured::WasThere),
    }
    let tags = [("costctl:managed", "idle-agent"), ("costctl:version", version), ("costctl:sha256", &rendered.sha256)];
    let tags: Vec<Tag> = tags.into_iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect();
    let created = session
        .pace
        .write("CreateStudioLifecycleConfig", async || {
            let call = session.sagemaker.create_studio_lifecycle_config().studio_lifecycle_config_name(&text);
            call.studio_lifecycle_config_app_type(StudioLifecycleConfigAppType::from(name.host.app_type().as_str()))
                .studio_lifecycle_config_content(&rendered.base64)
                .set_tags(Some(tags.clone()))
                .send()
                .await
        })
        .await;
    match created {
        Ok(_) => there(session, name, rendered).await.map(|()| Ensured::Created),
        // Somebody else was faster, or our first try arrived though its answer did not.
        Err(error) if error.kind == Kind::InUse => there(session, name, rendered).await.map(|()| Ensured::WasThere),
        Err(error) => Err(error.of(&text).into()),
    }
}

async fn there(session: &Session, name: &ConfigName, rendered: &Rendered) -> Result<(), EnsureError> {
    let text = name.name();
    let scope: &Scope = &session.scope;
    match content(session, &text).await? {
        (_, content) if content != rendered.base64 => Err(EnsureError::Content { name: text }),
        (arn, _) if arn != name.arn(scope) => Err(EnsureError::Arn { name: text, arn }),
        _ => Ok(()),
    }
}

/// Deletes a lifecycle configuration; one that is gone is as good.
///
/// # Errors
/// With [`Kind::InUse`] where something still uses it.
pub(crate) async fn delete(session: &Session, _: &Consent, name: &str) -> Result<(), CallError> {
    let deleted = session
        .pace
        .write("DeleteStudioLifecycleConfig", async || {
            session.sagemaker.delete_studio_lifecycle_config().studio_lifecycle_config_name(name).send().await
        })
        .await;
    match deleted {
        Err(error) if error.kind != Kind::NotFound => Err(error.of(name)),
        _ => Ok(()),
    }
}
