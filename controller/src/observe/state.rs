//! Whether an act is done: the least that has to be asked for it.

use aws_sdk_sagemaker::Client;
use aws_sdk_sagemaker::primitives::DateTime;
use cost_planner::plan::{Count, EndpointRef, State, Target};
use idle_core::{AppOwner, AppRef, InferenceComponentName, VariantName};
use jiff::Timestamp;

use super::pages::pages;
use super::{CallError, Kind, Pace};

/// Whom to ask, and how fast.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) sagemaker: &'a Client,
    pub(crate) pace: &'a Pace,
}

/// What stands there now.
///
/// # Errors
/// When AWS does not tell.
pub(crate) async fn state(ask: Asked<'_>, target: &Target) -> Result<State, CallError> {
    let seen = match target {
        Target::App(app) => of_app(ask, app).await,
        Target::NotebookInstance(instance) => of_notebook_instance(ask, instance.name.as_str()).await,
        Target::Endpoint(of) => of_endpoint(ask, of, None).await,
        Target::Variant { of, variant } => of_endpoint(ask, of, Some(variant)).await,
        Target::InferenceComponent { of: _, inference_component } => of_component(ask, inference_component).await,
        Target::Volume { .. } => Err(CallError::unclear("DescribeSpace", "nothing is ever done to a volume")),
    };
    match seen {
        Err(error) if error.kind == Kind::NotFound => Ok(State::Gone),
        seen => seen.map_err(|error| error.of(target)),
    }
}

