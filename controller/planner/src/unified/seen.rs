//! What was seen of Unified Studio in one account and region. Ids and statuses are
//! DataZone's own words: nothing here acts on them.

use std::collections::BTreeMap;

use idle_core::{AccountId, Region};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::SageMakerDomain;

/// What was seen, and what was not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnifiedSeen {
    /// The account that looked.
    pub account: AccountId,
    /// The region.
    pub region: Region,
    /// The domains of DataZone that this account manages, and those that it is associated with.
    pub domains: Vec<UnifiedDomain>,
    /// The SageMaker domains of this account and region that stand behind a project.
    pub sagemaker_domains: Vec<SageMakerDomain>,
    /// How many projects a domain may have, or why that is not known.
    pub project_quota: Result<u64, String>,
    /// What could not be seen.
    pub unseen: Vec<Unseen>,
}

/// Something that could not be seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unseen {
    /// What.
    pub what: String,
    /// Why, in one line.
    pub why: String,
}

/// A domain of DataZone.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct UnifiedDomain {
    /// `dzd-…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `AVAILABLE`, ….
    pub status: String,
    /// The account that manages it, where DataZone says.
    pub managed_by: Option<String>,
    /// The projects that were listed.
    pub projects: Vec<Project>,
    /// Whether those are all that DataZone shows us.
    pub projects_whole: bool,
    /// Its project profiles.
    pub profiles: Vec<ProjectProfile>,
    /// The names of blueprints, by id.
    pub blueprints: BTreeMap<String, String>,
    /// Whether those are all.
    pub blueprints_whole: bool,
    /// Which of them is the Tooling blueprint, that makes SageMaker domains.
    pub tooling_blueprints: Vec<String>,
    /// How blueprints are set up in this account.
    pub configurations: Vec<BlueprintConfiguration>,
    /// The names of users, by id in lower case.
    pub users: BTreeMap<String, String>,
}

/// A project.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Project {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `ACTIVE`, …; DataZone need not say.
    pub status: Option<String>,
    /// The id of the user who made it.
    pub created_by: Option<String>,
    /// The id of the project profile that it is made by.
    pub profile: Option<String>,
    /// Its Tooling environments: one in each account and region.
    pub tooling: Vec<Tooling>,
}

/// A Tooling environment of a project.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Tooling {
    /// Its id.
    pub id: String,
    /// The account that it stands in.
    pub account: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// `ACTIVE`, ….
    pub status: Option<String>,
    /// When it was changed last, UTC.
    pub updated_at: Option<Timestamp>,
    /// What it was made with, by name.
    pub parameters: BTreeMap<String, String>,
    /// The SageMaker domain that it made, where that was seen.
    pub sagemaker: Option<Box<SageMakerDomain>>,
}

/// A project profile: what new projects are made by.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ProjectProfile {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `ENABLED` or `DISABLED`.
    pub status: Option<String>,
    /// When it was changed last, UTC.
    pub updated_at: Option<Timestamp>,
    /// What it makes.
    pub configurations: Vec<Configuration>,
}

/// One environment that a project profile makes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Configuration {
    /// Its name.
    pub name: String,
    /// The id of its blueprint.
    pub blueprint: String,
    /// The region, where it is told.
    pub region: Option<String>,
    /// What it is made with, by name.
    pub parameters: BTreeMap<String, Parameter>,
}

/// A parameter of a project profile.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    /// Its value.
    pub value: Option<String>,
    /// Whether a project may change it.
    pub editable: Option<bool>,
}

/// How a blueprint is set up in an account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlueprintConfiguration {
    /// The id of the blueprint.
    pub blueprint: String,
    /// Where it is enabled.
    pub regions: Vec<String>,
    /// Its parameters, by region and name.
    pub parameters: BTreeMap<String, BTreeMap<String, String>>,
}

impl UnifiedSeen {
    /// Whether this account manages the domain. Where DataZone does not say it is taken to,
    /// so that nothing is left unjudged.
    #[must_use]
    pub fn manages(&self, domain: &UnifiedDomain) -> bool {
        domain.managed_by.as_deref().is_none_or(|account| account == self.account.as_str())
    }

    /// Gives each Tooling environment the SageMaker domain that stands behind it, out of these.
    pub fn join(&mut self, found: &[SageMakerDomain]) {
        for domain in &mut self.domains {
            for project in &mut domain.projects {
                for tooling in &mut project.tooling {
                    let behind = found.iter().find(|sagemaker| sagemaker.is_of(&domain.id, &project.id, &tooling.id));
                    tooling.sagemaker = behind.cloned().map(Box::new).or_else(|| tooling.sagemaker.take());
                }
            }
        }
    }
}

impl UnifiedDomain {
    /// The project profile of this id.
    #[must_use]
    pub fn profile(&self, id: &str) -> Option<&ProjectProfile> {
        self.profiles.iter().find(|profile| profile.id == id)
    }

    /// The name of a user; the id where it has none that is known.
    #[must_use]
    pub fn user<'a>(&'a self, id: &'a str) -> &'a str {
        self.users.get(&id.to_ascii_lowercase()).map_or(id, String::as_str)
    }
}

impl Tooling {
    /// Whether it stands: what is deleted, or was never made, has nothing to be judged.
    #[must_use]
    pub fn stands(&self) -> bool {
        let gone = ["DELETING", "DELETED", "CREATE_FAILED", "VALIDATION_FAILED"];
        !self.status.as_deref().is_some_and(|status| gone.contains(&status))
    }
}

impl ProjectProfile {
    /// Whether projects can be made by it.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        self.status.as_deref() != Some("DISABLED")
    }
}
