//! What a right is on: resources as the Service Authorization Reference has them, and the
//! condition that goes with them.

use idle_core::metric::NAMESPACE as AGENT_NAMESPACE;

use super::document::Condition;
use super::place::Place;
use crate::dashboard::metric::NAMESPACE;
use crate::policy::PROTECT_TAG;

/// What a right is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum On {
    /// What has no resource in IAM, such as lists.
    Nothing,
    /// Domains.
    Domains,
    /// User profiles.
    UserProfiles,
    /// Spaces.
    Spaces,
    /// Apps.
    Apps,
    /// Studio lifecycle configurations.
    StudioConfigs,
    /// Lifecycle configurations of notebook instances.
    NotebookConfigs,
    /// Notebook instances.
    NotebookInstances,
    /// Endpoints.
    Endpoints,
    /// Endpoint configurations.
    EndpointConfigs,
    /// Inference components.
    InferenceComponents,
    /// Studio lifecycle configurations that the product made.
    OwnStudioConfigs,
    /// The lifecycle configuration of notebook instances that the product made.
    OwnNotebookConfig,
    /// Apps without a tag that protects.
    UnprotectedApps,
    /// Notebook instances without a tag that protects.
    UnprotectedNotebookInstances,
    /// Endpoints without a tag that protects.
    UnprotectedEndpoints,
    /// Inference components without a tag that protects.
    UnprotectedInferenceComponents,
    /// Apps of the caller's own domain.
    AppsOfOwnDomain,
    /// Spaces of the caller's own domain.
    SpacesOfOwnDomain,
    /// Apps in private spaces of the caller's own user profile.
    OwnApps,
    /// Apps of Studio Classic of the caller's own user profile.
    OwnClassicApps,
    /// Apps in shared spaces of the caller's own domain.
    SharedApps,
    /// Metrics of the agent.
    AgentMetrics,
    /// Metrics of sweeps.
    SweepMetrics,
    /// Dashboards of CloudWatch.
    Dashboards,
    /// Alarms of CloudWatch.
    Alarms,
    /// The agent's binaries.
    Binaries,
    /// Objects of `--artifacts`.
    Artifacts,
    /// Their names.
    ArtifactNames,
    /// Objects of `--evidence`.
    Evidence,
    /// Objects of `--ledger`.
    Ledger,
    /// Names of objects of evidence.
    EvidenceNames,
    /// Names of objects of the ledger.
    LedgerNames,
    /// The bucket itself.
    Bucket,
    /// The key that objects are encrypted with, used by S3 alone.
    ObjectKey,
    /// The key that the kill switch is encrypted with, used by Systems Manager alone.
    ParameterKey,
    /// The kill switch.
    Parameter,
    /// The topic that is told.
    Topic,
    /// The roles to look and to act with, of any account.
    Roles,
    /// The same, for a source identity: it has no external id.
    RolesBySource,
    /// Roles of the account.
    RolesOfAccount,
}

