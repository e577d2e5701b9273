//! A sandbox, and the command line that looks at it.

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::{Value, json};
use studio_parts::binaries::binary;
use studio_parts::sandbox::{Sandbox, SandboxOptions};
use tempfile::TempDir;

/// The account of whoever looks.
pub(crate) const OWN: &str = "111122223333";
/// Another one.
pub(crate) const OTHER: &str = "444455556666";

/// One region, and a folder for files.
pub(crate) struct Region {
    pub(crate) sandbox: Sandbox,
    dir: TempDir,
}

impl Region {
    pub(crate) fn new() -> Self {
        Self { sandbox: Sandbox::start(SandboxOptions::default()).unwrap(), dir: tempfile::tempdir().unwrap() }
    }

    /// One with these resources, no call noted yet.
    pub(crate) fn with(seed: &Value) -> Self {
        let region = Self::new();
        region.sandbox.seed(seed).unwrap();
        region
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// `costctl inventory` with these arguments, as fast as the sandbox answers, not yet started.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(binary("costctl").unwrap());
        command.env_clear().env("HOME", self.dir.path()).env("AWS_EC2_METADATA_DISABLED", "true");
        command.envs(self.sandbox.aws_env()).args(["--reads-per-second", "10000", "inventory"]).args(args);
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        Ran::of(&self.command(args).output().unwrap())
    }

    /// The snapshot that `costctl inventory` prints with these arguments, ended with this code.
    pub(crate) fn snapshot(&self, args: &[&str], code: i32) -> Value {
        self.run(&[args, &["--output", "json"]].concat()).expect(code).json()
    }

    /// Asserts that controller/README.md names every operation that was called among the
    /// rights of `inventory`, so that a role made by it suffices.
    pub(crate) fn assert_rights_are_documented(&self) {
        let called = self.sandbox.call_counts().unwrap().into_keys();
        let missing = studio_it::rights::missing(&["`inventory`", "other accounts"], called).unwrap();
        assert!(missing.is_empty(), "controller/README.md does not name {missing:?}");
    }

    pub(crate) fn faults(&self, toml: &str) {
        self.sandbox.set_faults(toml).unwrap();
    }
}

/// How a command ended, and what it said.
#[derive(Debug)]
pub(crate) struct Ran {
    code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    /// The same, if it ended with this code.
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}\n{}", self.stdout, self.stderr);
        self
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }

    /// Asserts that stdout keeps to 80 columns and has all of these, wherever its lines are broken.
    pub(crate) fn says(&self, parts: &[&str]) {
        let squeezed = |text: &str| -> String { text.split_whitespace().collect() };
        let all = squeezed(&self.stdout);
        for part in parts {
            assert!(all.contains(&squeezed(part)), "{part} is missing:\n{}\n{}", self.stdout, self.stderr);
        }
        assert!(self.stdout.lines().all(|line| line.chars().count() <= 80), "too wide:\n{}", self.stdout);
    }
}

/// A JupyterLab app in the space of this name in domain `d-one`, and its space.
pub(crate) fn in_space(space: &str, owner: Option<&str>) -> (Value, Value) {
    let app = json!({ "DomainId": "d-one", "SpaceName": space, "AppType": "JupyterLab", "AppName": "default",
        "ResourceSpec": { "InstanceType": "ml.g5.xlarge" }, "CreationTime": 1_700_000_000 });
    let mut body = json!({ "DomainId": "d-one", "SpaceName": space, "CreationTime": 1_700_000_000,
        "SpaceSharingSettings": { "SharingType": "Private" },
        "SpaceSettings": { "AppType": "JupyterLab", "SpaceStorageSettings": { "EbsStorageSettings": { "EbsVolumeSizeInGb": 50 } } } });
    if let Some(owner) = owner {
        body["OwnershipSettings"] = json!({ "OwnerUserProfileName": owner });
    }
    (app, body)
}

/// The elements of a list of a snapshot's first scope.
pub(crate) fn list<'a>(snapshot: &'a Value, list: &str) -> &'a Vec<Value> {
    snapshot["scopes"][0][list].as_array().unwrap()
}
