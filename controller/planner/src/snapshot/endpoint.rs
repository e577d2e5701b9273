//! An endpoint, its variants and inference components, and how often they were invoked.

use idle_core::{EndpointName, InferenceComponentName, InstanceType, VariantName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Series, TagsSeen};

/// An endpoint as it was listed and described.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Its name.
    pub name: EndpointName,
    /// `EndpointStatus` when it was listed, in SageMaker's words.
    pub status: String,
    /// `CreationTime`, UTC.
    pub created_at: Option<Timestamp>,
    /// `LastModifiedTime`, UTC.
    pub modified_at: Option<Timestamp>,
    /// What describing it, its configuration and its metrics showed; or why that is not known.
    pub close_up: Result<CloseUp, String>,
}

/// What only a look at this one endpoint shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CloseUp {
    /// The configuration in force.
    pub config_name: String,
    /// Why the configuration, and with it every instance type, is not known: it may have been deleted.
    pub config_missing: Option<String>,
    /// It has an `AsyncInferenceConfig`.
    pub is_async: bool,
    /// Production variants, then shadow variants.
    pub variants: Vec<Variant>,
    /// Those that stand on it.
    pub inference_components: Vec<InferenceComponent>,
    /// What Application Auto Scaling may change; or why that is not known.
    pub scalable_targets: Result<Vec<ScalableTarget>, String>,
    /// `ApproximateBacklogSize` of an asynchronous endpoint.
    pub backlog: Option<Series>,
    /// Its tags.
    pub tags: TagsSeen,
}

/// A production or shadow variant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Variant {
    /// Its name.
    pub name: VariantName,
    /// It gets copies of requests, and bills all the same.
    pub is_shadow: bool,
    /// From the endpoint configuration; `None` where it is lost or serverless.
    pub instance_type: Option<InstanceType>,
    /// `CurrentInstanceCount`.
    pub instances: u32,
    /// `DesiredInstanceCount`.
    pub desired_instances: u32,
    /// Pays by use, but for provisioned concurrency.
    pub serverless: Option<Serverless>,
    /// `ManagedInstanceScaling.MinInstanceCount`, where that is on.
    pub managed_min_instances: Option<u32>,
    /// `Invocations` by `EndpointName` and `VariantName`.
    pub invocations: Series,
}

/// A serverless variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Serverless {
    /// `MemorySizeInMB`.
    pub memory_mb: u32,
    /// `ProvisionedConcurrency`: bills by the hour.
    pub provisioned_concurrency: u32,
}

/// An inference component.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InferenceComponent {
    /// Its name.
    pub name: InferenceComponentName,
    /// The variant that it stands on.
    pub variant: Option<VariantName>,
    /// In SageMaker's words.
    pub status: String,
    /// `CurrentCopyCount`.
    pub copies: u32,
    /// `DesiredCopyCount`.
    pub desired_copies: u32,
    /// `Invocations` by `InferenceComponentName`.
    pub invocations: Series,
}

/// A scalable target of Application Auto Scaling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScalableTarget {
    /// Such as `endpoint/NAME/variant/NAME` or `inference-component/NAME`.
    pub resource_id: String,
    /// Such as `sagemaker:variant:DesiredInstanceCount`.
    pub dimension: String,
    /// `MinCapacity`.
    pub min: i32,
    /// `MaxCapacity`.
    pub max: i32,
}