async fn of_app(ask: Asked<'_>, app: &AppRef) -> Result<State, CallError> {
    let described = ask.pace.read("DescribeApp", async || {
        let call = ask.sagemaker.describe_app().domain_id(app.domain.as_str()).app_name(app.name.as_str());
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

async fn of_notebook_instance(ask: Asked<'_>, name: &str) -> Result<State, CallError> {
    const DESCRIBE: &str = "DescribeNotebookInstance";
    let described = ask
        .pace
        .read(DESCRIBE, async || ask.sagemaker.describe_notebook_instance().notebook_instance_name(name).send().await);
    let described = described.await?;
    let status = described.notebook_instance_status().map(ToString::to_string);
    Ok(there(DESCRIBE, status, described.creation_time())?.into())
}

async fn of_endpoint(ask: Asked<'_>, of: &EndpointRef, variant: Option<&VariantName>) -> Result<State, CallError> {
    const DESCRIBE: &str = "DescribeEndpoint";
    let name = of.endpoint.as_str();
    let described =
        ask.pace.read(DESCRIBE, async || ask.sagemaker.describe_endpoint().endpoint_name(name).send().await).await;
    let described = match described {
        // This call has one error for what is not there and what it does not take: the list tells.
        Err(error) if error.kind == Kind::Invalid => {
            return if is_endpoint_listed(ask, name).await? { Err(error) } else { Ok(State::Gone) };
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

async fn is_endpoint_listed(ask: Asked<'_>, name: &str) -> Result<bool, CallError> {
    const LIST: &str = "ListEndpoints";
    let page = async |token: Option<String>| {
        let call = async || {
            let call = ask.sagemaker.list_endpoints().name_contains(name).max_results(100);
            call.set_next_token(token.clone()).send().await
        };
        ask.pace.read(LIST, call).await
    };
    let pages = pages(LIST, page, |page| page.next_token()).await?;
    Ok(pages.iter().flat_map(|page| page.endpoints()).any(|one| one.endpoint_name() == Some(name)))
}

async fn of_component(ask: Asked<'_>, name: &InferenceComponentName) -> Result<State, CallError> {
    const DESCRIBE: &str = "DescribeInferenceComponent";
    let name = name.as_str();
    let described = ask
        .pace
        .read(DESCRIBE, async || {
            ask.sagemaker.describe_inference_component().inference_component_name(name).send().await
        })
        .await;
    let described = match described {
        Err(error) if error.kind == Kind::Invalid => {
            return if is_component_listed(ask, name).await? { Err(error) } else { Ok(State::Gone) };
        }
        described => described?,
    };
    let status = described.inference_component_status().map(ToString::to_string);
    let there = there(DESCRIBE, status, described.creation_time())?;
    // A plan knows when its endpoint was created, not when it was itself.
    let there = There { created_at: None, ..there };
    let copies = described.runtime_config();
    let desired = copies.and_then(|copies| copies.desired_copy_count());
    Ok(there.counting(desired, copies.and_then(|copies| copies.current_copy_count())))
}

async fn is_component_listed(ask: Asked<'_>, name: &str) -> Result<bool, CallError> {
    const LIST: &str = "ListInferenceComponents";
    let page = async |token: Option<String>| {
        let call = async || {
            let call = ask.sagemaker.list_inference_components().name_contains(name).max_results(100);
            call.set_next_token(token.clone()).send().await
        };
        ask.pace.read(LIST, call).await
    };
    let pages = pages(LIST, page, |page| page.next_token()).await?;
    let mut components = pages.iter().flat_map(|page| page.inference_components());
    Ok(components.any(|one| one.inference_component_name() == Some(name)))
}

#[derive(Debug)]
struct There {
    status: String,
    created_at: Option<Timestamp>,
}

/// # Errors
/// For an answer without a status: it says nothing.
fn there(operation: &'static str, status: Option<String>, created: Option<&DateTime>) -> Result<There, CallError> {
    // The SDK makes up values for members that the model requires and an answer lacks.
    let status = status.filter(|status| !["", "no value was set"].contains(&status.as_str()));
    let status = status.ok_or_else(|| CallError::unclear(operation, "the answer has no status"))?;
    let created = created.filter(|at| at.secs() != 0);
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

#[cfg(test)]
mod tests {
    use idle_core::{AccountId, EndpointName, Partition, Region};
    use serde_json::{Value, json};

    use super::*;
    use crate::scripted_http::ScriptedHttp;

    fn endpoint() -> EndpointRef {
        EndpointRef {
            partition: Partition::parse("aws").expect("a partition"),
            region: Region::parse("eu-west-1").expect("a region"),
            account: AccountId::parse("111122223333").expect("an account"),
            endpoint: EndpointName::parse("one").expect("a name"),
        }
    }

    fn asked(target: &Target, answers: Vec<(u16, Value)>) -> Result<State, CallError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let count = answers.len();
            let answers = answers.into_iter().map(|(status, body)| (status, body.to_string()));
            let server = ScriptedHttp::new(answers).await;
            let (client, pace) = (Client::new(&server.config().await), Pace::new(1e6, 1e6));
            let seen = state(Asked { sagemaker: &client, pace: &pace }, target).await;
            assert_eq!(server.asked().len(), count);
            seen
        })
    }

    fn error(code: &str) -> (u16, Value) {
        (400, json!({ "__type": code, "message": "the words of AWS, which nobody reads" }))
    }

    #[test]
    fn an_endpoint_that_neither_call_nor_list_knows_is_gone() {
        let target = Target::Endpoint(endpoint());
        let listed = |name: &str| (200, json!({ "Endpoints": [{ "EndpointName": name }] }));
        let gone = asked(&target, vec![error("ValidationException"), listed("one-more")]);
        assert_eq!(gone.expect("clear"), State::Gone);
        assert!(asked(&target, vec![error("ValidationException"), listed("one")]).is_err(), "it is there");
        assert!(asked(&target, vec![error("ValidationException"), error("AccessDeniedException")]).is_err());
        assert!(asked(&target, vec![error("AccessDeniedException")]).is_err());
        assert_eq!(asked(&target, vec![error("ResourceNotFound")]).expect("clear"), State::Gone);
    }

    #[test]
    fn variants_and_components_are_counted() {
        let variant =
            |name: &str| Target::Variant { of: endpoint(), variant: VariantName::parse(name).expect("a name") };
        let blue = json!({ "VariantName": "blue", "DesiredInstanceCount": 0, "CurrentInstanceCount": 2 });
        let described = json!({ "EndpointStatus": "Updating", "CreationTime": 1.8e9, "ProductionVariants": [blue] });
        let created_at = Timestamp::from_second(1_800_000_000).ok();
        let there = |status: &str, created_at, desired, current| State::There {
            status: status.to_owned(),
            created_at,
            count: Some(Count { desired, current }),
        };
        let seen = asked(&variant("blue"), vec![(200, described.clone())]);
        assert_eq!(seen.expect("clear"), there("Updating", created_at, 0, 2));
        assert_eq!(asked(&variant("green"), vec![(200, described)]).expect("clear"), State::Gone);
        let inference_component = InferenceComponentName::parse("copies").expect("a name");
        let component = Target::InferenceComponent { of: endpoint(), inference_component };
        let copies = json!({ "DesiredCopyCount": 1, "CurrentCopyCount": 3 });
        let described =
            json!({ "InferenceComponentStatus": "InService", "CreationTime": 1.8e9, "RuntimeConfig": copies });
        assert_eq!(asked(&component, vec![(200, described)]).expect("clear"), there("InService", None, 1, 3));
        let listed = (200, json!({ "InferenceComponents": [] }));
        assert_eq!(asked(&component, vec![error("ValidationException"), listed]).expect("clear"), State::Gone);
    }

    #[test]
    fn an_answer_without_a_status_says_nothing() {
        let target = Target::Endpoint(endpoint());
        let name = json!({ "EndpointName": "one" });
        assert!(asked(&target, vec![(200, name)]).is_err());
        let status = json!({ "EndpointName": "one", "EndpointStatus": "InService" });
        let State::There { created_at, .. } = asked(&target, vec![(200, status)]).expect("clear") else {
            panic!("it is there");
        };
        assert_eq!(created_at, None, "not the beginning of time, which would be another endpoint");
    }
}
