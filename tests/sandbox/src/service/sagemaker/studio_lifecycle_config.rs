//! Studio lifecycle configurations: immutable, and not deleted while in use.

use serde_json::{Value, json};

use super::listing::Listing;
use super::{body_of, contains, name, passes, pick, required, settings, tags, within};
use crate::error::{Answer, ApiError};
use crate::resource::Resource;
use crate::world::{Context, Region};

const MOST_CONTENT: usize = 16_384;
const APP_TYPES: &[&str] = &["JupyterServer", "KernelGateway", "CodeEditor", "JupyterLab"];

/// `CreateStudioLifecycleConfig`.
pub(super) fn create(region: &mut Region, context: &Context, request: &Value) -> Answer {
    let name = name(request, "StudioLifecycleConfigName")?;
    let content = required(request, "StudioLifecycleConfigContent")?;
    check_content(content, "StudioLifecycleConfigContent")?;
    let app_type = required(request, "StudioLifecycleConfigAppType")?;
    if !APP_TYPES.contains(&app_type) {
        return Err(ApiError::validation(format!("StudioLifecycleConfigAppType must be one of {APP_TYPES:?}")));
    }
    if region.lifecycle_configs.contains_key(&name) {
        return Err(ApiError::in_use(format!("Studio Lifecycle Config [{name}] already exists.")));
    }
    let arn = context.arn(&format!("studio-lifecycle-config/{}", name.to_lowercase()));
    let mut body = body_of(
        request,
        &["StudioLifecycleConfigName", "StudioLifecycleConfigContent", "StudioLifecycleConfigAppType"],
    );
    body["StudioLifecycleConfigArn"] = json!(arn);
    tags::create(region, &arn, &request["Tags"])?;
    region.lifecycle_configs.insert(name, Resource::fixed(body, context));
    Ok(json!({ "StudioLifecycleConfigArn": arn }))
}

/// `DescribeStudioLifecycleConfig`.
pub(super) fn describe(region: &Region, request: &Value) -> Answer {
    let name = name(request, "StudioLifecycleConfigName")?;
    region.lifecycle_configs.get(&name).map(|c| c.body.clone()).ok_or_else(|| not_found(&name))
}

/// `ListStudioLifecycleConfigs`: without the content.
pub(super) fn list(region: &Region, request: &Value) -> Answer {
    let members = [
        "StudioLifecycleConfigArn",
        "StudioLifecycleConfigName",
        "StudioLifecycleConfigAppType",
        "CreationTime",
        "LastModifiedTime",
    ];
    let wanted = |body: &Value| {
        within(request, "CreationTime", &body["CreationTime"])
            && within(request, "ModifiedTime", &body["LastModifiedTime"])
            && passes(request, "AppTypeEquals", &body["StudioLifecycleConfigAppType"])
            && contains(request, "NameContains", &body["StudioLifecycleConfigName"])
    };
    let listing = Listing::usual("StudioLifecycleConfigs", "StudioLifecycleConfigName");
    listing.page(request, &region.lifecycle_configs, wanted, |body| pick(body, &members))
}

/// `DeleteStudioLifecycleConfig`: refused while any settings or running app refer to it.
pub(super) fn delete(region: &mut Region, request: &Value) -> Answer {
    let name = name(request, "StudioLifecycleConfigName")?;
    let config = region.lifecycle_configs.get(&name).ok_or_else(|| not_found(&name))?;
    let arn = config.body["StudioLifecycleConfigArn"].as_str().unwrap_or_default().to_owned();
    let settings = region.domains.values().chain(region.user_profiles.values()).chain(region.spaces.values());
    let running = region.apps.values().filter(|app| app.exists());
    if settings.chain(running).any(|resource| settings::refer_to(&resource.body, &arn)) {
        return Err(ApiError::in_use(format!("Studio Lifecycle Config [{name}] is in use.")));
    }
    region.lifecycle_configs.remove(&name);
    region.tags.remove(&arn);
    Ok(json!({}))
}

/// Checks the content of a lifecycle configuration, which `member` of the request holds.
///
/// # Errors
/// `ValidationException` for an empty or too long one, and for what is not base64.
pub(super) fn check_content(content: &str, member: &str) -> Result<(), ApiError> {
    if content.is_empty() || content.len() > MOST_CONTENT || !is_base64(content) {
        return Err(ApiError::validation(format!("{member} must be 1 to {MOST_CONTENT} characters of base64")));
    }
    Ok(())
}

fn not_found(name: &str) -> ApiError {
    ApiError::not_found(&format!("Studio Lifecycle Config [{name}]"))
}

fn is_base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    text.len().is_multiple_of(4)
        && text.len() - body.len() <= 2
        && body.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/')
}
