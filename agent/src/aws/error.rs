//! Why a call was not answered as wished.

use serde_json::Value;
use thiserror::Error;

/// Longer messages are cut: they go to people and to records.
const MESSAGE_CHARS: usize = 600;

/// A call that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum CallError {
    /// The service refused it.
    #[error("{code}: {message}")]
    Refused {
        /// The error's name, such as `AccessDeniedException`.
        code: String,
        /// The service's own words, which may be none.
        message: String,
        /// The `Date` header of the answer.
        date: Option<String>,
    },
    /// Nothing was asked, or nothing usable was answered.
    #[error("{0}")]
    Unavailable(String),
}

impl CallError {
    /// The error's name, where the service gave one.
    pub(crate) fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            Self::Unavailable(_) => None,
        }
    }

    /// The service's own words.
    pub(crate) fn message(&self) -> Option<&str> {
        match self {
            Self::Refused { message, .. } => Some(message.as_str()).filter(|message| !message.is_empty()),
            Self::Unavailable(_) => None,
        }
    }

    /// What an answer that is no success says. A gateway or proxy in between may
    /// answer in a form of its own: then its status is the name.
    pub(super) fn of(status: u16, header: Option<&str>, body: &[u8], date: Option<String>) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let named = header.or_else(|| body["__type"].as_str()).or_else(|| body["code"].as_str());
        let Some(code) = named.map(plain).filter(|code| !code.is_empty()) else {
            return Self::Unavailable(format!("HTTP {status} without the name of an error"));
        };
        let message = body["message"].as_str().or_else(|| body["Message"].as_str()).unwrap_or_default();
        Self::Refused { code: code.to_owned(), message: message.chars().take(MESSAGE_CHARS).collect(), date }
    }
}

/// A name comes as `name`, `name:URL` or `namespace#name` (AWS JSON protocols).
fn plain(name: &str) -> &str {
    let name = name.rsplit('#').next().unwrap_or(name);
    name.split(':').next().unwrap_or(name).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_has_its_name_from_header_or_body() {
        for (header, body, code) in [
            (None, r#"{"__type":"com.amazonaws.sagemaker#ResourceNotFound","message":"no"}"#, Some("ResourceNotFound")),
            (Some("ThrottlingException:http://internal.example.com/"), "{}", Some("ThrottlingException")),
            (Some("AccessDeniedException"), "<html>", Some("AccessDeniedException")),
            (None, "<html>", None),
            (None, r#"{"__type":7}"#, None),
            (Some(""), "{}", None),
        ] {
            assert_eq!(CallError::of(400, header, body.as_bytes(), None).code(), code, "{header:?} {body}");
        }
    }
}
