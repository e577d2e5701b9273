//! The lifecycle configuration of notebook instances, and who has it. Each change looks
//! once more: what is not as it was planned is left alone.

use aws_sdk_sagemaker::types::NotebookInstanceLifecycleHook;
use cost_planner::install::{NOTEBOOK_CONFIG_NAME as CONFIG_NAME, NotebookPlan, NotebookScripts};
use thiserror::Error;

use super::Consent;
use crate::aws::Session;
use crate::observe::{CallError, instance, instances, scripts};

/// A change of notebook instances that was not made.
#[derive(Debug, Error)]
pub(crate) enum NotebookError {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error("somebody changed it since it was planned ({found}); hint: run again")]
    ChangedSince { found: String },
    #[error("it holds something else than what was sent; hint: look at it by hand")]
    NoEffect,
    #[error("still used by notebook instance {}; hint: run again", .0.join(", "))]
    InUse(Vec<String>),
}

/// Creates our lifecycle configuration or gives it new content; instances that have
/// it run that at their next start.
///
/// # Errors
/// When AWS refuses it, or what stands there is not what the plan saw.
pub(crate) async fn put_config(session: &Session, _: &Consent, plan: &NotebookPlan) -> Result<(), NotebookError> {
    let there = scripts(session).await?;
    if there.as_ref() == Some(&plan.content) {
        return Ok(());
    }
    if there != plan.before {
        return Err(NotebookError::ChangedSince { found: told(there.as_ref()) });
    }
    let sent =
        if there.is_none() { create(session, &plan.content).await } else { update(session, &plan.content).await };
    // A first try may have arrived though its answer did not: what stands there says so.
    match (sent, scripts(session).await?) {
        (_, Some(now)) if now == plan.content => Ok(()),
        (Err(error), _) => Err(error.of(CONFIG_NAME).into()),
        (Ok(()), _) => Err(NotebookError::NoEffect),
    }
}

async fn create(session: &Session, content: &NotebookScripts) -> Result<(), CallError> {
    let (on_start, on_create) = (hooks(content.on_start.as_ref()), hooks(content.on_create.as_ref()));
    let created = session.pace.write("CreateNotebookInstanceLifecycleConfig", async || {
        let call = session.sagemaker.create_notebook_instance_lifecycle_config();
        let call = call.notebook_instance_lifecycle_config_name(CONFIG_NAME);
        call.set_on_start(Some(on_start.clone())).set_on_create(Some(on_create.clone())).send().await
    });
    created.await.map(drop)
}

async fn update(session: &Session, content: &NotebookScripts) -> Result<(), CallError> {
    let (on_start, on_create) = (hooks(content.on_start.as_ref()), hooks(content.on_create.as_ref()));
    let updated = session.pace.write("UpdateNotebookInstanceLifecycleConfig", async || {
        let call = session.sagemaker.update_notebook_instance_lifecycle_config();
        let call = call.notebook_instance_lifecycle_config_name(CONFIG_NAME);
        call.set_on_start(Some(on_start.clone())).set_on_create(Some(on_create.clone())).send().await
    });
    updated.await.map(drop)
}

/// A hook that is left out would stay: one that is not wanted is an empty list.
fn hooks(content: Option<&String>) -> Vec<NotebookInstanceLifecycleHook> {
    content.map(|content| NotebookInstanceLifecycleHook::builder().content(content).build()).into_iter().collect()
}

/// Attaches it to a stopped instance that has none.
///
/// # Errors
/// When AWS refuses it, or the instance was started or got another one meanwhile.
pub(crate) async fn attach(session: &Session, consent: &Consent, name: &str) -> Result<(), NotebookError> {
    switch(session, consent, name, (None, Some(CONFIG_NAME))).await
}

/// Takes it from a stopped instance that has it.
///
/// # Errors
/// As [`attach`].
pub(crate) async fn detach(session: &Session, consent: &Consent, name: &str) -> Result<(), NotebookError> {
    switch(session, consent, name, (Some(CONFIG_NAME), None)).await
}

/// Gives a stopped instance that has the one lifecycle configuration the other. It is
/// looked at before each try: a throttled one may come minutes after the first.
async fn switch(
    session: &Session,
    _: &Consent,
    name: &str,
    (from, to): (Option<&str>, Option<&str>),
) -> Result<(), NotebookError> {
    let mut tries = 0;
    loop {
        session.pace.turn_to_write().await;
        let now = instance(session, name).await?;
        if now.config.as_deref() == to {
            return Ok(());
        }
        if now.status != "Stopped" || now.config.as_deref() != from {
            let has = now.config.as_deref().unwrap_or("no lifecycle configuration");
            return Err(NotebookError::ChangedSince { found: format!("{}, {has}", now.status) });
        }
        let update = session.pace.write_now("UpdateNotebookInstance", async || {
            let call = session.sagemaker.update_notebook_instance().notebook_instance_name(name);
            match to {
                Some(config) => call.lifecycle_config_name(config),
                None => call.disassociate_lifecycle_config(true),
            }
            .send()
            .await
        });
        let Err(error) = update.await else { return Ok(()) };
        tries += 1;
        if !session.pace.another_write(&error, tries).await {
            return Err(error.of(name).into());
        }
    }
}

/// Deletes our lifecycle configuration, if no instance has it; AWS documents no refusal
/// for one that an instance still names. One that is gone is as good.
///
/// # Errors
/// When AWS refuses it, an instance has it, or somebody changed it meanwhile.
pub(crate) async fn remove_config(session: &Session, _: &Consent, plan: &NotebookPlan) -> Result<(), NotebookError> {
    let users = instances(session).await?.into_iter().filter(|one| one.config.as_deref() == Some(CONFIG_NAME));
    let users: Vec<String> = users.map(|one| one.name).collect();
    if !users.is_empty() {
        return Err(NotebookError::InUse(users));
    }
    match scripts(session).await? {
        None => return Ok(()),
        there if there == plan.before => {}
        there => return Err(NotebookError::ChangedSince { found: told(there.as_ref()) }),
    }
    let deleted = session.pace.write("DeleteNotebookInstanceLifecycleConfig", async || {
        let call = session.sagemaker.delete_notebook_instance_lifecycle_config();
        call.notebook_instance_lifecycle_config_name(CONFIG_NAME).send().await
    });
    match deleted.await {
        Ok(_) => Ok(()),
        Err(_) if scripts(session).await?.is_none() => Ok(()),
        Err(error) => Err(error.of(CONFIG_NAME).into()),
    }
}

fn told(there: Option<&NotebookScripts>) -> String {
    there.map_or("there is none", |_| "it holds other scripts").to_owned()
}
