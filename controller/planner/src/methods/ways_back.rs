//! Whether something scales an endpoint's part up again when it is needed.

use idle_core::{EndpointName, InferenceComponentName, VariantName};

use crate::snapshot::{CloseUp, ScalableTarget};

/// What is to be scaled to zero.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Part<'a> {
    Variant(&'a VariantName),
    InferenceComponent(&'a InferenceComponentName),
}

/// Whether Application Auto Scaling may bring it back from zero; otherwise why not.
///
/// SageMaker answers from zero only where requests can wait: at an asynchronous endpoint, and
/// for an inference component, each with a scalable target whose minimum is zero.
pub(crate) fn way_back(close_up: &CloseUp, endpoint: &EndpointName, part: Part<'_>) -> Result<(), String> {
    let (resource_id, dimension) = match part {
        Part::Variant(_) if !close_up.is_async => {
            return Err("it answers at once, and cannot from zero instances; hint: delete it".to_owned());
        }
        Part::Variant(name) => {
            (format!("endpoint/{endpoint}/variant/{name}"), "sagemaker:variant:DesiredInstanceCount")
        }
        Part::InferenceComponent(name) => {
            (format!("inference-component/{name}"), "sagemaker:inference-component:DesiredCopyCount")
        }
    };
    let targets = close_up.scalable_targets.as_ref().map_err(|why| format!("its scaling is not known: {why}"))?;
    let is_it = |target: &&ScalableTarget| target.resource_id == resource_id && target.dimension == dimension;
    match targets.iter().find(is_it) {
        Some(target) if target.min == 0 => Ok(()),
        Some(target) => Err(format!("its scalable target has a minimum of {}", target.min)),
        None => Err("it has no scalable target: nothing would scale it up again".to_owned()),
    }
}
