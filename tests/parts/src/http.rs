//! One blocking HTTP client for all parts.

use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;
use ureq::Agent;
use ureq::http::{Method, Request};

/// Room for a benchmark's log of calls, which outgrows the client's own limit of 10 MB.
const MOST_BODY: u64 = 256 * 1024 * 1024;

/// Status and JSON body (null where there is none) of one request.
pub(crate) fn request(
    method: Method,
    url: &str,
    headers: &[(&str, &str)],
    body: Option<&Value>,
) -> anyhow::Result<(u16, Value)> {
    // A proxy of the environment has no business between two loopback sockets.
    let config = Agent::config_builder().timeout_global(Some(Duration::from_secs(60))).proxy(None);
    let agent: Agent = config.http_status_as_error(false).build().into();
    let mut request = Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = body.map(Value::to_string).unwrap_or_default();
    let mut response = agent.run(request.body(body)?).with_context(|| format!("asking {url}"))?;
    let body = response.body_mut().with_config().limit(MOST_BODY);
    let text = body.read_to_string().with_context(|| format!("reading the answer of {url}"))?;
    let value = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::String(text)) };
    Ok((response.status().as_u16(), value))
}

/// The JSON body of one request that must succeed.
pub(crate) fn expect_ok(
    method: Method,
    url: &str,
    headers: &[(&str, &str)],
    body: Option<&Value>,
) -> anyhow::Result<Value> {
    let headers = [&[("content-type", "application/json")], headers].concat();
    let (status, answer) = request(method, url, &headers, body)?;
    if !(200..300).contains(&status) {
        bail!("{url} answered HTTP {status}: {answer}");
    }
    Ok(answer)
}

/// A TCP port of 127.0.0.1 that is free now.
pub(crate) fn free_port() -> anyhow::Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
