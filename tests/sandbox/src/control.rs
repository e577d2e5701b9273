//! The tests' own routes: what no AWS client can do, see or force.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::auth::Caller;
use crate::clock::epoch_seconds;
use crate::resource::Resource;
use crate::sandbox::Sandbox;
use crate::service::sagemaker;

/// What a test may force. A training plan stands within the `ResourceSpec`, as in
/// SageMaker's answers.
const FORCED: &[&str] = &[
    "Status",
    "FailureReason",
    "RecoveryMode",
    "TrainingPlanArn",
    "CreationTime",
    "LastHealthCheckTimestamp",
    "LastUserActivityTimestamp",
    "ResourceSpec",
];

/// What the container's credentials endpoint answers inside an app.
pub(crate) async fn container_credentials() -> Json<Value> {
    let in_an_hour = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    Json(json!({
        "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
        "SecretAccessKey": "not-a-secret",
        "Token": "not-a-token",
        "Expiration": format!("{in_an_hour:.0}"),
    }))
}

const METADATA_TOKEN: &str = "a-token-of-the-metadata-service";
const ROLE: &str = "NotebookRole";

/// The instance metadata service of a notebook instance, version 2: a token first.
pub(crate) async fn instance_metadata_token(headers: HeaderMap) -> Response {
    if headers.contains_key("x-aws-ec2-metadata-token-ttl-seconds") {
        METADATA_TOKEN.into_response()
    } else {
        StatusCode::BAD_REQUEST.into_response()
    }
}

/// The name of the instance's role.
pub(crate) async fn instance_role(headers: HeaderMap) -> Response {
    if has_metadata_token(&headers) { ROLE.into_response() } else { StatusCode::UNAUTHORIZED.into_response() }
}

/// The credentials of that role.
pub(crate) async fn instance_credentials(Path(role): Path<String>, headers: HeaderMap) -> Response {
    match (has_metadata_token(&headers), role == ROLE) {
        (false, _) => StatusCode::UNAUTHORIZED.into_response(),
        (true, false) => StatusCode::NOT_FOUND.into_response(),
        (true, true) => container_credentials().await.into_response(),
    }
}

fn has_metadata_token(headers: &HeaderMap) -> bool {
    headers.get("x-aws-ec2-metadata-token").is_some_and(|token| token == METADATA_TOKEN)
}

/// Every call, oldest first; a header says how many older ones were dropped.
pub(crate) async fn calls(State(sandbox): State<Arc<Sandbox>>) -> Response {
    let inner = sandbox.lock();
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (HeaderName::from_static("x-sandbox-calls-dropped"), inner.calls.dropped().to_string()),
    ];
    (headers, json!(inner.calls.all()).to_string()).into_response()
}

/// Forgets every call.
pub(crate) async fn clear_calls(State(sandbox): State<Arc<Sandbox>>) {
    sandbox.lock().calls.clear();
}

/// Forces members of an app: `{"DomainId", …, "Set": {…}}`; optionally `Region` and `Account`.
pub(crate) async fn patch_app(State(sandbox): State<Arc<Sandbox>>, body: Bytes) -> Response {
    change_app(&sandbox, &body, |app, request, now| {
        app.force(&forced(&request["Set"])?, now);
        Ok(())
    })
}

/// Forces the status of a domain: `{"DomainId", "Set": {"Status": …}}`; optionally
/// `Region` and `Account`. It stays until something else changes it.
pub(crate) async fn patch_domain(State(sandbox): State<Arc<Sandbox>>, body: Bytes) -> Response {
    let Ok(request) = serde_json::from_slice::<Value>(&body) else {
        return (StatusCode::BAD_REQUEST, "the body is not JSON").into_response();
    };
    let set = match forced(&request["Set"]) {
        Ok(set) if set.as_object().is_some_and(|set| set.keys().all(|member| member == "Status")) => set,
        Ok(_) => return (StatusCode::BAD_REQUEST, "only the Status of a domain can be forced").into_response(),
        Err(problem) => return (StatusCode::BAD_REQUEST, problem).into_response(),
    };
    let now = epoch_seconds();
    let mut inner = sandbox.lock();
    let region = inner.world.region(&caller(&sandbox, &request), now);
    match request["DomainId"].as_str().and_then(|id| region.domains.get_mut(id)) {
        Some(domain) => {
            domain.force(&set, now);
            Json(domain.body.clone()).into_response()
        }
        None => (StatusCode::NOT_FOUND, "no such domain").into_response(),
    }
}

/// AWS's health check moves the time of user activity as well, which is why
/// that time says nothing about users.
pub(crate) async fn health_check(State(sandbox): State<Arc<Sandbox>>, body: Bytes) -> Response {
    change_app(&sandbox, &body, |app, _, now| {
        app.force(&json!({ "LastHealthCheckTimestamp": now, "LastUserActivityTimestamp": now }), now);
        Ok(())
    })
}

/// The members to force. A misspelt one is refused: it would make its test pass for nothing.
fn forced(set: &Value) -> Result<Value, String> {
    let mut members = set.as_object().ok_or("there is no object Set")?.clone();
    if let Some(unknown) = members.keys().find(|member| !FORCED.contains(&member.as_str())) {
        return Err(format!("Set has no member {unknown}; hint: one of {FORCED:?}"));
    }
    if let Some(arn) = members.remove("TrainingPlanArn") {
        let spec = members.entry("ResourceSpec").or_insert_with(|| json!({}));
        let spec = spec.as_object_mut().ok_or("ResourceSpec is not an object")?;
        spec.insert("TrainingPlanArn".to_owned(), arn);
    }
    Ok(Value::Object(members))
}

fn change_app(
    sandbox: &Sandbox,
    body: &[u8],
    change: impl Fn(&mut Resource, &Value, f64) -> Result<(), String>,
) -> Response {
    let Ok(request) = serde_json::from_slice::<Value>(body) else {
        return (StatusCode::BAD_REQUEST, "the body is not JSON").into_response();
    };
    let key = match sagemaker::app_key(&request) {
        Ok(key) => key,
        Err(error) => return (StatusCode::BAD_REQUEST, error.message).into_response(),
    };
    let now = epoch_seconds();
    let mut inner = sandbox.lock();
    let region = inner.world.region(&caller(sandbox, &request), now);
    match region.apps.get_mut(&key) {
        Some(app) => {
            if let Err(problem) = change(app, &request, now) {
                return (StatusCode::BAD_REQUEST, problem).into_response();
            }
            let body = app.body.clone();
            region.look_again();
            Json(body).into_response()
        }
        None => (StatusCode::NOT_FOUND, "no such app").into_response(),
    }
}

/// Whose resources a request means.
fn caller(sandbox: &Sandbox, request: &Value) -> Caller {
    let text = |member: &str, default: &str| request[member].as_str().unwrap_or(default).to_owned();
    Caller {
        access_key: String::new(),
        account: text("Account", &sandbox.cli.account),
        region: text("Region", "us-east-1"),
        service: "sagemaker".to_owned(),
    }
}
