//! Application Auto Scaling: what it may scale, and between which bounds.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::required;
use crate::error::{Answer, ApiError};
use crate::page::{Sizes, page};
use crate::world::Context;

/// Fifty a page at most, which is also what is not asked for.
const SIZES: Sizes = Sizes { least: 1, most: 50, default: 50 };

/// The service's own role.
const ROLE: &str = "aws-service-role/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint";

/// What of SageMaker can be scaled.
const DIMENSIONS: &[&str] = &[
    "sagemaker:variant:DesiredInstanceCount",
    "sagemaker:variant:DesiredProvisionedConcurrency",
    "sagemaker:inference-component:DesiredCopyCount",
];

/// By resource and dimension.
pub(crate) type ScalableTargets = BTreeMap<(String, String), Value>;

/// The answer of one operation.
///
/// # Errors
/// As the service answers it; `UnknownOperationException` for what is not built.
pub(crate) fn answer(targets: &mut ScalableTargets, context: &Context, operation: &str, request: &Value) -> Answer {
    if required(request, "ServiceNamespace")? != "sagemaker" {
        return Err(ApiError::validation("the sandbox scales nothing but SageMaker"));
    }
    match operation {
        "RegisterScalableTarget" => register(targets, context, request),
        "DescribeScalableTargets" => describe(targets, request),
        other => Err(ApiError::unknown_operation(other)),
    }
}

/// `RegisterScalableTarget`: a new one, which needs both bounds, or other bounds of an old one.
fn register(targets: &mut ScalableTargets, context: &Context, request: &Value) -> Answer {
    let (resource, dimension) =
        (required(request, "ResourceId")?.to_owned(), required(request, "ScalableDimension")?.to_owned());
    if !DIMENSIONS.contains(&dimension.as_str()) {
        return Err(ApiError::validation(format!("Unsupported scalable dimension {dimension}")));
    }
    let key = (resource, dimension);
    let number = targets.len() + 1;
    let mut target = targets.get(&key).cloned().unwrap_or_else(|| new(context, &key, number));
    for member in ["MinCapacity", "MaxCapacity", "SuspendedState"] {
        if !request[member].is_null() {
            target[member] = request[member].clone();
        }
    }
    let (least, most) = (target["MinCapacity"].as_u64(), target["MaxCapacity"].as_u64());
    if least.is_none() || most.is_none() || least > most {
        return Err(ApiError::validation("MinCapacity and MaxCapacity must be there, and in this order"));
    }
    let arn = target["ScalableTargetARN"].clone();
    targets.insert(key, target);
    Ok(json!({ "ScalableTargetARN": arn }))
}

/// A target without bounds.
fn new(context: &Context, (resource, dimension): &(String, String), number: usize) -> Value {
    let goes_on = json!({
        "DynamicScalingInSuspended": false,
        "DynamicScalingOutSuspended": false,
        "ScheduledScalingSuspended": false,
    });
    json!({
        "ServiceNamespace": "sagemaker",
        "ResourceId": resource,
        "ScalableDimension": dimension,
        "RoleARN": context.arn_of("iam", &format!("role/{ROLE}")),
        "CreationTime": context.now,
        "ScalableTargetARN": context.arn_of("application-autoscaling", &format!("scalable-target/{number:012}")),
        "SuspendedState": goes_on,
    })
}

/// `DescribeScalableTargets`.
fn describe(targets: &ScalableTargets, request: &Value) -> Answer {
    let resources = request["ResourceIds"].as_array();
    let dimension = &request["ScalableDimension"];
    let wanted = |target: &&Value| {
        resources.is_none_or(|wanted| wanted.contains(&target["ResourceId"]))
            && (dimension.is_null() || *dimension == target["ScalableDimension"])
    };
    let all: Vec<&Value> = targets.values().filter(wanted).collect();
    page(request, SIZES, "ScalableTargets", all.len(), |n| all[n].clone())
}
