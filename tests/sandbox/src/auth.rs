//! SigV4: required, its scope read, its signature not verified.

use axum::http::{HeaderMap, StatusCode};

use crate::error::ApiError;

/// Who asks, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) access_key: String,
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) service: String,
}

/// The caller that the credential scope names. Twelve digits within an access
/// key are its account; other keys belong to `default_account`.
///
/// # Errors
/// As AWS answers a request that is not signed, not well signed, or expired.
pub(crate) fn caller(headers: &HeaderMap, default_account: &str) -> Result<Caller, ApiError> {
    let forbidden =
        |kind: &str, message: &str| ApiError { status: StatusCode::FORBIDDEN, ..ApiError::new(kind, message) };
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(authorization) = header("authorization") else {
        return Err(forbidden("MissingAuthenticationTokenException", "Missing Authentication Token"));
    };
    let incomplete =
        || forbidden("IncompleteSignatureException", "The Authorization header is not AWS Signature Version 4.");
    let rest = authorization.strip_prefix("AWS4-HMAC-SHA256 ").ok_or_else(incomplete)?;
    let part = |name: &str| rest.split(',').find_map(|part| part.trim().strip_prefix(name));
    if part("SignedHeaders=").is_none() || part("Signature=").is_none() {
        return Err(incomplete());
    }
    let credential = part("Credential=").ok_or_else(incomplete)?;
    let scope: Vec<&str> = credential.split('/').collect();
    let [access_key, _date, region, service, "aws4_request"] = scope[..] else { return Err(incomplete()) };
    if header("x-amz-security-token") == Some("expired") {
        return Err(ApiError::new("ExpiredTokenException", "The security token included in the request is expired"));
    }
    Ok(Caller {
        access_key: access_key.to_owned(),
        account: account_in(access_key).unwrap_or(default_account).to_owned(),
        region: region.to_owned(),
        service: service.to_owned(),
    })
}

fn account_in(access_key: &str) -> Option<&str> {
    (0..access_key.len().saturating_sub(11))
        .filter_map(|start| access_key.get(start..start + 12))
        .find(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
}
