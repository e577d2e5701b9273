//! A company with three projects: one whose environment is older than its profile, one in
//! another account, one that has none; and a domain that somebody named as AWS does.

use std::process::Command;

use serde_json::{Value, json};
use studio_parts::binaries::binary;
use studio_parts::sandbox::{Sandbox, SandboxOptions};
use tempfile::TempDir;

pub(crate) const ADA: &str = "11111111-aaaa-4bbb-8ccc-000000000001";
pub(crate) const BO: &str = "11111111-aaaa-4bbb-8ccc-000000000002";
pub(crate) const OTHER: &str = "444455556666";

/// What all of it should be like.
pub(crate) const DESIRED: &str = "schema_version = 1\n[guards]\nfirst-run = 9\n[desired.unified-studio]\n\
    idle-timeout = \"60m\"\neditable = \"off\"\nmax-storage-gib = 100\nallowed-blueprints = [\"Tooling\"]\n\
    projects-warn-percent = 80\n";

pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) dir: TempDir,
}

/// How a command ended, and what it said.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
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

    /// Asserts that stdout has all of these, on a line or in a column of a table, wherever that breaks its lines.
    pub(crate) fn says(&self, parts: &[&str]) {
        let squeezed = |text: &str| -> String { text.split_whitespace().collect() };
        let blocks = self.stdout.split("\n\n").flat_map(columns).map(|text| squeezed(&text)).collect::<Vec<_>>();
        for part in parts {
            let part = squeezed(part);
            assert!(blocks.iter().any(|text| text.contains(&part)), "{part} is missing:\n{}", self.stdout);
        }
    }
}

/// A block of text as it is, and each column of the table that it is or that stands below its first line.
fn columns(block: &str) -> Vec<String> {
    let mut found = vec![block.to_owned()];
    for header in block.lines().take(2) {
        let header: Vec<char> = header.chars().collect();
        let is_start = |n: usize| header[n] != ' ' && (n < 2 || header[n - 1] == ' ' && header[n - 2] == ' ');
        let mut starts: Vec<usize> = (0..header.len()).filter(|n| is_start(*n)).collect();
        starts.push(usize::MAX);
        let cell = |line: &str, from, to| -> String { line.chars().take(to).skip(from).collect() };
        let column = |pair: &[usize]| block.lines().map(|line| cell(line, pair[0], pair[1])).collect();
        found.extend(starts.windows(2).map(column));
    }
    found
}

