//! The on-start scripts, run for real: in a container with the layout of SageMaker's
//! images, with a local S3 and SageMaker, the static binary and a real Jupyter.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod failures;
mod sources;
mod stories;
