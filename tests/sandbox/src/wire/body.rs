//! Bodies as clients send them, compressed or not.

use std::borrow::Cow;
use std::io::Read;

use axum::http::{HeaderMap, StatusCode};
use flate2::read::GzDecoder;

use crate::error::ApiError;

/// The documentation sets this limit for the request and allows compression, so
/// that it is taken to hold for what is sent.
const MOST_METRIC_DATA: usize = 1 << 20;

/// A few compressed bytes must not fill the memory.
const MOST_UNPACKED: u64 = 16 << 20;

/// The body without its compression.
///
/// # Errors
/// HTTP 413 for more than the operation allows, `SerializationException` for what
/// is not compressed as it says.
pub(super) fn unpacked<'a>(operation: &str, headers: &HeaderMap, body: &'a [u8]) -> Result<Cow<'a, [u8]>, ApiError> {
    if operation == "PutMetricData" && body.len() > MOST_METRIC_DATA {
        return Err(too_large("the body has more than 1 MB"));
    }
    match headers.get("content-encoding").map(|encoding| encoding.as_bytes()) {
        None | Some(b"identity") => Ok(Cow::Borrowed(body)),
        Some(b"gzip") => {
            let mut unpacked = Vec::new();
            GzDecoder::new(body)
                .take(MOST_UNPACKED + 1)
                .read_to_end(&mut unpacked)
                .map_err(|error| broken(format!("the body is not gzip: {error}")))?;
            if unpacked.len() as u64 > MOST_UNPACKED {
                return Err(too_large("the body unpacks to more than 16 MB"));
            }
            Ok(Cow::Owned(unpacked))
        }
        Some(other) => Err(broken(format!("the body is encoded as {}", String::from_utf8_lossy(other)))),
    }
}

/// A body that is not of its protocol's form.
pub(super) fn broken(message: impl Into<String>) -> ApiError {
    ApiError::new("SerializationException", message)
}

fn too_large(message: &str) -> ApiError {
    ApiError { status: StatusCode::PAYLOAD_TOO_LARGE, ..ApiError::new("RequestEntityTooLarge", message) }
}
