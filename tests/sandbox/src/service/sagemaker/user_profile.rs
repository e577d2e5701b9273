//! User profiles.

use serde_json::{Value, json};

use super::listing::Listing;
use super::{body_of, contains, domain, name, passes, pick, required, settings, tags};
use crate::error::{Answer, ApiError};
use crate::resource::Resource;
use crate::world::{Context, Region};

const MEMBERS: &[&str] =
    &["DomainId", "UserProfileName", "SingleSignOnUserIdentifier", "SingleSignOnUserValue", "UserSettings"];

/// `CreateUserProfile`.
pub(super) fn create(region: &mut Region, context: &Context, request: &Value) -> Answer {
    let key = key(request)?;
    domain::in_service(region, &key.0)?;
    settings::check(region, request)?;
    if region.user_profiles.contains_key(&key) {
        return Err(ApiError::in_use(format!("User Profile already exists: {}", key.1)));
    }
    let arn = context.arn(&format!("user-profile/{}/{}", key.0, key.1));
    let mut body = body_of(request, MEMBERS);
    body["UserProfileArn"] = json!(arn);
    tags::create(region, &arn, &request["Tags"])?;
    region.user_profiles.insert(key, Resource::pending(body, context));
    Ok(json!({ "UserProfileArn": arn }))
}

/// `DescribeUserProfile`.
pub(super) fn describe(region: &Region, context: &Context, request: &Value) -> Answer {
    let key = key(request)?;
    region.user_profiles.get(&key).map(|p| p.described(context)).ok_or_else(|| not_found(&key))
}

/// `ListUserProfiles`.
pub(super) fn list(region: &Region, request: &Value) -> Answer {
    let members = ["DomainId", "UserProfileName", "Status", "CreationTime", "LastModifiedTime"];
    let wanted = |body: &Value| {
        passes(request, "DomainIdEquals", &body["DomainId"])
            && contains(request, "UserProfileNameContains", &body["UserProfileName"])
    };
    let listing = Listing::usual("UserProfiles", "UserProfileName");
    listing.page(request, &region.user_profiles, wanted, |body| pick(body, &members))
}

/// `UpdateUserProfile`.
pub(super) fn update(region: &mut Region, context: &Context, request: &Value) -> Answer {
    let key = key(request)?;
    settings::check(region, request)?;
    let profile = region.user_profiles.get_mut(&key).ok_or_else(|| not_found(&key))?;
    profile.update(&body_of(request, &["UserSettings"]), context)?;
    let arn = profile.body["UserProfileArn"].clone();
    Ok(json!({ "UserProfileArn": arn }))
}

/// `DeleteUserProfile`: refused while it has an app or owns a space.
pub(super) fn delete(region: &mut Region, context: &Context, request: &Value) -> Answer {
    let key = key(request)?;
    let owner = format!("profile/{}", key.1);
    let has_app = region.apps.iter().any(|((d, o, ..), app)| *d == key.0 && *o == owner && app.exists());
    let has_space = region.spaces.values().any(|s| {
        s.body["DomainId"] == key.0.as_str() && s.body["OwnershipSettings"]["OwnerUserProfileName"] == key.1.as_str()
    });
    let profile = region.user_profiles.get_mut(&key).ok_or_else(|| not_found(&key))?;
    if has_app || has_space {
        return Err(ApiError::in_use(format!(
            "Unable to delete UserProfile [{}]: App(s) or Space(s) are associated with it.",
            key.1
        )));
    }
    profile.delete(context)?;
    Ok(json!({}))
}

fn key(request: &Value) -> Result<(String, String), ApiError> {
    Ok((required(request, "DomainId")?.to_owned(), name(request, "UserProfileName")?))
}

fn not_found(key: &(String, String)) -> ApiError {
    ApiError::not_found(&format!("User Profile [{}] in Domain [{}]", key.1, key.0))
}
