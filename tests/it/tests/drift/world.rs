//! Two domains: one as it is desired, one with a drift of every kind.

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};
use studio_parts::binaries::binary;
use studio_parts::sandbox::{Sandbox, SandboxOptions};
use tempfile::TempDir;

pub(crate) const GOOD: &str = "arn:aws:iam::111122223333:role/StudioUser";
pub(crate) const MIGHTY: &str = "arn:aws:iam::111122223333:role/StudioMighty";
const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// Everything that can be desired of SageMaker's domains.
pub(crate) const POLICY: &str = r#"schema_version = 1
[apps]
allowed-instance-types = ["ml.t3.*"]
[desired]
agent = "on"
idle-shutdown = { state = "on", timeout = "2h", max = "8h" }
hidden-instance-types = "on"
network = "VpcOnly"
kms-key = "customer-managed"
tags = ["CostCenter", "Environment"]
execution-role = { policies = ["*FullAccess"] }
notebook-sharing = "off"
max-storage-gib = 100
tag-propagation = "on"
source-identity = "on"
"#;

pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    /// As it is desired.
    pub(crate) kept: String,
    /// As it is not.
    pub(crate) strayed: String,
    dir: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        let at_once = || Some("0s".to_owned());
        let options = SandboxOptions { update_takes: at_once(), create_takes: at_once(), ..SandboxOptions::default() };
        let (sandbox, dir) = (Sandbox::start(options).unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(dir.path().join("idle-agent"), static_elf()).unwrap();
        std::fs::write(dir.path().join("costctl.toml"), POLICY).unwrap();
        let policy = |name: &str| format!("arn:aws:iam::aws:policy/{name}");
        let roles = json!({ "Roles": [
            { "RoleName": "StudioUser", "AttachedPolicies": [policy("AmazonSageMakerCanvasAIServicesAccess")] },
            { "RoleName": "StudioMighty", "AttachedPolicies":
                [policy("AmazonS3ReadOnlyAccess"), policy("AmazonSageMakerFullAccess")] },
        ] });
        sandbox.roles(&roles).unwrap();
        let kept = create(&sandbox, "CreateDomain", "DomainArn", &kept());
        let strayed = create(&sandbox, "CreateDomain", "DomainArn", &strayed());
        let mut world = Self { sandbox, kept, strayed, dir };
        world.people();
        // What stands by an install: SageMaker's own idle shutdown, too.
        world.run(&["install", "--all-domains", "--native", "2h", "--execute", "--yes"]).expect(0);
        world.bound_idle_times();
        world.run(&["allowlist", "apply", "--all-domains", "--execute", "--yes"]).expect(0);
        world.stray();
        world.sandbox.forget_calls().unwrap();
        world
    }

    /// A user profile that follows its domain in each, one with settings of its own, and spaces.
    fn people(&self) {
        for id in [&self.kept, &self.strayed] {
            let tagged = tags(id == &self.kept);
            let bob = json!({ "DomainId": id, "UserProfileName": "bob", "Tags": tagged });
            create(&self.sandbox, "CreateUserProfile", "UserProfileArn", &bob);
            let gib = if *id == self.kept { 20 } else { 200 };
            let space = json!({ "DomainId": id, "SpaceName": "lab", "Tags": tagged,
                "OwnershipSettings": { "OwnerUserProfileName": "bob" }, "SpaceSharingSettings": { "SharingType": "Private" },
                "SpaceSettings": { "AppType": "JupyterLab",
                    "SpaceStorageSettings": { "EbsStorageSettings": { "EbsVolumeSizeInGb": gib } } } });
            create(&self.sandbox, "CreateSpace", "SpaceArn", &space);
        }
    }

    /// The longest time that users may set, which an install does not write.
    fn bound_idle_times(&self) {
        for id in [&self.kept, &self.strayed] {
            let idle = json!({ "AppLifecycleManagement": { "IdleSettings": { "MaxIdleTimeoutInMinutes": 480 } } });
            self.update(
                id,
                &json!({ "DefaultUserSettings":
                { "JupyterLabAppSettings": idle, "CodeEditorAppSettings": idle },
                "DefaultSpaceSettings": { "JupyterLabAppSettings": idle } }),
            );
        }
    }

    /// What somebody changed since.
    fn stray(&mut self) {
        let idle = |minutes: u32| {
            json!({ "AppLifecycleManagement": { "IdleSettings":
            { "LifecycleManagement": "ENABLED", "IdleTimeoutInMinutes": minutes } } })
        };
        let own = json!({ "StudioLifecycleConfigName": "idle-agent-code-editor-0123456789ab",
            "StudioLifecycleConfigContent": "ZXhpdCAw", "StudioLifecycleConfigAppType": "CodeEditor" });
        let changed = create(&self.sandbox, "CreateStudioLifecycleConfig", "StudioLifecycleConfigArn", &own);
        let changed = format!("arn:aws:sagemaker:us-east-1:111122223333:studio-lifecycle-config/{changed}");
        let mut lab = idle(600);
        lab["BuiltInLifecycleConfigArn"] = json!("None");
        self.update(
            &self.strayed,
            &json!({ "DefaultUserSettings": {
            "JupyterLabAppSettings": lab,
            "CodeEditorAppSettings": { "BuiltInLifecycleConfigArn": changed },
            "StudioWebPortalSettings": { "HiddenInstanceTypes": ["ml.p5.48xlarge"] },
        } }),
        );
        let ann = json!({ "DomainId": self.strayed, "UserProfileName": "ann", "Tags": tags(true), "UserSettings": {
            "ExecutionRole": MIGHTY, "SharingSettings": { "NotebookOutputOption": "Allowed" },
            "SpaceStorageSettings": { "DefaultEbsStorageSettings":
                { "DefaultEbsVolumeSizeInGb": 5, "MaximumEbsVolumeSizeInGb": 900 } } } });
        create(&self.sandbox, "CreateUserProfile", "UserProfileArn", &ann);
        let slow = json!({ "DomainId": self.strayed, "SpaceName": "slow", "Tags": tags(true),
            "SpaceSharingSettings": { "SharingType": "Shared" }, "OwnershipSettings": { "OwnerUserProfileName": "ann" },
            "SpaceSettings": {
                "JupyterLabAppSettings":
                    { "AppLifecycleManagement": { "IdleSettings": { "IdleTimeoutInMinutes": 700 } } },
                "JupyterServerAppSettings": { "DefaultResourceSpec": { "LifecycleConfigArn": "None" } } } });
        create(&self.sandbox, "CreateSpace", "SpaceArn", &slow);
    }

    pub(crate) fn update(&self, id: &str, change: &Value) {
        let mut request = change.clone();
        request["DomainId"] = json!(id);
        self.sandbox.call("UpdateDomain", &request).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        let mut command = Command::new(binary("costctl").unwrap());
        command.env_clear().env("HOME", self.dir.path()).envs(self.sandbox.aws_env()).current_dir(self.dir.path());
        command.env("AWS_EC2_METADATA_DISABLED", "true").env("COSTCTL_BINARY", self.path("idle-agent"));
        command.env("COSTCTL_POLICY", self.path("costctl.toml")).env("COSTCTL_ARTIFACTS", self.path("artifacts"));
        command.env("COSTCTL_FILE_IN_APP", "/opt/idle-agent");
        command.args(["--reads-per-second", "10000", "--writes-per-second", "10000"]).args(args);
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ran { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    pub(crate) fn drift(&self, args: &[&str]) -> Ran {
        self.run(&[&["drift"], args].concat())
    }

    /// Asserts that these rows of controller/README.md's table of rights name every call.
    pub(crate) fn assert_rights_are_documented(&self, rows: &[&str]) {
        let calls = self.sandbox.calls().unwrap();
        let called = calls.iter().map(|call| call["operation"].as_str().unwrap().to_owned());
        let missing = studio_it::rights::missing(rows, called).unwrap();
        assert!(missing.is_empty(), "controller/README.md does not name {missing:?} for {rows:?}");
    }

    /// The calls that changed something.
    pub(crate) fn changes(&self) -> Vec<String> {
        let calls = self.sandbox.calls().unwrap().into_iter();
        let names = calls.map(|call| call["operation"].as_str().unwrap().to_owned());
        names.filter(|name| ["Update", "Create", "Delete", "Add"].iter().any(|verb| name.starts_with(verb))).collect()
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
    /// The same, if it ended with this code.
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}\n{}", self.stdout, self.stderr);
        self
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }
}

