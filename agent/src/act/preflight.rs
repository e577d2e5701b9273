//! Asking, before it matters, whether the stop would be allowed.

use idle_core::ResourceRef;
use jiff::fmt::rfc2822::DateTimeParser;
use serde_json::{Value, json};

use crate::aws::{CallError, Client, Service, request};
use crate::clock;

/// What SageMaker and the container said.
#[derive(Debug)]
pub(crate) struct Report {
    /// The access key id in use, or why there is none.
    pub(crate) credentials: Result<String, String>,
    /// By how many seconds this machine's clock is ahead of SageMaker's.
    pub(crate) clock_ahead_seconds: Option<i64>,
    /// Whether `DescribeApp` or `DescribeNotebookInstance` is allowed.
    pub(crate) describe: Answer,
    /// Whether `DeleteApp` or `StopNotebookInstance` is allowed.
    pub(crate) stop: Answer,
}

/// Whether a call is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It is.
    Allowed,
    /// It is not.
    Denied(String),
    /// It could not be told.
    NotTold(String),
}

/// Nothing carries this name: Studio names its apps `default`, and Classic after their image.
const NO_SUCH_NAME: &str = "idle-agent-preflight-of-nothing";

/// Asks for credentials, for the resource itself and, if wished, for the stop of one
/// that does not exist: IAM is asked before the name is looked up, so `ResourceNotFound`
/// says that the call is allowed. Nothing is stopped.
pub(crate) async fn ask(resource: &ResourceRef, probe_stop: bool) -> Report {
    let client = Client::new(Service::SageMaker, resource);
    let credentials = client.access_key_id().await.map_err(|error| error.to_string());
    if credentials.is_err() {
        let not_told = || Answer::NotTold("not told: there are no credentials".to_owned());
        return Report { credentials, clock_ahead_seconds: None, describe: not_told(), stop: not_told() };
    }
    let (operation, request) = question(resource);
    let (describe, date) = match client.call(operation, &request).await {
        Ok(told) => (Answer::Allowed, told.date),
        Err(error) => (answer(&error), date_of(&error)),
    };
    let stop = if probe_stop {
        match client.call(action_name(resource), &stop_of_nothing(resource)).await {
            Ok(_) => Answer::Allowed,
            Err(error) => answer(&error),
        }
    } else {
        Answer::NotTold("not told without asking; hint: --probe-stop asks for one that does not exist".to_owned())
    };
    Report { credentials, clock_ahead_seconds: date.as_deref().and_then(seconds_ahead), describe, stop }
}

fn question(resource: &ResourceRef) -> (&'static str, Value) {
    match resource {
        ResourceRef::App(app) => ("DescribeApp", request::app(app)),
        ResourceRef::NotebookInstance(instance) => {
            ("DescribeNotebookInstance", json!({ "NotebookInstanceName": instance.name.as_str() }))
        }
    }
}

fn stop_of_nothing(resource: &ResourceRef) -> Value {
    match resource {
        ResourceRef::App(app) => request::app_called(app, NO_SUCH_NAME),
        ResourceRef::NotebookInstance(_) => json!({ "NotebookInstanceName": NO_SUCH_NAME }),
    }
}

fn action_name(resource: &ResourceRef) -> &'static str {
    super::action(resource).trim_start_matches("sagemaker:")
}

fn answer(error: &CallError) -> Answer {
    match error.code() {
        Some("ResourceNotFound" | "ResourceNotFoundException" | "ValidationException") => Answer::Allowed,
        Some("AccessDeniedException" | "AccessDenied") => Answer::Denied("not allowed".to_owned()),
        _ => Answer::NotTold(format!("not told: {}", error.to_string().chars().take(200).collect::<String>())),
    }
}

fn date_of(error: &CallError) -> Option<String> {
    match error {
        CallError::Refused { date, .. } => date.clone(),
        CallError::Unavailable(_) => None,
    }
}

/// By how much this machine's clock is ahead of the service's.
fn seconds_ahead(date: &str) -> Option<i64> {
    let theirs = DateTimeParser::new().parse_timestamp(date).ok()?;
    Some(clock::now().wall.as_second() - theirs.as_second())
}
