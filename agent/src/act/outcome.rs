//! How an attempt to stop ended.

use crate::aws::CallError;

/// How one attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// SageMaker is stopping it.
    Accepted,
    /// It is stopped or gone already.
    AlreadyGone,
    /// Not allowed; trying again soon would be no use.
    Denied(String),
    /// Throttled, timed out or failed on the way; to be tried again.
    Unavailable(String),
}

/// What an error of SageMaker says of the attempt.
pub(super) fn outcome_of(error: &CallError) -> Outcome {
    match error.code() {
        Some("ResourceNotFound" | "ResourceNotFoundException") => Outcome::AlreadyGone,
        Some("AccessDeniedException" | "AccessDenied" | "UnrecognizedClientException") => {
            Outcome::Denied(error.message().map_or_else(|| error.to_string(), str::to_owned))
        }
        _ => Outcome::Unavailable(error.to_string()),
    }
}
