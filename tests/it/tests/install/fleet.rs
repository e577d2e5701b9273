//! A region full of domains, and the command line that works on it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use studio_parts::binaries::binary;
use studio_parts::sandbox::{Sandbox, SandboxOptions};
use tempfile::TempDir;

/// Every third call is throttled, whatever it is.
pub(crate) const THROTTLED: &str = "[[fault]]\noperation = \"*\"\nkind = \"throttle\"\nevery = 3\n";

const ROLE: &str = "arn:aws:iam::111122223333:role/StudioExecutionRole";
const USER_PROFILES: usize = 50;
pub(crate) const TEAM: &str = "arn:aws:sagemaker:us-east-1:111122223333:studio-lifecycle-config/team-setup";

/// Three domains: one without settings of its own, one with all that must be
/// kept, one that is being updated by somebody else.
pub(crate) struct Fleet {
    pub(crate) sandbox: Sandbox,
    pub(crate) plain: String,
    pub(crate) rich: String,
    pub(crate) updating: String,
    dir: TempDir,
}

impl Fleet {
    pub(crate) fn new() -> Self {
        Self::with(SandboxOptions::default(), USER_PROFILES)
    }

    /// The same with so many user profiles in each domain, six at least.
    pub(crate) fn with(options: SandboxOptions, user_profiles: usize) -> Self {
        let sandbox = Sandbox::start(options).unwrap();
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("idle-agent"), static_elf(1)).unwrap();
        std::fs::write(dir.path().join("idle-agent-2"), static_elf(2)).unwrap();
        let lcc = json!({ "StudioLifecycleConfigName": "team-setup", "StudioLifecycleConfigContent": "QQ==",
            "StudioLifecycleConfigAppType": "JupyterLab" });
        sandbox.call("CreateStudioLifecycleConfig", &lcc).unwrap();
        let plain = domain(&sandbox, "plain", &json!({ "DefaultUserSettings": { "ExecutionRole": ROLE } }));
        let rich = domain(&sandbox, "rich", &rich());
        let updating = domain(&sandbox, "updating", &json!({ "DefaultUserSettings": { "ExecutionRole": ROLE } }));
        for id in [&plain, &rich, &updating] {
            for n in 0..user_profiles {
                let mut profile = json!({ "DomainId": id, "UserProfileName": format!("user-{n:02}") });
                if *id == rich {
                    profile["UserSettings"] = overrides(n);
                }
                sandbox.call("CreateUserProfile", &profile).unwrap();
            }
        }
        sandbox.force_domain(&updating, "Updating").unwrap();
        sandbox.forget_calls().unwrap();
        Self { sandbox, plain, rich, updating, dir }
    }

    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn artifacts(&self) -> PathBuf {
        self.dir().join("artifacts")
    }

    /// `costctl` with these arguments, not yet started, as fast as the sandbox answers.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(binary("costctl").unwrap());
        command.env_clear().env("HOME", self.dir()).envs(self.sandbox.aws_env());
        command.env("AWS_EC2_METADATA_DISABLED", "true").env("COSTCTL_ARTIFACTS", self.artifacts());
        command.args(["--reads-per-second", "10000", "--writes-per-second", "10000"]).args(args);
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        Ran::of(&self.command(args).output().unwrap())
    }

    /// `install` of version 1 with these arguments.
    pub(crate) fn install(&self, args: &[&str]) -> Ran {
        Ran::of(&self.install_command(args).output().unwrap())
    }

    pub(crate) fn install_command(&self, args: &[&str]) -> Command {
        let mut command = self.command(&["install", "--idle-timeout", "60m", "--file-in-app", "/opt/idle-agent"]);
        command.args(args).env("COSTCTL_BINARY", self.dir().join("idle-agent"));
        command
    }

    /// Everything that can be described: settings, lifecycle configurations with
    /// content and tags, without times.
    pub(crate) fn state(&self) -> BTreeMap<String, Value> {
        let mut state = BTreeMap::new();
        let call = |operation: &str, request: Value| self.sandbox.call(operation, &request).unwrap();
        for id in [&self.plain, &self.rich, &self.updating] {
            state.insert(id.clone(), timeless(call("DescribeDomain", json!({ "DomainId": id }))));
            let listed = call("ListUserProfiles", json!({ "DomainIdEquals": id, "MaxResults": 100 }));
            for profile in listed["UserProfiles"].as_array().unwrap() {
                let name = profile["UserProfileName"].as_str().unwrap();
                let request = json!({ "DomainId": id, "UserProfileName": name });
                state.insert(format!("{id}/{name}"), timeless(call("DescribeUserProfile", request)));
            }
        }
        for config in self.configs() {
            let described =
                call("DescribeStudioLifecycleConfig", json!({ "StudioLifecycleConfigName": config["name"] }));
            state.insert(config["name"].as_str().unwrap().to_owned(), timeless(described));
        }
        state
    }

    /// Names and ARNs of all Studio lifecycle configurations.
    pub(crate) fn configs(&self) -> Vec<Value> {
        let listed = self.sandbox.call("ListStudioLifecycleConfigs", &json!({ "MaxResults": 100 })).unwrap();
        let configs = listed["StudioLifecycleConfigs"].as_array().unwrap().iter();
        configs
            .map(|c| json!({ "name": c["StudioLifecycleConfigName"], "arn": c["StudioLifecycleConfigArn"] }))
            .collect()
    }

    /// The ARN of our lifecycle configuration for this app type.
    pub(crate) fn ours(&self, slug: &str) -> String {
        let prefix = format!("idle-agent-{slug}-");
        let found = self.configs().into_iter().find(|c| c["name"].as_str().unwrap().starts_with(&prefix));
        found.unwrap_or_else(|| panic!("no {prefix}… among {:?}", self.configs()))["arn"].as_str().unwrap().to_owned()
    }

    /// Asserts that these rows of controller/README.md's table of rights name every
    /// operation that was called, so that a role made by them suffices.
    pub(crate) fn assert_rights_are_documented(&self, rows: &[&str]) {
        let calls = self.sandbox.calls().unwrap();
        let called = calls.iter().map(|call| call["operation"].as_str().unwrap().to_owned());
        let missing = studio_it::rights::missing(rows, called).unwrap();
        assert!(missing.is_empty(), "controller/README.md does not name {missing:?} for {rows:?}");
    }

    /// The calls that change something, in order.
    pub(crate) fn changing_calls(&self) -> Vec<Value> {
        let reading = ["Describe", "List", "Get"];
        let calls = self.sandbox.calls().unwrap().into_iter();
        calls.filter(|call| !reading.iter().any(|r| call["operation"].as_str().unwrap().starts_with(r))).collect()
    }
}

