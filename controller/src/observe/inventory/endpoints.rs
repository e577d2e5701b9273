//! Endpoints of the region, each described: its listing says nothing of what bills.

use aws_sdk_sagemaker::types::EndpointSummary;
use cost_planner::snapshot::{Endpoint, ScopeSeen};
use futures_util::StreamExt;
use idle_core::{EndpointName, IdError};
use jiff::SignedDuration;

use super::{blind, close_up, components, not_understood, series, time};
use crate::aws::Session;
use crate::observe::pages::each_page;
use crate::observe::{CallError, Kind, Watcher};

const LIST: &str = "ListEndpoints";

/// So many are described side by side; the pace is the region's all the same.
const AT_ONCE: usize = 4;

/// Puts them into `seen`, each with its close-up and its invocations within this time.
pub(super) async fn look(session: &Session, seen: &mut ScopeSeen, within: SignedDuration, progress: &dyn Watcher) {
    list(session, seen).await;
    if seen.endpoints.is_empty() {
        return;
    }
    let mut components = components::of_region(session, seen).await;
    let targets = components::scalable_targets(session).await.map_err(|error| error.to_string());
    let count = seen.endpoints.len();
    let listed = std::mem::take(&mut seen.endpoints);
    let mut looks = futures_util::stream::iter(listed)
        .map(async |endpoint| {
            let described = close_up::describe(session, &endpoint.name).await;
            (endpoint, described)
        })
        .buffer_unordered(AT_ONCE);
    while let Some((mut endpoint, described)) = looks.next().await {
        endpoint.close_up = match described {
            Ok(mut close_up) => {
                close_up.inference_components = components.remove(&endpoint.name).unwrap_or_default();
                close_up.scalable_targets = components::targets_of(&targets, &endpoint.name, &close_up);
                Ok(close_up)
            }
            // Deleted since it was listed.
            Err(error) if error.kind == Kind::NotFound => continue,
            Err(error) => Err(error.to_string()),
        };
        seen.endpoints.push(endpoint);
        progress.say(&format!("{}: endpoint {} of {count}", session.scope.region, seen.endpoints.len()));
    }
    series::look(session, &mut seen.endpoints, within).await;
}

/// One endpoint as it is now, likewise.
///
/// # Errors
/// With [`Kind::NotFound`] where there is none; when not all of it could be read.
pub(crate) async fn fresh(
    session: &Session,
    name: &EndpointName,
    within: SignedDuration,
) -> Result<Endpoint, CallError> {
    let described = close_up::description(session, name).await?;
    let mut close_up = close_up::of_description(session, name, &described).await?;
    close_up.inference_components = components::of_endpoint(session, name).await?;
    let targets = components::scalable_targets(session).await.map_err(|error| error.to_string());
    close_up.scalable_targets = components::targets_of(&targets, name, &close_up);
    let mut endpoint = Endpoint {
        name: name.clone(),
        status: described.endpoint_status().map(ToString::to_string).unwrap_or_default(),
        created_at: time(described.creation_time),
        modified_at: time(described.last_modified_time),
        close_up: Ok(close_up),
    };
    series::look(session, std::slice::from_mut(&mut endpoint), within).await;
    Ok(endpoint)
}

async fn list(session: &Session, seen: &mut ScopeSeen) {
    let ask = async |token: Option<String>| {
        let call =
            async || session.sagemaker.list_endpoints().max_results(100).set_next_token(token.clone()).send().await;
        session.pace.read(LIST, call).await
    };
    let ended = each_page(
        LIST,
        ask,
        |page| page.next_token.clone(),
        |page| {
            for summary in page.endpoints() {
                match endpoint(summary) {
                    Ok(endpoint) => seen.endpoints.push(endpoint),
                    Err(error) => seen.blind.push(not_understood(LIST, &error.to_string())),
                }
            }
        },
    );
    if let Err(error) = ended.await {
        seen.blind.push(blind(&error));
    }
}

fn endpoint(summary: &EndpointSummary) -> Result<Endpoint, IdError> {
    Ok(Endpoint {
        name: EndpointName::parse(summary.endpoint_name().unwrap_or_default())?,
        status: summary.endpoint_status().map(ToString::to_string).unwrap_or_default(),
        created_at: time(summary.creation_time),
        modified_at: time(summary.last_modified_time),
        close_up: Err("not described".to_owned()),
    })
}
