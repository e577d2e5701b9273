//! The policy's `[desired]` as it is written: what domains should be like. What it
//! does not name is nobody's business.

use serde::Deserialize;

use crate::policy::Length;

/// What domains, user profiles and spaces should be like; `None` and empty is not asked for.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Desired {
    /// Our lifecycle configurations stand where an install puts them, with the content that their tags tell.
    pub agent: Option<OnOff>,
    /// SageMaker's own idle shutdown.
    pub idle_shutdown: Option<DesiredIdle>,
    /// What the allowlist leaves out is hidden.
    pub hidden_instance_types: Option<OnOff>,
    /// `AppNetworkAccessType`.
    pub network: Option<Network>,
    /// The home volume is encrypted by a key of the customer: `"customer-managed"`, or this key's ARN.
    pub kms_key: Option<String>,
    /// The keys of tags that domains, user profiles and spaces must have.
    pub tags: Vec<String>,
    /// What execution roles must not be.
    pub execution_role: Option<RoleDenied>,
    /// `SharingSettings.NotebookOutputOption`.
    pub notebook_sharing: Option<OnOff>,
    /// The largest volume that a space may ask for.
    pub max_storage_gib: Option<u32>,
    /// `TagPropagation`.
    pub tag_propagation: Option<OnOff>,
    /// `ExecutionRoleIdentityConfig` is `USER_PROFILE_NAME`: CloudTrail tells users apart.
    pub source_identity: Option<OnOff>,
    /// Domains and projects of Unified Studio.
    pub unified_studio: Option<DesiredUnifiedStudio>,
}

/// A thing that is to be on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnOff {
    /// It is to be on.
    On,
    /// It is to be off.
    Off,
}

/// SageMaker's own idle shutdown as it should be: on, by at most this timeout.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DesiredIdle {
    /// Whether it should be on.
    pub state: OnOff,
    /// The longest `IdleTimeoutInMinutes`.
    pub timeout: Option<Length>,
    /// The longest that a user may set (`MaxIdleTimeoutInMinutes`).
    pub max: Option<Length>,
}

/// `AppNetworkAccessType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Network {
    /// Traffic goes through the VPC.
    VpcOnly,
    /// Traffic that is not to EFS goes through a VPC of SageMaker's.
    PublicInternetOnly,
}

/// Roles that must not be used: patterns, `*` for any run of characters, by the names of
/// the policies that are attached to them, and by their own names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct RoleDenied {
    /// Names of attached policies, such as `*FullAccess`.
    pub policies: Vec<String>,
    /// Names of roles.
    pub names: Vec<String>,
}

/// Domains and projects of Unified Studio.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct DesiredUnifiedStudio {
    /// The longest `idleTimeoutInMinutes` of the Tooling blueprint, with `lifecycleManagement` on.
    pub idle_timeout: Option<Length>,
    /// Whether a project may change them.
    pub editable: Option<OnOff>,
    /// The largest `maxEbsVolumeSize`.
    pub max_storage_gib: Option<u32>,
    /// The blueprints that project profiles may use, by name; empty is not asked for.
    pub allowed_blueprints: Vec<String>,
    /// At so many of a hundred of the quota of projects in a domain it is warned of.
    pub projects_warn_percent: Option<u32>,
}
