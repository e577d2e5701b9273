//! Hosting: endpoints, their configurations and inference components. As with
//! notebook instances, what is not there is a `ValidationException`.

mod endpoint;
mod endpoint_config;
mod inference_component;
mod scaling;

use serde_json::Value;

use super::listing::Listing;
use super::{contains, passes, pick, within};
use crate::error::{Answer, ApiError};
use crate::resource::Resource;
use crate::shelf::Shelf;
use crate::world::{Context, Region};

/// The answer of one operation.
///
/// # Errors
/// As SageMaker answers it; `UnknownOperationException` for what is not built.
pub(super) fn answer(region: &mut Region, context: &Context, operation: &str, request: &Value) -> Answer {
    match operation {
        "CreateEndpointConfig" => endpoint_config::create(region, context, request),
        "DescribeEndpointConfig" => endpoint_config::describe(region, context, request),
        "ListEndpointConfigs" => endpoint_config::list(region, request),
        "DeleteEndpointConfig" => endpoint_config::delete(region, context, request),
        "CreateEndpoint" => endpoint::create(region, context, request),
        "DescribeEndpoint" => endpoint::describe(region, context, request),
        "ListEndpoints" => endpoint::list(region, request),
        "UpdateEndpointWeightsAndCapacities" => scaling::rescale(region, context, request),
        "DeleteEndpoint" => endpoint::delete(region, context, request),
        "CreateInferenceComponent" => inference_component::create(region, context, request),
        "DescribeInferenceComponent" => inference_component::describe(region, context, request),
        "ListInferenceComponents" => inference_component::list(region, request),
        "UpdateInferenceComponentRuntimeConfig" => inference_component::rescale(region, context, request),
        "DeleteInferenceComponent" => inference_component::delete(region, context, request),
        other => Err(ApiError::unknown_operation(other)),
    }
}

/// One page of resources of a kind: newest first unless asked, filtered by name,
/// status, times and `also`.
fn listed(
    request: &Value,
    kind: &str,
    members: &[&str],
    shelf: &Shelf<String>,
    also: impl Fn(&Value) -> bool,
) -> Answer {
    let (member, name) = (format!("{kind}s"), format!("{kind}Name"));
    let wanted = |body: &Value| {
        contains(request, "NameContains", &body[&name])
            && passes(request, "StatusEquals", &body["Status"])
            && within(request, "CreationTime", &body["CreationTime"])
            && within(request, "LastModifiedTime", &body["LastModifiedTime"])
            && also(body)
    };
    let listing = Listing { order: "Descending", sorts_by_status: true, ..Listing::usual(&member, &name) };
    listing.page(request, shelf, wanted, |body| pick(&answered(body, kind), members))
}

/// The body with its status as a kind of resource names it.
fn answered(body: &Value, kind: &str) -> Value {
    let mut body = body.clone();
    if let Some(status) = body.as_object_mut().and_then(|members| members.remove("Status")) {
        body[format!("{kind}Status")] = status;
    }
    body
}

/// Refuses the deletion of what is changing.
fn at_rest(resource: &Resource) -> Result<(), ApiError> {
    status_of(resource, &["InService", "OutOfService", "UpdateRollbackFailed", "Failed"])
}

/// Refuses another change of what is changing already, or has failed.
fn in_service(resource: &Resource) -> Result<(), ApiError> {
    status_of(resource, &["InService"])
}

fn status_of(resource: &Resource, allowed: &[&str]) -> Result<(), ApiError> {
    if allowed.contains(&resource.status()) {
        return Ok(());
    }
    let (arn, status) = (resource.arn().unwrap_or_default(), resource.status());
    Err(ApiError::validation(format!("{arn} is in status {status} and cannot be changed now.")))
}

/// The words by which clients know this from other invalid requests.
fn not_found(what: &str, arn: &str) -> ApiError {
    ApiError::validation(format!("Could not find {what} \"{arn}\"."))
}