impl On {
    /// What it is, for people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Nothing => "-",
            Self::Domains => "domains",
            Self::UserProfiles => "user profiles",
            Self::Spaces => "spaces",
            Self::Apps => "apps",
            Self::StudioConfigs => "lifecycle configurations",
            Self::NotebookConfigs => "lifecycle configurations of notebook instances",
            Self::NotebookInstances => "notebook instances",
            Self::Endpoints => "endpoints",
            Self::EndpointConfigs => "endpoint configurations",
            Self::InferenceComponents => "inference components",
            Self::OwnStudioConfigs => "our lifecycle configurations",
            Self::OwnNotebookConfig => "our lifecycle configuration of notebook instances",
            Self::UnprotectedApps => "apps that no tag protects",
            Self::UnprotectedNotebookInstances => "notebook instances that no tag protects",
            Self::UnprotectedEndpoints => "endpoints that no tag protects",
            Self::UnprotectedInferenceComponents => "inference components that no tag protects",
            Self::AppsOfOwnDomain => "apps of its own domain",
            Self::SpacesOfOwnDomain => "spaces of its own domain",
            Self::OwnApps => "apps in private spaces of its own user profile",
            Self::OwnClassicApps => "Classic apps of its own user profile",
            Self::SharedApps => "apps in shared spaces of its own domain",
            Self::AgentMetrics => "metrics of agents",
            Self::SweepMetrics => "metrics of sweeps",
            Self::Dashboards => "dashboards",
            Self::Alarms => "alarms",
            Self::Binaries => "the agent's binaries",
            Self::Artifacts => "objects of --artifacts",
            Self::ArtifactNames => "names of objects of --artifacts",
            Self::Evidence => "objects of --evidence",
            Self::EvidenceNames => "names of objects of --evidence",
            Self::Ledger => "objects of --ledger",
            Self::LedgerNames => "names of objects of --ledger",
            Self::Bucket => "the bucket",
            Self::ObjectKey => "the key, by S3 alone",
            Self::ParameterKey => "the key, by Systems Manager alone",
            Self::Parameter => "the kill switch",
            Self::Topic => "the topic",
            Self::Roles => "costctl-reader and costctl-actor of any account, by the external id",
            Self::RolesBySource => "costctl-reader and costctl-actor of any account",
            Self::RolesOfAccount => "roles of the account",
        }
    }

    /// The statement that it stands in: what may stand in one has one condition.
    pub(super) fn group(self) -> &'static str {
        match self {
            Self::Nothing => "WithoutResource",
            Self::Domains | Self::UserProfiles | Self::Spaces | Self::Apps => "Studio",
            Self::StudioConfigs | Self::NotebookConfigs | Self::NotebookInstances => "Studio",
            Self::Endpoints | Self::EndpointConfigs | Self::InferenceComponents => "Studio",
            Self::OwnStudioConfigs | Self::OwnNotebookConfig => "OwnLifecycleConfigs",
            Self::UnprotectedApps | Self::UnprotectedNotebookInstances => "Unprotected",
            Self::UnprotectedEndpoints | Self::UnprotectedInferenceComponents => "Unprotected",
            Self::AppsOfOwnDomain | Self::SpacesOfOwnDomain => "OwnDomain",
            Self::OwnApps => "OwnPrivateSpaces",
            Self::OwnClassicApps => "OwnClassicApps",
            Self::SharedApps => "SharedSpaces",
            Self::AgentMetrics | Self::SweepMetrics => "Metrics",
            Self::Dashboards | Self::Alarms => "Dashboards",
            Self::Binaries => "Binaries",
            Self::Artifacts | Self::Evidence | Self::Ledger => "Objects",
            Self::ArtifactNames | Self::EvidenceNames | Self::LedgerNames => "ObjectNames",
            Self::Bucket => "Bucket",
            Self::ObjectKey => "ObjectKey",
            Self::ParameterKey => "ParameterKey",
            Self::Parameter => "KillSwitch",
            Self::Topic => "Notices",
            Self::Roles => "Roles",
            Self::RolesBySource => "SourceIdentity",
            Self::RolesOfAccount => "RolesOfAccount",
        }
    }

    /// Its ARNs; none where the place does not say.
    #[must_use]
    pub fn resources(self, place: &Place) -> Vec<String> {
        let named = |resource: &str| vec![place.arn("sagemaker", resource)];
        match self {
            Self::Nothing | Self::AgentMetrics | Self::SweepMetrics => vec!["*".to_owned()],
            Self::Domains => place.of_domains("domain/{}"),
            Self::UserProfiles => place.of_domains("user-profile/{}/*"),
            Self::Spaces => place.of_domains("space/{}/*"),
            Self::Apps | Self::UnprotectedApps => place.of_domains("app/{}/*"),
            Self::StudioConfigs => named("studio-lifecycle-config/*"),
            Self::NotebookConfigs => named("notebook-instance-lifecycle-config/*"),
            Self::NotebookInstances | Self::UnprotectedNotebookInstances => named("notebook-instance/*"),
            Self::Endpoints | Self::UnprotectedEndpoints => named("endpoint/*"),
            Self::EndpointConfigs => named("endpoint-config/*"),
            Self::InferenceComponents | Self::UnprotectedInferenceComponents => named("inference-component/*"),
            Self::OwnStudioConfigs => named("studio-lifecycle-config/idle-agent-*"),
            Self::OwnNotebookConfig => named("notebook-instance-lifecycle-config/idle-agent"),
            Self::AppsOfOwnDomain | Self::OwnApps | Self::SharedApps => named("app/${sagemaker:DomainId}/*"),
            Self::SpacesOfOwnDomain => named("space/${sagemaker:DomainId}/*"),
            Self::OwnClassicApps => named("app/${sagemaker:DomainId}/${sagemaker:UserProfileName}/*"),
            Self::Dashboards => vec![place.global_arn("cloudwatch", "dashboard/*")],
            Self::Alarms => vec![place.arn("cloudwatch", "alarm:*")],
            Self::Binaries => place.objects(&format!("{}idle-agent/", place.artifacts)),
            Self::Artifacts => place.objects(&place.artifacts),
            Self::Evidence => place.objects(&place.evidence),
            Self::Ledger => place.objects(&place.ledger),
            Self::ArtifactNames | Self::EvidenceNames | Self::LedgerNames | Self::Bucket => place.bucket_arn(""),
            Self::ObjectKey | Self::ParameterKey => place.kms_key.iter().cloned().collect(),
            Self::Parameter => {
                let arn = |name: &String| place.arn("ssm", &format!("parameter/{}", name.trim_start_matches('/')));
                place.parameter.iter().map(arn).collect()
            }
            Self::Topic => place.topic.iter().cloned().collect(),
            Self::Roles | Self::RolesBySource => {
                let arn = |name: &str| format!("arn:{}:iam::*:role/{name}", place.partition);
                ["costctl-reader", "costctl-actor"].map(arn).to_vec()
            }
            Self::RolesOfAccount => vec![place.global_arn("iam", "role/*")],
        }
    }

    /// The flag that names it, where nothing is allowed without.
    pub(super) fn flag(self) -> Option<&'static str> {
        match self {
            Self::Binaries | Self::Artifacts | Self::Evidence | Self::Ledger | Self::Bucket => Some("--bucket"),
            Self::ArtifactNames | Self::EvidenceNames | Self::LedgerNames => Some("--bucket"),
            Self::ObjectKey | Self::ParameterKey => Some("--kms-key"),
            Self::Parameter => Some("--parameter"),
            Self::Topic => Some("--topic"),
            _ => None,
        }
    }

    /// What must hold besides: operators, keys and values.
    pub(super) fn condition(self, place: &Place) -> Condition {
        let mut condition = Condition::new();
        let mut put = |operator: &'static str, key: &str, values: Vec<String>| {
            condition.entry(operator).or_default().insert(key.to_owned(), values);
        };
        let one = |value: &str| vec![value.to_owned()];
        match self {
            Self::UnprotectedApps
            | Self::UnprotectedNotebookInstances
            | Self::UnprotectedEndpoints
            | Self::UnprotectedInferenceComponents => {
                put("Null", &format!("aws:ResourceTag/{PROTECT_TAG}"), one("true"));
            }
            Self::OwnApps => {
                let own = "user-profile/${sagemaker:DomainId}/${sagemaker:UserProfileName}";
                put("ArnLike", "sagemaker:OwnerUserProfileArn", vec![place.arn("sagemaker", own)]);
                put("StringEquals", "sagemaker:SpaceSharingType", one("Private"));
            }
            // An app in a space has an owner, and its name stands where that of a user profile would.
            Self::OwnClassicApps => put("Null", "sagemaker:OwnerUserProfileArn", one("true")),
            Self::SharedApps => put("StringEquals", "sagemaker:SpaceSharingType", one("Shared")),
            Self::AgentMetrics => put("StringEquals", "cloudwatch:namespace", one(AGENT_NAMESPACE)),
            Self::SweepMetrics => put("StringEquals", "cloudwatch:namespace", one(NAMESPACE)),
            Self::ArtifactNames => put("StringLike", "s3:prefix", vec![format!("{}*", place.artifacts)]),
            Self::EvidenceNames => put("StringLike", "s3:prefix", vec![format!("{}*", place.evidence)]),
            Self::LedgerNames => put("StringLike", "s3:prefix", vec![format!("{}*", place.ledger)]),
            Self::ObjectKey => put("StringLike", "kms:ViaService", vec![place.via("s3")]),
            Self::ParameterKey => put("StringLike", "kms:ViaService", vec![place.via("ssm")]),
            Self::Roles => {
                if let Some(id) = &place.external_id {
                    put("StringEquals", "sts:ExternalId", one(id));
                }
            }
            _ => {}
        }
        condition
    }
}
