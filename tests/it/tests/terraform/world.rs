//! The servers of this machine that stand for AWS, the release, and costctl beside them.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use studio_parts::binaries::{binary, static_binary};
use studio_parts::ministack::{Ministack, function_zip};
use studio_parts::moto::Moto;
use studio_parts::sandbox::{Sandbox, SandboxOptions};
use studio_parts::terraform::{Endpoints, Project, Terraform};
use tempfile::TempDir;

/// The caller's account.
pub(crate) const OWN: &str = "111122223333";

pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) ministack: Ministack,
    pub(crate) moto: Moto,
    artifacts: TempDir,
}

impl World {
    pub(crate) fn start() -> Self {
        let at_once = || Some("0s".to_owned());
        let options = SandboxOptions {
            create_takes: at_once(),
            update_takes: at_once(),
            delete_takes: at_once(),
            ..SandboxOptions::default()
        };
        Self {
            sandbox: Sandbox::start(options).unwrap(),
            ministack: Ministack::start().unwrap(),
            moto: Moto::start_in(OWN).unwrap(),
            artifacts: artifacts(),
        }
    }

    /// A copy of the example of this name, pointed at these servers.
    pub(crate) fn project(&self, terraform: &Terraform, example: &str) -> Project {
        let mut project = terraform.project(example).unwrap();
        let url = str::to_owned;
        let endpoints = Endpoints {
            sandbox: url(self.sandbox.endpoint()),
            ministack: url(self.ministack.url()),
            moto: url(self.moto.url()),
        };
        project.use_servers(&endpoints, &[]).unwrap();
        project.set("artifacts_dir", &self.artifacts.path().display().to_string());
        project
    }

    /// What costctl and the function find: SageMaker and all else in the sandbox, but for what
    /// Terraform made elsewhere.
    pub(crate) fn env(&self) -> Vec<(String, String)> {
        let mut env = self.sandbox.aws_env();
        // Ministack takes the account from a key that is made of its digits alone.
        env.push(("AWS_ACCESS_KEY_ID".to_owned(), OWN.to_owned()));
        for service in ["S3", "SSM", "SNS", "IAM"] {
            env.push((format!("AWS_ENDPOINT_URL_{service}"), self.ministack.url().to_owned()));
        }
        env
    }

    pub(crate) fn costctl(&self, words: &[&str]) -> Ran {
        let mut command = costctl(&self.env());
        command.args(words).env("HOME", self.artifacts.path());
        command.env("COSTCTL_BINARY", self.agent()).env("COSTCTL_REGION", "us-east-1");
        Ran::of(&command.output().unwrap())
    }

    fn agent(&self) -> PathBuf {
        self.artifacts.path().join("idle-agent")
    }
}

/// costctl with nothing but this in its environment.
pub(crate) fn costctl(env: &[(String, String)]) -> Command {
    let mut command = Command::new(binary("costctl").unwrap());
    command.env_clear().envs(env.iter().cloned());
    command
}

/// What `cargo xtask dist` leaves: the agent as it is shipped, the function as it was built for tests.
fn artifacts() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::copy(static_binary("idle-agent").unwrap(), dir.path().join("idle-agent")).unwrap();
    let zip = function_zip(&binary("costctl-lambda").unwrap(), dir.path()).unwrap();
    fs::write(dir.path().join("costctl-lambda.zip"), zip).unwrap();
    dir
}

/// How a command ended, and what it said.
pub(crate) struct Ran {
    code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    /// The same, if it ended like this.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}{}", self.stdout, self.stderr);
        self
    }

    /// What it wrote to stdout as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }
}
