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
        "GetCallerIdentity" => Ok(json!({ "Arn": arn(caller) })),
        other => Err(ApiError::new("InvalidAction", format!("Could not find operation {other}"))),
    }
}

/// The answer in STS's XML.
pub(crate) fn response(answer: Answer, caller: &Caller, request_id: &str) -> Response {
    let headers = [("content-type", "text/xml")];
    let namespace = "xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"";
    match answer {
        Ok(_) => {
            let result = format!(
                "<Arn>{}</Arn><UserId>AROAIOSFODNN7EXAMPLE:SageMaker</UserId><Account>{}</Account>",
                arn(caller),
                caller.account
            );
            let body = format!(
                "<GetCallerIdentityResponse {namespace}><GetCallerIdentityResult>{result}</GetCallerIdentityResult>\
                 <ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
            );
            (StatusCode::OK, headers, body).into_response()
        }
        Err(ApiError { status, kind, message }) => {
            let body = format!(
                "<ErrorResponse {namespace}><Error><Type>Sender</Type><Code>{kind}</Code><Message>{message}</Message></Error>\
                 <RequestId>{request_id}</RequestId></ErrorResponse>"
            );
            (status, headers, body).into_response()
        }
    }
}
