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

    /// A request that is not of the operation's form.
    pub(crate) fn validation(message: impl Into<String>) -> Self {
        Self::new("ValidationException", message)
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
