//! What a domain has: the operations that list and get it, and what summaries leave out.

use serde_json::Value;

/// One kind.
pub(super) struct Kind {
    /// The list of a seed that puts it there.
    pub(super) list: &'static str,
    pub(super) list_operation: &'static str,
    pub(super) get_operation: &'static str,
    /// What its id is called.
    pub(super) id: &'static str,
    /// What the id is called where one is got.
    pub(super) get_by: &'static str,
    /// What only the operation that gets it tells.
    only_whole: &'static [&'static str],
    /// What listings can be restricted by, and where that stands in an element.
    filters: &'static [(&'static str, &'static str)],
    /// Members that are there although no seed names them.
    pub(super) defaults: &'static [(&'static str, &'static str)],
}

pub(super) const OF_DOMAIN: &[Kind] = &[
    Kind {
        list: "projects",
        list_operation: "ListProjects",
        get_operation: "GetProject",
        id: "id",
        get_by: "identifier",
        only_whole: &["projectProfileId", "userParameters", "environmentDeploymentDetails", "lastUpdatedAt"],
        filters: &[("name", "name")],
        defaults: &[("createdBy", "SYSTEM"), ("projectStatus", "ACTIVE")],
    },
    Kind {
        list: "environments",
        list_operation: "ListEnvironments",
        get_operation: "GetEnvironment",
        id: "id",
        get_by: "identifier",
        only_whole: &["environmentBlueprintId", "userParameters", "provisionedResources", "lastDeployment"],
        filters: &[
            ("projectIdentifier", "projectId"),
            ("environmentBlueprintIdentifier", "environmentBlueprintId"),
            ("awsAccountId", "awsAccountId"),
            ("awsAccountRegion", "awsAccountRegion"),
            ("status", "status"),
            ("name", "name"),
        ],
        defaults: &[("createdBy", "SYSTEM"), ("provider", "Amazon SageMaker"), ("status", "ACTIVE")],
    },
    Kind {
        list: "projectProfiles",
        list_operation: "ListProjectProfiles",
        get_operation: "GetProjectProfile",
        id: "id",
        get_by: "identifier",
        only_whole: &["environmentConfigurations"],
        filters: &[("name", "name")],
        defaults: &[("createdBy", "SYSTEM"), ("status", "ENABLED")],
    },
    Kind {
        list: "environmentBlueprints",
        list_operation: "ListEnvironmentBlueprints",
        get_operation: "GetEnvironmentBlueprint",
        id: "id",
        get_by: "identifier",
        only_whole: &["managed"],
        filters: &[("managed", "managed"), ("name", "name")],
        defaults: &[("provider", "Amazon SageMaker")],
    },
    Kind {
        list: "environmentBlueprintConfigurations",
        list_operation: "ListEnvironmentBlueprintConfigurations",
        get_operation: "GetEnvironmentBlueprintConfiguration",
        id: "environmentBlueprintId",
        get_by: "environmentBlueprintIdentifier",
        only_whole: &[],
        filters: &[],
        defaults: &[],
    },
    Kind {
        list: "userProfiles",
        list_operation: "SearchUserProfiles",
        get_operation: "GetUserProfile",
        id: "id",
        get_by: "userIdentifier",
        only_whole: &[],
        filters: &[],
        defaults: &[("status", "ACTIVATED")],
    },
];

impl Kind {
    /// Whether a listing with these restrictions shows it.
    pub(super) fn is_wanted(&self, one: &Value, request: &Value) -> bool {
        let of_type = match request["userType"].as_str() {
            Some("DATAZONE_SSO_USER" | "SSO_USER") => one["type"] == "SSO",
            Some("DATAZONE_IAM_USER") => one["type"] == "IAM",
            _ => true,
        };
        of_type
            && self.filters.iter().all(|(asked, member)| match request[*asked].as_str() {
                None => true,
                // A query has texts alone.
                Some(wanted) => match &one[*member] {
                    Value::Bool(is) => wanted == is.to_string(),
                    other => other.as_str() == Some(wanted),
                },
            })
    }

    /// What a listing shows of it.
    pub(super) fn summary(&self, one: &Value) -> Value {
        let mut one = one.clone();
        if let Some(members) = one.as_object_mut() {
            members.retain(|member, _| !self.only_whole.contains(&member.as_str()));
        }
        one
    }
}
