//! Ministack: Step Functions, Lambda and S3 that nobody here wrote, without Docker.
//!
//! A `provided.al2023` function is its zip's `bootstrap`, run as a process of this machine that
//! asks a Lambda runtime API on loopback. It sees, in this order, the later ones winning:
//!
//! - the environment of Ministack itself, which [`Ministack::start`] keeps to `PATH`, `HOME` and `TMPDIR`;
//! - `AWS_LAMBDA_RUNTIME_API`, `AWS_REGION` and `AWS_DEFAULT_REGION`, `AWS_LAMBDA_FUNCTION_NAME`,
//!   `_MEMORY_SIZE` and `_VERSION`, `AWS_LAMBDA_LOG_STREAM_NAME`, `LAMBDA_TASK_ROOT`, `_HANDLER`;
//! - `AWS_ACCESS_KEY_ID` (the account's number), `AWS_SECRET_ACCESS_KEY` and an empty `AWS_SESSION_TOKEN`;
//! - the function's own variables, except that they cannot replace the names above.
//!
//! So `AWS_ENDPOINT_URL` and `AWS_ENDPOINT_URL_SAGEMAKER` are what the function was created with:
//! Ministack sets none, and has no SageMaker. (Were `AWS_ENDPOINT_URL` set for Ministack itself, that
//! would win.) The environment is reused by the next event, one process for each event at a time,
//! and killed when the function's timeout is over (`Sandbox.Timedout`).
//!
//! What version 1.5.33 does in a distributed map: `ItemReader` from `s3:getObject` (JSON with
//! `ItemsPointer`, JSONL, CSV) and `s3:listObjectsV2` (`LOAD_AND_FLATTEN` too), `MaxItems`, `ItemSelector`,
//! `MaxConcurrency`, `ToleratedFailurePercentage` and `ToleratedFailureCount`, `ResultSelector`, `ResultPath`,
//! `Retry`, `Catch`, map runs in `ListMapRuns` and `DescribeMapRun`. Tasks call functions by the optimised
//! `arn:aws:states:::lambda:invoke` or by their ARN.
//!
//! What it passes over without a word: `ItemBatcher` (each item still comes alone, not as `Items`),
//! `ResultWriter` (the results still are the state's output, and nothing is written),
//! `MaxConcurrencyPath`, `ToleratedFailurePercentagePath`, and the `Items` and `Output` of a distributed
//! map in JSONata. What it has not: the limit of 256 KiB on a state's input and output, redrive,
//! checks of what the role may do. `tests/ministack.rs` holds what matters here of all this.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::http::Method;

use crate::http;
use crate::process::Running;
use crate::python;
use crate::setup::tail;

const START_LIMIT: Duration = Duration::from_secs(60);
const ROLE: &str = "arn:aws:iam::111122223333:role/sweep";
/// Nothing checks the signature; the account and the service are read from it.
const SIGNED: &str = "AWS4-HMAC-SHA256 Credential=111122223333/20260101/us-east-1/SERVICE/aws4_request, \
                      SignedHeaders=host, Signature=0";

/// A running `ministack` on loopback, with a home and a temporary folder of its own.
#[derive(Debug)]
pub struct Ministack {
    url: String,
    process: Running,
    home: TempDir,
}

/// How an execution of a state machine ended.
#[derive(Debug)]
pub struct Execution {
    /// `SUCCEEDED`, `FAILED`, `TIMED_OUT` or `ABORTED`.
    pub status: String,
    /// Null where it failed.
    pub output: Value,
    /// The name of the error, empty where there was none.
    pub error: String,
    /// What it has to say about it.
    pub cause: String,
}

impl Ministack {
    /// The server, answering.
    ///
    /// # Errors
    /// When its packages cannot be installed or it does not start.
    pub fn start() -> anyhow::Result<Self> {
        Self::start_by(Command::new(python::venv("ministack")?.with_file_name("ministack")), &[])
    }