/// How a command ended, and what it said.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
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

    /// Asserts that stdout has all of these, each on a line or in a column of a
    /// table, and keeps to 80 columns. Where a line is broken is no difference.
    pub(crate) fn says(&self, parts: &[&str]) {
        let squeezed = |text: &str| -> String { text.split_whitespace().collect() };
        let mut texts = columns(&self.stdout);
        texts.push(self.stdout.clone());
        for part in parts {
            let found = texts.iter().any(|text| squeezed(text).contains(&squeezed(part)));
            assert!(found, "{part} is missing:\n{}\n{}", self.stdout, self.stderr);
        }
        assert!(self.stdout.lines().all(|line| line.chars().count() <= 80), "too wide:\n{}", self.stdout);
    }
}

/// The columns of the table that a text begins with, each as one text.
fn columns(text: &str) -> Vec<String> {
    let header: Vec<char> = text.lines().next().unwrap_or_default().chars().collect();
    let is_start = |n: usize| header[n] != ' ' && (n < 2 || header[n - 1] == ' ' && header[n - 2] == ' ');
    let mut starts: Vec<usize> = (0..header.len()).filter(|n| is_start(*n)).collect();
    starts.push(usize::MAX);
    let cell = |line: &str, from: usize, to: usize| -> String { line.chars().take(to).skip(from).collect() };
    starts.windows(2).map(|pair| text.lines().map(|line| cell(line, pair[0], pair[1]) + "\n").collect()).collect()
}

