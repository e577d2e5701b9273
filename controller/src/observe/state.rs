//! Whether an act is done: the least that has to be asked for it.

use aws_sdk_sagemaker::primitives::DateTime;
use cost_planner::plan::{Count, EndpointRef, State, Target};
use idle_core::{AppOwner, AppRef, InferenceComponentName, VariantName};
use jiff::Timestamp;

use super::pages::pages;
use super::{CallError, Kind};
use crate::aws::Session;

/// What stands there now.
///
/// # Errors
/// When AWS does not tell.
pub(crate) async fn state(session: &Session, target: &Target) -> Result<State, CallError> {
    let seen = match target {
        Target::App(app) => of_app(session, app).await,
        Target::NotebookInstance(instance) => of_notebook_instance(session, instance.name.as_str()).await,
        Target::Endpoint(of) => of_endpoint(session, of, None).await,
        Target::Variant { of, variant } => of_endpoint(session, of, Some(variant)).await,
        Target::InferenceComponent { of: _, inference_component } => of_component(session, inference_component).await,
        Target::Volume { .. } => Err(CallError::unclear("DescribeSpace", "nothing is ever done to a volume")),
    };
    match seen {
        Err(error) if error.kind == Kind::NotFound => Ok(State::Gone),
        seen => seen.map_err(|error| error.of(target)),
    }
}

async fn of_app(session: &Session, app: &AppRef) -> Result<State, CallError> {
    let described = session.pace.read("DescribeApp", async || {
        let call = session.sagemaker.describe_app().domain_id(app.domain.as_str()).app_name(app.name.as_str());
        let call = call.app_type(app.app_type.as_str().into());
        match &app.owner {
            AppOwner::Space(space) => call.space_name(space.as_str()),
            AppOwner::UserProfile(profile) => call.user_profile_name(profile.as_str()),
        }
        .send()
        .await
    });
    let described = described.await?;
    Ok(there("DescribeApp", described.status().map(ToString::to_string), described.creation_time())?.into())
}

async fn of_notebook_instance(session: &Session, name: &str) -> Result<State, CallError> {
    const DESCRIBE: &str = "DescribeNotebookInstance";
    let described = session.pace.read(DESCRIBE, async || {
        session.sagemaker.describe_notebook_instance().notebook_instance_name(name).send().await
    });
    let described = described.await?;
    let status = described.notebook_instance_status().map(ToString::to_string);
    Ok(there(DESCRIBE, status, described.creation_time())?.into())
}

async fn of_endpoint(session: &Session, of: &EndpointRef, variant: Option<&VariantName>) -> Result<State, CallError> {
    const DESCRIBE: &str = "DescribeEndpoint";
    let name = of.endpoint.as_str();
    let described = session
        .pace
        .read(DESCRIBE, async || session.sagemaker.describe_endpoint().endpoint_name(name).send().await)
        .await;
    let described = match described {
        // This call has one error for what is not there and what it does not take: the list tells.
        Err(error) if error.kind == Kind::Invalid => {
            return if is_endpoint_listed(session, name).await? { Err(error) } else { Ok(State::Gone) };
        }
        described => described?,
    };
    let status = described.endpoint_status().map(ToString::to_string);
    let there = there(DESCRIBE, status, described.creation_time())?;
    let Some(variant) = variant else { return Ok(there.into()) };
    let variants = described.production_variants().iter().chain(described.shadow_production_variants());
    let of_name = variants.into_iter().find(|one| one.variant_name() == Some(variant.as_str()));
    Ok(match of_name {
        None => State::Gone,
        Some(one) => there.counting(one.desired_instance_count(), one.current_instance_count()),
    })
}

async fn is_endpoint_listed(session: &Session, name: &str) -> Result<bool, CallError> {
    const LIST: &str = "ListEndpoints";
    let ask = async |token: Option<String>| {
        let call = async || {
            let call = session.sagemaker.list_endpoints().name_contains(name).max_results(100);
            call.set_next_token(token.clone()).send().await
        };
        session.pace.read(LIST, call).await
    };
    let pages = pages(LIST, ask, |page| page.next_token()).await?;
    Ok(pages.iter().flat_map(|page| page.endpoints()).any(|one| one.endpoint_name() == Some(name)))
}

async fn of_component(session: &Session, name: &InferenceComponentName) -> Result<State, CallError> {
    const DESCRIBE: &str = "DescribeInferenceComponent";
    let name = name.as_str();
    let described = session
        .pace
        .read(DESCRIBE, async || {
            session.sagemaker.describe_inference_component().inference_component_name(name).send().await
        })
        .await;
    let described = match described {
        Err(error) if error.kind == Kind::Invalid => {
            return if is_component_listed(session, name).await? { Err(error) } else { Ok(State::Gone) };
        }
        described => described?,
    };
    let status = described.inference_component_status().map(ToString::to_string);
    let there = there(DESCRIBE, status, described.creation_time())?;
    let copies = described.runtime_config();
    let counted = copies.map(|copies| (copies.desired_copy_count(), copies.current_copy_count()));
    Ok(counted.map_or(there.clone().into(), |(desired, current)| there.counting(desired, current)))
}

async fn is_component_listed(session: &Session, name: &str) -> Result<bool, CallError> {
    const LIST: &str = "ListInferenceComponents";
    let ask = async |token: Option<String>| {
        let call = async || {
            let call = session.sagemaker.list_inference_components().name_contains(name).max_results(100);
            call.set_next_token(token.clone()).send().await
        };
        session.pace.read(LIST, call).await
    };
    let pages = pages(LIST, ask, |page| page.next_token()).await?;
    let mut components = pages.iter().flat_map(|page| page.inference_components());
    Ok(components.any(|one| one.inference_component_name() == Some(name)))
}

#[derive(Debug, Clone)]
struct There {
    status: String,
    created_at: Option<Timestamp>,
}

/// # Errors
/// For an answer without a status: it says nothing.
fn there(operation: &'static str, status: Option<String>, created: Option<&DateTime>) -> Result<There, CallError> {
    let status = status.ok_or_else(|| CallError::unclear(operation, "the answer has no status"))?;
    let created_at = created.and_then(|at| Timestamp::from_millisecond(at.to_millis().ok()?).ok());
    Ok(There { status, created_at })
}

impl From<There> for State {
    fn from(There { status, created_at }: There) -> Self {
        Self::There { status, created_at, count: None }
    }
}

impl There {
    fn counting(self, desired: Option<i32>, current: Option<i32>) -> State {
        let number = |count: Option<i32>| u32::try_from(count?).ok();
        let count = number(desired).zip(number(current)).map(|(desired, current)| Count { desired, current });
        State::There { status: self.status, created_at: self.created_at, count }
    }
}
