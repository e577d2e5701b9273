//! Where a container or an instance gets its credentials.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// What the container's credentials endpoint answers inside an app.
pub(crate) async fn container_credentials() -> Json<Value> {
    credentials("ASIAIOSFODNN7EXAMPLE")
}

/// The same of this access key: other servers than this one may take the account from it.
pub(crate) async fn container_credentials_of(Path(access_key): Path<String>) -> Json<Value> {
    credentials(&access_key)
}

fn credentials(access_key: &str) -> Json<Value> {
    let in_an_hour = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    Json(json!({
        "AccessKeyId": access_key,
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
