//! SageMaker's control plane, as far as Studio needs it: one file a resource kind.

mod app;
mod domain;
mod inference;
mod listing;
mod notebook_instance;
mod notebook_lifecycle_config;
mod settings;
mod space;
mod studio_lifecycle_config;
mod tags;
mod user_profile;

use serde_json::{Value, json};

use crate::error::{Answer, ApiError};
use crate::world::{Context, Region};

pub(crate) use app::key as app_key;

/// The answer of one operation.
///
/// # Errors
/// As SageMaker answers it; `UnknownOperationException` for what is not built.
pub(crate) fn answer(region: &mut Region, context: &Context, operation: &str, request: &Value) -> Answer {
    match operation {
        "CreateDomain" => domain::create(region, context, request),
        "DescribeDomain" => domain::describe(region, context, request),
        "ListDomains" => domain::list(region, request),
        "UpdateDomain" => domain::update(region, context, request),
        "DeleteDomain" => domain::delete(region, context, request),
        "CreateUserProfile" => user_profile::create(region, context, request),
        "DescribeUserProfile" => user_profile::describe(region, context, request),
        "ListUserProfiles" => user_profile::list(region, request),
        "UpdateUserProfile" => user_profile::update(region, context, request),
        "DeleteUserProfile" => user_profile::delete(region, context, request),
        "CreateSpace" => space::create(region, context, request),
        "DescribeSpace" => space::describe(region, request),
        "ListSpaces" => space::list(region, request),
        "UpdateSpace" => space::update(region, context, request),
        "DeleteSpace" => space::delete(region, context, request),
        "CreateApp" => app::create(region, context, request),
        "DescribeApp" => app::describe(region, request),
        "ListApps" => app::list(region, request),
        "DeleteApp" => app::delete(region, context, request),
        "CreateStudioLifecycleConfig" => studio_lifecycle_config::create(region, context, request),
        "DescribeStudioLifecycleConfig" => studio_lifecycle_config::describe(region, request),
        "ListStudioLifecycleConfigs" => studio_lifecycle_config::list(region, request),
        "DeleteStudioLifecycleConfig" => studio_lifecycle_config::delete(region, request),
        "CreateNotebookInstance" => notebook_instance::create(region, context, request),
        "DescribeNotebookInstance" => notebook_instance::describe(region, request),
        "ListNotebookInstances" => notebook_instance::list(region, request),
        "StartNotebookInstance" => notebook_instance::start(region, context, request),
        "StopNotebookInstance" => notebook_instance::stop(region, context, request),
        "UpdateNotebookInstance" => notebook_instance::update(region, context, request),
        "DeleteNotebookInstance" => notebook_instance::delete(region, context, request),
        "CreateNotebookInstanceLifecycleConfig" => notebook_lifecycle_config::create(region, context, request),
        "DescribeNotebookInstanceLifecycleConfig" => notebook_lifecycle_config::describe(region, request),
        "ListNotebookInstanceLifecycleConfigs" => notebook_lifecycle_config::list(region, request),
        "UpdateNotebookInstanceLifecycleConfig" => notebook_lifecycle_config::update(region, context, request),
        "DeleteNotebookInstanceLifecycleConfig" => notebook_lifecycle_config::delete(region, request),
        "AddTags" => tags::add(region, request),
        "ListTags" => tags::list(region, request),
        "DeleteTags" => tags::remove(region, request),
        other => inference::answer(region, context, other, request),
    }
}

/// The ARN of what a request names, for the wording of a refusal.
pub(crate) fn resource_arn(context: &Context, request: &Value) -> String {
    let part = |member: &str| request[member].as_str();
    let owner = part("SpaceName").or_else(|| part("UserProfileName"));
    let domain = part("DomainId").unwrap_or("*");
    for (member, kind) in [
        ("NotebookInstanceName", "notebook-instance"),
        ("InferenceComponentName", "inference-component"),
        ("EndpointName", "endpoint"),
        ("EndpointConfigName", "endpoint-config"),
        ("NotebookInstanceLifecycleConfigName", "notebook-instance-lifecycle-config"),
    ] {
        if let Some(name) = part(member) {
            return context.arn(&format!("{kind}/{}", name.to_lowercase()));
        }
    }
    match (part("AppName"), owner, part("StudioLifecycleConfigName"), part("ResourceArn")) {
        (_, _, _, Some(arn)) => arn.to_owned(),
        (_, _, Some(name), _) => context.arn(&format!("studio-lifecycle-config/{}", name.to_lowercase())),
        (Some(app), Some(owner), ..) => {
            context.arn(&format!("app/{domain}/{owner}/{}/{app}", part("AppType").unwrap_or("*")))
        }
        (_, Some(owner), ..) => {
            let kind = if part("SpaceName").is_some() { "space" } else { "user-profile" };
            context.arn(&format!("{kind}/{domain}/{owner}"))
        }
        _ => context.arn(&part("DomainId").map_or("*".to_owned(), |id| format!("domain/{id}"))),
    }
}

/// A member that must be there.
fn required<'a>(request: &'a Value, member: &str) -> Result<&'a str, ApiError> {
    request[member].as_str().ok_or_else(|| ApiError::validation(format!("Missing required member {member}")))
}

/// A name that must be there and keep the API's pattern.
fn name(request: &Value, member: &str) -> Result<String, ApiError> {
    let value = required(request, member)?;
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let valid =
        (1..=63).contains(&value.len()) && value.chars().all(inner) && !value.starts_with('-') && !value.ends_with('-');
    if valid {
        Ok(value.to_owned())
    } else {
        Err(ApiError::validation(format!(
            "Value '{value}' at '{member}' failed to satisfy constraint: Member must satisfy regular expression pattern: \
             [a-zA-Z0-9](-*[a-zA-Z0-9]){{0,62}}"
        )))
    }
}

/// The members of a list element, out of the whole body.
fn pick(body: &Value, members: &[&str]) -> Value {
    let picked = members.iter().filter(|m| !body[**m].is_null()).map(|m| ((*m).to_owned(), body[*m].clone()));
    Value::Object(picked.collect())
}

/// Whether a filter lets this through: an absent filter lets all through.
fn passes(request: &Value, filter: &str, value: &Value) -> bool {
    request[filter].is_null() || request[filter] == *value
}

/// Whether the filters `…After` and `…Before` of a time let this through.
fn within(request: &Value, time: &str, value: &Value) -> bool {
    let (after, before) = (&request[format!("{time}After")], &request[format!("{time}Before")]);
    (after.is_null() || value.as_f64() > after.as_f64()) && (before.is_null() || value.as_f64() < before.as_f64())
}

/// Whether a `…Contains` filter lets this through.
fn contains(request: &Value, filter: &str, value: &Value) -> bool {
    request[filter].as_str().is_none_or(|part| value.as_str().is_some_and(|value| value.contains(part)))
}

/// A body made of these members of the request.
fn body_of(request: &Value, members: &[&str]) -> Value {
    let body = pick(request, members);
    if body.is_object() { body } else { json!({}) }
}
