//! How an attempt to stop ended.

use aws_sdk_sagemaker::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};

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
pub(super) fn outcome_of<E>(error: &SdkError<E>) -> Outcome
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    SdkError<E>: ProvideErrorMetadata,
{
    let text: String = DisplayErrorContext(error).to_string().chars().take(600).collect();
    match error.code() {
        Some("ResourceNotFound" | "ResourceNotFoundException") => Outcome::AlreadyGone,
        Some("AccessDeniedException" | "AccessDenied" | "UnrecognizedClientException") => {
            Outcome::Denied(error.message().unwrap_or(&text).chars().take(600).collect())
        }
        _ => Outcome::Unavailable(text),
    }
}
