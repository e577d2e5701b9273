//! How requests name what is watched.

use idle_core::{AppOwner, AppRef};
use serde_json::{Value, json};

/// The members by which `DescribeApp` and `DeleteApp` know the app called `name`
/// that stands beside `app`.
pub(crate) fn app_called(app: &AppRef, name: &str) -> Value {
    let AppRef { domain, owner, app_type, .. } = app;
    let mut request = json!({ "DomainId": domain.as_str(), "AppType": app_type.as_str(), "AppName": name });
    match owner {
        AppOwner::Space(space) => request["SpaceName"] = json!(space.as_str()),
        AppOwner::UserProfile(profile) => request["UserProfileName"] = json!(profile.as_str()),
    }
    request
}

/// The members by which they know this app.
pub(crate) fn app(app: &AppRef) -> Value {
    app_called(app, app.name.as_str())
}
