//! Lifecycle configurations of notebook instances: unlike Studio's they are
//! updated in place, and an instance refers to them by name.

use serde_json::{Value, json};

use super::listing::Listing;
use super::{body_of, contains, name, pick, required, studio_lifecycle_config, tags, within};
use crate::error::{Answer, ApiError};
use crate::resource::Resource;
use crate::world::{Context, Region};

const NAME: &str = "NotebookInstanceLifecycleConfigName";
const HOOKS: &[&str] = &["OnCreate", "OnStart"];

/// `CreateNotebookInstanceLifecycleConfig`.
pub(super) fn create(region: &mut Region, context: &Context, request: &Value) -> Answer {
    let name = name(request, NAME)?;
    check(request)?;
    if region.notebook_lifecycle_configs.contains_key(&name) {
        return Err(ApiError::validation(format!(
            "Unable to create Notebook Instance Lifecycle Config [{name}]: it already exists."
        )));
    }
    let arn = context.arn(&format!("notebook-instance-lifecycle-config/{}", name.to_lowercase()));
    let mut body = body_of(request, HOOKS);
    body[NAME] = json!(name);
    body["NotebookInstanceLifecycleConfigArn"] = json!(arn);
    tags::create(region, &arn, &request["Tags"])?;
    region.notebook_lifecycle_configs.insert(name, Resource::fixed(body, context));
    Ok(json!({ "NotebookInstanceLifecycleConfigArn": arn }))
}

/// `DescribeNotebookInstanceLifecycleConfig`.
pub(super) fn describe(region: &Region, request: &Value) -> Answer {
    let name = name(request, NAME)?;
    region.notebook_lifecycle_configs.get(&name).map(|config| config.body.clone()).ok_or_else(|| not_found(&name))
}

/// `ListNotebookInstanceLifecycleConfigs`: without the content.
pub(super) fn list(region: &Region, request: &Value) -> Answer {
    let members = [NAME, "NotebookInstanceLifecycleConfigArn", "CreationTime", "LastModifiedTime"];
    let wanted = |body: &Value| {
        contains(request, "NameContains", &body[NAME])
            && within(request, "CreationTime", &body["CreationTime"])
            && within(request, "LastModifiedTime", &body["LastModifiedTime"])
    };
    let listing = Listing::usual("NotebookInstanceLifecycleConfigs", NAME);
    listing.page(request, &region.notebook_lifecycle_configs, wanted, |body| pick(body, &members))
}

/// `UpdateNotebookInstanceLifecycleConfig`: a hook that is left out stays.
pub(super) fn update(region: &mut Region, context: &Context, request: &Value) -> Answer {
    let name = name(request, NAME)?;
    check(request)?;
    let config = region.notebook_lifecycle_configs.get_mut(&name).ok_or_else(|| not_found(&name))?;
    config.change(&body_of(request, HOOKS), context);
    Ok(json!({}))
}

/// `DeleteNotebookInstanceLifecycleConfig`. AWS documents no refusal for one that
/// an instance refers to, so there is none.
pub(super) fn delete(region: &mut Region, request: &Value) -> Answer {
    let name = name(request, NAME)?;
    region.notebook_lifecycle_configs.remove(&name).map(|_| json!({})).ok_or_else(|| not_found(&name))
}

fn check(request: &Value) -> Result<(), ApiError> {
    for member in HOOKS {
        let hooks = match &request[*member] {
            Value::Null => continue,
            Value::Array(hooks) => hooks,
            _ => return Err(ApiError::new("SerializationException", format!("{member} is not a list"))),
        };
        if hooks.len() > 1 {
            return Err(ApiError::validation(format!("{member} must have at most one hook")));
        }
        for hook in hooks {
            studio_lifecycle_config::check_content(required(hook, "Content")?, member)?;
        }
    }
    Ok(())
}

fn not_found(name: &str) -> ApiError {
    ApiError::validation(format!("Notebook Instance Lifecycle Config [{name}] does not exist."))
}
