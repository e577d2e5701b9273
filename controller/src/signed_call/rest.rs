//! REST: a method and a path ask; JSON or XML answers.

use aws_config::SdkConfig;
use reqwest::{Method, Url};
use serde_json::Value;

use super::{Answer, Protocol, Request, Service, SignedCallError, in_time, query, refused, send};

/// The JSON that answers a request to this URL, path and query included, in this region.
/// An answer without a body is null.
///
/// # Errors
/// When the service refuses it or does not answer within 20 seconds.
pub(crate) async fn signed_rest(
    config: &SdkConfig,
    service: Service,
    (method, url, region): (Method, &Url, &str),
    body: Option<&Value>,
) -> Result<Value, SignedCallError> {
    let Protocol::Rest = service.protocol else {
        return Err(SignedCallError::Unavailable(format!("{} does not speak REST", service.name)));
    };
    let headers: &[(&str, &str)] = if body.is_some() { &[("content-type", "application/json")] } else { &[] };
    let body = body.map(ToString::to_string).unwrap_or_default();
    let request = Request { method, url, region, headers, body };
    let Answer { status, error, bytes } = in_time(send(config, service, request)).await?;
    let answer = if bytes.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(&bytes) };
    if !status.is_success() {
        return Err(refused(status.as_u16(), error, &answer.unwrap_or_default()));
    }
    answer.map_err(|error| SignedCallError::Unavailable(format!("the answer is not JSON: {error}")))
}

/// The text that answers a reading request to this URL: XML, as S3 answers.
///
/// # Errors
/// When the service refuses it or does not answer within 20 seconds.
pub(crate) async fn signed_get(
    config: &SdkConfig,
    service: Service,
    url: &Url,
    region: &str,
) -> Result<String, SignedCallError> {
    let request = Request { method: Method::GET, url, region, headers: &[], body: String::new() };
    let Answer { status, bytes, .. } = in_time(send(config, service, request)).await?;
    let text = String::from_utf8(bytes);
    let text = text.map_err(|_| SignedCallError::Unavailable("the answer is not UTF-8".to_owned()))?;
    if status.is_success() { Ok(text) } else { Err(query::refused(status.as_u16(), &text)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted_http::ScriptedHttp;
    use crate::signed_call::{DATAZONE, S3};

    #[tokio::test]
    async fn requests_are_signed_and_refusals_are_named() {
        let denied = "{\"message\": \"no\", \"__type\": \"AccessDeniedException\"}";
        let missing = "<Error><Code>ObjectLockConfigurationNotFoundError</Code><Message>none</Message></Error>";
        let answers = [(200, "{\"items\": []}"), (403, denied), (200, ""), (200, "<a/>"), (404, missing)];
        let server = ScriptedHttp::new(answers.map(|(status, body)| (status, body.to_owned()))).await;
        let config = server.config().await;
        let url = Url::parse(&format!("{}/v2/domains?maxResults=25", server.url)).expect("a URL");
        let ask = || signed_rest(&config, DATAZONE, (Method::GET, &url, "eu-west-1"), None);
        assert_eq!(ask().await.expect("an answer")["items"], serde_json::json!([]));
        assert_eq!(ask().await.expect_err("refused").to_string(), "AccessDeniedException: no");
        assert_eq!(ask().await.expect("an answer"), Value::Null);
        let text = || signed_get(&config, S3, &url, "eu-west-1");
        assert_eq!(text().await.expect("an answer"), "<a/>");
        let error = text().await.expect_err("refused").to_string();
        assert_eq!(error, "ObjectLockConfigurationNotFoundError: none");
    }
}
