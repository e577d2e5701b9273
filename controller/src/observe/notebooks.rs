//! Notebook instances and our lifecycle configuration for them.

use cost_planner::install::{NotebookInstance, NotebooksSeen};

use super::{CallError, Kind};
use crate::aws::Session;

/// The name of our lifecycle configuration for notebook instances, which is updated in place.
pub(crate) const CONFIG_NAME: &str = "idle-agent";

/// What stands there.
///
/// # Errors
/// When not all could be read.
pub(crate) async fn notebooks(session: &Session) -> Result<NotebooksSeen, CallError> {
    let content = match on_start(session).await {
        Ok(content) => Some(content),
        Err(error) if error.kind == Kind::NotFound => None,
        Err(error) => return Err(error),
    };
    let mut instances = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let page = session
            .pace
            .read("ListNotebookInstances", async || {
                session.sagemaker.list_notebook_instances().max_results(100).set_next_token(token.clone()).send().await
            })
            .await?;
        instances.extend(page.notebook_instances().iter().filter_map(|instance| {
            Some(NotebookInstance {
                name: instance.notebook_instance_name()?.to_owned(),
                status: instance.notebook_instance_status()?.to_string(),
                config: instance.notebook_instance_lifecycle_config_name().map(str::to_owned),
            })
        }));
        token = page.next_token().filter(|next| Some(*next) != token.as_deref()).map(str::to_owned);
        if token.is_none() {
            return Ok(NotebooksSeen { content, instances });
        }
    }
}

async fn on_start(session: &Session) -> Result<String, CallError> {
    let config = session
        .pace
        .read("DescribeNotebookInstanceLifecycleConfig", async || {
            let call = session.sagemaker.describe_notebook_instance_lifecycle_config();
            call.notebook_instance_lifecycle_config_name(CONFIG_NAME).send().await
        })
        .await
        .map_err(|error| error.of(CONFIG_NAME))?;
    Ok(config.on_start().iter().filter_map(|hook| hook.content()).collect())
}
