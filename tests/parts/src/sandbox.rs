//! Our sandbox, running, and a client that is as small as can be.

mod world;

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::http::Method;

use crate::binaries::binary;
use crate::http;
use crate::process::Running;

const REGION: &str = "us-east-1";
const ACCESS_KEY: &str = "AKIAIOSFODNN7EXAMPLE";

/// How the sandbox is started.
#[derive(Debug, Clone, Default)]
pub struct SandboxOptions {
    /// How long a delete takes, such as `2s`; the sandbox's own default where it is `None`.
    pub delete_takes: Option<String>,
    /// How long a create takes, such as `0s`; likewise.
    pub create_takes: Option<String>,
    /// How long an update takes, such as `0s`; likewise.
    pub update_takes: Option<String>,
    /// How long a notebook instance is stopping, such as `0s`; likewise.
    pub stop_takes: Option<String>,
    /// Let it live on when this process ends.
    pub keep: bool,
}

/// A running `studio-sandbox`.
#[derive(Debug)]
pub struct Sandbox {
    endpoint: String,
    faults: PathBuf,
    dir: TempDir,
    process: Running,
}

impl Sandbox {
    /// The sandbox, answering.
    ///
    /// # Errors
    /// When it cannot be built or does not start.
    pub fn start(options: SandboxOptions) -> anyhow::Result<Self> {
        let SandboxOptions { delete_takes, create_takes, update_takes, stop_takes, keep } = options;
        let dir = tempfile::tempdir()?;
        let faults = dir.path().join("faults.toml");
        std::fs::write(&faults, "")?;
        let mut command = Command::new(binary("studio-sandbox")?);
        command.args(["--listen", "127.0.0.1:0", "--faults"]).arg(&faults);
        command.args(delete_takes.iter().flat_map(|takes| ["--delete-takes", takes.as_str()]));
        command.args(create_takes.iter().flat_map(|takes| ["--create-takes", takes.as_str()]));
        command.args(update_takes.iter().flat_map(|takes| ["--update-takes", takes.as_str()]));
        command.args(stop_takes.iter().flat_map(|takes| ["--stop-takes", takes.as_str()]));
        if !keep {
            command.arg("--until-stdin-closes");
        }
        let mut process = Running::spawn(command)?;
        let line = process.wait_for_line(|line| line.contains("endpoint"), Duration::from_secs(30))?;
        let ready: Value = serde_json::from_str(&line).context("the sandbox's first line is JSON")?;
        let endpoint = ready["endpoint"].as_str().context("the sandbox names its endpoint")?.to_owned();
        Ok(Self { endpoint, faults, dir, process })
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// Its URL.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The answer of one SageMaker operation.
    ///
    /// # Errors
    /// When it is answered with an error.
    pub fn call(&self, operation: &str, request: &Value) -> anyhow::Result<Value> {
        match self.send(operation, request)? {
            (200, answer) => Ok(answer),
            (status, answer) => bail!("{operation} answered HTTP {status}: {answer}"),
        }
    }

    /// The error type that one SageMaker operation is answered with.
    ///
    /// # Errors
    /// When it succeeds.
    pub fn call_error(&self, operation: &str, request: &Value) -> anyhow::Result<String> {
        match self.send(operation, request)? {
            (200, answer) => bail!("{operation} succeeded: {answer}"),
            (_, answer) => Ok(answer["__type"].as_str().unwrap_or_default().to_owned()),
        }
    }

    /// Every call that the sandbox received.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn calls(&self) -> anyhow::Result<Vec<Value>> {
        let calls = http::expect_ok(Method::GET, &format!("{}/_sandbox/calls", self.endpoint), &[], None)?;
        Ok(calls.as_array().context("a list of calls")?.clone())
    }

    /// The calls of one operation.
    ///
    /// # Errors
    /// When the sandbox does not answer.
    pub fn calls_of(&self, operation: &str) -> anyhow::Result<Vec<Value>> {
        Ok(self.calls()?.into_iter().filter(|call| call["operation"] == operation).collect())
    }

