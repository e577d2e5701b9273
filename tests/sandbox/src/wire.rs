//! The protocol: from an HTTP request to an operation, and back.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post};
use serde_json::{Value, json};

use crate::auth::{self, Caller};
use crate::control;
use crate::error::{Answer, ApiError};
use crate::sandbox::Sandbox;
use crate::service::sts;

/// All routes: AWS's protocols on `/`, credentials, and the tests' own below `/_sandbox`.
pub(crate) fn router(sandbox: Arc<Sandbox>) -> Router {
    Router::new()
        .route("/", post(aws))
        .route("/container-credentials", get(control::container_credentials))
        .route("/_sandbox/calls", get(control::calls).delete(control::clear_calls))
        .route("/_sandbox/app", patch(control::patch_app))
        .route("/_sandbox/health-check", post(control::health_check))
        .layer(DefaultBodyLimit::max(4 << 20))
        .with_state(sandbox)
}

async fn aws(State(sandbox): State<Arc<Sandbox>>, headers: HeaderMap, body: Bytes) -> Response {
    let request_id = sandbox.request_id();
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    let mut response = match (target, auth::caller(&headers, &sandbox.cli.account)) {
        // Only the JSON protocols name a target: a refusal, too, must be in the caller's protocol.
        (Some(target), Err(error)) => {
            let operation = target.rsplit('.').next().unwrap_or_default();
            json_answer(sandbox.refused(None, operation, error))
        }
        (Some(target), Ok(caller)) => json_answer(json_call(&sandbox, &caller, target, &body).await),
        (None, caller) => sts::response(query_call(&sandbox, caller, &body).await, &request_id),
    };
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert("x-amzn-requestid", id);
    }
    response
}

async fn query_call(sandbox: &Sandbox, caller: Result<Caller, ApiError>, body: &[u8]) -> Answer {
    let form = String::from_utf8_lossy(body);
    let operation = sts::operation(&form);
    match caller {
        Ok(caller) if caller.service == "sts" => sandbox.answer(&caller, operation, &json!({})).await,
        Ok(caller) => sandbox.refused(Some(&caller), operation, ApiError::unknown_operation(operation)),
        Err(error) => sandbox.refused(None, operation, error),
    }
}

async fn json_call(sandbox: &Sandbox, caller: &Caller, target: &str, body: &[u8]) -> Answer {
    let Some(operation) = target.strip_prefix("SageMaker.") else {
        return sandbox.refused(Some(caller), target, ApiError::unknown_operation(target));
    };
    if caller.service != "sagemaker" {
        let error = ApiError::new(
            "InvalidSignatureException",
            format!("Credential should be scoped to correct service: 'sagemaker', not '{}'.", caller.service),
        );
        return sandbox.refused(Some(caller), operation, error);
    }
    let request = if body.is_empty() { Ok(json!({})) } else { serde_json::from_slice(body) };
    match request {
        Ok(request @ Value::Object(_)) => sandbox.answer(caller, operation, &request).await,
        Ok(_) => sandbox.refused(
            Some(caller),
            operation,
            ApiError::new("SerializationException", "Start of structure or map found where not expected."),
        ),
        Err(error) => sandbox.refused(
            Some(caller),
            operation,
            ApiError::new("SerializationException", format!("the body is not JSON: {error}")),
        ),
    }
}

fn json_answer(answer: Answer) -> Response {
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
    response
}
