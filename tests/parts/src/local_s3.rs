//! A local S3 that checks signatures and policies: moto, which nobody here wrote.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Context;
use serde_json::Value;

use crate::process::Running;
use crate::python;
use crate::workspace::workspace_root;

/// A running S3 with one bucket, and the credentials endpoint of two containers.
#[derive(Debug)]
pub struct LocalS3 {
    ready: Value,
    _process: Running,
}

impl LocalS3 {
    /// The server, its bucket holding these files by key.
    ///
    /// # Errors
    /// When Python or moto does not start.
    pub fn start(objects: &[(&str, &Path)]) -> anyhow::Result<Self> {
        let mut command = Command::new(python::venv("moto")?);
        command.arg(workspace_root().join("tests/parts/python/s3.py"));
        command.args(objects.iter().map(|(key, file)| format!("{key}={}", file.display())));
        // Nothing of the caller's own AWS.
        for name in ["AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"] {
            command.env_remove(name);
        }
        command.env("AWS_CONFIG_FILE", "/dev/null").env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
        let mut process = Running::spawn(command)?;
        let line = process.wait_for_line(|line| line.starts_with('{'), Duration::from_secs(90))?;
        Ok(Self { ready: serde_json::from_str(&line).context("the first line of s3.py")?, _process: process })
    }

    /// Its URL.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        self.text("endpoint")
    }

    /// The URI of an object, as `aws s3` names it.
    #[must_use]
    pub fn uri(&self, key: &str) -> String {
        format!("s3://{}/{key}", self.text("bucket"))
    }

    /// Where a container whose role may read the bucket gets its credentials.
    #[must_use]
    pub fn allowed(&self) -> &str {
        self.text("allowed")
    }

    /// Where one whose role may not gets them.
    #[must_use]
    pub fn denied(&self) -> &str {
        self.text("denied")
    }

    /// What must never stand in a log.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        let secrets = self.ready["secrets"].as_array().into_iter().flatten();
        secrets.filter_map(|secret| secret.as_str().map(str::to_owned)).collect()
    }

    fn text(&self, member: &str) -> &str {
        self.ready[member].as_str().unwrap_or_default()
    }
}
