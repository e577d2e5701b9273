//! `UpdateEndpointWeightsAndCapacities`: what is desired changes at once, what
//! runs when the endpoint is in service again.

use serde_json::{Value, json};

use super::{endpoint, in_service};
use crate::error::{Answer, ApiError};
use crate::service::sagemaker::{name, required};
use crate::world::{Context, Region};

/// Which member of a request changes which pair of members of a variant.
const CHANGES: &[(&str, &str)] = &[("DesiredWeight", "Weight"), ("DesiredInstanceCount", "InstanceCount")];

/// Changes weights, instances and provisioned concurrency of some variants. No
/// instance at all is possible only where something starts them again.
pub(super) fn rescale(region: &mut Region, context: &Context, request: &Value) -> Answer {
    let name = name(request, "EndpointName")?;
    let endpoint = endpoint::find_mut(region, context, &name)?;
    in_service(endpoint)?;
    let is_async = endpoint.body["AsyncInferenceConfig"].is_object();
    let mut now = endpoint.body["ProductionVariants"].clone();
    let changes = request["DesiredWeightsAndCapacities"].as_array().filter(|changes| !changes.is_empty());
    for change in changes.ok_or_else(|| ApiError::validation("DesiredWeightsAndCapacities must not be empty"))? {
        let wanted = required(change, "VariantName")?;
        let variants = now.as_array_mut().into_iter().flatten();
        let variant = variants.into_iter().find(|variant| variant["VariantName"] == wanted);
        let variant =
            variant.ok_or_else(|| ApiError::validation(format!("Endpoint {name} has no variant {wanted}")))?;
        check(change, variant, is_async)?;
        desire(change, variant);
    }
    let then = now.as_array().into_iter().flatten().map(reached).collect::<Vec<_>>();
    endpoint.rescale(&json!({ "ProductionVariants": now }), json!({ "ProductionVariants": then }), context);
    Ok(json!({ "EndpointArn": endpoint::arn(context, &name) }))
}

fn check(change: &Value, variant: &Value, is_async: bool) -> Result<(), ApiError> {
    let (count, name) = (&change["DesiredInstanceCount"], &variant["VariantName"]);
    let foreign =
        if variant["CurrentServerlessConfig"].is_null() { "ServerlessUpdateConfig" } else { "DesiredInstanceCount" };
    if !change[foreign].is_null() {
        return Err(ApiError::validation(format!("Variant {name} has no capacity of the kind {foreign}")));
    }
    let starts_again = is_async || variant["ManagedInstanceScaling"]["MinInstanceCount"] == 0;
    if *count == 0 && !starts_again {
        return Err(ApiError::validation(format!("Variant {name} must keep an instance")));
    }
    Ok(())
}

fn desire(change: &Value, variant: &mut Value) {
    for (member, pair) in CHANGES.iter().filter(|(member, _)| !change[*member].is_null()) {
        variant[format!("Desired{pair}")] = change[*member].clone();
    }
    for (member, value) in change["ServerlessUpdateConfig"].as_object().into_iter().flatten() {
        variant["DesiredServerlessConfig"][member] = value.clone();
    }
}

/// The variant when it has become what is desired.
fn reached(variant: &Value) -> Value {
    let mut variant = variant.clone();
    for pair in ["Weight", "InstanceCount", "ServerlessConfig"] {
        let desired = variant[format!("Desired{pair}")].clone();
        if !desired.is_null() {
            variant[format!("Current{pair}")] = desired;
        }
    }
    variant
}
