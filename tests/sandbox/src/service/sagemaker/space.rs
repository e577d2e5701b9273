//! Spaces.

use serde_json::{Value, json};

use super::listing::Listing;
use super::{body_of, contains, domain, name, passes, pick, required, settings, tags};
use crate::error::{Answer, ApiError};
use crate::resource::Resource;
use crate::world::{Context, Region};

const MEMBERS: &[&str] =
    &["DomainId", "SpaceName", "SpaceDisplayName", "SpaceSettings", "OwnershipSettings", "SpaceSharingSettings"];

/// `CreateSpace`.
pub(super) fn create(region: &mut Region, context: &Context, request: &Value) -> Answer {
    let key = key(request)?;
    domain::in_service(region, &key.0)?;
    settings::check(region, request)?;
    if region.spaces.contains_key(&key) {
        return Err(ApiError::in_use(format!("Space already exists: {}", key.1)));
    }
    if let Some(owner) = request["OwnershipSettings"]["OwnerUserProfileName"].as_str() {
        let profile = region.user_profiles.get(&(key.0.clone(), owner.to_owned()));
        match profile.map(Resource::status) {
            Some("InService") => {}
            Some(status) => return Err(ApiError::validation(format!("UserProfile {owner} is in status {status}."))),
            None => return Err(ApiError::validation(format!("UserProfile {owner} does not exist."))),
        }
    }
    let arn = context.arn(&format!("space/{}/{}", key.0, key.1));
    let mut body = body_of(request, MEMBERS);
    body["SpaceArn"] = json!(arn);
    tags::create(region, &arn, &request["Tags"])?;
    region.spaces.insert(key, Resource::pending(body, context));
    Ok(json!({ "SpaceArn": arn }))
}

/// `DescribeSpace`.
pub(super) fn describe(region: &Region, request: &Value) -> Answer {
    let key = key(request)?;
    region.spaces.get(&key).map(|s| s.body.clone()).ok_or_else(|| not_found(&key))
}

/// `ListSpaces`: summaries, whose owner may be absent.
pub(super) fn list(region: &Region, request: &Value) -> Answer {
    let wanted = |body: &Value| {
        passes(request, "DomainIdEquals", &body["DomainId"])
            && contains(request, "SpaceNameContains", &body["SpaceName"])
    };
    Listing::usual("Spaces", "SpaceName").page(request, &region.spaces, wanted, summary)
}

/// `UpdateSpace`. The app type must not even be repeated.
pub(super) fn update(region: &mut Region, context: &Context, request: &Value) -> Answer {
    let key = key(request)?;
    if !request["SpaceSettings"]["AppType"].is_null() {
        return Err(ApiError::validation("Updating AppType for Space is not supported"));
    }
    settings::check(region, request)?;
    let space = region.spaces.get_mut(&key).ok_or_else(|| not_found(&key))?;
    space.update(&body_of(request, &["SpaceSettings", "SpaceDisplayName"]), context)?;
    let arn = space.body["SpaceArn"].clone();
    Ok(json!({ "SpaceArn": arn }))
}

/// `DeleteSpace`: refused while it has an app. Its volume is gone with it.
pub(super) fn delete(region: &mut Region, context: &Context, request: &Value) -> Answer {
    let key = key(request)?;
    let owner = format!("space/{}", key.1);
    let has_app = region.apps.iter().any(|((d, o, ..), app)| *d == key.0 && *o == owner && app.exists());
    let space = region.spaces.get_mut(&key).ok_or_else(|| not_found(&key))?;
    if has_app {
        return Err(ApiError::in_use(format!("Unable to delete Space [{}]: App(s) are associated with it.", key.1)));
    }
    space.delete(context)?;
    Ok(json!({}))
}

fn summary(body: &Value) -> Value {
    let mut summary =
        pick(body, &["DomainId", "SpaceName", "Status", "CreationTime", "LastModifiedTime", "SpaceDisplayName"]);
    let settings = pick(&body["SpaceSettings"], &["AppType", "RemoteAccess", "SpaceStorageSettings"]);
    for (member, value) in [
        ("SpaceSettingsSummary", settings),
        ("SpaceSharingSettingsSummary", body["SpaceSharingSettings"].clone()),
        ("OwnershipSettingsSummary", body["OwnershipSettings"].clone()),
    ] {
        if value.is_object() {
            summary[member] = value;
        }
    }
    summary
}

fn key(request: &Value) -> Result<(String, String), ApiError> {
    Ok((required(request, "DomainId")?.to_owned(), name(request, "SpaceName")?))
}

fn not_found(key: &(String, String)) -> ApiError {
    ApiError::not_found(&format!("Space [{}] in Domain [{}]", key.1, key.0))
}
