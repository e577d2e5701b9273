//! Errors as AWS answers them.

use axum::http::StatusCode;

/// An error answer: HTTP status, type and message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) kind: String,
    pub(crate) message: String,
}

impl ApiError {
    /// HTTP 400 of this type.
    pub(crate) fn new(kind: &str, message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, kind: kind.to_owned(), message: message.into() }
    }

    /// HTTP 403 of this type.
    pub(crate) fn forbidden(kind: &str, message: impl Into<String>) -> Self {
        Self { status: StatusCode::FORBIDDEN, ..Self::new(kind, message) }
    }

    /// A request that is not of the operation's form.
    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new("ValidationException", message)
    }

    /// HTTP 500, with the reason.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self { status: StatusCode::INTERNAL_SERVER_ERROR, ..Self::new("InternalFailure", message) }
    }

    /// The session's credentials are too old.
    pub(crate) fn expired_token() -> Self {
        Self::new("ExpiredTokenException", "The security token included in the request is expired")
    }

    /// The credentials mean nothing here.
    pub(crate) fn invalid_token() -> Self {
        Self::forbidden("UnrecognizedClientException", "The security token included in the request is invalid.")
    }

    /// There is no such operation.
    pub(crate) fn unknown_operation(operation: &str) -> Self {
        Self::new("UnknownOperationException", format!("the sandbox has no operation {operation}"))
    }

    /// There is no such resource.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new("ResourceNotFound", format!("{what} does not exist."))
    }

    /// The resource is in use, or its name is taken.
    pub(crate) fn in_use(message: impl Into<String>) -> Self {
        Self::new("ResourceInUse", message)
    }
}

/// What an operation answers.
pub(crate) type Answer = Result<serde_json::Value, ApiError>;
