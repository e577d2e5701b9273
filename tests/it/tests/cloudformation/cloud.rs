//! A cloud with the stacks in it: what each needs of the others is handed on, as an operator would.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use studio_parts::binaries::binary;
use studio_parts::cloudformation::{CloudFormation, Stack};
use studio_parts::python;
use studio_parts::sandbox::{Sandbox, SandboxOptions};
use studio_parts::workspace::workspace_root;
use tempfile::TempDir;

pub(crate) const NAMES: [&str; 8] =
    ["central", "member", "agent", "sweep", "vpc-endpoints", "studio-domain", "studio-user-profile", "portfolio"];
pub(crate) const BUCKET: &str = "amzn-s3-demo-bucket";
pub(crate) const EXTERNAL_ID: &str = "example-external-id";
pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const REGION: &str = "us-east-1";
pub(crate) const EXECUTION_ROLE: &str = "arn:aws:iam::111122223333:role/StudioExecutionRole";

/// Where a template lies.
pub(crate) fn template_path(name: &str) -> PathBuf {
    let of_catalog = ["studio-domain", "studio-user-profile", "portfolio"].contains(&name);
    let folder = if of_catalog { "service-catalog" } else { "cloudformation" };
    workspace_root().join("packaging").join(folder).join(format!("{name}.yaml"))
}

pub(crate) fn template(name: &str) -> String {
    fs::read_to_string(template_path(name)).unwrap()
}

pub(crate) struct Cloud {
    pub(crate) sandbox: Sandbox,
    pub(crate) cloudformation: CloudFormation,
    dir: TempDir,
}

impl Cloud {
    pub(crate) fn new() -> Self {
        let options = SandboxOptions {
            create_takes: Some("0s".to_owned()),
            delete_takes: Some("0s".to_owned()),
            ..SandboxOptions::default()
        };
        let sandbox = Sandbox::start(options).unwrap();
        let cloudformation = CloudFormation::start(&sandbox).unwrap();
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("idle-agent"), static_elf()).unwrap();
        Self { sandbox, cloudformation, dir }
    }

    /// The outputs of a new stack of this name and template, which is made without a failure.
    pub(crate) fn make(&self, name: &str, parameters: &[(&str, &str)]) -> BTreeMap<String, String> {
        self.make_of(name, &template(name), parameters)
    }

    /// The same of this text.
    pub(crate) fn make_of(&self, name: &str, text: &str, parameters: &[(&str, &str)]) -> BTreeMap<String, String> {
        let tags = [("CostCenter", "4711"), ("DataClassification", "internal"), ("Environment", "test")];
        let Stack { status, outputs, failures } = self.cloudformation.create(name, text, parameters, &tags).unwrap();
        assert_eq!(status, "CREATE_COMPLETE", "{name}: {failures}");
        outputs
    }

    pub(crate) fn unmake(&self, name: &str) {
        let Stack { status, failures, outputs: _ } = self.cloudformation.delete(name).unwrap();
        assert_eq!(status, "DELETE_COMPLETE", "{name}: {failures}");
    }

    /// The central stack with more parameters, and its outputs.
    pub(crate) fn central(&self, more: &[(&str, &str)]) -> BTreeMap<String, String> {
        let parameters = [("BucketName", BUCKET), ("ExternalId", EXTERNAL_ID)];
        self.make("central", &[&parameters, more].concat())
    }

    /// The stack of the agent by what parameters.sh prints, and its outputs.
    pub(crate) fn agent(&self, key: &str) -> BTreeMap<String, String> {
        let printed = self.run(Command::new(workspace_root().join("packaging/cloudformation/parameters.sh")), key);
        assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
        let parameters: Vec<BTreeMap<String, String>> = serde_json::from_slice(&printed.stdout).unwrap();
        let text = |parameter: &BTreeMap<String, String>, field: &str| parameter[field].clone();
        let pairs: Vec<(String, String)> = parameters
            .iter()
            .map(|parameter| (text(parameter, "ParameterKey"), text(parameter, "ParameterValue")))
            .collect();
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        self.make("agent", &pairs)
    }

    /// The stack of a domain with the agent of these outputs, and its outputs.
    pub(crate) fn domain(&self, key: &str, agent: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        self.make("studio-domain", &domain_parameters(key, &agent["JupyterLabArn"], &agent["CodeEditorArn"]))
    }

    /// What costctl prints with `--output json`.
    pub(crate) fn costctl(&self, args: &[&str], key: &str) -> Value {
        let mut command = Command::new(binary("costctl").unwrap());
        command.args(args).args(["--region", REGION, "--output", "json"]);
        let ran = self.run(command, key);
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        serde_json::from_slice(&ran.stdout).unwrap()
    }

    /// Puts a file into the bucket, by AWS's own command line.
    pub(crate) fn upload(&self, file: &Path, key: &str) {
        let mut command = Command::new(python::venv("moto").unwrap().with_file_name("aws"));
        command.args(["s3", "cp", "--only-show-errors", "--endpoint-url", self.cloudformation.ministack().url()]);
        command.arg(file).arg(format!("s3://{BUCKET}/{key}"));
        let put = self.run(command, "none");
        assert!(put.status.success(), "{}", String::from_utf8_lossy(&put.stderr));
    }

    pub(crate) fn dir(&self) -> &Path {
        self.dir.path()
    }

    fn run(&self, mut command: Command, key: &str) -> Output {
        command.envs(self.sandbox.aws_env()).env("AWS_ACCESS_KEY_ID", ACCOUNT);
        command.env("AWS_ENDPOINT_URL_S3", self.cloudformation.ministack().url());
        command.env("AWS_DEFAULT_REGION", REGION).env("HOME", self.dir.path());
        command.env("COSTCTL", binary("costctl").unwrap()).env("COSTCTL_BINARY", self.dir.path().join("idle-agent"));
        command.env("COSTCTL_ARTIFACTS", format!("s3://{BUCKET}/idle-agent")).env("COSTCTL_KMS_KEY", key);
        command.env("COSTCTL_IDLE_TIMEOUT", "60m").output().unwrap()
    }
}

/// What a domain needs to be told.
pub(crate) fn domain_parameters<'a>(
    key: &'a str,
    jupyter_lab: &'a str,
    code_editor: &'a str,
) -> Vec<(&'static str, &'a str)> {
    vec![
        ("DomainName", "team-a"),
        ("VpcId", "vpc-0123456789abcdef0"),
        ("SubnetIds", "subnet-0123456789abcdef0,subnet-0123456789abcdef1"),
        ("SecurityGroupIds", "sg-0123456789abcdef0"),
        ("KmsKeyId", key),
        ("ExecutionRoleArn", EXECUTION_ROLE),
        ("JupyterLabConfigArn", jupyter_lab),
        ("CodeEditorConfigArn", code_editor),
        ("HiddenInstanceTypes", "ml.p4d.24xlarge,ml.p5.48xlarge"),
    ]
}

/// The head of a static x86_64 executable: what an install demands of the agent's binary.
fn static_elf() -> Vec<u8> {
    let mut bytes = vec![0; 64 + 56];
    bytes[..6].copy_from_slice(b"\x7fELF\x02\x01");
    (bytes[16], bytes[18], bytes[32], bytes[54], bytes[56], bytes[64]) = (2, 0x3e, 64, 56, 1, 1);
    bytes
}
