//! What SageMaker tells of the app, where the execution role may ask. All of it
//! is optional: without it the agent knows less and decides no worse.

use std::time::Duration;

use idle_core::{AppOwner, AppRef, AppType};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::aws::{Answer, CallError, Client, request};

/// What SageMaker told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct StudioFacts {
    /// `CreationTime` of the app.
    pub(crate) created_at: Option<Timestamp>,
    /// The instance type, such as `ml.g5.xlarge`.
    pub(crate) instance_type: Option<String>,
    /// The training plan that the app runs in.
    pub(crate) training_plan: Option<String>,
    /// SageMaker's own idle timeout of the space, where it is on.
    pub(crate) native_idle_timeout: Option<Duration>,
    /// What a reader of the record should know.
    pub(crate) notes: Vec<String>,
}

/// Asks `DescribeApp` and, for an app in a space, `DescribeSpace`. `None` where
/// neither answered.
pub(crate) async fn ask(client: &Client, app: &AppRef, idle_timeout: Duration) -> Option<StudioFacts> {
    let describe = describe_app(client, app);
    let (app_answer, space_answer) = tokio::join!(describe, describe_space(client, app));
    if app_answer.is_none() && space_answer.is_none() {
        return None;
    }
    let mut facts = StudioFacts::default();
    if let Some(answer) = app_answer {
        facts.add_app(&answer);
    }
    if let Some(answer) = space_answer {
        facts.add_space(&answer, app.app_type);
    }
    facts.notes = facts.native_idle_timeout.map(|native| conflict(native, idle_timeout)).into_iter().collect();
    Some(facts)
}

impl StudioFacts {
    /// Takes in the answer of `DescribeApp`.
    fn add_app(&mut self, answer: &Value) {
        let spec = &answer["ResourceSpec"];
        self.created_at = answer["CreationTime"].as_f64().and_then(epoch);
        self.instance_type = text(&spec["InstanceType"]);
        self.training_plan = text(&spec["TrainingPlanArn"]);
    }

    /// Takes in the answer of `DescribeSpace`.
    fn add_space(&mut self, answer: &Value, app_type: AppType) {
        let member = if app_type == AppType::CodeEditor { "CodeEditorAppSettings" } else { "JupyterLabAppSettings" };
        let settings = &answer["SpaceSettings"][member];
        let minutes = settings["AppLifecycleManagement"]["IdleSettings"]["IdleTimeoutInMinutes"].as_u64();
        self.native_idle_timeout = minutes.filter(|minutes| *minutes > 0).map(|m| Duration::from_secs(m * 60));
        if self.training_plan.is_none() {
            self.training_plan = text(&settings["DefaultResourceSpec"]["TrainingPlanArn"]);
        }
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// The JSON protocols give times in seconds since 1970, with a fraction.
fn epoch(seconds: f64) -> Option<Timestamp> {
    #[expect(clippy::cast_possible_truncation, reason = "a float out of range saturates, and is refused next")]
    Timestamp::from_millisecond((seconds * 1000.0).round() as i64).ok()
}

/// The native shutdown looks at less: it stops silent cells and jobs that this agent keeps.
fn conflict(native: Duration, ours: Duration) -> String {
    let shown = humantime::format_duration(native);
    let order = if native <= ours { "not longer than" } else { "longer than" };
    format!(
        "conflict: SageMaker's own idle shutdown is on with {shown}, {order} the agent's {}; it stops silent work",
        humantime::format_duration(ours)
    )
}

async fn describe_app(client: &Client, app: &AppRef) -> Option<Value> {
    told("DescribeApp", client.call("DescribeApp", &request::app(app)).await)
}

async fn describe_space(client: &Client, app: &AppRef) -> Option<Value> {
    let AppOwner::Space(space) = &app.owner else { return None };
    let request = json!({ "DomainId": app.domain.as_str(), "SpaceName": space.as_str() });
    told("DescribeSpace", client.call("DescribeSpace", &request).await)
}

fn told(operation: &str, answer: Result<Answer, CallError>) -> Option<Value> {
    answer.inspect_err(|error| tracing::debug!("{operation} did not answer: {error}")).ok().map(|answer| answer.body)
}
