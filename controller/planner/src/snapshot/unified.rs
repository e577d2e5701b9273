//! Whose apps are in domains of Unified Studio, where user profiles are named by ids.

use std::collections::BTreeMap;

use idle_core::{DomainId, UserProfileName};
use serde::{Deserialize, Serialize};

use super::{App, ScopeSeen, Space};
use crate::unified::{ProjectRef, Unseen};

/// The tag that `DataZone` gives to what it makes for a project.
const PROJECT_TAG: &str = "AmazonDataZoneProject";

/// Projects and people behind SageMaker domains.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnifiedNames {
    /// The project behind a domain, by what SageMaker says of the domain.
    #[serde(default)]
    pub projects: BTreeMap<DomainId, ProjectNamed>,
    /// The names of users, by id in lower case.
    #[serde(default)]
    pub users: BTreeMap<String, String>,
    /// What could not be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unseen: Vec<Unseen>,
}

/// A project and its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectNamed {
    /// Which.
    #[serde(flatten)]
    pub project: ProjectRef,
    /// Its name, where that is known.
    pub name: Option<String>,
}

/// Whose something is, by Unified Studio.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UnifiedOwner {
    /// The id of the project.
    pub project: String,
    /// Its name, where that is known.
    pub project_name: Option<String>,
    /// The name of the user whose id the user profile has, likewise.
    pub user: Option<String>,
}

impl ScopeSeen {
    /// Whose an app is by Unified Studio; `None` for one of another domain, and where nobody asked.
    #[must_use]
    pub fn unified_owner_of_app(&self, app: &App) -> Option<UnifiedOwner> {
        let tagged = || self.tags_of_app(app).ok()?.remove(PROJECT_TAG);
        self.unified_owner(&app.domain, self.user_profile_of(app), tagged)
    }

    /// Whose a space is, likewise.
    #[must_use]
    pub fn unified_owner_of_space(&self, space: &Space) -> Option<UnifiedOwner> {
        let tagged = || self.tags_of_space(space).ok()?.remove(PROJECT_TAG);
        self.unified_owner(&space.domain, space.owner.as_ref(), tagged)
    }

    /// The id of a user is believed only in a domain that is a project's: elsewhere anybody
    /// may give a user profile that name.
    fn unified_owner(
        &self,
        domain: &DomainId,
        profile: Option<&UserProfileName>,
        tagged: impl FnOnce() -> Option<String>,
    ) -> Option<UnifiedOwner> {
        let names = self.extras.as_deref().and_then(|extras| extras.unified_studio.as_ref());
        let Some((names, known)) = names.and_then(|names| Some((names, names.projects.get(domain)?))) else {
            return Some(UnifiedOwner { project: tagged()?, project_name: None, user: None });
        };
        let user = profile.and_then(|profile| names.users.get(&profile.as_str().to_ascii_lowercase()));
        let ProjectNamed { project, name } = known;
        Some(UnifiedOwner { project: project.project.clone(), project_name: name.clone(), user: user.cloned() })
    }
}

impl UnifiedOwner {
    /// The user's name, or the user profile's where that is not known, and the project.
    #[must_use]
    pub fn said(&self, profile: Option<&str>) -> String {
        let Self { project, project_name, user } = self;
        let who = user.as_deref().or(profile).unwrap_or("unattributed");
        format!("{who} (project {})", project_name.as_ref().unwrap_or(project))
    }
}
