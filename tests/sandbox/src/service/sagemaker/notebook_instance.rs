//! Notebook instances: the only resource that stops and starts again. What is not
//! there is a `ValidationException`, where younger resources have an error of their own.

use serde_json::{Value, json};

use super::listing::Listing;
use super::{body_of, contains, name, passes, pick, required, tags, within};
use crate::error::{Answer, ApiError};
use crate::resource::Resource;
use crate::world::{Context, Region};

/// Members that requests and answers have by the same name.
const MEMBERS: &[&str] = &[
    "InstanceType",
    "RoleArn",
    "SubnetId",
    "KmsKeyId",
    "IpAddressType",
    "DirectInternetAccess",
    "VolumeSizeInGB",
    "AcceleratorTypes",
    "DefaultCodeRepository",
    "AdditionalCodeRepositories",
    "RootAccess",
    "PlatformIdentifier",
    "InstanceMetadataServiceConfiguration",
];

/// What an update cannot change.
const FIXED: &[&str] = &["SubnetId", "KmsKeyId", "DirectInternetAccess"];

/// What an update removes, and the members of requests that say so.
const REMOVED: &[(&str, &str)] = &[
    ("DisassociateLifecycleConfig", "NotebookInstanceLifecycleConfigName"),
    ("DisassociateAcceleratorTypes", "AcceleratorTypes"),
    ("DisassociateDefaultCodeRepository", "DefaultCodeRepository"),
    ("DisassociateAdditionalCodeRepositories", "AdditionalCodeRepositories"),
];

/// `CreateNotebookInstance`.
pub(super) fn create(region: &mut Region, context: &Context, request: &Value) -> Answer {
    let name = name(request, "NotebookInstanceName")?;
    for member in ["InstanceType", "RoleArn"] {
        required(request, member)?;
    }
    let mut body = checked(region, request)?;
    let arn = context.arn(&format!("notebook-instance/{}", name.to_lowercase()));
    if region.notebook_instances.contains_key(&name) {
        return Err(ApiError::validation(format!("Cannot create a duplicate notebook instance ({arn})")));
    }
    for (member, default) in
        [("DirectInternetAccess", json!("Enabled")), ("RootAccess", json!("Enabled")), ("VolumeSizeInGB", json!(5))]
    {
        if body[member].is_null() {
            body[member] = default;
        }
    }
    if !request["SecurityGroupIds"].is_null() {
        body["SecurityGroups"] = request["SecurityGroupIds"].clone();
    }
    body["Url"] = json!(format!("{name}.notebook.{}.sagemaker.aws", context.caller.region));
    body["NotebookInstanceName"] = json!(name);
    body["NotebookInstanceArn"] = json!(arn);
    tags::create(region, &arn, &request["Tags"])?;
    region.notebook_instances.insert(name, Resource::pending(body, context));
    Ok(json!({ "NotebookInstanceArn": arn }))
}

/// `DescribeNotebookInstance`.
pub(super) fn describe(region: &Region, request: &Value) -> Answer {
    let name = name(request, "NotebookInstanceName")?;
    region.notebook_instances.get(&name).map(|instance| answered(&instance.body)).ok_or_else(not_found)
}

/// `ListNotebookInstances`: by name unless asked, and by status too.
pub(super) fn list(region: &Region, request: &Value) -> Answer {
    let members = [
        "NotebookInstanceName",
        "NotebookInstanceArn",
        "NotebookInstanceStatus",
        "Url",
        "InstanceType",
        "CreationTime",
        "LastModifiedTime",
        "NotebookInstanceLifecycleConfigName",
        "DefaultCodeRepository",
        "AdditionalCodeRepositories",
    ];
    let additional = |body: &Value| {
        let wanted = &request["AdditionalCodeRepositoryEquals"];
        wanted.is_null() || body["AdditionalCodeRepositories"].as_array().is_some_and(|all| all.contains(wanted))
    };
    let wanted = |body: &Value| {
        passes(request, "StatusEquals", &body["Status"])
            && contains(request, "NameContains", &body["NotebookInstanceName"])
            && contains(
                request,
                "NotebookInstanceLifecycleConfigNameContains",
                &body["NotebookInstanceLifecycleConfigName"],
            )
            && contains(request, "DefaultCodeRepositoryContains", &body["DefaultCodeRepository"])
            && additional(body)
            && within(request, "CreationTime", &body["CreationTime"])
            && within(request, "LastModifiedTime", &body["LastModifiedTime"])
    };
    let usual = Listing::usual("NotebookInstances", "NotebookInstanceName");
    let listing = Listing { by: "Name", sorts_by_status: true, ..usual };
    listing.page(request, &region.notebook_instances, wanted, |body| pick(&answered(body), &members))
}

