//! The SageMaker domain behind a project, told by what its description says.

use idle_core::{AccountId, DomainId, Region};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the names of these domains begin with, if AWS made them.
const NAME: &str = "SageMakerUnifiedStudio-";

/// A SageMaker domain that stands behind a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SageMakerDomain {
    /// Its account.
    pub account: AccountId,
    /// Its region.
    pub region: Region,
    /// Its id.
    pub id: DomainId,
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub project: ProjectRef,
    /// SageMaker's own idle shutdown for each app type that has it.
    pub idle: Vec<AppIdle>,
    /// `MaximumEbsVolumeSizeInGb` of its default settings.
    pub max_storage_gib: Option<u64>,
    /// Its spaces, where they were counted.
    pub spaces: Option<u64>,
    /// Its apps that are in service, likewise.
    pub running_apps: Option<u64>,
}

/// A project, and the environment of it that a SageMaker domain is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ProjectRef {
    /// The domain of DataZone.
    pub domain: String,
    /// The project.
    pub project: String,
    /// The environment.
    pub environment: Option<String>,
    /// The account of the domain of DataZone.
    pub account: Option<String>,
    /// Its region.
    pub region: Option<String>,
}

/// SageMaker's own idle shutdown for apps of one type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppIdle {
    /// `JupyterLab` or `CodeEditor`.
    pub app_type: String,
    /// `LifecycleManagement`.
    pub management: Option<String>,
    /// `IdleTimeoutInMinutes`.
    pub minutes: Option<u64>,
}

/// Whether a project of Unified Studio manages a domain, by its description. Anybody may name
/// a domain as AWS does: that can keep us from changing it, and from nothing else.
#[must_use]
pub fn is_unified_studio(body: &Value) -> bool {
    let settings = body["DomainSettings"]["UnifiedStudioSettings"].as_object();
    let name = body["DomainName"].as_str().unwrap_or_default();
    settings.is_some_and(|settings| !settings.is_empty()) || name.starts_with(NAME)
}

/// The project behind a domain, by what SageMaker says of it and never by its name, which
/// would put one project's costs down to another.
#[must_use]
pub fn project_ref(body: &Value) -> Option<ProjectRef> {
    let settings = &body["DomainSettings"]["UnifiedStudioSettings"];
    let text = |member: &str| settings[member].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    Some(ProjectRef {
        domain: text("DomainId")?,
        project: text("ProjectId")?,
        environment: text("EnvironmentId"),
        account: text("DomainAccountId"),
        region: text("DomainRegion"),
    })
}

impl SageMakerDomain {
    /// The domain by its description; `None` where no project stands behind it.
    #[must_use]
    pub fn of(account: &AccountId, region: &Region, id: &DomainId, body: &Value) -> Option<Self> {
        let settings = &body["DefaultUserSettings"];
        let idle = ["JupyterLab", "CodeEditor"].map(|app_type| {
            let idle = &settings[format!("{app_type}AppSettings")]["AppLifecycleManagement"]["IdleSettings"];
            let management = idle["LifecycleManagement"].as_str().map(str::to_owned);
            AppIdle { app_type: app_type.to_owned(), management, minutes: idle["IdleTimeoutInMinutes"].as_u64() }
        });
        let storage = &settings["SpaceStorageSettings"]["DefaultEbsStorageSettings"];
        Some(Self {
            account: account.clone(),
            region: region.clone(),
            id: id.clone(),
            name: body["DomainName"].as_str().unwrap_or_default().to_owned(),
            project: project_ref(body)?,
            idle: idle.to_vec(),
            max_storage_gib: storage["MaximumEbsVolumeSizeInGb"].as_u64(),
            spaces: None,
            running_apps: None,
        })
    }

    /// Whether it is this environment's of this project.
    #[must_use]
    pub fn is_of(&self, domain: &str, project: &str, environment: &str) -> bool {
        let ProjectRef { domain: of, project: by, environment: within, .. } = &self.project;
        of == domain && by == project && within.as_deref().is_none_or(|id| id == environment)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_keeps_us_from_changing_a_domain_and_says_whose_it_is_to_nobody() {
        let named = json!({ "DomainName": "SageMakerUnifiedStudio-abc-def-dev", "DomainSettings": {} });
        assert!(is_unified_studio(&named) && project_ref(&named).is_none());
        let settings = json!({ "DomainId": "dzd-1", "ProjectId": "abc", "EnvironmentId": "def" });
        let real = json!({ "DomainName": "anything", "DomainSettings": { "UnifiedStudioSettings": settings } });
        assert!(is_unified_studio(&real));
        let found = project_ref(&real).expect("a project");
        assert_eq!((&*found.domain, &*found.project, found.environment.as_deref()), ("dzd-1", "abc", Some("def")));
        // Settings that name no project still keep us away.
        let odd = json!({ "DomainName": "x", "DomainSettings": { "UnifiedStudioSettings": { "ProjectId": 7 } } });
        assert!(is_unified_studio(&odd) && project_ref(&odd).is_none());
        let plain = json!({ "DomainName": "x", "DomainSettings": { "UnifiedStudioSettings": {} } });
        assert!(!is_unified_studio(&plain) && !is_unified_studio(&Value::Null));
    }
}
