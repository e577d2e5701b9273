//! A region with one domain, and the command line that works on it.

use std::process::Command;

use serde_json::{Value, json};
use studio_parts::binaries::binary;
use studio_parts::sandbox::{Sandbox, SandboxOptions};
use tempfile::TempDir;

const ROLE: &str = "arn:aws:iam::111122223333:role/StudioExecutionRole";
pub(crate) const GO: [&str; 2] = ["--execute", "--yes"];

/// A sandbox with the domain `rich`, whose portal settings must be kept, and the user
/// profiles alice (with portal settings of her own) and bob (with none).
pub(crate) struct Region {
    pub(crate) sandbox: Sandbox,
    pub(crate) domain: String,
    dir: TempDir,
}

impl Region {
    pub(crate) fn new() -> Self {
        let sandbox = Sandbox::start(SandboxOptions::default()).unwrap();
        let portal = json!({ "HiddenMlTools": ["JumpStart"], "HiddenAppTypes": ["Canvas"],
            "HiddenInstanceTypes": ["ml.p5.48xlarge"] });
        let domain = json!({ "DomainName": "rich", "AuthMode": "IAM", "VpcId": "vpc-0123456789abcdef0",
            "SubnetIds": ["subnet-0123456789abcdef0"], "Tags": [{ "Key": "Team", "Value": "ml" }],
            "DefaultUserSettings": { "ExecutionRole": ROLE, "SecurityGroups": ["sg-0123456789abcdef0"],
                "JupyterLabAppSettings": { "DefaultResourceSpec": { "InstanceType": "ml.t3.medium" } },
                "StudioWebPortalSettings": portal },
            "DefaultSpaceSettings": { "ExecutionRole": ROLE } });
        let arn = sandbox.call("CreateDomain", &domain).unwrap()["DomainArn"].as_str().unwrap().to_owned();
        let domain = arn.rsplit('/').next().unwrap().to_owned();
        let alice = json!({ "StudioWebPortalSettings": { "HiddenAppTypes": ["RStudioServerPro"] } });
        for (name, settings) in [("alice", alice), ("bob", json!({}))] {
            let profile = json!({ "DomainId": domain, "UserProfileName": name, "UserSettings": settings });
            sandbox.call("CreateUserProfile", &profile).unwrap();
        }
        sandbox.forget_calls().unwrap();
        Self { sandbox, domain, dir: tempfile::tempdir().unwrap() }
    }

    /// Writes the policy, without its version.
    pub(crate) fn policy(&self, text: &str) {
        std::fs::write(self.dir.path().join("costctl.toml"), format!("schema_version = 1\n{text}")).unwrap();
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        let mut command = Command::new(binary("costctl").unwrap());
        command.env_clear().env("HOME", self.dir.path()).envs(self.sandbox.aws_env());
        command.env("AWS_EC2_METADATA_DISABLED", "true").env("COSTCTL_ARTIFACTS", self.dir.path().join("artifacts"));
        command.env("COSTCTL_POLICY", self.dir.path().join("costctl.toml"));
        command.args(["--reads-per-second", "10000", "--writes-per-second", "10000", "allowlist"]).args(args);
        Ran::of(&mut command)
    }

    pub(crate) fn apply(&self, args: &[&str]) -> Ran {
        self.run(&[&["apply", "--domain", &self.domain], args].concat())
    }

    /// Everything of the domain and its user profiles, without times.
    pub(crate) fn state(&self) -> Vec<Value> {
        let of_domain = ("DescribeDomain", json!({ "DomainId": self.domain }));
        let of = |name| ("DescribeUserProfile", json!({ "DomainId": self.domain, "UserProfileName": name }));
        let all = [of_domain, of("alice"), of("bob")].into_iter();
        all.map(|(operation, request)| {
            let mut body = self.sandbox.call(operation, &request).unwrap();
            body.as_object_mut().unwrap().retain(|member, _| member != "LastModifiedTime" && member != "CreationTime");
            body
        })
        .collect()
    }

    /// Asserts that these rows of controller/README.md's table of rights name every
    /// operation that was called.
    pub(crate) fn assert_rights_are_documented(&self, rows: &[&str]) {
        let calls = self.sandbox.calls().unwrap();
        let called = calls.iter().map(|call| call["operation"].as_str().unwrap().to_owned());
        let missing = studio_it::rights::missing(rows, called).unwrap();
        assert!(missing.is_empty(), "controller/README.md does not name {missing:?} for {rows:?}");
    }

    /// The calls that changed something.
    pub(crate) fn changes(&self) -> Vec<Value> {
        let calls = self.sandbox.calls().unwrap().into_iter();
        calls.filter(|call| call["operation"].as_str().unwrap().starts_with("Update")).collect()
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
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
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
}
