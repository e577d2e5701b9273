//! `POST /_sandbox/seed`: resources as they are given, in service at once. Each list is
//! named as the operation that lists it; a body may have any member, its own
//! `CreationTime`, `LastModifiedTime`, status and `Tags` among them. What stood under
//! the same name is replaced. `Generate` makes a whole fleet: see [`fleet`].

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Changed, Refusal, elements, fleet};
use crate::error::ApiError;
use crate::resource::Resource;
use crate::sandbox::Inner;
use crate::service::sagemaker::{app_key, resource_arn};
use crate::world::{Context, Region};

/// Each list, and what the ARN and the status of its elements are called.
const LISTS: &[(&str, &str, &str)] = &[
    ("Domains", "DomainArn", "Status"),
    ("UserProfiles", "UserProfileArn", "Status"),
    ("Spaces", "SpaceArn", "Status"),
    ("Apps", "AppArn", "Status"),
    ("EndpointConfigs", "EndpointConfigArn", "Status"),
    ("Endpoints", "EndpointArn", "EndpointStatus"),
    ("InferenceComponents", "InferenceComponentArn", "InferenceComponentStatus"),
    ("NotebookInstances", "NotebookInstanceArn", "NotebookInstanceStatus"),
];

/// Answers how many of each list there are now more, or again.
pub(super) fn seed(inner: &mut Inner, context: &Context, request: &Value) -> Changed {
    let members = request.as_object().ok_or_else(|| Refusal::new("the body is not an object"))?;
    let known = |member: &str| {
        ["Account", "Region", "Generate"].contains(&member) || LISTS.iter().any(|(list, ..)| *list == member)
    };
    if let Some(unknown) = members.keys().find(|member| !known(member)) {
        return Err(Refusal::new(format!("there is no list {unknown}")));
    }
    let region = inner.world.region(&context.caller, context.now);
    let mut seeded = Map::new();
    for (list, arn, status) in LISTS {
        let bodies = elements(request, list)?;
        for (n, body) in bodies.iter().enumerate() {
            let resource = resource(context, body, arn, status);
            resource
                .and_then(|(resource, tags)| put(region, list, resource, tags))
                .map_err(|error| Refusal::new(format!("{list}[{n}]: {}", error.message)))?;
        }
        if !bodies.is_empty() {
            seeded.insert((*list).to_owned(), json!(bodies.len()));
        }
    }
    if !request["Generate"].is_null() {
        seeded.insert("Generated".to_owned(), fleet::generate(region, context, &request["Generate"])?);
    }
    Ok(Value::Object(seeded))
}

type Tags = BTreeMap<String, String>;

/// Puts a resource in its place; `list` is one of [`LISTS`].
///
/// # Errors
/// `ValidationException` for a body without the members that name it.
pub(super) fn put(region: &mut Region, list: &str, resource: Resource, tags: Tags) -> Result<(), ApiError> {
    let arn = resource.arn().unwrap_or_default().to_owned();
    let text = |member: &str| {
        let text = resource.body[member].as_str().filter(|text| !text.is_empty());
        text.map(str::to_owned).ok_or_else(|| ApiError::validation(format!("there is no {member}")))
    };
    match list {
        "Domains" => region.domains.insert(text("DomainId")?, resource),
        "UserProfiles" => region.user_profiles.insert((text("DomainId")?, text("UserProfileName")?), resource),
        "Spaces" => region.spaces.insert((text("DomainId")?, text("SpaceName")?), resource),
        "Apps" => region.apps.insert(app_key(&resource.body)?, resource),
        "EndpointConfigs" => region.endpoint_configs.insert(text("EndpointConfigName")?, resource),
        "Endpoints" => region.endpoints.insert(text("EndpointName")?, resource),
        "InferenceComponents" => region.inference_components.insert(text("InferenceComponentName")?, resource),
        _ => region.notebook_instances.insert(text("NotebookInstanceName")?, resource),
    };
    region.tags.insert(arn, tags);
    Ok(())
}

fn resource(context: &Context, body: &Value, arn: &str, status: &str) -> Result<(Resource, Tags), ApiError> {
    let mut body = body.clone();
    let members = body.as_object_mut().ok_or_else(|| ApiError::validation("it is not an object"))?;
    let named = members.remove(status).unwrap_or(json!("InService"));
    let mut tags = Tags::new();
    for tag in members.remove("Tags").iter().filter_map(Value::as_array).flatten() {
        let part = |member: &str| tag[member].as_str().map(str::to_owned);
        let both = part("Key").zip(part("Value"));
        let (key, value) = both.ok_or_else(|| ApiError::validation(format!("{tag} is no tag")))?;
        tags.insert(key, value);
    }
    let mut defaults = json!({
        arn: resource_arn(context, &body),
        "CreationTime": context.now,
    });
    let created = if body["CreationTime"].is_null() { json!(context.now) } else { body["CreationTime"].clone() };
    match arn {
        "AppArn" => {
            for stamp in ["LastHealthCheckTimestamp", "LastUserActivityTimestamp"] {
                defaults[stamp] = json!(context.now);
            }
            defaults["RecoveryMode"] = json!(false);
        }
        "EndpointConfigArn" => {}
        _ => defaults["LastModifiedTime"] = created,
    }
    for (member, default) in defaults.as_object_mut().into_iter().flatten() {
        if body[member.as_str()].is_null() {
            body[member.as_str()] = default.take();
        }
    }
    let mut resource = Resource::given(body);
    if arn != "EndpointConfigArn" {
        resource.force(&json!({ "Status": named }), context.now);
    }
    Ok((resource, tags))
}
