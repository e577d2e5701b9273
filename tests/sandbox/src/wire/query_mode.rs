//! Services that spoke the query protocol first name their errors as they did
//! then, for clients that ask for it: the SDKs do, and show those names.

use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;

use crate::error::ApiError;

/// Error types and what the query protocol called them; the others were called the same.
const OLD_NAMES: &[(&str, &str)] = &[
    ("AccessDeniedException", "AccessDenied"),
    ("DashboardInvalidInputError", "InvalidParameterInput"),
    ("DashboardNotFoundError", "ResourceNotFound"),
    ("ExpiredTokenException", "ExpiredToken"),
    ("InternalServiceFault", "InternalServiceError"),
    ("InvalidParameterCombinationException", "InvalidParameterCombination"),
    ("InvalidParameterValueException", "InvalidParameterValue"),
    ("MissingRequiredParameterException", "MissingParameter"),
    ("ThrottlingException", "Throttling"),
    ("UnrecognizedClientException", "InvalidClientTokenId"),
    ("ValidationException", "ValidationError"),
];

/// Adds the old name of an error to the response, if the request asks for it.
pub(super) fn name(response: &mut Response, request: &HeaderMap, error: &ApiError) {
    if request.get("x-amzn-query-mode").is_none_or(|mode| mode != "true") {
        return;
    }
    let old = old_name(&error.kind);
    let fault = if error.status.is_server_error() { "Receiver" } else { "Sender" };
    if let Ok(named) = HeaderValue::from_str(&format!("{old};{fault}")) {
        response.headers_mut().insert("x-amzn-query-error", named);
    }
}

/// What the query protocol calls an error of this type.
pub(super) fn old_name(kind: &str) -> &str {
    OLD_NAMES.iter().find(|(new, _)| *new == kind).map_or(kind, |(_, old)| old)
}