/// `StartNotebookInstance`.
pub(super) fn start(region: &mut Region, context: &Context, request: &Value) -> Answer {
    change(region, request, &["Stopped", "Failed"], "Pending", |instance| instance.start(context))
}

/// `StopNotebookInstance`: its volume stays. A second call is refused, unlike `DeleteApp`'s.
pub(super) fn stop(region: &mut Region, context: &Context, request: &Value) -> Answer {
    change(region, request, &["InService"], "Stopping", |instance| instance.stop(context))
}

/// `DeleteNotebookInstance`: its volume is gone with it.
pub(super) fn delete(region: &mut Region, context: &Context, request: &Value) -> Answer {
    change(region, request, &["Stopped", "Failed"], "Deleting", |instance| instance.delete_now(context))
}

/// `UpdateNotebookInstance`: only while it is stopped, and it stays so.
pub(super) fn update(region: &mut Region, context: &Context, request: &Value) -> Answer {
    let mut changes = checked(region, request)?;
    if !request["LifecycleConfigName"].is_null() && request["DisassociateLifecycleConfig"] == true {
        return Err(ApiError::validation("a LifecycleConfigName and DisassociateLifecycleConfig exclude each other"));
    }
    for member in FIXED {
        changes[*member] = Value::Null;
    }
    change(region, request, &["Stopped", "Failed"], "Updating", |instance| {
        for (_, member) in REMOVED.iter().filter(|(says, _)| request[*says] == true) {
            instance.forget(member);
        }
        instance.update_stopped(&changes, context);
    })
}

/// The members of a body that a request gives.
fn checked(region: &Region, request: &Value) -> Result<Value, ApiError> {
    let mut body = body_of(request, MEMBERS);
    let size = &request["VolumeSizeInGB"];
    if !size.is_null() && !size.as_u64().is_some_and(|size| (5..=16_384).contains(&size)) {
        return Err(ApiError::validation(format!(
            "Value '{size}' at 'volumeSizeInGB' failed to satisfy constraint: 5 to 16384"
        )));
    }
    if !request["LifecycleConfigName"].is_null() {
        let config = name(request, "LifecycleConfigName")?;
        if !region.notebook_lifecycle_configs.contains_key(&config) {
            return Err(ApiError::validation(format!("Notebook Instance Lifecycle Config [{config}] does not exist.")));
        }
        body["NotebookInstanceLifecycleConfigName"] = json!(config);
    }
    Ok(body)
}

/// Brings an instance from one of these statuses to that one.
fn change(region: &mut Region, request: &Value, from: &[&str], to: &str, change: impl FnOnce(&mut Resource)) -> Answer {
    let name = name(request, "NotebookInstanceName")?;
    let instance = region.notebook_instances.get_mut(&name).ok_or_else(not_found)?;
    if !from.contains(&instance.status()) {
        let (status, from) = (instance.status(), from.join(", "));
        let arn = instance.arn().unwrap_or_default();
        return Err(ApiError::validation(format!(
            "{arn} is in status ({status}) and goes to ({to}) only from ([{from}])."
        )));
    }
    change(instance);
    Ok(json!({}))
}

/// The body with its status as this kind of resource names it.
fn answered(body: &Value) -> Value {
    let mut body = body.clone();
    if let Some(status) = body.as_object_mut().and_then(|members| members.remove("Status")) {
        body["NotebookInstanceStatus"] = status;
    }
    body
}

/// The one word by which clients know this from other invalid requests.
fn not_found() -> ApiError {
    ApiError::validation("RecordNotFound")
}
