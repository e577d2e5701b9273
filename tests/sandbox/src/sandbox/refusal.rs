//! The refusals that faults are played with, each as its service words it.

use axum::http::StatusCode;
use serde_json::Value;

use crate::error::ApiError;
use crate::faults::Kind;
use crate::service::{sagemaker, sts};
use crate::world::Context;

/// The refusal that a fault is, if it is one.
pub(super) fn of(kind: Kind, context: &Context, operation: &str, request: &Value) -> Option<ApiError> {
    Some(match kind {
        Kind::Throttle => throttled(context),
        Kind::Deny => denial(context, operation, request),
        Kind::Validation => validation(operation),
        // Credentials mean nothing in a region that their account has not enabled.
        Kind::DisabledRegion => ApiError::invalid_token(),
        Kind::Suspended => suspended(context, operation, request),
        Kind::InternalError => failure(context),
        Kind::ExpiredToken => ApiError::expired_token(),
        _ => return None,
    })
}

/// Too many calls.
fn throttled(context: &Context) -> ApiError {
    let kind = match context.caller.service.as_str() {
        "organizations" | "servicequotas" => "TooManyRequestsException",
        "tagging" => "ThrottledException",
        "ce" => "LimitExceededException",
        "ec2" => "RequestLimitExceeded",
        _ => "ThrottlingException",
    };
    let error = ApiError::new(kind, "Rate exceeded");
    match context.caller.service.as_str() {
        "datazone" => ApiError { status: StatusCode::TOO_MANY_REQUESTS, ..error },
        _ => error,
    }
}

/// The service itself has failed.
fn failure(context: &Context) -> ApiError {
    let error = ApiError::internal("The request processing has failed.");
    // The names of their own failures, which their clients have a type for.
    let named = match context.caller.service.as_str() {
        "monitoring" => Some("InternalServiceFault".to_owned()),
        "datazone" => Some("InternalServerException".to_owned()),
        _ => None,
    };
    ApiError { kind: named.unwrap_or_else(|| error.kind.clone()), ..error }
}

/// The caller's policies do not allow it.
fn denial(context: &Context, operation: &str, request: &Value) -> ApiError {
    let service = context.caller.service.as_str();
    let (action, resource) = match service {
        // Metrics are no resources.
        "monitoring" => (format!("cloudwatch:{operation}"), String::new()),
        "sagemaker" => {
            let arn = sagemaker::resource_arn(context, request);
            (format!("sagemaker:{operation}"), format!(" on resource: {arn}"))
        }
        "tagging" => (format!("tag:{operation}"), " on resource: *".to_owned()),
        _ => (format!("{service}:{operation}"), " on resource: *".to_owned()),
    };
    let message = format!(
        "User: {} is not authorized to perform: {action}{resource} \
         because no identity-based policy allows the {action} action",
        context.caller_arn
    );
    // The services with an old protocol refuse with another status.
    match service {
        "ec2" => ApiError::forbidden("UnauthorizedOperation", message),
        "monitoring" | "sts" | "sns" | "datazone" => ApiError::forbidden("AccessDeniedException", message),
        _ => ApiError::new("AccessDeniedException", message),
    }
}

/// The account is suspended: nobody gets into it, and nothing within it answers.
fn suspended(context: &Context, operation: &str, request: &Value) -> ApiError {
    match operation {
        "AssumeRole" => sts::refused(context, request),
        _ => denial(context, operation, request),
    }
}

/// The request is of no use, as that to delete what is gone.
fn validation(operation: &str) -> ApiError {
    ApiError::validation(format!("{operation} is not possible: the resource has failed and was removed."))
}
