//! SigV4: required, its scope read, its signature not verified.

use axum::http::HeaderMap;

use crate::error::ApiError;

/// Who asks, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) access_key: String,
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) service: String,
    /// Which of the product's programs it says that it is.
    pub(crate) program: Option<Program>,
}

/// A program of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Program {
    IdleAgent,
    Costctl,
}

impl Caller {
    /// The partition that the region belongs to.
    pub(crate) fn partition(&self) -> &'static str {
        match self.region.as_str() {
            region if region.starts_with("cn-") => "aws-cn",
            region if region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        }
    }
}

/// The caller that the credential scope names. Twelve digits within an access
/// key are its account; other keys belong to `default_account`.
///
/// # Errors
/// HTTP 403 `MissingAuthenticationToken` for a request that is not signed or
/// not well signed, `UnrecognizedClientException` for the key of a session without its
/// token, `ExpiredTokenException` for the session token `expired`.
pub(crate) fn caller(headers: &HeaderMap, default_account: &str) -> Result<Caller, ApiError> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let authorization = header("authorization").ok_or_else(|| missing("Missing Authentication Token"))?;
    let mut caller = signed_by(authorization, default_account)
        .ok_or_else(|| missing("The Authorization header is not AWS Signature Version 4."))?;
    // The SDKs name the program in the second, others in the first.
    caller.program = ["user-agent", "x-amz-user-agent"].iter().filter_map(|name| header(name)).find_map(program);
    match header("x-amz-security-token") {
        Some("expired") => Err(ApiError::expired_token()),
        None if caller.access_key.starts_with("ASIA") => Err(ApiError::invalid_token()),
        _ => Ok(caller),
    }
}

fn signed_by(authorization: &str, default_account: &str) -> Option<Caller> {
    let rest = authorization.strip_prefix("AWS4-HMAC-SHA256")?;
    let part = |name: &str| rest.split(',').find_map(|part| part.trim().strip_prefix(name));
    part("SignedHeaders=").filter(|headers| headers.split(';').any(|header| header == "host"))?;
    part("Signature=").filter(|s| s.len() == 64 && s.bytes().all(|b| b.is_ascii_hexdigit()))?;
    let scope: Vec<&str> = part("Credential=")?.split('/').collect();
    let [access_key, date, region, service, "aws4_request"] = scope[..] else { return None };
    let dated = date.len() == 8 && date.bytes().all(|b| b.is_ascii_digit());
    let complete = dated && ![access_key, region, service].iter().any(|part| part.is_empty());
    complete.then(|| Caller {
        access_key: access_key.to_owned(),
        account: account_in(access_key).unwrap_or(default_account).to_owned(),
        region: region.to_owned(),
        service: service.to_owned(),
        program: None,
    })
}

/// The program that a `User-Agent` names: `NAME/VERSION`, or `app/NAME` as the SDKs write it.
fn program(agent: &str) -> Option<Program> {
    let named = |word: &str, name: &str| word.strip_prefix("app/").unwrap_or(word).split('/').next() == Some(name);
    agent.split(' ').find_map(|word| match word {
        word if named(word, "idle-agent") => Some(Program::IdleAgent),
        word if named(word, "costctl") => Some(Program::Costctl),
        _ => None,
    })
}

fn account_in(access_key: &str) -> Option<&str> {
    (0..access_key.len().saturating_sub(11))
        .filter_map(|start| access_key.get(start..start + 12))
        .find(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
}

fn missing(message: &str) -> ApiError {
    ApiError::forbidden("MissingAuthenticationToken", message)
}
