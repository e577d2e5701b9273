//! Inference components: copies of a model on the instances of an endpoint.

use serde_json::{Value, json};

use super::{answered, at_rest, endpoint, in_service, listed, not_found};
use crate::error::{Answer, ApiError};
use crate::resource::Resource;
use crate::service::sagemaker::{body_of, name, passes, required, tags};
use crate::world::{Context, Region};

/// `CreateInferenceComponent`: Creating for a while.
pub(super) fn create(region: &mut Region, context: &Context, request: &Value) -> Answer {
    let name = name(request, "InferenceComponentName")?;
    let of_endpoint = required(request, "EndpointName")?;
    in_service(endpoint::find_mut(region, context, of_endpoint)?)?;
    let arn = arn(context, &name);
    if region.inference_components.contains_key(&name) {
        return Err(ApiError::validation(format!("Cannot create already existing inference component \"{arn}\".")));
    }
    let copies = copies(&request["RuntimeConfig"]["CopyCount"], 1)?;
    let mut body = body_of(request, &["InferenceComponentName", "EndpointName", "VariantName", "Specification"]);
    body["InferenceComponentArn"] = json!(arn);
    body["EndpointArn"] = json!(endpoint::arn(context, of_endpoint));
    body["RuntimeConfig"] = json!({ "DesiredCopyCount": copies, "CurrentCopyCount": copies });
    tags::create(region, &arn, &request["Tags"])?;
    region.inference_components.insert(name, Resource::begun("Creating", body, context));
    Ok(json!({ "InferenceComponentArn": arn }))
}

/// `DescribeInferenceComponent`.
pub(super) fn describe(region: &Region, context: &Context, request: &Value) -> Answer {
    let name = name(request, "InferenceComponentName")?;
    let component = region.inference_components.get(&name).ok_or_else(|| gone(context, &name))?;
    Ok(answered(&component.body, "InferenceComponent"))
}

/// `ListInferenceComponents`.
pub(super) fn list(region: &Region, request: &Value) -> Answer {
    let members = [
        "InferenceComponentName",
        "InferenceComponentArn",
        "EndpointName",
        "EndpointArn",
        "VariantName",
        "InferenceComponentStatus",
        "CreationTime",
        "LastModifiedTime",
    ];
    listed(request, "InferenceComponent", &members, &region.inference_components, |body| {
        passes(request, "EndpointNameEquals", &body["EndpointName"])
            && passes(request, "VariantNameEquals", &body["VariantName"])
    })
}

/// `UpdateInferenceComponentRuntimeConfig`: also to no copy at all.
pub(super) fn rescale(region: &mut Region, context: &Context, request: &Value) -> Answer {
    let name = name(request, "InferenceComponentName")?;
    let copies = copies(&request["DesiredRuntimeConfig"]["CopyCount"], 0)?;
    let component = region.inference_components.get_mut(&name).ok_or_else(|| gone(context, &name))?;
    in_service(component)?;
    let now = json!({ "RuntimeConfig": { "DesiredCopyCount": copies } });
    let then = json!({ "RuntimeConfig": { "CurrentCopyCount": copies } });
    component.rescale(&now, then, context);
    Ok(json!({ "InferenceComponentArn": arn(context, &name) }))
}

/// `DeleteInferenceComponent`.
pub(super) fn delete(region: &mut Region, context: &Context, request: &Value) -> Answer {
    let name = name(request, "InferenceComponentName")?;
    let component = region.inference_components.get_mut(&name).ok_or_else(|| gone(context, &name))?;
    at_rest(component)?;
    component.delete_now(context);
    Ok(json!({}))
}

fn copies(count: &Value, least: u64) -> Result<u64, ApiError> {
    let copies = if count.is_null() && least > 0 { Some(least) } else { count.as_u64() };
    copies.ok_or_else(|| ApiError::validation(format!("Value '{count}' at 'copyCount' failed to satisfy constraint")))
}

fn arn(context: &Context, name: &str) -> String {
    context.arn(&format!("inference-component/{}", name.to_lowercase()))
}

fn gone(context: &Context, name: &str) -> ApiError {
    not_found("inference component", &arn(context, name))
}
