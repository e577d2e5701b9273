//! The tests' own routes: what no AWS client can do, see or force.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::auth::Caller;
use crate::clock::epoch_seconds;
use crate::resource::Resource;
use crate::sandbox::Sandbox;
use crate::service::sagemaker;

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

/// Every call, oldest first.
pub(crate) async fn calls(State(sandbox): State<Arc<Sandbox>>) -> Response {
    let calls = json!(sandbox.lock().calls.all()).to_string();
    ([(header::CONTENT_TYPE, "application/json")], calls).into_response()
}

/// Forgets every call.
pub(crate) async fn clear_calls(State(sandbox): State<Arc<Sandbox>>) {
    sandbox.lock().calls.clear();
}

/// Forces members of an app: `{"DomainId", …, "Set": {…}}`; optionally `Region` and `Account`.
pub(crate) async fn patch_app(State(sandbox): State<Arc<Sandbox>>, body: Bytes) -> Response {
    change_app(&sandbox, &body, |app, request, now| app.force(&request["Set"], now))
}

/// AWS's health check moves the time of user activity as well, which is why
/// that time says nothing about users.
pub(crate) async fn health_check(State(sandbox): State<Arc<Sandbox>>, body: Bytes) -> Response {
    change_app(&sandbox, &body, |app, _, now| {
        app.force(&json!({ "LastHealthCheckTimestamp": now, "LastUserActivityTimestamp": now }), now);
    })
}

fn change_app(sandbox: &Sandbox, body: &[u8], change: impl Fn(&mut Resource, &Value, f64)) -> Response {
    let Ok(request) = serde_json::from_slice::<Value>(body) else {
        return (StatusCode::BAD_REQUEST, "the body is not JSON").into_response();
    };
    let key = match sagemaker::app_key(&request) {
        Ok(key) => key,
        Err(error) => return (StatusCode::BAD_REQUEST, error.message).into_response(),
    };
    let text = |member: &str, default: &str| request[member].as_str().unwrap_or(default).to_owned();
    let caller = Caller {
        access_key: String::new(),
        account: text("Account", &sandbox.cli.account),
        region: text("Region", "us-east-1"),
        service: "sagemaker".to_owned(),
    };
    let now = epoch_seconds();
    let mut inner = sandbox.lock();
    let region = inner.world.region(&caller, now);
    match region.apps.get_mut(&key) {
        Some(app) => {
            change(app, &request, now);
            let body = app.body.clone();
            region.look_again();
            Json(body).into_response()
        }
        None => (StatusCode::NOT_FOUND, "no such app").into_response(),
    }
}
