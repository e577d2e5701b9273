//! Smithy's RPC v2 with CBOR: the path names service and operation. The Rust
//! SDK's choice for CloudWatch.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::{answer, body, cbor, query_mode, scoped, with_request_id};
use crate::auth::{self, Caller};
use crate::error::{Answer, ApiError};
use crate::sandbox::Sandbox;

const CLOUDWATCH: &str = "GraniteServiceVersion20100801";
const PROTOCOL: &str = "rpc-v2-cbor";

/// The response to a request of this protocol.
pub(super) async fn aws(
    State(sandbox): State<Arc<Sandbox>>,
    Path((service, operation)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request_id = sandbox.request_id();
    let caller = auth::caller(&headers, &sandbox.cli.account);
    let request = |caller: &Caller| {
        if service != CLOUDWATCH {
            return Err(ApiError::unknown_operation(&format!("{service}.{operation}")));
        }
        scoped(caller, "monitoring")?;
        request(&operation, &headers, &body)
    };
    let answer = answer(&sandbox, caller, &operation, request).await;
    with_request_id(response(&headers, answer), &request_id)
}

fn request(operation: &str, headers: &HeaderMap, body: &[u8]) -> Result<Value, ApiError> {
    if headers.get("smithy-protocol").is_none_or(|protocol| protocol != PROTOCOL) {
        return Err(body::broken(format!("the header smithy-protocol is not {PROTOCOL}")));
    }
    let body = body::unpacked(operation, headers, body)?;
    if body.is_empty() {
        return Ok(json!({}));
    }
    match cbor::decode(&body) {
        Ok(request @ Value::Object(_)) => Ok(request),
        Ok(_) => Err(body::broken("the body is not a map")),
        Err(error) => Err(body::broken(format!("the body is not CBOR: {error}"))),
    }
}

fn response(headers: &HeaderMap, answer: Answer) -> Response {
    let mut response = match answer {
        // An operation without output has no body, and then no type of it.
        Ok(Value::Object(members)) if members.is_empty() => ().into_response(),
        Ok(answer) => typed(cbor::encode(&answer).into_response()),
        Err(error) => {
            let kind = format!("com.amazonaws.cloudwatch#{}", error.kind);
            let body = cbor::encode(&json!({ "__type": kind, "message": error.message }));
            let mut response = typed((error.status, body).into_response());
            query_mode::name(&mut response, headers, &error);
            response
        }
    };
    response.headers_mut().insert("smithy-protocol", HeaderValue::from_static(PROTOCOL));
    response
}

fn typed(mut response: Response) -> Response {
    response.headers_mut().insert("content-type", HeaderValue::from_static("application/cbor"));
    response
}
