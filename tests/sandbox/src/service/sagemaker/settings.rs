//! What SageMaker checks in user, space and domain settings.

use serde_json::Value;

use crate::error::ApiError;
use crate::world::Region;

/// The members of requests that hold settings.
const STRUCTURES: &[&str] = &[
    "DefaultSpaceSettings",
    "DefaultUserSettings",
    "DomainSettings",
    "DomainSettingsForUpdate",
    "OwnershipSettings",
    "ResourceSpec",
    "SpaceSettings",
    "SpaceSharingSettings",
    "UserSettings",
];

/// Checks that settings are structures, and the lifecycle configuration ARNs and
/// idle timeouts anywhere in them.
///
/// # Errors
/// `SerializationException` for what is no structure; `ValidationException` for
/// an ARN of nothing, or minutes outside 60 to 525,600.
pub(super) fn check(region: &Region, settings: &Value) -> Result<(), ApiError> {
    let is_structure = |member: &str| matches!(settings[member], Value::Null | Value::Object(_));
    if let Some(member) = STRUCTURES.iter().find(|member| !is_structure(member)) {
        return Err(ApiError::new("SerializationException", format!("{member} is not a structure")));
    }
    for (member, value) in members(settings) {
        if let Some(arn) = value.as_str().filter(|arn| is_lifecycle_member(member) && *arn != "None") {
            let known = region.lifecycle_configs.values().any(|config| config.body["StudioLifecycleConfigArn"] == *arn);
            if !known {
                return Err(ApiError::validation(format!("Studio Lifecycle Config [{arn}] does not exist.")));
            }
        }
        // Terraform's provider sends 0 for bounds that are not set.
        let minutes = member.ends_with("IdleTimeoutInMinutes").then(|| value.as_u64()).flatten();
        if minutes.is_some_and(|m| m != 0 && !(60..=525_600).contains(&m)) {
            return Err(ApiError::validation(format!(
                "Value '{value}' at '{member}' failed to satisfy constraint: 60 to 525600"
            )));
        }
    }
    Ok(())
}

/// Whether settings refer to this lifecycle configuration.
pub(super) fn refer_to(settings: &Value, arn: &str) -> bool {
    members(settings).iter().any(|(member, value)| is_lifecycle_member(member) && value.as_str() == Some(arn))
}

fn is_lifecycle_member(member: &str) -> bool {
    matches!(member, "LifecycleConfigArn" | "LifecycleConfigArns" | "BuiltInLifecycleConfigArn")
}

/// Every scalar with the name of the member that it stands in, however deep.
fn members(value: &Value) -> Vec<(&str, &Value)> {
    fn walk<'a>(member: &'a str, value: &'a Value, found: &mut Vec<(&'a str, &'a Value)>) {
        match value {
            Value::Object(object) => object.iter().for_each(|(member, value)| walk(member, value, found)),
            Value::Array(array) => array.iter().for_each(|value| walk(member, value, found)),
            scalar => found.push((member, scalar)),
        }
    }
    let mut found = Vec::new();
    walk("", value, &mut found);
    found
}