    /// Forgets every call so far.
    ///
    /// # Errors
    /// When the sandbox does not answer.
    pub fn forget_calls(&self) -> anyhow::Result<()> {
        http::expect_ok(Method::DELETE, &format!("{}/_sandbox/calls", self.endpoint), &[], None).map(drop)
    }

    /// Forces the status of a domain, which stays until something else changes it.
    ///
    /// # Errors
    /// When the sandbox does not know the domain.
    pub fn force_domain(&self, domain: &str, status: &str) -> anyhow::Result<()> {
        let body = json!({ "DomainId": domain, "Set": { "Status": status } });
        http::expect_ok(Method::PATCH, &format!("{}/_sandbox/domain", self.endpoint), &[], Some(&body)).map(drop)
    }

    /// Forces members of an app, as in `{"DomainId", …, "Set": {"CreationTime": …}}`.
    ///
    /// # Errors
    /// When the sandbox does not know the app, or the member cannot be forced.
    pub fn force_app(&self, request: &Value) -> anyhow::Result<()> {
        http::expect_ok(Method::PATCH, &format!("{}/_sandbox/app", self.endpoint), &[], Some(request)).map(drop)
    }

    /// Replaces the scripted faults.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set_faults(&self, toml: &str) -> anyhow::Result<()> {
        let next = self.dir.path().join("faults.next");
        std::fs::write(&next, toml)?;
        Ok(std::fs::rename(next, &self.faults)?)
    }

    /// The environment in which `aws sagemaker list-apps` works against it.
    #[must_use]
    pub fn aws_env(&self) -> Vec<(String, String)> {
        self.env(ACCESS_KEY, REGION)
    }

    /// The environment that the agent finds in an app.
    #[must_use]
    pub fn agent_env(&self) -> Vec<(String, String)> {
        let credentials = format!("{}/container-credentials", self.endpoint);
        vec![
            ("AWS_ENDPOINT_URL".to_owned(), self.endpoint.clone()),
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI".to_owned(), credentials),
        ]
    }

    /// The environment that the agent finds on a notebook instance, which has no
    /// container: its credentials come from the instance metadata service.
    #[must_use]
    pub fn notebook_instance_env(&self) -> Vec<(String, String)> {
        ["AWS_ENDPOINT_URL", "AWS_EC2_METADATA_SERVICE_ENDPOINT"]
            .map(|name| (name.to_owned(), self.endpoint.clone()))
            .to_vec()
    }

    /// Lets it live on; returns its process id.
    pub fn leave_running(self) -> u32 {
        let Self { process, dir, .. } = self;
        let pid = process.pid();
        process.leave_running();
        // The faults file is read at every call.
        let _ = dir.keep();
        pid
    }

    fn env(&self, access_key: &str, region: &str) -> Vec<(String, String)> {
        let pairs = [
            ("AWS_ENDPOINT_URL", self.endpoint.as_str()),
            ("AWS_REGION", region),
            ("AWS_DEFAULT_REGION", region),
            ("AWS_ACCESS_KEY_ID", access_key),
            ("AWS_SECRET_ACCESS_KEY", "not-a-secret"),
        ];
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    }

    fn send(&self, operation: &str, request: &Value) -> anyhow::Result<(u16, Value)> {
        self.send_as(ACCESS_KEY, REGION, "sagemaker", &format!("SageMaker.{operation}"), request)
    }

    fn send_as(
        &self,
        access_key: &str,
        region: &str,
        service: &str,
        target: &str,
        request: &Value,
    ) -> anyhow::Result<(u16, Value)> {
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={access_key}/20260101/{region}/{service}/aws4_request, \
             SignedHeaders=host;x-amz-date, Signature={}",
            "0".repeat(64)
        );
        let headers = [
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", target),
            ("x-amz-date", "20260101T000000Z"),
            ("authorization", &authorization),
        ];
        http::request(Method::POST, &self.endpoint, &headers, Some(request))
    }
}
