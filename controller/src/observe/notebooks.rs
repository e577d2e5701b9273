//! Notebook instances and our lifecycle configuration for them.

use cost_planner::install::{NOTEBOOK_CONFIG_NAME as CONFIG_NAME, NotebookInstance, NotebookScripts, NotebooksSeen};

use super::pages::pages;
use super::{CallError, Kind};
use crate::aws::Session;

const LIST: &str = "ListNotebookInstances";

/// What stands there.
///
/// # Errors
/// When not all could be read.
pub(crate) async fn notebooks(session: &Session) -> Result<NotebooksSeen, CallError> {
    Ok(NotebooksSeen { content: scripts(session).await?, instances: instances(session).await? })
}

/// Every notebook instance.
///
/// # Errors
/// When not all could be read.
pub(crate) async fn instances(session: &Session) -> Result<Vec<NotebookInstance>, CallError> {
    let ask = async |token: Option<String>| {
        let call = async || {
            session.sagemaker.list_notebook_instances().max_results(100).set_next_token(token.clone()).send().await
        };
        session.pace.read(LIST, call).await
    };
    let pages = pages(LIST, ask, |page| page.next_token()).await?;
    let mut instances = Vec::new();
    for instance in pages.iter().flat_map(|page| page.notebook_instances()) {
        let (Some(name), Some(status)) = (instance.notebook_instance_name(), instance.notebook_instance_status())
        else {
            return Err(CallError::unclear(LIST, "one has no name or no status"));
        };
        instances.push(NotebookInstance {
            name: name.to_owned(),
            status: status.to_string(),
            config: instance.notebook_instance_lifecycle_config_name().map(str::to_owned),
        });
    }
    Ok(instances)
}

/// One notebook instance as it is now.
///
/// # Errors
/// When it could not be read.
pub(crate) async fn instance(session: &Session, name: &str) -> Result<NotebookInstance, CallError> {
    let described = session
        .pace
        .read("DescribeNotebookInstance", async || {
            session.sagemaker.describe_notebook_instance().notebook_instance_name(name).send().await
        })
        .await
        .map_err(|error| error.of(name))?;
    Ok(NotebookInstance {
        name: name.to_owned(),
        status: described.notebook_instance_status().map(ToString::to_string).unwrap_or_default(),
        config: described.notebook_instance_lifecycle_config_name().map(str::to_owned),
    })
}

/// What the lifecycle configuration of our name holds; `None` where there is none.
///
/// # Errors
/// When it could not be read.
pub(crate) async fn scripts(session: &Session) -> Result<Option<NotebookScripts>, CallError> {
    let config = session
        .pace
        .read("DescribeNotebookInstanceLifecycleConfig", async || {
            let call = session.sagemaker.describe_notebook_instance_lifecycle_config();
            call.notebook_instance_lifecycle_config_name(CONFIG_NAME).send().await
        })
        .await;
    match config {
        Ok(config) => Ok(Some(NotebookScripts {
            on_start: config.on_start().iter().find_map(|hook| hook.content()).map(str::to_owned),
            on_create: config.on_create().iter().find_map(|hook| hook.content()).map(str::to_owned),
        })),
        Err(error) if error.kind == Kind::NotFound => Ok(None),
        Err(error) => Err(error.of(CONFIG_NAME)),
    }
}