    /// The same by another program that is Ministack, with more in its environment.
    pub(crate) fn start_by(mut command: Command, env: &[(&str, OsString)]) -> anyhow::Result<Self> {
        let (port, home) = (http::free_port()?, tempfile::tempdir()?);
        command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin").env("HOME", home.path());
        command.env("TMPDIR", home.path()).env("BIND_HOST", "127.0.0.1").env("GATEWAY_PORT", port.to_string());
        command.envs(env.iter().map(|(name, value)| (name, value))).current_dir(home.path());
        let url = format!("http://127.0.0.1:{port}");
        let ministack = Self { url, process: Running::spawn(command)?, home };
        let end = Instant::now() + START_LIMIT;
        while http::request(Method::GET, &format!("{}/_ministack/ready", ministack.url), &[], None)
            .map_or(true, |(status, _)| status != 200)
        {
            if !ministack.process.is_running() || Instant::now() > end {
                bail!("ministack did not start: {}", ministack.process.stderr_so_far());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(ministack)
    }

    /// Its URL, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Makes a bucket.
    ///
    /// # Errors
    /// When there is one of that name.
    pub fn create_bucket(&self, bucket: &str) -> anyhow::Result<()> {
        self.s3(&Method::PUT, bucket, "").map(drop)
    }

    /// Writes an object.
    ///
    /// # Errors
    /// When there is no such bucket.
    pub fn put_object(&self, bucket: &str, key: &str, text: &str) -> anyhow::Result<()> {
        self.s3(&Method::PUT, &format!("{bucket}/{key}"), text).map(drop)
    }

    /// The text of an object.
    ///
    /// # Errors
    /// When there is no such object.
    pub fn object(&self, bucket: &str, key: &str) -> anyhow::Result<String> {
        self.s3(&Method::GET, &format!("{bucket}/{key}"), "")
    }

    /// The ARN of a new `provided.al2023` function whose zip holds this executable as its `bootstrap`.
    ///
    /// # Errors
    /// When it cannot be packed, or is not taken.
    pub fn create_function(
        &self,
        name: &str,
        bootstrap: &Path,
        env: &[(&str, &str)],
        timeout_seconds: u32,
    ) -> anyhow::Result<String> {
        let variables: serde_json::Map<String, Value> =
            env.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let body = json!({
            "FunctionName": name, "Runtime": "provided.al2023", "Handler": "bootstrap", "Role": ROLE,
            "Code": { "ZipFile": STANDARD.encode(self.zip(bootstrap)?) }, "Timeout": timeout_seconds,
            "Environment": { "Variables": variables },
        });
        let url = format!("{}/2015-03-31/functions", self.url);
        let made = http::expect_ok(Method::POST, &url, &[("authorization", &signed("lambda"))], Some(&body))?;
        Ok(made["FunctionArn"].as_str().context("CreateFunction answers an ARN")?.to_owned())
    }

    /// The ARN of a new state machine.
    ///
    /// # Errors
    /// When its definition is not taken.
    pub fn create_state_machine(&self, name: &str, definition: &Value) -> anyhow::Result<String> {
        let body = json!({ "name": name, "definition": definition.to_string(), "roleArn": ROLE });
        let made = self.states("CreateStateMachine", &body)?;
        Ok(made["stateMachineArn"].as_str().context("CreateStateMachine answers an ARN")?.to_owned())
    }

    /// How an execution with this input ended.
    ///
    /// # Errors
    /// When it does not end within `limit`.
    pub fn execute(&self, state_machine: &str, input: &Value, limit: Duration) -> anyhow::Result<Execution> {
        let body = json!({ "stateMachineArn": state_machine, "input": input.to_string() });
        let execution = json!({ "executionArn": self.states("StartExecution", &body)?["executionArn"] });
        let end = Instant::now() + limit;
        loop {
            let seen = self.states("DescribeExecution", &execution)?;
            let text = |field: &str| seen[field].as_str().unwrap_or_default().to_owned();
            if text("status") != "RUNNING" {
                let output = seen["output"].as_str().map(serde_json::from_str).transpose()?.unwrap_or_default();
                return Ok(Execution { status: text("status"), output, error: text("error"), cause: text("cause") });
            }
            ensure!(Instant::now() < end, "still running after {limit:?}: {}", self.process.stderr_so_far());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// The answer of one call of Step Functions.
    ///
    /// # Errors
    /// When the call fails.
    pub fn states(&self, operation: &str, body: &Value) -> anyhow::Result<Value> {
        let (target, signed) = (format!("AWSStepFunctions.{operation}"), signed("states"));
        let headers = [("x-amz-target", target.as_str()), ("authorization", signed.as_str())];
        http::expect_ok(Method::POST, &self.url, &headers, Some(body))
    }

    fn s3(&self, method: &Method, path: &str, text: &str) -> anyhow::Result<String> {
        let url = format!("{}/{path}", self.url);
        let (status, answer) =
            http::exchange(method.clone(), &url, &[("authorization", &signed("s3"))], text.to_owned())?;
        ensure!((200..300).contains(&status), "{method} {url} answered HTTP {status}: {answer}");
        Ok(answer)
    }

    /// The zip of a function that holds this executable as its `bootstrap`.
    ///
    /// # Errors
    /// When it cannot be packed.
    pub fn zip(&self, bootstrap: &Path) -> anyhow::Result<Vec<u8>> {
        function_zip(bootstrap, self.home.path())
    }
}

/// A zip that holds this executable as its `bootstrap`, packed in a folder of its own in `place`.
///
/// # Errors
/// When it cannot be packed.
pub fn function_zip(bootstrap: &Path, place: &Path) -> anyhow::Result<Vec<u8>> {
    let dir = tempfile::tempdir_in(place)?;
    std::fs::copy(bootstrap, dir.path().join("bootstrap"))
        .with_context(|| format!("copying {}", bootstrap.display()))?;
    let mut command = Command::new(python::venv("ministack")?);
    command.args(["-m", "zipfile", "-c", "function.zip", "bootstrap"]).current_dir(dir.path());
    let packed = command.output().context("starting Python's zipfile")?;
    ensure!(packed.status.success(), "packing {} failed\n{}", bootstrap.display(), tail(&packed));
    Ok(std::fs::read(dir.path().join("function.zip"))?)
}

fn signed(service: &str) -> String {
    SIGNED.replace("SERVICE", service)
}