fn domain(sandbox: &Sandbox, name: &str, settings: &Value) -> String {
    let mut request = json!({ "DomainName": name, "AuthMode": "IAM", "VpcId": "vpc-0123456789abcdef0",
        "AppNetworkAccessType": "VpcOnly", "SubnetIds": ["subnet-0123456789abcdef0"],
        "Tags": [{ "Key": "Team", "Value": name }] });
    request.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    let arn = sandbox.call("CreateDomain", &request).unwrap()["DomainArn"].as_str().unwrap().to_owned();
    arn.rsplit('/').next().unwrap().to_owned()
}

/// Settings that an install must keep.
fn rich() -> Value {
    let image = json!({ "ImageName": "team-image", "ImageVersionNumber": 3, "AppImageConfigName": "team" });
    json!({
        "DefaultUserSettings": {
            "ExecutionRole": ROLE,
            "SecurityGroups": ["sg-0123456789abcdef0", "sg-0123456789abcdef1"],
            "JupyterLabAppSettings": {
                "DefaultResourceSpec": { "InstanceType": "ml.t3.medium", "LifecycleConfigArn": TEAM },
                "LifecycleConfigArns": [TEAM],
                "CustomImages": [image],
                "CodeRepositories": [{ "RepositoryUrl": "https://example.com/team.git" }],
                "AppLifecycleManagement": { "IdleSettings": { "MinIdleTimeoutInMinutes": 60, "MaxIdleTimeoutInMinutes": 600 } },
            },
            "KernelGatewayAppSettings": {
                "DefaultResourceSpec": { "InstanceType": "ml.t3.medium" },
                "LifecycleConfigArns": [TEAM],
            },
            "StudioWebPortalSettings": { "HiddenInstanceTypes": ["ml.p4d.24xlarge", "ml.p5.48xlarge"] },
        },
        "DefaultSpaceSettings": {
            "ExecutionRole": ROLE,
            "JupyterLabAppSettings": { "CustomImages": [image] },
        },
        "DomainSettings": { "DockerSettings": { "EnableDockerAccess": "ENABLED" } },
    })
}

/// What the n-th user profile of that domain says itself.
fn overrides(n: usize) -> Value {
    match n {
        1 => json!({ "JupyterLabAppSettings": { "DefaultResourceSpec": { "InstanceType": "ml.g5.xlarge" } } }),
        2 => json!({ "JupyterLabAppSettings": { "BuiltInLifecycleConfigArn": TEAM } }),
        3 => {
            json!({ "CodeEditorAppSettings": { "CustomImages": [{ "ImageName": "own", "AppImageConfigName": "own" }] },
            "SecurityGroups": ["sg-0123456789abcdef2"] })
        }
        4 => json!({ "JupyterServerAppSettings": { "LifecycleConfigArns": [TEAM] },
            "KernelGatewayAppSettings": { "DefaultResourceSpec": { "LifecycleConfigArn": TEAM },
                "LifecycleConfigArns": [TEAM] } }),
        _ => json!({ "SharingSettings": { "NotebookOutputOption": "Disabled" } }),
    }
}

/// The smallest file that is a static executable, told apart by its last byte.
fn static_elf(last: u8) -> Vec<u8> {
    let mut bytes = vec![0; 64 + 56 + 1];
    bytes[..6].copy_from_slice(b"\x7fELF\x02\x01");
    (bytes[16], bytes[18], bytes[32], bytes[54], bytes[56], bytes[64]) = (2, 0x3e, 64, 56, 1, 1);
    bytes[120] = last;
    bytes
}

fn timeless(mut body: Value) -> Value {
    for member in ["CreationTime", "LastModifiedTime"] {
        body.as_object_mut().unwrap().remove(member);
    }
    body
}
