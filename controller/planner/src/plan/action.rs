//! One action: all that is needed to look again, do it and explain it.

use std::fmt;

use idle_core::{
    AccountId, AppRef, EndpointName, Explained, InferenceComponentName, InstanceType, NotebookInstanceRef, Partition,
    Region, VariantName,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Price;
use crate::snapshot::UnifiedOwner;

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    /// `DeleteApp`: files on EBS and EFS stay.
    DeleteApp,
    /// `StopNotebookInstance`: its volume stays.
    StopNotebookInstance,
    /// `UpdateEndpointWeightsAndCapacities` to no instances: asynchronous endpoints only.
    ScaleVariantToZero,
    /// `UpdateInferenceComponentRuntimeConfig` to no copies.
    ScaleInferenceComponentToZero,
    /// `DeleteEndpoint`: its configuration and model stay.
    DeleteEndpoint,
}

/// An endpoint of one account and region.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EndpointRef {
    /// Partition of the ARN.
    pub partition: Partition,
    /// Region of the endpoint.
    pub region: Region,
    /// Account of the endpoint.
    pub account: AccountId,
    /// Its name.
    pub endpoint: EndpointName,
}

/// What is acted on or left alone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Target {
    /// A Studio app.
    App(AppRef),
    /// A notebook instance.
    NotebookInstance(NotebookInstanceRef),
    /// An endpoint.
    Endpoint(EndpointRef),
    /// A variant of an endpoint.
    Variant {
        /// The endpoint.
        #[serde(flatten)]
        of: EndpointRef,
        /// Its variant.
        variant: VariantName,
    },
    /// An inference component of an endpoint.
    InferenceComponent {
        /// The endpoint.
        #[serde(flatten)]
        of: EndpointRef,
        /// The component.
        inference_component: InferenceComponentName,
    },
    /// The volume of a space.
    Volume {
        /// Partition of the ARN.
        partition: Partition,
        /// Region of the domain.
        region: Region,
        /// Account of the domain.
        account: AccountId,
        /// The domain.
        domain: idle_core::DomainId,
        /// The space.
        space: idle_core::SpaceName,
    },
}

/// What was planned for, with what it was like then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// The same for the same thing done to the same resource, in every run.
    pub key: String,
    /// What is done.
    pub verb: Verb,
    /// To what.
    pub target: Target,
    /// Why.
    pub reason: Explained,
    /// What was seen.
    pub planned: Planned,
    /// What must hold at the moment of the act.
    pub must: Must,
    /// Whose it is; `None` is "unattributed".
    pub owner: Option<String>,
    /// Whose by Unified Studio, where that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unified_studio: Option<UnifiedOwner>,
    /// What it runs on.
    pub instance_type: Option<InstanceType>,
    /// What it bills.
    pub price: Price,
}

/// What the resource was like when it was planned for: what differs later is something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// Its status, in SageMaker's words.
    pub status: String,
    /// Its creation time, UTC: part of its identity.
    pub created_at: Timestamp,
    /// `LastModifiedTime` of a notebook instance or endpoint, UTC.
    pub modified_at: Option<Timestamp>,
    /// `LastModifiedTime` of the app's space, UTC.
    pub space_modified_at: Option<Timestamp>,
    /// Since when it has been idle, by its last heartbeat or last invocation, UTC.
    pub idle_since: Option<Timestamp>,
    /// For how long it had been idle.
    pub idle_for_seconds: Option<u64>,
    /// The heartbeat that said so, UTC.
    pub heard_at: Option<Timestamp>,
}

/// What must hold at the moment of the act, out of the policy: an apply needs no policy file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Must {
    /// A heartbeat that is no older than fifteen minutes says at least this; `None` where
    /// the method is not about idleness.
    pub idle_at_least_seconds: Option<u64>,
    /// The agent has not been heard for at least this long.
    pub silent_at_least_seconds: Option<u64>,
    /// No user activity that is no health check within this time.
    pub no_user_activity_within_seconds: Option<u64>,
    /// The app's space was not changed within this time.
    pub space_unchanged_for_seconds: u64,
    /// No invocation within this time.
    pub no_invocations_within_seconds: Option<u64>,
    /// A tag of any of these keys protects, also on space, user profile and domain.
    pub protecting_tags: Vec<String>,
    /// An exemption by tag that ends further away than this is none; `None` where every one holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exemptions_max_days: Option<u32>,
}

impl Target {
    /// The ARN; of a variant, its endpoint's.
    #[must_use]
    pub fn arn(&self) -> String {
        match self {
            Self::App(app) => app.arn(),
            Self::NotebookInstance(instance) => instance.arn(),
            Self::Endpoint(of) | Self::Variant { of, .. } => of.arn(),
            Self::InferenceComponent { of, inference_component } => {
                let EndpointRef { partition, region, account, .. } = of;
                let name = inference_component.as_str().to_ascii_lowercase();
                format!("arn:{partition}:sagemaker:{region}:{account}:inference-component/{name}")
            }
            Self::Volume { partition, region, account, domain, space } => {
                format!("arn:{partition}:sagemaker:{region}:{account}:space/{domain}/{space}")
            }
        }
    }

    /// The account that it stands in.
    #[must_use]
    pub fn account(&self) -> &AccountId {
        match self {
            Self::App(app) => &app.account,
            Self::NotebookInstance(instance) => &instance.account,
            Self::Endpoint(of) | Self::Variant { of, .. } | Self::InferenceComponent { of, .. } => &of.account,
            Self::Volume { account, .. } => account,
        }
    }

    /// The region that it stands in.
    #[must_use]
    pub fn region(&self) -> &Region {
        match self {
            Self::App(app) => &app.region,
            Self::NotebookInstance(instance) => &instance.region,
            Self::Endpoint(of) | Self::Variant { of, .. } | Self::InferenceComponent { of, .. } => &of.region,
            Self::Volume { region, .. } => region,
        }
    }
}

impl EndpointRef {
    /// The ARN, the name in lower case as SageMaker writes it.
    #[must_use]
    pub fn arn(&self) -> String {
        let Self { partition, region, account, endpoint } = self;
        format!("arn:{partition}:sagemaker:{region}:{account}:endpoint/{}", endpoint.as_str().to_ascii_lowercase())
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::App(app) => app.fmt(f),
            Self::NotebookInstance(instance) => write!(f, "notebook-instance/{}", instance.name),
            Self::Endpoint(of) => write!(f, "endpoint/{}", of.endpoint),
            Self::Variant { of, variant } => write!(f, "endpoint/{}/variant/{variant}", of.endpoint),
            Self::InferenceComponent { inference_component, .. } => {
                write!(f, "inference-component/{inference_component}")
            }
            Self::Volume { domain, space, .. } => write!(f, "volume/{domain}/{space}"),
        }
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DeleteApp | Self::StopNotebookInstance => "stop",
            Self::ScaleVariantToZero | Self::ScaleInferenceComponentToZero => "scale to zero",
            Self::DeleteEndpoint => "delete",
        })
    }
}