impl World {
    pub(crate) fn new() -> Self {
        let at_once = || Some("0s".to_owned());
        let options = SandboxOptions { delete_takes: at_once(), update_takes: at_once(), ..SandboxOptions::default() };
        let (sandbox, dir) = (Sandbox::start(options).unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(dir.path().join("desired.toml"), DESIRED).unwrap();
        sandbox.datazone(&json!({ "Domains": [datazone()] })).unwrap();
        let quota =
            json!({ "ServiceCode": "datazone", "QuotaCode": "L-1", "QuotaName": "Projects per domain", "Value": 3 });
        sandbox.quotas(&json!({ "Quotas": [quota] })).unwrap();
        sandbox.seed(&sagemaker()).unwrap();
        let mut other = unified(
            "d-search",
            &json!({ "DomainId": "dzd-corp1", "ProjectId": "p2search",
            "EnvironmentId": "env2", "DomainAccountId": "111122223333", "DomainRegion": "us-east-1" }),
            Some(240),
        );
        other["DomainName"] = json!("SageMakerUnifiedStudio-p2search-env2-dev");
        sandbox.seed(&json!({ "Account": OTHER, "Domains": [other] })).unwrap();
        sandbox.forget_calls().unwrap();
        Self { sandbox, dir }
    }

    /// `costctl` with these words and more arguments.
    pub(crate) fn run(&self, words: &str, more: &[&str]) -> Ran {
        let mut command = Command::new(binary("costctl").unwrap());
        command.env_clear().envs(self.sandbox.aws_env()).env("HOME", self.dir.path()).current_dir(self.dir.path());
        command.env("COSTCTL_READS_PER_SECOND", "10000").env("COSTCTL_WRITES_PER_SECOND", "10000");
        command.env("AWS_EC2_METADATA_DISABLED", "true");
        let output = command.args(words.split_whitespace()).args(more).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ran { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    /// The operations that were called of this service.
    pub(crate) fn called(&self, service: &str) -> Vec<String> {
        let calls = self.sandbox.calls().unwrap().into_iter().filter(|call| call["service"] == service);
        calls.map(|call| call["operation"].as_str().unwrap().to_owned()).collect()
    }

    /// The changes that were made in SageMaker.
    pub(crate) fn changes(&self) -> Vec<String> {
        let reading = ["Describe", "List", "Get"];
        let mut called = self.called("sagemaker");
        called.retain(|operation| !reading.iter().any(|begin| operation.starts_with(begin)));
        called
    }
}

/// The domain of DataZone.
pub(crate) fn datazone() -> Value {
    let parameter =
        |name: &str, value: &str, editable: bool| json!({ "name": name, "value": value, "isEditable": editable });
    let tooling = |overrides: Value| {
        json!({ "name": "Tooling", "environmentBlueprintId": "bp-tooling",
        "configurationParameters": { "parameterOverrides": overrides } })
    };
    let right = json!([
        parameter("lifecycleManagement", "ENABLED", false),
        parameter("idleTimeoutInMinutes", "60", false),
        parameter("maxEbsVolumeSize", "100", false)
    ]);
    let wrong = json!([parameter("idleTimeoutInMinutes", "240", true)]);
    let given = |name: &str, value: &str| json!({ "keyName": name, "fieldType": "String", "defaultValue": value });
    let at = "2026-11-01T10:00:00Z";
    json!({
        "id": "dzd-corp1", "name": "corp",
        "environmentBlueprints": [
            { "id": "bp-tooling", "name": "Tooling", "blueprintCategory": "TOOLING" }, { "id": "bp-ml", "name": "MLExperiments" },
            { "id": "bp-own", "name": "OwnThing", "managed": false }],
        "environmentBlueprintConfigurations": [
            { "environmentBlueprintId": "bp-tooling", "enabledRegions": ["us-east-1"],
              "regionalParameters": { "us-east-1": { "maxEbsVolumeSize": "100" } } },
            { "environmentBlueprintId": "bp-ml", "enabledRegions": ["us-east-1", "eu-west-1"] }],
        "projectProfiles": [
            { "id": "pp-right", "name": "All capabilities", "lastUpdatedAt": at, "environmentConfigurations": [tooling(right)] },
            { "id": "pp-wrong", "name": "Legacy", "lastUpdatedAt": at, "environmentConfigurations":
                [tooling(wrong), { "name": "Own", "environmentBlueprintId": "bp-own" }] },
            { "id": "pp-off", "name": "Off", "status": "DISABLED", "environmentConfigurations": [tooling(json!([]))] }],
        "projects": [
            { "id": "p1forecast", "name": "Forecasting", "createdBy": ADA, "projectProfileId": "pp-right" },
            { "id": "p2search", "name": "Search", "createdBy": BO, "projectProfileId": "pp-wrong",
              "projectStatus": "UPDATE_FAILED" },
            { "id": "p3empty", "name": "Empty", "createdBy": "nobody-known" }],
        "environments": [
            { "id": "env1", "name": "Tooling", "projectId": "p1forecast", "environmentBlueprintId": "bp-tooling",
              "awsAccountId": "111122223333", "awsAccountRegion": "us-east-1", "updatedAt": at },
            { "id": "env2", "name": "Tooling", "projectId": "p2search", "environmentBlueprintId": "bp-tooling",
              "awsAccountId": OTHER, "awsAccountRegion": "us-east-1", "updatedAt": at,
              "userParameters": [given("lifecycleManagement", "ENABLED"), given("idleTimeoutInMinutes", "60"),
                                 given("maxEbsVolumeSize", "100")] },
            { "id": "env3", "name": "MLExperiments", "projectId": "p1forecast", "environmentBlueprintId": "bp-ml",
              "awsAccountId": "111122223333", "awsAccountRegion": "us-east-1" }],
        "userProfiles": [
            { "id": ADA, "type": "SSO", "details": { "sso": { "username": "ada@example.com", "firstName": "Ada" } } },
            { "id": BO, "type": "IAM", "details": { "iam": { "arn": "arn:aws:iam::111122223333:role/DataScience" } } }],
    })
}

/// A SageMaker domain with these settings of Unified Studio, and this idle timeout.
pub(crate) fn unified(id: &str, settings: &Value, minutes: Option<u32>) -> Value {
    let idle = minutes.map(|minutes| {
        json!({ "AppLifecycleManagement": { "IdleSettings": { "LifecycleManagement": "ENABLED", "IdleTimeoutInMinutes": minutes } } })
    });
    let storage =
        json!({ "DefaultEbsStorageSettings": { "DefaultEbsVolumeSizeInGb": 5, "MaximumEbsVolumeSizeInGb": 100 } });
    json!({ "DomainId": id, "DomainName": id, "DomainSettings": { "UnifiedStudioSettings": settings },
        "DefaultUserSettings": { "JupyterLabAppSettings": idle, "CodeEditorAppSettings": idle, "SpaceStorageSettings": storage } })
}

/// A project's domain with an app of Ada's, and one of the same look that is nobody's project.
fn sagemaker() -> Value {
    let name = "SageMakerUnifiedStudio-p1forecast-env1-dev";
    let project = json!({ "DomainId": "dzd-corp1", "ProjectId": "p1forecast", "EnvironmentId": "env1",
        "DomainAccountId": "111122223333", "DomainRegion": "us-east-1" });
    let mut real = unified("d-forecast", &project, Some(120));
    (real["DomainName"], real["Tags"]) =
        (json!(name), json!([{ "Key": "AmazonDataZoneProject", "Value": "p1forecast" }]));
    let named = json!({ "DomainId": "d-named", "DomainName": name });
    let plain = json!({ "DomainId": "d-plain", "DomainName": "plain" });
    let of = |member: &str, domain: &str, more: Value| {
        let mut body = json!({ "DomainId": domain, member: if member == "SpaceName" { "lab" } else { ADA } });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let domains = ["d-forecast", "d-named"];
    let owner = json!({ "OwnershipSettings": { "OwnerUserProfileName": ADA }, "SpaceSharingSettings": { "SharingType": "Private" } });
    let app =
        json!({ "AppType": "JupyterLab", "AppName": "default", "ResourceSpec": { "InstanceType": "ml.m5.xlarge" } });
    json!({
        "Domains": [real, named, plain],
        "UserProfiles": domains.map(|id| of("UserProfileName", id, json!({}))),
        "Spaces": domains.map(|id| of("SpaceName", id, owner.clone())),
        "Apps": domains.map(|id| of("SpaceName", id, app.clone())),
    })
}
