//! The lifecycle configuration of notebook instances, and who has it.

use aws_sdk_sagemaker::types::NotebookInstanceLifecycleHook;

use super::Consent;
use crate::aws::Session;
use crate::observe::{CONFIG_NAME, CallError, Kind};

/// Creates our lifecycle configuration or gives it new content; instances that
/// have it run that at their next start.
///
/// # Errors
/// When AWS refuses it.
pub(crate) async fn put_config(session: &Session, _: &Consent, content: &str, create: bool) -> Result<(), CallError> {
    let hook = NotebookInstanceLifecycleHook::builder().content(content).build();
    if create {
        let created = session
            .pace
            .write("CreateNotebookInstanceLifecycleConfig", async || {
                let call = session.sagemaker.create_notebook_instance_lifecycle_config();
                let call = call.notebook_instance_lifecycle_config_name(CONFIG_NAME).on_start(hook.clone());
                call.send().await
            })
            .await;
        match created {
            Ok(_) => return Ok(()),
            // Perhaps our first try arrived though its answer did not: then it is there to be updated.
            Err(error) if error.kind == Kind::Invalid => {}
            Err(error) => return Err(error.of(CONFIG_NAME)),
        }
    }
    let updated = session
        .pace
        .write("UpdateNotebookInstanceLifecycleConfig", async || {
            let call = session.sagemaker.update_notebook_instance_lifecycle_config();
            call.notebook_instance_lifecycle_config_name(CONFIG_NAME).on_start(hook.clone()).send().await
        })
        .await;
    updated.map(drop).map_err(|error| error.of(CONFIG_NAME))
}

/// Attaches it to a stopped instance.
///
/// # Errors
/// When AWS refuses it, as when the instance was started meanwhile.
pub(crate) async fn attach(session: &Session, _: &Consent, instance: &str) -> Result<(), CallError> {
    let updated = session
        .pace
        .write("UpdateNotebookInstance", async || {
            let call = session.sagemaker.update_notebook_instance().notebook_instance_name(instance);
            call.lifecycle_config_name(CONFIG_NAME).send().await
        })
        .await;
    updated.map(drop).map_err(|error| error.of(instance))
}

/// Takes it from a stopped instance.
///
/// # Errors
/// As [`attach`].
pub(crate) async fn detach(session: &Session, _: &Consent, instance: &str) -> Result<(), CallError> {
    let updated = session
        .pace
        .write("UpdateNotebookInstance", async || {
            let call = session.sagemaker.update_notebook_instance().notebook_instance_name(instance);
            call.disassociate_lifecycle_config(true).send().await
        })
        .await;
    updated.map(drop).map_err(|error| error.of(instance))
}

/// Deletes our lifecycle configuration; one that is gone is as good.
///
/// # Errors
/// When AWS refuses it.
pub(crate) async fn remove_config(session: &Session, _: &Consent) -> Result<(), CallError> {
    let deleted = session
        .pace
        .write("DeleteNotebookInstanceLifecycleConfig", async || {
            let call = session.sagemaker.delete_notebook_instance_lifecycle_config();
            call.notebook_instance_lifecycle_config_name(CONFIG_NAME).send().await
        })
        .await;
    match deleted {
        Err(error) if error.kind != Kind::NotFound => Err(error.of(CONFIG_NAME)),
        _ => Ok(()),
    }
}