/// Rule and place of every finding: `kms-key d-000000000001`.
pub(crate) fn found(report: &Value) -> Vec<String> {
    let regions = report["regions"].as_array().unwrap().iter();
    let findings = regions.flat_map(|region| region["findings"].as_array().unwrap());
    let name = |finding: &Value| {
        let place = &finding["place"];
        let parts = [&finding["rule"], &place["domain"], &place["user_profile"], &place["space"]];
        parts.into_iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
    };
    findings.map(name).collect()
}

fn kept() -> Value {
    json!({ "DomainName": "kept", "AuthMode": "IAM", "VpcId": "vpc-0123456789abcdef0",
        "SubnetIds": ["subnet-0123456789abcdef0"], "KmsKeyId": KEY, "AppNetworkAccessType": "VpcOnly",
        "TagPropagation": "ENABLED", "DomainSettings": { "ExecutionRoleIdentityConfig": "USER_PROFILE_NAME" },
        "Tags": tags(true), "DefaultUserSettings": { "ExecutionRole": GOOD, "SpaceStorageSettings": storage(100) },
        "DefaultSpaceSettings": { "ExecutionRole": GOOD, "SpaceStorageSettings": storage(50) } })
}

fn strayed() -> Value {
    json!({ "DomainName": "strayed", "AuthMode": "IAM", "VpcId": "vpc-0123456789abcdef0",
        "SubnetIds": ["subnet-0123456789abcdef0"], "Tags": [{ "Key": "CostCenter", "Value": " " }],
        "DefaultUserSettings":
            { "ExecutionRole": MIGHTY, "SharingSettings": { "NotebookOutputOption": "Allowed" } },
        "DefaultSpaceSettings": { "ExecutionRole": GOOD, "SpaceStorageSettings": storage(50) } })
}

fn storage(most: u32) -> Value {
    json!({ "DefaultEbsStorageSettings": { "DefaultEbsVolumeSizeInGb": 5, "MaximumEbsVolumeSizeInGb": most } })
}

fn tags(all: bool) -> Value {
    let pair = |key: &str, value: &str| json!({ "Key": key, "Value": value });
    if all { json!([pair("CostCenter", "42"), pair("Environment", "dev")]) } else { json!([pair("CostCenter", "42")]) }
}

/// The name that the ARN of what was made ends in.
fn create(sandbox: &Sandbox, operation: &str, member: &str, request: &Value) -> String {
    let answer = sandbox.call(operation, request).unwrap();
    answer[member].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
}

/// The smallest file that is a static executable.
fn static_elf() -> Vec<u8> {
    let mut bytes = vec![0; 64 + 56 + 1];
    bytes[..6].copy_from_slice(b"\x7fELF\x02\x01");
    (bytes[16], bytes[18], bytes[32], bytes[54], bytes[56], bytes[64]) = (2, 0x3e, 64, 56, 1, 1);
    bytes
}
