//! What SageMaker tells of the app, where the execution role may ask. All of it
//! is optional: without it the agent knows less and decides no worse.

use std::time::Duration;

use aws_sdk_sagemaker::Client;
use aws_sdk_sagemaker::error::ProvideErrorMetadata;
use aws_sdk_sagemaker::operation::describe_app::DescribeAppOutput;
use aws_sdk_sagemaker::operation::describe_space::DescribeSpaceOutput;
use aws_sdk_sagemaker::types::AppType as ApiAppType;
use idle_core::{AppOwner, AppRef, AppType};
use jiff::Timestamp;

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
    fn add_app(&mut self, answer: &DescribeAppOutput) {
        self.created_at = answer.creation_time().and_then(|at| Timestamp::from_second(at.secs()).ok());
        if let Some(spec) = answer.resource_spec() {
            self.instance_type = spec.instance_type().map(|t| t.as_str().to_owned());
            self.training_plan = spec.training_plan_arn().map(str::to_owned);
        }
    }

    fn add_space(&mut self, answer: &DescribeSpaceOutput, app_type: AppType) {
        let Some(settings) = answer.space_settings() else { return };
        let (management, spec) = match app_type {
            AppType::CodeEditor => settings
                .code_editor_app_settings()
                .map_or((None, None), |s| (s.app_lifecycle_management(), s.default_resource_spec())),
            _ => settings
                .jupyter_lab_app_settings()
                .map_or((None, None), |s| (s.app_lifecycle_management(), s.default_resource_spec())),
        };
        let minutes = management.and_then(|m| m.idle_settings()).and_then(|idle| idle.idle_timeout_in_minutes());
        self.native_idle_timeout = minutes
            .and_then(|minutes| u64::try_from(minutes).ok())
            .filter(|minutes| *minutes > 0)
            .map(|minutes| Duration::from_secs(minutes * 60));
        if self.training_plan.is_none() {
            self.training_plan = spec.and_then(|spec| spec.training_plan_arn()).map(str::to_owned);
        }
    }
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

async fn describe_app(client: &Client, app: &AppRef) -> Option<DescribeAppOutput> {
    let call = client
        .describe_app()
        .domain_id(app.domain.as_str())
        .app_type(ApiAppType::from(app.app_type.as_str()))
        .app_name(app.name.as_str());
    let call = match &app.owner {
        AppOwner::Space(space) => call.space_name(space.as_str()),
        AppOwner::UserProfile(profile) => call.user_profile_name(profile.as_str()),
    };
    call.send().await.inspect_err(|error| not_told("DescribeApp", error.code())).ok()
}

async fn describe_space(client: &Client, app: &AppRef) -> Option<DescribeSpaceOutput> {
    let AppOwner::Space(space) = &app.owner else { return None };
    let call = client.describe_space().domain_id(app.domain.as_str()).space_name(space.as_str());
    call.send().await.inspect_err(|error| not_told("DescribeSpace", error.code())).ok()
}

fn not_told(operation: &str, code: Option<&str>) {
    tracing::debug!("{operation} did not answer: {}", code.unwrap_or("no answer"));
}
