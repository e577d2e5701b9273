//! One app settings structure, and whose it is.

use std::fmt;

use idle_core::{AppType, DomainId, UserProfileName};
use serde::{Deserialize, Serialize};

/// An app type that a Studio lifecycle configuration can be made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Host {
    /// JupyterLab: has a slot for a built-in lifecycle configuration.
    JupyterLab,
    /// Code Editor: likewise.
    CodeEditor,
    /// Studio Classic's Jupyter server: has a default lifecycle configuration only.
    JupyterServer,
    /// Studio Classic's kernel gateway: likewise.
    KernelGateway,
}

impl Host {
    /// All four, in the order in which they are changed.
    pub const ALL: [Self; 4] = [Self::JupyterLab, Self::CodeEditor, Self::JupyterServer, Self::KernelGateway];

    /// SageMaker's name of the app type.
    #[must_use]
    pub fn app_type(self) -> AppType {
        match self {
            Self::JupyterLab => AppType::JupyterLab,
            Self::CodeEditor => AppType::CodeEditor,
            Self::JupyterServer => AppType::JupyterServer,
            Self::KernelGateway => AppType::KernelGateway,
        }
    }

    /// The host of this app type; `None` where no agent can run in its apps.
    #[must_use]
    pub fn of(app_type: AppType) -> Option<Self> {
        Self::ALL.into_iter().find(|host| host.app_type() == app_type)
    }

    /// The name in file and lifecycle configuration names.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::JupyterLab => "jupyterlab",
            Self::CodeEditor => "code-editor",
            Self::JupyterServer => "jupyter-server",
            Self::KernelGateway => "kernel-gateway",
        }
    }

    /// Whether the administrator's own slot exists, which always runs and which users cannot deselect.
    #[must_use]
    pub fn has_built_in(self) -> bool {
        matches!(self, Self::JupyterLab | Self::CodeEditor)
    }
}

/// Which of a domain's settings: those of its users and private spaces, or those of shared spaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Section {
    /// `DefaultUserSettings` of a domain, `UserSettings` of a user profile.
    User,
    /// `DefaultSpaceSettings` of a domain.
    SharedSpaces,
}

/// What holds settings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Holder {
    /// The domain.
    pub domain: DomainId,
    /// The user profile; `None` for the domain itself.
    pub user_profile: Option<UserProfileName>,
}

/// One app settings structure: the smallest thing that is read, modified and written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Whose settings.
    #[serde(flatten)]
    pub holder: Holder,
    /// Which of them.
    pub section: Section,
    /// For which app type.
    #[serde(rename = "app_type")]
    pub host: Host,
}

impl Place {
    /// The members that lead to the structure in an answer of Describe.
    #[must_use]
    pub fn path(&self) -> [String; 2] {
        let section = match (self.section, &self.holder.user_profile) {
            (Section::SharedSpaces, _) => "DefaultSpaceSettings",
            (Section::User, None) => "DefaultUserSettings",
            (Section::User, Some(_)) => "UserSettings",
        };
        [section.to_owned(), format!("{}AppSettings", self.host.app_type())]
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.user_profile {
            None => write!(f, "{}", self.domain),
            Some(name) => write!(f, "{}/{name}", self.domain),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [section, structure] = self.path();
        write!(f, "{} {section}.{structure}", self.holder)
    }
}
