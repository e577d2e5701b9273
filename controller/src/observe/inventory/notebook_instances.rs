//! Notebook instances of the region.

use aws_sdk_sagemaker::types::NotebookInstanceSummary;
use cost_planner::snapshot::{Heartbeat, NotebookInstance, ScopeSeen};
use idle_core::{IdError, InstanceType, NotebookInstanceName};

use super::{blind, not_understood, time};
use crate::aws::Session;
use crate::observe::pages::each_page;

const LIST: &str = "ListNotebookInstances";

/// Puts them into `seen`, heartbeats not yet asked for.
pub(super) async fn look(session: &Session, seen: &mut ScopeSeen) {
    let ask = async |token: Option<String>| {
        let call = async || {
            session.sagemaker.list_notebook_instances().max_results(100).set_next_token(token.clone()).send().await
        };
        session.pace.read(LIST, call).await
    };
    let ended = each_page(
        LIST,
        ask,
        |page| page.next_token.clone(),
        |page| {
            for summary in page.notebook_instances() {
                match instance(summary) {
                    Ok(instance) => seen.notebook_instances.push(instance),
                    Err(error) => seen.blind.push(not_understood(LIST, &error.to_string())),
                }
            }
        },
    );
    if let Err(error) = ended.await {
        seen.blind.push(blind(&error));
    }
}

fn instance(summary: &NotebookInstanceSummary) -> Result<NotebookInstance, IdError> {
    Ok(NotebookInstance {
        name: NotebookInstanceName::parse(summary.notebook_instance_name().unwrap_or_default())?,
        status: summary.notebook_instance_status().map(ToString::to_string).unwrap_or_default(),
        instance_type: summary.instance_type().and_then(|found| InstanceType::parse(found.as_str()).ok()),
        created_at: time(summary.creation_time),
        modified_at: time(summary.last_modified_time),
        heartbeat: Heartbeat::NotAsked,
        tags: None,
    })
}
