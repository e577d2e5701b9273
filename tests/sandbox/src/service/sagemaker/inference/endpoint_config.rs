//! Endpoint configurations: the only place that names the instance types. Fixed
//! once created, and deleted whether or not an endpoint was made from them.

use serde_json::{Value, json};

use super::{listed, not_found};
use crate::error::{Answer, ApiError};
use crate::resource::Resource;
use crate::service::sagemaker::{body_of, name, required, tags};
use crate::world::{Context, Region};

const MEMBERS: &[&str] = &[
    "EndpointConfigName",
    "ProductionVariants",
    "ShadowProductionVariants",
    "AsyncInferenceConfig",
    "DataCaptureConfig",
    "KmsKeyId",
    "ExecutionRoleArn",
    "VpcConfig",
    "EnableNetworkIsolation",
    "MetricsConfig",
];

const MOST_VARIANTS: usize = 10;

/// `CreateEndpointConfig`.
pub(super) fn create(region: &mut Region, context: &Context, request: &Value) -> Answer {
    let name = name(request, "EndpointConfigName")?;
    for (member, least) in [("ProductionVariants", 1), ("ShadowProductionVariants", 0)] {
        check(request, member, least)?;
    }
    let arn = arn(context, &name);
    if region.endpoint_configs.contains_key(&name) {
        return Err(ApiError::validation(format!("Cannot create already existing endpoint configuration \"{arn}\".")));
    }
    let mut body = body_of(request, MEMBERS);
    body["EndpointConfigArn"] = json!(arn);
    tags::create(region, &arn, &request["Tags"])?;
    let mut config = Resource::fixed(body, context);
    config.forget("LastModifiedTime");
    region.endpoint_configs.insert(name, config);
    Ok(json!({ "EndpointConfigArn": arn }))
}

/// `DescribeEndpointConfig`.
pub(super) fn describe(region: &Region, context: &Context, request: &Value) -> Answer {
    Ok(find(region, context, request)?.body.clone())
}

/// `ListEndpointConfigs`.
pub(super) fn list(region: &Region, request: &Value) -> Answer {
    let members = ["EndpointConfigName", "EndpointConfigArn", "CreationTime"];
    listed(request, "EndpointConfig", &members, &region.endpoint_configs, |_| true)
}

/// `DeleteEndpointConfig`: a live endpoint made from it goes on, and nothing says
/// any longer on what it runs.
pub(super) fn delete(region: &mut Region, context: &Context, request: &Value) -> Answer {
    find(region, context, request)?;
    let name = name(request, "EndpointConfigName")?;
    region.endpoint_configs.remove(&name);
    region.tags.remove(&arn(context, &name));
    Ok(json!({}))
}

/// The configuration that a request names.
///
/// # Errors
/// `ValidationException`.
pub(super) fn find<'a>(region: &'a Region, context: &Context, request: &Value) -> Result<&'a Resource, ApiError> {
    let name = name(request, "EndpointConfigName")?;
    let found = region.endpoint_configs.get(&name);
    found.ok_or_else(|| not_found("endpoint configuration", &arn(context, &name)))
}

fn arn(context: &Context, name: &str) -> String {
    context.arn(&format!("endpoint-config/{}", name.to_lowercase()))
}

/// Checks what variants must have: a name of their own, and either instances or none at all.
fn check(request: &Value, member: &str, least: usize) -> Result<(), ApiError> {
    let variants = match &request[member] {
        Value::Null => &[],
        Value::Array(variants) => variants.as_slice(),
        _ => return Err(ApiError::new("SerializationException", format!("{member} is not a list"))),
    };
    if !(least..=MOST_VARIANTS).contains(&variants.len()) {
        return Err(ApiError::validation(format!("{member} must have {least} to {MOST_VARIANTS} variants")));
    }
    for (n, variant) in variants.iter().enumerate() {
        let name = required(variant, "VariantName")?;
        if variants[..n].iter().any(|earlier| earlier["VariantName"] == name) {
            return Err(ApiError::validation(format!("Duplicate variant name {name}")));
        }
        let has_instances = !variant["InstanceType"].is_null() || !variant["InstancePools"].is_null();
        if has_instances != variant["ServerlessConfig"].is_null() {
            return Err(ApiError::validation(format!(
                "Variant {name} needs either an InstanceType or a ServerlessConfig"
            )));
        }
    }
    Ok(())
}
