//! One endpoint as it is described, with the configuration in force and its tags.

use std::collections::BTreeMap;

use aws_sdk_sagemaker::operation::describe_endpoint::DescribeEndpointOutput;
use aws_sdk_sagemaker::types::{
    ManagedInstanceScalingStatus, ProductionVariant, ProductionVariantServerlessConfig, ProductionVariantSummary,
};
use cost_planner::snapshot::{CloseUp, Series, Serverless, TagsSeen, Variant};
use idle_core::{EndpointName, InstanceType, VariantName};

use crate::aws::Session;
use crate::observe::{CallError, Kind, tags};

const DESCRIBE: &str = "DescribeEndpoint";
const DESCRIBE_CONFIG: &str = "DescribeEndpointConfig";

/// What it shows, without what other calls say: inference components, scalable targets and series.
///
/// # Errors
/// With [`Kind::NotFound`] where there is no such endpoint; when it, or its
/// configuration although that is there, could not be read.
pub(super) async fn describe(session: &Session, name: &EndpointName) -> Result<CloseUp, CallError> {
    let described = description(session, name).await?;
    of_description(session, name, &described).await
}

/// What `DescribeEndpoint` says of it.
///
/// # Errors
/// With [`Kind::NotFound`] where there is no such endpoint.
pub(super) async fn description(session: &Session, name: &EndpointName) -> Result<DescribeEndpointOutput, CallError> {
    let call = async || session.sagemaker.describe_endpoint().endpoint_name(name.as_str()).send().await;
    session.pace.read(DESCRIBE, call).await.map_err(|error| error.of(name))
}

/// What a description comes to, likewise.
///
/// # Errors
/// When its configuration, although that is there, could not be read.
pub(super) async fn of_description(
    session: &Session,
    name: &EndpointName,
    described: &DescribeEndpointOutput,
) -> Result<CloseUp, CallError> {
    let config_name = described.endpoint_config_name().unwrap_or_default().to_owned();
    let (instance_types, config_missing) = match instance_types(session, &config_name).await {
        Ok(instance_types) => (instance_types, None),
        Err(error) if error.kind == Kind::NotFound => {
            (BTreeMap::new(), Some(format!("the endpoint configuration {config_name} was deleted")))
        }
        // The endpoint itself is there: this is no answer to whether it is.
        Err(error) => return Err(error),
    };
    let production = described.production_variants().iter().map(|summary| (summary, false));
    let shadow = described.shadow_production_variants().iter().map(|summary| (summary, true));
    let variants = production.chain(shadow).map(|(summary, is_shadow)| variant(summary, is_shadow, &instance_types));
    let variants: Result<Vec<Variant>, CallError> = variants.collect();
    let tags = match described.endpoint_arn() {
        Some(arn) => tags(session, arn).await.map_or_else(|error| TagsSeen::Unread(error.to_string()), TagsSeen::Read),
        None => TagsSeen::Unread("the endpoint has no ARN".to_owned()),
    };
    Ok(CloseUp {
        config_name,
        config_missing,
        is_async: described.async_inference_config().is_some(),
        variants: variants.map_err(|error| error.of(name))?,
        inference_components: Vec::new(),
        scalable_targets: Err("not asked".to_owned()),
        backlog: None,
        tags,
    })
}

/// The instance type of each variant; it stands nowhere else.
async fn instance_types(session: &Session, config: &str) -> Result<BTreeMap<String, InstanceType>, CallError> {
    let call = async || session.sagemaker.describe_endpoint_config().endpoint_config_name(config).send().await;
    let described = session.pace.read(DESCRIBE_CONFIG, call).await.map_err(|error| error.of(config))?;
    let variants = described.production_variants().iter().chain(described.shadow_production_variants());
    let typed = variants.filter_map(|variant: &ProductionVariant| {
        let instance_type = InstanceType::parse(variant.instance_type()?.as_str()).ok()?;
        Some((variant.variant_name()?.to_owned(), instance_type))
    });
    Ok(typed.collect())
}

fn variant(
    summary: &ProductionVariantSummary,
    is_shadow: bool,
    instance_types: &BTreeMap<String, InstanceType>,
) -> Result<Variant, CallError> {
    let name = summary.variant_name().unwrap_or_default();
    let count = |count: Option<i32>| count.and_then(|count| u32::try_from(count).ok()).unwrap_or_default();
    let serverless = summary.current_serverless_config().or(summary.desired_serverless_config());
    let scaling = summary.managed_instance_scaling();
    let scaling = scaling.filter(|scaling| scaling.status() == Some(&ManagedInstanceScalingStatus::Enabled));
    Ok(Variant {
        name: VariantName::parse(name).map_err(|error| CallError::unclear(DESCRIBE, &error.to_string()))?,
        is_shadow,
        instance_type: instance_types.get(name).cloned(),
        instances: count(summary.current_instance_count()),
        desired_instances: count(summary.desired_instance_count()),
        serverless: serverless.map(|config: &ProductionVariantServerlessConfig| Serverless {
            memory_mb: count(config.memory_size_in_mb()),
            provisioned_concurrency: count(config.provisioned_concurrency()),
        }),
        // SageMaker keeps one where nobody says that it need not.
        managed_min_instances: scaling.map(|scaling| scaling.min_instance_count().map_or(1, |min| count(Some(min)))),
        invocations: Series::Unread("not asked".into()),
    })
}
