//! Endpoints. What they run on stands only in their configuration.

use serde_json::{Value, json};

use super::{answered, at_rest, endpoint_config, listed, not_found};
use crate::error::{Answer, ApiError};
use crate::resource::Resource;
use crate::service::sagemaker::{body_of, name, pick, tags};
use crate::world::{Context, Region};

const VARIANTS: &[&str] = &["ProductionVariants", "ShadowProductionVariants"];

/// `CreateEndpoint`: Creating for a while.
pub(super) fn create(region: &mut Region, context: &Context, request: &Value) -> Answer {
    let name = name(request, "EndpointName")?;
    let config = endpoint_config::find(region, context, request)?.body.clone();
    let arn = arn(context, &name);
    if region.endpoints.contains_key(&name) {
        return Err(ApiError::validation(format!("Cannot create already existing endpoint \"{arn}\".")));
    }
    let mut body = body_of(request, &["EndpointName", "EndpointConfigName"]);
    body["EndpointArn"] = json!(arn);
    for member in VARIANTS.iter().filter(|member| !config[**member].is_null()) {
        body[*member] = config[*member].as_array().into_iter().flatten().map(running).collect();
    }
    if !config["AsyncInferenceConfig"].is_null() {
        body["AsyncInferenceConfig"] = config["AsyncInferenceConfig"].clone();
    }
    tags::create(region, &arn, &request["Tags"])?;
    region.endpoints.insert(name, Resource::begun("Creating", body, context));
    Ok(json!({ "EndpointArn": arn }))
}

/// `DescribeEndpoint`: with how many instances it has, and not of which type.
pub(super) fn describe(region: &Region, context: &Context, request: &Value) -> Answer {
    let name = name(request, "EndpointName")?;
    let endpoint = region.endpoints.get(&name).ok_or_else(|| gone(context, &name))?;
    Ok(answered(&endpoint.body, "Endpoint"))
}

/// `ListEndpoints`.
pub(super) fn list(region: &Region, request: &Value) -> Answer {
    let members = ["EndpointName", "EndpointArn", "CreationTime", "LastModifiedTime", "EndpointStatus"];
    listed(request, "Endpoint", &members, &region.endpoints, |_| true)
}

/// `DeleteEndpoint`: its configuration stays. Refused while it changes, and while
/// inference components run on it.
pub(super) fn delete(region: &mut Region, context: &Context, request: &Value) -> Answer {
    let name = name(request, "EndpointName")?;
    let has_components = region.inference_components.values().any(|c| c.body["EndpointName"] == name.as_str());
    let endpoint = find_mut(region, context, &name)?;
    at_rest(endpoint)?;
    if has_components {
        return Err(ApiError::validation(format!("Endpoint {name} has inference components. Delete them first.")));
    }
    endpoint.delete_now(context);
    Ok(json!({}))
}

/// The endpoint of this name.
///
/// # Errors
/// `ValidationException`.
pub(super) fn find_mut<'a>(
    region: &'a mut Region,
    context: &Context,
    name: &str,
) -> Result<&'a mut Resource, ApiError> {
    region.endpoints.get_mut(&name.to_owned()).ok_or_else(|| gone(context, name))
}

/// The ARN of the endpoint of this name.
pub(super) fn arn(context: &Context, name: &str) -> String {
    context.arn(&format!("endpoint/{}", name.to_lowercase()))
}

fn gone(context: &Context, name: &str) -> ApiError {
    not_found("endpoint", &arn(context, name))
}

/// A variant as an endpoint shows it.
fn running(variant: &Value) -> Value {
    let mut running = pick(variant, &["VariantName", "ManagedInstanceScaling", "RoutingConfig"]);
    let weight = &variant["InitialVariantWeight"];
    let weight = if weight.is_null() { json!(1.0) } else { weight.clone() };
    for (member, value) in [
        ("Weight", &weight),
        ("InstanceCount", &variant["InitialInstanceCount"]),
        ("ServerlessConfig", &variant["ServerlessConfig"]),
    ] {
        if !value.is_null() {
            running[format!("Current{member}")] = value.clone();
            running[format!("Desired{member}")] = value.clone();
        }
    }
    running
}
