//! Apps: created in seconds, deleted in their own time, and their names used again.

use serde_json::{Value, json};

use super::listing::Listing;
use super::{body_of, domain, name, passes, pick, required, settings, tags};
use crate::clock::whole_milliseconds;
use crate::error::{Answer, ApiError};
use crate::resource::Resource;
use crate::world::{Context, Region};

const APP_TYPES: &[&str] = &[
    "JupyterServer",
    "KernelGateway",
    "DetailedProfiler",
    "TensorBoard",
    "CodeEditor",
    "JupyterLab",
    "RStudioServerPro",
    "RSessionGateway",
    "Canvas",
];
const MEMBERS: &[&str] =
    &["DomainId", "UserProfileName", "SpaceName", "AppType", "AppName", "ResourceSpec", "RecoveryMode"];

type Key = (String, String, String, String);

/// `CreateApp`. The built-in lifecycle configuration is taken from the settings
/// as they are now: from the owner's user profile, else from the domain; in a
/// shared space from the domain's settings for such spaces alone.
pub(super) fn create(region: &mut Region, context: &Context, request: &Value) -> Answer {
    let key = key(request)?;
    let domain = domain::in_service(region, &key.0)?.body.clone();
    let owner = owner(region, &key)?.body.clone();
    settings::check(region, request)?;
    if owner["Status"] != "InService" {
        return Err(ApiError::in_use(format!("{} is in status {}.", key.1, owner["Status"])));
    }
    let before = region.apps.get(&key);
    if before.is_some_and(Resource::exists) {
        return Err(ApiError::in_use(format!("App [{}] already exists.", key.3)));
    }
    // A name is used again at once in tests; the two apps differ by this time only.
    let last = before.and_then(|app| app.body["CreationTime"].as_f64()).unwrap_or_default();
    let created = context.now.max(whole_milliseconds(last + 0.001));
    let arn = context.arn(&format!("app/{}/{}/{}/{}", key.0, owner_name(&key), key.2, key.3));
    let mut body = body_of(request, MEMBERS);
    body["AppArn"] = json!(arn);
    if body["ResourceSpec"]["InstanceType"].is_null() {
        body["ResourceSpec"]["InstanceType"] = json!(if key.2 == "JupyterServer" { "system" } else { "ml.t3.medium" });
    }
    let built_in = built_in_lifecycle_config(region, &key, &owner, &domain);
    // The word says that there is none.
    if !built_in.is_null() && built_in != "None" {
        body["BuiltInLifecycleConfigArn"] = built_in;
    }
    if body["RecoveryMode"].is_null() {
        body["RecoveryMode"] = json!(false);
    }
    for stamp in ["LastHealthCheckTimestamp", "LastUserActivityTimestamp"] {
        body[stamp] = json!(context.now);
    }
    tags::create(region, &arn, &request["Tags"])?;
    let mut app = Resource::pending(body, context);
    app.body["CreationTime"] = json!(created);
    app.forget("LastModifiedTime");
    region.apps.insert(key, app);
    Ok(json!({ "AppArn": arn }))
}

/// `DescribeApp`. An app in a space has no user profile name.
pub(super) fn describe(region: &Region, request: &Value) -> Answer {
    let key = key(request)?;
    region.apps.get(&key).map(|app| app.body.clone()).ok_or_else(|| not_found(&key))
}

/// `ListApps`: also those that were deleted within the last day.
pub(super) fn list(region: &Region, request: &Value) -> Answer {
    if !request["UserProfileNameEquals"].is_null() && !request["SpaceNameEquals"].is_null() {
        return Err(ApiError::validation("UserProfileNameEquals and SpaceNameEquals cannot both be given"));
    }
    let members =
        ["DomainId", "UserProfileName", "SpaceName", "AppType", "AppName", "Status", "CreationTime", "ResourceSpec"];
    let wanted = |body: &Value| {
        passes(request, "DomainIdEquals", &body["DomainId"])
            && passes(request, "UserProfileNameEquals", &body["UserProfileName"])
            && passes(request, "SpaceNameEquals", &body["SpaceName"])
    };
    Listing::usual("Apps", "AppName").page(request, &region.apps, wanted, |body| pick(body, &members))
}

/// `DeleteApp`: asynchronous. A second call while it is being deleted changes nothing.
pub(super) fn delete(region: &mut Region, context: &Context, request: &Value) -> Answer {
    let key = key(request)?;
    let app = region.apps.get_mut(&key).ok_or_else(|| not_found(&key))?;
    match app.status() {
        "Deleted" => Err(not_found(&key)),
        "Deleting" => Ok(json!({})),
        // SageMaker removes a failed app by itself and then refuses its name as
        // invalid instead of saying that it is not there.
        "Failed" => {
            Err(ApiError::validation(format!("App [{}] has failed and was removed; it is only still listed.", key.3)))
        }
        _ => {
            app.delete_app(context);
            Ok(json!({}))
        }
    }
}

/// The key of the app that a request names.
///
/// # Errors
/// `ValidationException` for a missing or wrong member, and for both or neither of space and user profile.
pub(crate) fn key(request: &Value) -> Result<Key, ApiError> {
    let app_type = required(request, "AppType")?;
    if !APP_TYPES.contains(&app_type) {
        return Err(ApiError::validation(format!("Value '{app_type}' at 'appType' is not an AppType")));
    }
    let owner = match (request["SpaceName"].is_null(), request["UserProfileName"].is_null()) {
        (false, true) => format!("space/{}", name(request, "SpaceName")?),
        (true, false) => format!("profile/{}", name(request, "UserProfileName")?),
        _ => return Err(ApiError::validation("Exactly one of SpaceName and UserProfileName must be given")),
    };
    Ok((required(request, "DomainId")?.to_owned(), owner, app_type.to_owned(), name(request, "AppName")?))
}

fn owner_name(key: &Key) -> &str {
    key.1.split_once('/').map_or("", |(_, name)| name)
}

fn owner<'a>(region: &'a Region, key: &Key) -> Result<&'a Resource, ApiError> {
    let owner = (key.0.clone(), owner_name(key).to_owned());
    let found = if key.1.starts_with("space/") { region.spaces.get(&owner) } else { region.user_profiles.get(&owner) };
    found.ok_or_else(|| ApiError::not_found(&key.1))
}

fn built_in_lifecycle_config(region: &Region, key: &Key, owner: &Value, domain: &Value) -> Value {
    let settings = format!("{}AppSettings", key.2);
    if owner["SpaceSharingSettings"]["SharingType"] == "Shared" {
        return domain["DefaultSpaceSettings"][&settings]["BuiltInLifecycleConfigArn"].clone();
    }
    let profile = match owner["OwnershipSettings"]["OwnerUserProfileName"].as_str() {
        Some(name) => region.user_profiles.get(&(key.0.clone(), name.to_owned())).map(|p| &p.body),
        None => Some(owner),
    };
    let of_profile = profile.map_or(&Value::Null, |p| &p["UserSettings"][&settings]["BuiltInLifecycleConfigArn"]);
    let of_domain = &domain["DefaultUserSettings"][&settings]["BuiltInLifecycleConfigArn"];
    if of_profile.is_null() { of_domain.clone() } else { of_profile.clone() }
}

fn not_found(key: &Key) -> ApiError {
    ApiError::not_found(&format!("App [{}] of type {} in {} of Domain [{}]", key.3, key.2, key.1, key.0))
}
