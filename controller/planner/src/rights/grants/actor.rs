//! Those of the role to act with.

use super::{Feature, Grant, On, grant};

pub(super) const GRANTS: &[Grant] = &[
    grant(Feature::Act, On::UnprotectedApps, &["sagemaker:DeleteApp"]),
    grant(Feature::Act, On::UnprotectedNotebookInstances, &["sagemaker:StopNotebookInstance"]),
    grant(Feature::ScaleEndpoints, On::UnprotectedEndpoints, &["sagemaker:UpdateEndpointWeightsAndCapacities"]),
    grant(
        Feature::ScaleEndpoints,
        On::UnprotectedInferenceComponents,
        &["sagemaker:UpdateInferenceComponentRuntimeConfig"],
    ),
    grant(Feature::DeleteEndpoints, On::UnprotectedEndpoints, &["sagemaker:DeleteEndpoint"]),
];
