//! Forces members of resources that stand: `{<key members>, "Set": {…}}`. A status
//! stays until something else changes it.

use serde_json::{Value, json};

use super::{Changed, Refusal};
use crate::resource::Resource;
use crate::sandbox::Inner;
use crate::service::sagemaker::app_key;
use crate::world::{Context, Region};

/// What of an app can be forced. A training plan stands within the `ResourceSpec`,
/// as in SageMaker's answers.
const OF_APPS: &[&str] = &[
    "Status",
    "FailureReason",
    "RecoveryMode",
    "TrainingPlanArn",
    "CreationTime",
    "LastHealthCheckTimestamp",
    "LastUserActivityTimestamp",
    "ResourceSpec",
];

/// What of every other kind can be forced.
const OF_ALL: &[&str] = &["Status", "FailureReason", "CreationTime", "LastModifiedTime"];

/// What else, by kind. `Status` is the status of each, whatever its answers call it.
const OF_KINDS: &[(&str, &[&str])] = &[
    ("space", &["SpaceDisplayName", "SpaceSettings", "OwnershipSettings", "SpaceSharingSettings"]),
    ("user-profile", &["UserSettings"]),
    ("endpoint", &["EndpointConfigName", "ProductionVariants", "ShadowProductionVariants", "AsyncInferenceConfig"]),
    ("inference-component", &["RuntimeConfig"]),
    ("notebook-instance", &["InstanceType", "NotebookInstanceLifecycleConfigName", "Url"]),
];

/// `PATCH /_sandbox/resource` with `{"Kind": "space" | "user-profile" | "endpoint" |
/// "inference-component" | "notebook-instance", <key members>, "Set"}`.
pub(super) fn resource(inner: &mut Inner, context: &Context, request: &Value) -> Changed {
    let kind = request["Kind"].as_str().unwrap_or_default();
    let Some((_, members)) = OF_KINDS.iter().find(|(name, _)| *name == kind) else {
        return Err(Refusal::new(format!("there is no Kind {kind}")));
    };
    let set = forced(&request["Set"], &[OF_ALL, members].concat())?;
    let region = inner.world.region(&context.caller, context.now);
    let resource = find(region, kind, request).ok_or_else(|| Refusal::not_found(format!("no such {kind}")))?;
    resource.force(&set, context.now);
    let body = resource.body.clone();
    Ok(body)
}

/// `PATCH /_sandbox/app`.
pub(super) fn app(inner: &mut Inner, context: &Context, request: &Value) -> Changed {
    let mut set = forced(&request["Set"], OF_APPS)?;
    if let Some(arn) = set.as_object_mut().and_then(|members| members.remove("TrainingPlanArn")) {
        if !matches!(set["ResourceSpec"], Value::Null | Value::Object(_)) {
            return Err(Refusal::new("ResourceSpec is not an object"));
        }
        set["ResourceSpec"]["TrainingPlanArn"] = arn;
    }
    force_app(inner, context, request, &set)
}

/// `POST /_sandbox/health-check`: AWS's health check moves the time of user activity
/// as well, which is why that time says nothing about users.
pub(super) fn health_check(inner: &mut Inner, context: &Context, request: &Value) -> Changed {
    let set = json!({ "LastHealthCheckTimestamp": context.now, "LastUserActivityTimestamp": context.now });
    force_app(inner, context, request, &set)
}

/// `PATCH /_sandbox/domain`: its status and nothing else.
pub(super) fn domain(inner: &mut Inner, context: &Context, request: &Value) -> Changed {
    let set = forced(&request["Set"], &["Status"])?;
    let region = inner.world.region(&context.caller, context.now);
    let domain = request["DomainId"].as_str().and_then(|id| region.domains.get_mut(&id.to_owned()));
    let domain = domain.ok_or_else(|| Refusal::not_found("no such domain"))?;
    domain.force(&set, context.now);
    Ok(domain.body.clone())
}

fn force_app(inner: &mut Inner, context: &Context, request: &Value, set: &Value) -> Changed {
    let key = app_key(request).map_err(|error| Refusal::new(error.message))?;
    let region = inner.world.region(&context.caller, context.now);
    let app = region.apps.get_mut(&key).ok_or_else(|| Refusal::not_found("no such app"))?;
    app.force(set, context.now);
    let body = app.body.clone();
    Ok(body)
}

fn find<'a>(region: &'a mut Region, kind: &str, request: &Value) -> Option<&'a mut Resource> {
    let text = |member: &str| request[member].as_str().map(str::to_owned);
    match kind {
        "space" => region.spaces.get_mut(&(text("DomainId")?, text("SpaceName")?)),
        "user-profile" => region.user_profiles.get_mut(&(text("DomainId")?, text("UserProfileName")?)),
        "endpoint" => region.endpoints.get_mut(&text("EndpointName")?),
        "inference-component" => region.inference_components.get_mut(&text("InferenceComponentName")?),
        "notebook-instance" => region.notebook_instances.get_mut(&text("NotebookInstanceName")?),
        _ => None,
    }
}

/// The members to force, all of them known.
fn forced(set: &Value, known: &[&str]) -> Changed {
    let members = set.as_object().ok_or_else(|| Refusal::new("there is no object Set"))?;
    match members.keys().find(|member| !known.contains(&member.as_str())) {
        Some(unknown) => Err(Refusal::new(format!("Set has no member {unknown}; hint: one of {known:?}"))),
        None => Ok(set.clone()),
    }
}
