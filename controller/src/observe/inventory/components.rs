//! Inference components and scalable targets, listed once for all endpoints of the region.

use std::collections::BTreeMap;

use aws_sdk_applicationautoscaling::types::ServiceNamespace;
use aws_sdk_sagemaker::types::InferenceComponentSummary;
use cost_planner::snapshot::{CloseUp, InferenceComponent, ScalableTarget, ScopeSeen, Series};
use idle_core::{EndpointName, IdError, InferenceComponentName, VariantName};

use super::blind;
use crate::aws::Session;
use crate::observe::pages::each_page;
use crate::observe::{CallError, Kind};

const LIST: &str = "ListInferenceComponents";
const DESCRIBE: &str = "DescribeInferenceComponent";
const TARGETS: &str = "DescribeScalableTargets";

/// The components of each endpoint, their series not yet asked for.
pub(super) async fn of_region(
    session: &Session,
    seen: &mut ScopeSeen,
) -> BTreeMap<EndpointName, Vec<InferenceComponent>> {
    let mut components: BTreeMap<EndpointName, Vec<InferenceComponent>> = BTreeMap::new();
    for listed in list(session, None).await {
        let described = match listed {
            Ok((endpoint, component)) => with_copies(session, component).await.map(|component| (endpoint, component)),
            Err(error) => Err(error),
        };
        match described {
            Ok((endpoint, component)) => components.entry(endpoint).or_default().push(component),
            // Deleted since it was listed.
            Err(error) if error.kind == Kind::NotFound => {}
            Err(error) => seen.blind.push(blind(&error)),
        }
    }
    components
}

/// The components of one endpoint, likewise.
///
/// # Errors
/// When not all could be read.
pub(super) async fn of_endpoint(session: &Session, name: &EndpointName) -> Result<Vec<InferenceComponent>, CallError> {
    let mut components = Vec::new();
    for listed in list(session, Some(name)).await {
        match with_copies(session, listed?.1).await {
            Ok(component) => components.push(component),
            // Deleted since it was listed, which says nothing of its endpoint.
            Err(error) if error.kind == Kind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(components)
}

type Listed = Result<(EndpointName, InferenceComponent), CallError>;

/// Those that are listed, and what of the list could not be read.
async fn list(session: &Session, of: Option<&EndpointName>) -> Vec<Listed> {
    let of = of.map(|name| name.as_str().to_owned());
    let ask = async |token: Option<String>| {
        let call = async || {
            let call = session.sagemaker.list_inference_components().max_results(100);
            call.set_endpoint_name_equals(of.clone()).set_next_token(token.clone()).send().await
        };
        session.pace.read(LIST, call).await
    };
    let mut listed: Vec<Listed> = Vec::new();
    let ended = each_page(
        LIST,
        ask,
        |page| page.next_token.clone(),
        |page| {
            let unclear = |error: IdError| CallError::unclear(LIST, &error.to_string());
            listed.extend(page.inference_components().iter().map(|summary| component(summary).map_err(unclear)));
        },
    )
    .await;
    listed.extend(ended.err().map(Err));
    listed
}

fn component(summary: &InferenceComponentSummary) -> Result<(EndpointName, InferenceComponent), IdError> {
    let component = InferenceComponent {
        name: InferenceComponentName::parse(summary.inference_component_name().unwrap_or_default())?,
        variant: summary.variant_name().map(VariantName::parse).transpose()?,
        status: summary.inference_component_status().map(ToString::to_string).unwrap_or_default(),
        copies: 0,
        desired_copies: 0,
        invocations: Series::Unread("not asked".into()),
    };
    Ok((EndpointName::parse(summary.endpoint_name().unwrap_or_default())?, component))
}

/// The same with how many copies run and are wanted; its listing does not say.
async fn with_copies(session: &Session, mut component: InferenceComponent) -> Result<InferenceComponent, CallError> {
    let name = component.name.as_str();
    let call = async || session.sagemaker.describe_inference_component().inference_component_name(name).send().await;
    let described = session.pace.read(DESCRIBE, call).await.map_err(|error| error.of(name))?;
    let runtime = described.runtime_config();
    let count = |count: Option<i32>| count.and_then(|count| u32::try_from(count).ok());
    let current = runtime.and_then(|config| count(config.current_copy_count()));
    let desired = runtime.and_then(|config| count(config.desired_copy_count()));
    if current.or(desired).is_none() {
        return Err(CallError::unclear(DESCRIBE, "it does not say how many copies there are").of(name));
    }
    component.copies = current.unwrap_or_default();
    component.desired_copies = desired.unwrap_or(component.copies);
    Ok(component)
}

/// Every scalable target of SageMaker's, by the resource that it scales.
///
/// # Errors
/// When not all could be listed.
pub(super) async fn scalable_targets(session: &Session) -> Result<BTreeMap<String, Vec<ScalableTarget>>, CallError> {
    let client = aws_sdk_applicationautoscaling::Client::new(&session.config);
    let ask = async |token: Option<String>| {
        let call = async || {
            let call = client.describe_scalable_targets().service_namespace(ServiceNamespace::Sagemaker);
            call.max_results(50).set_next_token(token.clone()).send().await
        };
        session.pace.read(TARGETS, call).await
    };
    let mut targets: BTreeMap<String, Vec<ScalableTarget>> = BTreeMap::new();
    each_page(
        TARGETS,
        ask,
        |page| page.next_token.clone(),
        |page| {
            for target in page.scalable_targets() {
                let resource_id = target.resource_id().to_owned();
                targets.entry(resource_id.clone()).or_default().push(ScalableTarget {
                    resource_id,
                    dimension: target.scalable_dimension().to_string(),
                    min: target.min_capacity(),
                    max: target.max_capacity(),
                });
            }
        },
    )
    .await?;
    Ok(targets)
}

/// Those of one endpoint: of its variants and of what stands on it.
pub(super) fn targets_of(
    all: &Result<BTreeMap<String, Vec<ScalableTarget>>, String>,
    endpoint: &EndpointName,
    close_up: &CloseUp,
) -> Result<Vec<ScalableTarget>, String> {
    let all = all.as_ref().map_err(Clone::clone)?;
    let variants = close_up.variants.iter().map(|variant| format!("endpoint/{endpoint}/variant/{}", variant.name));
    let components = close_up.inference_components.iter();
    let components = components.map(|component| format!("inference-component/{}", component.name));
    Ok(variants.chain(components).filter_map(|id| all.get(&id)).flatten().cloned().collect())
}
