//! One blocking HTTP client for all parts.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;
use ureq::Agent;
use ureq::http::{Method, Request};

use crate::process::Running;
use crate::python;
use crate::workspace::workspace_root;

/// Room for a benchmark's log of calls, which outgrows the client's own limit of 10 MB.
const MOST_BODY: u64 = 256 * 1024 * 1024;
const LIMIT: Duration = Duration::from_secs(60);

/// Status and JSON body (null where there is none) of one request.
pub(crate) fn request(
    method: Method,
    url: &str,
    headers: &[(&str, &str)],
    body: Option<&Value>,
) -> anyhow::Result<(u16, Value)> {
    let (status, text) = exchange(method, url, headers, body.map(Value::to_string).unwrap_or_default())?;
    let value = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::String(text)) };
    Ok((status, value))
}

/// Status and text of one request.
pub(crate) fn exchange(
    method: Method,
    url: &str,
    headers: &[(&str, &str)],
    body: String,
) -> anyhow::Result<(u16, String)> {
    let asked = if url.starts_with("https:") {
        ask_over_tls(&method, url, headers, &body)
    } else {
        ask(method, url, headers, body)
    };
    asked.with_context(|| format!("asking {url}"))
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

fn ask(method: Method, url: &str, headers: &[(&str, &str)], body: String) -> anyhow::Result<(u16, String)> {
    // A proxy of the environment has no business between two loopback sockets.
    let config = Agent::config_builder().timeout_global(Some(LIMIT)).proxy(None);
    let agent: Agent = config.http_status_as_error(false).build().into();
    let mut request = Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut response = agent.run(request.body(body)?)?;
    let text = response.body_mut().with_config().limit(MOST_BODY).read_to_string()?;
    Ok((response.status().as_u16(), text))
}

/// Python knows TLS already; a second TLS client would be compiled into every test.
fn ask_over_tls(method: &Method, url: &str, headers: &[(&str, &str)], body: &str) -> anyhow::Result<(u16, String)> {
    let mut command = Command::new(python::venv("jupyter")?);
    command.arg(workspace_root().join("tests/parts/python/ask.py")).args([method.as_str(), url]);
    command.args(headers.iter().map(|(name, value)| format!("{name}={value}")));
    let mut client = Running::spawn(command)?;
    client.write_stdin(body)?;
    client.close_stdin();
    let status = client.wait_with_timeout(LIMIT).context("no answer came")?;
    let output = client.stdout_so_far();
    match output.split_once('\n') {
        Some((code, text)) if status.success() => Ok((code.parse()?, text.trim_end().to_owned())),
        _ => bail!("{}", client.stderr_so_far().lines().last().unwrap_or("the client said nothing")),
    }
}
