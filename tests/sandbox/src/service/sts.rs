//! STS: who am I.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::auth::Caller;
use crate::error::{Answer, ApiError};

/// The operation that a query-protocol form names.
pub(crate) fn operation(form: &str) -> &str {
    form.split('&').find_map(|pair| pair.strip_prefix("Action=")).unwrap_or("(no action)")
}

/// The ARN of the caller.
pub(crate) fn arn(caller: &Caller) -> String {
    format!("arn:{}:sts::{}:assumed-role/StudioExecutionRole/SageMaker", caller.partition(), caller.account)
}

/// The answer of an operation.
///
/// # Errors
/// `InvalidAction` for all but `GetCallerIdentity`.
pub(crate) fn answer(operation: &str, caller: &Caller) -> Answer {
    match operation {
        "GetCallerIdentity" => {
            Ok(json!({ "Arn": arn(caller), "UserId": "AROAIOSFODNN7EXAMPLE:SageMaker", "Account": caller.account }))
        }
        other => Err(ApiError::new("InvalidAction", format!("Could not find operation {other}"))),
    }
}

/// The answer in the XML of the query protocol.
pub(crate) fn response(answer: Answer, request_id: &str) -> Response {
    let headers = [("content-type", "text/xml")];
    let namespace = "xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"";
    match answer {
        Ok(identity) => {
            let member = |name: &str| {
                let value = escaped(identity[name].as_str().unwrap_or_default());
                format!("<{name}>{value}</{name}>")
            };
            let result = ["Arn", "UserId", "Account"].map(member).concat();
            let body = format!(
                "<GetCallerIdentityResponse {namespace}><GetCallerIdentityResult>{result}</GetCallerIdentityResult>\
                 <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
            );
            (StatusCode::OK, headers, body).into_response()
        }
        Err(ApiError { status, kind, message }) => {
            let (kind, message) = (escaped(&kind), escaped(&message));
            let body = format!(
                "<ErrorResponse {namespace}><Error><Type>Sender</Type><Code>{kind}</Code><Message>{message}</Message></Error>\
                 <RequestId>{request_id}</RequestId></ErrorResponse>"
            );
            (status, headers, body).into_response()
        }
    }
}

/// Refusals quote what they refuse, such as an operation or a faults file.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
