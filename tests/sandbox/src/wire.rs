//! The protocols: from an HTTP request to an operation, and back. Clients choose:
//! `json` by a target, `rpc` and `rest` by a path, the query protocol by neither.

mod body;
mod cbor;
mod files;
mod json;
mod query;
mod query_mode;
mod rest;
mod rpc;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use axum::routing::{any, get, patch, post, put};
use serde_json::Value;

use crate::auth::{self, Caller};
use crate::control::{self, credentials};
use crate::error::{Answer, ApiError};
use crate::sandbox::Sandbox;

/// All routes: AWS's protocols on `/`, `/service` and `/v2`, credentials of containers and instances, price files, and the tests' own below `/_sandbox`.
pub(crate) fn router(sandbox: Arc<Sandbox>) -> Router {
    let changes = patch(control::change).post(control::change).layer(DefaultBodyLimit::max(control::MOST_BODY));
    Router::new()
        .route("/", post(aws))
        .route("/service/{service}/operation/{operation}", post(rpc::aws))
        .route("/v2/{*path}", any(rest::aws))
        .route("/container-credentials", get(credentials::container_credentials))
        .route("/container-credentials/{access_key}", get(credentials::container_credentials_of))
        .route("/latest/api/token", put(credentials::instance_metadata_token))
        .route("/latest/meta-data/iam/security-credentials/", get(credentials::instance_role))
        .route("/latest/meta-data/iam/security-credentials/{role}", get(credentials::instance_credentials))
        .route("/{of}/v1.0/aws/{offer}/{version}/region_index.json", get(files::prices))
        .route("/{of}/v1.0/aws/{offer}/{version}/{region}/index.json", get(files::prices))
        .route("/_sandbox/calls", get(control::calls).delete(control::clear_calls))
        .route("/_sandbox/call-counts", get(control::call_counts))
        .route("/_sandbox/{change}", changes)
        .layer(DefaultBodyLimit::max(4 << 20))
        .with_state(sandbox)
}

async fn aws(State(sandbox): State<Arc<Sandbox>>, headers: HeaderMap, body: Bytes) -> Response {
    let request_id = sandbox.request_id();
    let caller = auth::caller(&headers, &sandbox.cli.account);
    // Only the JSON protocols name a target: a refusal, too, must be in the caller's protocol.
    let response = match headers.get("x-amz-target").and_then(|target| target.to_str().ok()) {
        Some(target) => json::call(&sandbox, caller, target, &headers, &body).await,
        None => query::call(&sandbox, caller, &body, &request_id).await,
    };
    with_request_id(response, &request_id)
}

/// The answer to a request of a protocol that names its operation outside of the
/// body. Who asks is known first, so that the log has it for refusals too.
async fn answer(
    sandbox: &Sandbox,
    caller: Result<Caller, ApiError>,
    operation: &str,
    request: impl FnOnce(&Caller) -> Result<Value, ApiError>,
) -> Answer {
    let caller = match caller {
        Ok(caller) => caller,
        Err(error) => return sandbox.refused(None, operation, error),
    };
    match request(&caller) {
        Ok(request) => sandbox.answer(&caller, operation, &request).await,
        Err(error) => sandbox.refused(Some(&caller), operation, error),
    }
}

/// Refuses credentials for another service.
fn scoped(caller: &Caller, service: &str) -> Result<(), ApiError> {
    if caller.service == service {
        return Ok(());
    }
    Err(ApiError::new(
        "InvalidSignatureException",
        format!("Credential should be scoped to correct service: '{service}', not '{}'.", caller.service),
    ))
}

fn with_request_id(mut response: Response, request_id: &str) -> Response {
    if let Ok(id) = HeaderValue::from_str(request_id) {
        response.headers_mut().insert("x-amzn-requestid", id);
    }
    response
}
