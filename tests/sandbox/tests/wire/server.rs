//! A sandbox of one test, and the smallest client that says what went over the wire.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
#![expect(clippy::needless_pass_by_value, reason = "tests hand over literals")]

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::http::{Request, Response};

/// A running sandbox with one domain, `d`, that holds the profile `ada` and the space `lab`.
pub(crate) struct Server {
    pub(crate) endpoint: String,
    pub(crate) domain: String,
    process: Child,
    dir: TempDir,
}

/// Status, headers and body of an answer.
pub(crate) type Answered = Response<String>;

impl Server {
    /// Starts it with these options.
    pub(crate) fn start(options: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let faults = dir.path().join("faults.toml");
        std::fs::write(&faults, "").unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_studio-sandbox"))
            .args(["--until-stdin-closes", "--max-lifetime", "5m", "--delete-takes", "150ms", "--faults"])
            .arg(&faults)
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let endpoint = ready["endpoint"].as_str().unwrap().to_owned();
        let mut server = Self { endpoint, domain: String::new(), process, dir };
        let created = server.ok("CreateDomain", json!({ "DomainName": "d", "DefaultUserSettings": {} }));
        server.domain = created["DomainId"].as_str().unwrap().to_owned();
        server.until("InService", "DescribeDomain", &server.in_domain(json!({})));
        server.ok("CreateUserProfile", server.in_domain(json!({ "UserProfileName": "ada" })));
        server.until("InService", "DescribeUserProfile", &server.in_domain(json!({ "UserProfileName": "ada" })));
        let space = json!({ "SpaceName": "lab", "OwnershipSettings": { "OwnerUserProfileName": "ada" } });
        server.ok("CreateSpace", server.in_domain(space));
        server.until("InService", "DescribeSpace", &server.in_domain(json!({ "SpaceName": "lab" })));
        server
    }

    /// The faults file.
    pub(crate) fn faults(&self, toml: &str) {
        // In one step, or the sandbox might read half of it.
        let next: PathBuf = self.dir.path().join("next.toml");
        std::fs::write(&next, toml).unwrap();
        std::fs::rename(next, self.dir.path().join("faults.toml")).unwrap();
    }

    /// This request with the domain's id in it.
    pub(crate) fn in_domain(&self, mut request: Value) -> Value {
        request["DomainId"] = json!(self.domain);
        request
    }

    /// The app `default` of the space `lab`.
    pub(crate) fn app(&self) -> Value {
        self.in_domain(json!({ "SpaceName": "lab", "AppType": "JupyterLab", "AppName": "default" }))
    }

    /// The answer of an operation that must succeed.
    pub(crate) fn ok(&self, operation: &str, request: Value) -> Value {
        let answer = self.signed(operation, &request, "AKIAIOSFODNN7EXAMPLE", "us-east-1");
        assert_eq!(answer.status(), 200, "{operation} {request}: {}", answer.body());
        serde_json::from_str(answer.body()).unwrap()
    }

    /// Type and message of the error that an operation must be answered with.
    pub(crate) fn refused(&self, operation: &str, request: Value) -> (String, String) {
        let answer = self.signed(operation, &request, "AKIAIOSFODNN7EXAMPLE", "us-east-1");
        assert_ne!(answer.status(), 200, "{operation} {request} succeeded: {}", answer.body());
        let body: Value = serde_json::from_str(answer.body()).unwrap();
        assert_eq!(answer.headers()["x-amzn-errortype"], body["__type"].as_str().unwrap());
        assert!(answer.headers().contains_key("x-amzn-requestid"));
        (body["__type"].as_str().unwrap().to_owned(), body["message"].as_str().unwrap().to_owned())
    }

    /// Only the type of that error.
    pub(crate) fn error(&self, operation: &str, request: Value) -> String {
        self.refused(operation, request).0
    }

    /// One signed request.
    pub(crate) fn signed(&self, operation: &str, request: &Value, access_key: &str, region: &str) -> Answered {
        self.target(&format!("SageMaker.{operation}"), request, (access_key, region, "sagemaker"))
    }

    /// One signed request to a service that names its operations by a target.
    pub(crate) fn target(&self, target: &str, request: &Value, (key, region, service): (&str, &str, &str)) -> Answered {
        let signed = authorization(key, region, service);
        let headers = [
            // Whose key is no session's has none, and nobody minds one.
            ("x-amz-security-token", "not-a-token"),
            ("x-amz-target", target),
            ("content-type", "application/x-amz-json-1.1"),
            ("authorization", signed.as_str()),
        ];
        self.send("POST", "/", &headers, &request.to_string()).unwrap()
    }

    /// One signed request of the query protocol.
    pub(crate) fn query(&self, form: &str, (key, region, service): (&str, &str, &str)) -> Answered {
        let signed = authorization(key, region, service);
        let headers = [("authorization", signed.as_str()), ("x-amz-security-token", "not-a-token")];
        self.send("POST", "/", &headers, form).unwrap()
    }

    /// The answer of a change to what stands.
    pub(crate) fn change(&self, name: &str, body: Value) -> Value {
        let answer = self.send("POST", &format!("/_sandbox/{name}"), &[], &body.to_string()).unwrap();
        assert_eq!(answer.status(), 200, "{name} {body}: {}", answer.body());
        serde_json::from_str(answer.body()).unwrap()
    }

    /// Why a change is refused.
    pub(crate) fn unchanged(&self, name: &str, body: Value) -> String {
        let answer = self.send("POST", &format!("/_sandbox/{name}"), &[], &body.to_string()).unwrap();
        assert!(answer.status().is_client_error(), "{name} {body}: {}", answer.body());
        answer.into_body()
    }

    /// One request as it is.
    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<Answered, ureq::Error> {
        let answer = self.send_bytes(method, path, headers, body.as_bytes())?;
        Ok(answer.map(|body| String::from_utf8(body).unwrap()))
    }

    /// The same for bodies that are no text.
    pub(crate) fn send_bytes(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Response<Vec<u8>>, ureq::Error> {
        let config = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(20))).proxy(None);
        let agent: ureq::Agent = config.http_status_as_error(false).max_idle_connections(0).build().into();
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.endpoint));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = agent.run(request.body(body.to_owned()).unwrap())?;
        let body = response.body_mut().read_to_vec()?;
        Ok(response.map(|_| body))
    }

    /// Asks until the resource has this status.
    pub(crate) fn until(&self, status: &str, describe: &str, request: &Value) {
        self.until_member("Status", status, describe, request);
    }

    /// The same for resources that have their status in another member.
    pub(crate) fn until_member(&self, member: &str, status: &str, describe: &str, request: &Value) {
        let start = Instant::now();
        while self.ok(describe, request.clone())[member] != status {
            assert!(start.elapsed() < Duration::from_secs(10), "{describe} {request} never became {status}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Operations and statuses of the calls noted.
    pub(crate) fn calls(&self) -> Vec<Value> {
        let answer = self.send("GET", "/_sandbox/calls", &[], "").unwrap();
        serde_json::from_str(answer.body()).unwrap()
    }

    /// Closes the sandbox's stdin and returns whether it ended well.
    pub(crate) fn close(mut self) -> bool {
        drop(self.process.stdin.take());
        self.process.wait().unwrap().success()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A well-formed signature of nothing.
pub(crate) fn authorization(access_key: &str, region: &str, service: &str) -> String {
    let signature = "0".repeat(64);
    format!(
        "AWS4-HMAC-SHA256 Credential={access_key}/20260101/{region}/{service}/aws4_request, \
         SignedHeaders=host;x-amz-date, Signature={signature}"
    )
}
