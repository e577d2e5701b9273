//! Asking, before it matters, whether the stop would be allowed.

use std::sync::{Arc, Mutex};

use aws_credential_types::provider::ProvideCredentials;
use aws_sdk_sagemaker::Client;
use aws_sdk_sagemaker::error::{DisplayErrorContext, ProvideErrorMetadata};
use aws_sdk_sagemaker::types::AppType as ApiAppType;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use idle_core::{AppOwner, AppRef};

use crate::{aws, clock};

/// What SageMaker and the container said.
#[derive(Debug)]
pub(crate) struct Report {
    /// The access key id in use, or why there is none.
    pub(crate) credentials: Result<String, String>,
    /// By how many seconds this machine's clock is ahead of SageMaker's.
    pub(crate) clock_ahead_seconds: Option<i64>,
    /// Whether `DescribeApp` is allowed.
    pub(crate) describe_app: Answer,
    /// Whether `DeleteApp` is allowed.
    pub(crate) delete_app: Answer,
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

/// No app carries this name: Studio names its apps `default`, and Classic after their image.
const NO_SUCH_APP: &str = "idle-agent-preflight-of-no-app";

/// Asks for credentials, for the app itself and, if wished, for the deletion of
/// an app that does not exist: IAM is asked before the name is looked up, so
/// `ResourceNotFound` says that the call is allowed. Nothing is deleted.
pub(crate) async fn ask(app: &AppRef, probe_delete: bool) -> Report {
    let credentials = aws::credentials(&aws::http_client()).provide_credentials().await;
    let credentials = match credentials {
        Ok(credentials) => Ok(credentials.access_key_id().to_owned()),
        Err(error) => Err(DisplayErrorContext(&error).to_string()),
    };
    if credentials.is_err() {
        let not_told = || Answer::NotTold("not told: there are no credentials".to_owned());
        return Report { credentials, clock_ahead_seconds: None, describe_app: not_told(), delete_app: not_told() };
    }
    let client = aws::sagemaker(&app.region);
    let (describe_app, clock_ahead_seconds) = describe(&client, app).await;
    let delete_app = if probe_delete {
        delete_nothing(&client, app).await
    } else {
        Answer::NotTold("not told without asking; hint: --probe-delete asks for an app that does not exist".to_owned())
    };
    Report { credentials, clock_ahead_seconds, describe_app, delete_app }
}

async fn describe(client: &Client, app: &AppRef) -> (Answer, Option<i64>) {
    let call = client
        .describe_app()
        .domain_id(app.domain.as_str())
        .app_type(ApiAppType::from(app.app_type.as_str()))
        .app_name(app.name.as_str());
    let call = match &app.owner {
        AppOwner::Space(space) => call.space_name(space.as_str()),
        AppOwner::UserProfile(profile) => call.user_profile_name(profile.as_str()),
    };
    let date = ServerDate::default();
    let answer = match call.customize().interceptor(date.clone()).send().await {
        Ok(_) => Answer::Allowed,
        Err(error) => answer(error.code(), &DisplayErrorContext(&error).to_string()),
    };
    (answer, date.seconds_ahead())
}

async fn delete_nothing(client: &Client, app: &AppRef) -> Answer {
    let call = client
        .delete_app()
        .domain_id(app.domain.as_str())
        .app_type(ApiAppType::from(app.app_type.as_str()))
        .app_name(NO_SUCH_APP);
    let call = match &app.owner {
        AppOwner::Space(space) => call.space_name(space.as_str()),
        AppOwner::UserProfile(profile) => call.user_profile_name(profile.as_str()),
    };
    match call.send().await {
        Ok(_) => Answer::Allowed,
        Err(error) => answer(error.code(), &DisplayErrorContext(&error).to_string()),
    }
}

fn answer(code: Option<&str>, text: &str) -> Answer {
    match code {
        Some("ResourceNotFound" | "ResourceNotFoundException" | "ValidationException") => Answer::Allowed,
        Some("AccessDeniedException" | "AccessDenied") => Answer::Denied("not allowed".to_owned()),
        _ => Answer::NotTold(format!("not told: {}", text.chars().take(200).collect::<String>())),
    }
}

/// The `Date` header of the answer, success or not: SageMaker's clock.
#[derive(Debug, Clone, Default)]
struct ServerDate(Arc<Mutex<Option<String>>>);

impl ServerDate {
    /// By how much this machine's clock is ahead, where SageMaker answered.
    fn seconds_ahead(&self) -> Option<i64> {
        let date = self.0.lock().ok()?.clone()?;
        let theirs = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(&date).ok()?;
        Some(clock::now().wall.as_second() - theirs.as_second())
    }
}

#[dyn_dispatch_hint]
impl Intercept for ServerDate {
    fn name(&self) -> &'static str {
        "ServerDate"
    }

    fn read_after_transmit(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date").map(str::to_owned);
        if let Ok(mut slot) = self.0.lock() {
            *slot = date;
        }
        Ok(())
    }
}
