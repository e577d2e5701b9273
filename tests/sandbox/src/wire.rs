//! The protocol: from an HTTP request to an operation, and back.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

use crate::Cli;
use crate::auth::{self, Caller};
use crate::calls::Calls;
use crate::error::{Answer, ApiError};
use crate::faults::{Faults, Kind};
use crate::service::{sagemaker, sts};
use crate::world::{Context, World};

/// The sandbox that all requests share.
#[derive(Debug)]
pub(crate) struct Sandbox {
    cli: Cli,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    world: World,
    calls: Calls,
    faults: Faults,
    requests: u64,
}

impl Sandbox {
    /// An empty sandbox.
    pub(crate) fn new(cli: Cli) -> Arc<Self> {
        let faults = Faults::new(cli.faults.as_deref());
        Arc::new(Self { cli, inner: Mutex::new(Inner { faults, ..Inner::default() }) })
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All routes: AWS's protocols on `/`, credentials, and the tests' own below `/_sandbox`.
pub(crate) fn router(sandbox: Arc<Sandbox>) -> Router {
    Router::new()
        .route("/", post(aws))
        .route("/container-credentials", get(container_credentials))
        .route("/_sandbox/calls", get(calls).delete(clear_calls))
        .route("/_sandbox/app", axum::routing::patch(patch_app))
        .route("/_sandbox/health-check", post(health_check))
        .with_state(sandbox)
}

async fn aws(State(sandbox): State<Arc<Sandbox>>, headers: HeaderMap, body: Bytes) -> Response {
    let request_id = {
        let mut inner = sandbox.lock();
        inner.requests += 1;
        format!("00000000-0000-4000-8000-{:012}", inner.requests)
    };
    let caller = match auth::caller(&headers, &sandbox.cli.account) {
        Ok(caller) => caller,
        Err(error) => return json_answer(Err(error), &request_id),
    };
    let target = headers.get("x-amz-target").and_then(|t| t.to_str().ok()).and_then(|t| t.strip_prefix("SageMaker."));
    match target {
        Some(operation) => {
            let request = if body.is_empty() { Ok(json!({})) } else { serde_json::from_slice(&body) };
            let answer = match request {
                Ok(request) => answer(&sandbox, &caller, operation, &request).await,
                Err(error) => Err(ApiError::new("SerializationException", error.to_string())),
            };
            json_answer(answer, &request_id)
        }
        None => {
            let form = String::from_utf8_lossy(&body).into_owned();
            let operation = sts::operation(&form);
            let answer = answer(&sandbox, &caller, operation, &json!({})).await;
            sts::response(answer, &caller, &request_id)
        }
    }
}

/// The answer of one operation, its fault played and its call noted.
async fn answer(sandbox: &Sandbox, caller: &Caller, operation: &str, request: &Value) -> Answer {
    let fault = sandbox.lock().faults.next(operation);
    let now = epoch_seconds();
    let Cli { create_takes, update_takes, mut delete_takes, .. } = sandbox.cli;
    let refusal = match &fault {
        Err(broken) => {
            Some(ApiError { status: StatusCode::INTERNAL_SERVER_ERROR, ..ApiError::new("InternalFailure", broken) })
        }
        Ok(None) => None,
        Ok(Some(fault)) => match fault.kind {
            Kind::Throttle => Some(ApiError::new("ThrottlingException", "Rate exceeded")),
            Kind::Deny => Some(ApiError::new("AccessDeniedException", denial(caller, operation))),
            Kind::InternalError => {
                let error = ApiError::new("InternalFailure", "The request processing has failed.");
                Some(ApiError { status: StatusCode::INTERNAL_SERVER_ERROR, ..error })
            }
            Kind::ExpiredToken => {
                Some(ApiError::new("ExpiredTokenException", "The security token included in the request is expired"))
            }
            Kind::Hang => {
                tokio::time::sleep(fault.delay().unwrap_or(Duration::from_secs(60))).await;
                None
            }
            Kind::Drop => {
                sandbox.lock().calls.note(now, caller, operation, request, 0, Some("dropped"));
                // Ends the connection's task, and with it the connection, without a word.
                std::panic::resume_unwind(Box::new("dropped by a scripted fault"));
            }
            Kind::SlowDelete => {
                delete_takes = fault.delay().unwrap_or(delete_takes);
                None
            }
        },
    };
    let context = Context { caller: caller.clone(), now, create_takes, update_takes, delete_takes };
    let mut inner = sandbox.lock();
    let answer = match refusal {
        Some(refusal) => Err(refusal),
        None if caller.service == "sts" => sts::answer(operation, caller),
        None => sagemaker::answer(inner.world.region(caller, now), &context, operation, request),
    };
    let (status, error) = match &answer {
        Ok(_) => (200, None),
        Err(error) => (error.status.as_u16(), Some(error.kind.as_str())),
    };
    inner.calls.note(now, caller, operation, request, status, error);
    answer
}

fn denial(caller: &Caller, operation: &str) -> String {
    format!(
        "User: {} is not authorized to perform: {}:{operation} because no identity-based policy allows the action",
        sts::arn(caller),
        caller.service
    )
}

fn json_answer(answer: Answer, request_id: &str) -> Response {
    let mut response = match answer {
        Ok(body) => body.to_string().into_response(),
        Err(ApiError { status, kind, message }) => {
            let body = json!({ "__type": kind, "message": message }).to_string();
            let mut response = (status, body).into_response();
            if let Ok(kind) = HeaderValue::from_str(&kind) {
                response.headers_mut().insert("x-amzn-errortype", kind);
            }
            response
        }
    };
    response.headers_mut().insert("content-type", HeaderValue::from_static("application/x-amz-json-1.1"));
    if let Ok(id) = HeaderValue::from_str(request_id) {
        response.headers_mut().insert("x-amzn-requestid", id);
    }
    response
}

/// What the container's credentials endpoint answers inside an app.
async fn container_credentials() -> String {
    let expiration = jiff::Timestamp::from_second(i64::try_from(now_seconds() + 3600).unwrap_or(0)).unwrap_or_default();
    json!({ "AccessKeyId": "ASIAIOSFODNN7EXAMPLE", "SecretAccessKey": "not-a-secret", "Token": "not-a-token",
        "Expiration": format!("{expiration:.0}") })
    .to_string()
}

async fn calls(State(sandbox): State<Arc<Sandbox>>) -> String {
    json!(sandbox.lock().calls.all()).to_string()
}

async fn clear_calls(State(sandbox): State<Arc<Sandbox>>) {
    sandbox.lock().calls.clear();
}

/// Forces members of an app: `{"Region", "DomainId", …, "Set": {…}}`.
async fn patch_app(State(sandbox): State<Arc<Sandbox>>, body: Bytes) -> Response {
    change_app(&sandbox, &body, |app, request| {
        for (member, value) in request["Set"].as_object().into_iter().flatten() {
            app[member] = value.clone();
        }
    })
}

/// AWS's health check moves the time of user activity as well, which is why
/// that time says nothing about users.
async fn health_check(State(sandbox): State<Arc<Sandbox>>, body: Bytes) -> Response {
    change_app(&sandbox, &body, |app, _| {
        let now = json!(epoch_seconds());
        app["LastHealthCheckTimestamp"] = now.clone();
        app["LastUserActivityTimestamp"] = now;
    })
}

fn change_app(sandbox: &Sandbox, body: &[u8], change: impl Fn(&mut Value, &Value)) -> Response {
    let Ok(request) = serde_json::from_slice::<Value>(body) else {
        return (StatusCode::BAD_REQUEST, "not JSON").into_response();
    };
    let region = request["Region"].as_str().unwrap_or("us-east-1").to_owned();
    let caller = Caller {
        access_key: String::new(),
        account: sandbox.cli.account.clone(),
        region,
        service: "sagemaker".to_owned(),
    };
    let mut inner = sandbox.lock();
    let key = sagemaker::app_key(&request);
    match key.ok().and_then(|key| inner.world.region(&caller, epoch_seconds()).apps.get_mut(&key)) {
        Some(app) => {
            change(&mut app.body, &request);
            app.body.to_string().into_response()
        }
        None => (StatusCode::NOT_FOUND, "no such app").into_response(),
    }
}

fn now_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// Epoch seconds with milliseconds, as SageMaker's JSON carries them.
fn epoch_seconds() -> f64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    (now.as_secs_f64() * 1000.0).round() / 1000.0
}
