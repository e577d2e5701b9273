//! Moto: an S3 that nobody here wrote, conditional writes included.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::bail;
use serde_json::Value;
use ureq::http::Method;

use crate::http;
use crate::process::Running;
use crate::python;

const START_LIMIT: Duration = Duration::from_secs(60);
/// Nothing checks the signature.
const SIGNED: &str = "AWS4-HMAC-SHA256 Credential=setting-up/20260101/us-east-1/sagemaker/aws4_request, \
                      SignedHeaders=host;x-amz-date, Signature=0";

/// A running `moto_server` on loopback.
#[derive(Debug)]
pub struct Moto {
    url: String,
    process: Running,
}

impl Moto {
    /// The server, answering.
    ///
    /// # Errors
    /// When its packages cannot be installed or it does not start.
    pub fn start() -> anyhow::Result<Self> {
        Self::start_with(&[])
    }

    /// The server of this account.
    ///
    /// # Errors
    /// As for [`Moto::start`].
    pub fn start_in(account: &str) -> anyhow::Result<Self> {
        Self::start_with(&[("MOTO_ACCOUNT_ID", account)])
    }

    fn start_with(env: &[(&str, &str)]) -> anyhow::Result<Self> {
        let server = python::venv("moto")?.with_file_name("moto_server");
        let port = http::free_port()?;
        let mut command = Command::new(server);
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]).envs(env.iter().copied());
        let moto = Self { url: format!("http://127.0.0.1:{port}"), process: Running::spawn(command)? };
        let end = Instant::now() + START_LIMIT;
        while http::request(Method::GET, &format!("{}/moto-api/data.json", moto.url), &[], None).is_err() {
            if !moto.process.is_running() || Instant::now() > end {
                bail!("moto did not start: {}", moto.process.stderr_so_far());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(moto)
    }

    /// Its URL, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The answer of one SageMaker operation.
    ///
    /// # Errors
    /// When it is answered with an error.
    pub fn sagemaker(&self, operation: &str, request: &Value) -> anyhow::Result<Value> {
        let headers = [
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-date", "20260101T000000Z"),
            ("x-amz-target", &*format!("SageMaker.{operation}")),
            ("authorization", SIGNED),
        ];
        http::expect_ok(Method::POST, &self.url, &headers, Some(request))
    }

    /// The environment in which `aws sagemaker list-endpoints` works against it.
    #[must_use]
    pub fn aws_env(&self) -> Vec<(String, String)> {
        let pairs = [
            ("AWS_ENDPOINT_URL", self.url.as_str()),
            ("AWS_REGION", "us-east-1"),
            ("AWS_DEFAULT_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "not-a-secret"),
        ];
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    }
}
