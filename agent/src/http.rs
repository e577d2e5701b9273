//! What every HTTP client here shares: bodies with a bound, errors in a few words.

use std::error::Error;

use reqwest::Response;

/// A body of at most `most` bytes.
///
/// # Errors
/// A sentence fragment that says why there is none.
pub(crate) async fn read_body(
    mut response: Response,
    most: usize,
    why: impl Fn(&reqwest::Error) -> String,
) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| why(&error))? {
        if body.len() + chunk.len() > most {
            return Err(format!("the answer is larger than {most} bytes"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The innermost cause: the outer ones repeat the URL.
pub(crate) fn innermost(error: &reqwest::Error) -> String {
    let mut innermost: &dyn Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
