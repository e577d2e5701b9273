//! Domains.

use serde_json::{Value, json};

use super::listing::Listing;
use super::{body_of, name, pick, required, settings, tags};
use crate::error::{Answer, ApiError};
use crate::resource::Resource;
use crate::world::{Context, Region};

const MEMBERS: &[&str] = &[
    "DomainName",
    "AuthMode",
    "DefaultUserSettings",
    "DomainSettings",
    "SubnetIds",
    "VpcId",
    "KmsKeyId",
    "AppNetworkAccessType",
    "AppSecurityGroupManagement",
    "TagPropagation",
    "DefaultSpaceSettings",
];

/// What `UpdateDomain` changes; the other members stay as they were created.
const UPDATED: &[&str] = &[
    "DefaultUserSettings",
    "DefaultSpaceSettings",
    "SubnetIds",
    "VpcId",
    "AppNetworkAccessType",
    "AppSecurityGroupManagement",
    "TagPropagation",
];

/// `CreateDomain`.
pub(super) fn create(region: &mut Region, context: &Context, request: &Value) -> Answer {
    let name = name(request, "DomainName")?;
    settings::check(region, request)?;
    if region.domains.values().any(|domain| domain.body["DomainName"] == name.as_str()) {
        return Err(ApiError::in_use(format!("Domain already exists: {name}")));
    }
    let id = format!("d-{:012}", region.next_number());
    let arn = context.arn(&format!("domain/{id}"));
    let mut body = body_of(request, MEMBERS);
    body["DomainId"] = json!(id);
    body["DomainArn"] = json!(arn);
    body["HomeEfsFileSystemId"] = json!(format!("fs-{:017}", region.next_number()));
    let url = format!("https://{id}.studio.{}.sagemaker.aws", context.caller.region);
    body["Url"] = json!(url);
    for (member, default) in [("AppNetworkAccessType", "PublicInternetOnly"), ("TagPropagation", "DISABLED")] {
        if body[member].is_null() {
            body[member] = json!(default);
        }
    }
    tags::create(region, &arn, &request["Tags"])?;
    region.domains.insert(id.clone(), Resource::pending(body, context));
    Ok(json!({ "DomainId": id, "DomainArn": arn, "Url": url }))
}

/// `DescribeDomain`.
pub(super) fn describe(region: &Region, context: &Context, request: &Value) -> Answer {
    Ok(find(region, required(request, "DomainId")?)?.described(context))
}

/// `ListDomains`.
pub(super) fn list(region: &Region, request: &Value) -> Answer {
    let members = ["DomainArn", "DomainId", "DomainName", "Status", "CreationTime", "LastModifiedTime", "Url"];
    let listing = Listing::usual("Domains", "DomainName");
    listing.page(request, &region.domains, |_| true, |body| pick(body, &members))
}

/// `UpdateDomain`. What changes the network needs stopped apps, and
/// `AppNetworkAccessType` wants its network again even if it is unchanged.
pub(super) fn update(region: &mut Region, context: &Context, request: &Value) -> Answer {
    let id = required(request, "DomainId")?.to_owned();
    settings::check(region, request)?;
    let domain = find(region, &id)?.body.clone();
    if request["AppNetworkAccessType"] == "VpcOnly" && (request["VpcId"].is_null() || request["SubnetIds"].is_null()) {
        return Err(ApiError::validation("VpcId and SubnetIds are required when AppNetworkAccessType is VpcOnly"));
    }
    let changes_network = ["AppNetworkAccessType", "SubnetIds", "VpcId"]
        .iter()
        .any(|member| !request[*member].is_null() && request[*member] != domain[*member]);
    let has_running_app =
        region.apps.iter().any(|((domain, ..), app)| *domain == id && matches!(app.status(), "InService" | "Pending"));
    if changes_network && has_running_app {
        return Err(ApiError::validation(format!(
            "Unable to update Domain [{id}] with InService App. Stop its apps first."
        )));
    }
    let mut change = body_of(request, UPDATED);
    if !request["DomainSettingsForUpdate"].is_null() {
        change["DomainSettings"] = request["DomainSettingsForUpdate"].clone();
    }
    find_mut(region, &id)?.update(&change, context)?;
    Ok(json!({ "DomainArn": domain["DomainArn"] }))
}

/// `DeleteDomain`: refused while anything stands in it.
pub(super) fn delete(region: &mut Region, context: &Context, request: &Value) -> Answer {
    let id = required(request, "DomainId")?.to_owned();
    find(region, &id)?;
    let has_children = region.user_profiles.keys().any(|(domain, _)| *domain == id)
        || region.spaces.keys().any(|(domain, _)| *domain == id);
    if has_children {
        return Err(ApiError::in_use(format!(
            "Unable to delete Domain {id}: UserProfile(s) or Space(s) are associated with it."
        )));
    }
    find_mut(region, &id)?.delete(context)?;
    Ok(json!({}))
}

/// The domain of this id.
///
/// # Errors
/// `ResourceNotFound`.
pub(super) fn find<'a>(region: &'a Region, id: &str) -> Result<&'a Resource, ApiError> {
    region.domains.get(id).ok_or_else(|| ApiError::not_found(&format!("Domain [{id}]")))
}

/// The domain of this id, which must be in service to get children.
///
/// # Errors
/// `ResourceNotFound`, `ResourceInUse`.
pub(super) fn in_service<'a>(region: &'a Region, id: &str) -> Result<&'a Resource, ApiError> {
    match find(region, id)? {
        // An update leaves what it does not name as it was.
        domain if matches!(domain.status(), "InService" | "Updating" | "Update_Failed") => Ok(domain),
        domain => Err(ApiError::in_use(format!("Domain [{id}] is in status {}.", domain.status()))),
    }
}

fn find_mut<'a>(region: &'a mut Region, id: &str) -> Result<&'a mut Resource, ApiError> {
    region.domains.get_mut(&id.to_owned()).ok_or_else(|| ApiError::not_found(&format!("Domain [{id}]")))
}
