//! One thing that is not as it should be.

use std::fmt;

use idle_core::{AccountId, DomainId, Region, SpaceName, UserProfileName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where, what was expected, what was found, since when, by whom, and what mends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// By which rule.
    pub rule: Rule,
    /// How much it matters.
    pub level: Level,
    /// Of what.
    pub place: Place,
    /// The setting, as SageMaker's API writes it: `DefaultUserSettings.SharingSettings.NotebookOutputOption`.
    pub setting: String,
    /// What should stand there.
    pub expected: String,
    /// What stands there.
    pub found: String,
    /// When it was found first, where drift is remembered; never later than `changed_at`.
    pub since: Option<Timestamp>,
    /// When what it is of was changed last (`LastModifiedTime`): the drift is no younger than that, perhaps older.
    pub changed_at: Option<Timestamp>,
    /// Who changed it, where CloudTrail could be read and tells.
    pub who: Option<Who>,
    /// What mends it.
    pub fix: Fix,
}

impl Finding {
    /// What tells it from every other one, and stays the same for as long as it is not mended.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{} {} {}", self.rule, self.place, self.setting)
    }
}

/// What a finding is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: Region,
    /// The SageMaker domain; `None` for what is of the account, or of Unified Studio above its projects.
    pub domain: Option<DomainId>,
    /// The user profile.
    pub user_profile: Option<UserProfileName>,
    /// The space; its default settings for shared spaces are the domain's.
    pub space: Option<SpaceName>,
    /// What it is of Unified Studio: `dzd-…` or `dzd-…/PROJECT-ID`, or a project profile.
    pub unified_studio: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { account, region, domain, user_profile, space, unified_studio } = self;
        write!(f, "{account}/{region}")?;
        domain.iter().try_for_each(|id| write!(f, "/{id}"))?;
        user_profile.iter().try_for_each(|name| write!(f, "/user-profile/{name}"))?;
        space.iter().try_for_each(|name| write!(f, "/space/{name}"))?;
        unified_studio.iter().try_for_each(|what| write!(f, "/{what}"))
    }
}

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// It could come to drift.
    Warning,
    /// It is not as it should be.
    Error,
}

/// Who changed it last, as CloudTrail says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// The principal's ARN, or its name.
    pub principal: String,
    /// The source identity of its session, where there is one.
    pub source_identity: Option<String>,
    /// The call, such as `UpdateDomain`.
    pub event: String,
    /// When.
    pub at: Timestamp,
}

/// What mends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// Whether `drift --fix` does it: the product put it there, or it is the product's to put.
    pub owned: bool,
    /// A command, or what a person does.
    pub how: String,
}

/// By which rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Ours is not attached where it should be.
    LifecycleConfiguration,
    /// Ours is attached, and its content is not what its tags and name say.
    LifecycleConfigurationContent,
    /// SageMaker's own idle shutdown.
    IdleShutdown,
    /// What Studio hides.
    HiddenInstanceTypes,
    /// The network mode.
    NetworkMode,
    /// The key of the home volume.
    KmsKey,
    /// Mandatory tags.
    Tags,
    /// Execution roles.
    ExecutionRole,
    /// Sharing of notebook output.
    NotebookSharing,
    /// The largest volume.
    Storage,
    /// Tag propagation.
    TagPropagation,
    /// The source identity of sessions.
    SourceIdentity,
    /// Unified Studio: projects against their quota.
    ProjectQuota,
    /// Unified Studio: idle settings of the Tooling blueprint.
    ToolingIdleShutdown,
    /// Unified Studio: the largest volume of the Tooling blueprint.
    ToolingStorage,
    /// Unified Studio: blueprints that the policy does not allow.
    Blueprints,
}

impl Rule {
    /// Every rule, in the order of reports.
    pub const ALL: [Self; 16] = [
        Self::LifecycleConfiguration,
        Self::LifecycleConfigurationContent,
        Self::IdleShutdown,
        Self::HiddenInstanceTypes,
        Self::NetworkMode,
        Self::KmsKey,
        Self::Tags,
        Self::ExecutionRole,
        Self::NotebookSharing,
        Self::Storage,
        Self::TagPropagation,
        Self::SourceIdentity,
        Self::ProjectQuota,
        Self::ToolingIdleShutdown,
        Self::ToolingStorage,
        Self::Blueprints,
    ];

    /// As JSON, SARIF and the table write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LifecycleConfiguration => "lifecycle-configuration",
            Self::LifecycleConfigurationContent => "lifecycle-configuration-content",
            Self::IdleShutdown => "idle-shutdown",
            Self::HiddenInstanceTypes => "hidden-instance-types",
            Self::NetworkMode => "network-mode",
            Self::KmsKey => "kms-key",
            Self::Tags => "tags",
            Self::ExecutionRole => "execution-role",
            Self::NotebookSharing => "notebook-sharing",
            Self::Storage => "storage",
            Self::TagPropagation => "tag-propagation",
            Self::SourceIdentity => "source-identity",
            Self::ProjectQuota => "project-quota",
            Self::ToolingIdleShutdown => "tooling-idle-shutdown",
            Self::ToolingStorage => "tooling-storage",
            Self::Blueprints => "blueprints",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_written_as_it_is_shown() {
        for rule in Rule::ALL {
            assert_eq!(serde_json::to_value(rule).expect("plain data"), rule.as_str());
        }
    }
}
