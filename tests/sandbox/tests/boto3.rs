//! The sandbox judged by boto3, which parses every answer against AWS's own
//! published models and which nobody here wrote.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::process::Command;

use studio_parts::sandbox::{Sandbox, SandboxOptions};
use studio_parts::{python, workspace};

#[test]
fn boto3_creates_lists_describes_and_deletes_every_resource_kind() {
    let sandbox =
        Sandbox::start(SandboxOptions { delete_takes: Some("300ms".into()), ..SandboxOptions::default() }).unwrap();
    let script = workspace::workspace_root().join("tests/sandbox/tests/boto3/lifecycle.py");
    let output = Command::new(python::venv("boto3").unwrap())
        .arg(script)
        .envs(sandbox.aws_env())
        .env("AWS_MAX_ATTEMPTS", "1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("all 26 operations answered"), "{said}");
}

#[test]
fn boto3_sees_scripted_faults_as_awss_errors() {
    let sandbox = Sandbox::start(SandboxOptions::default()).unwrap();
    for (kind, code) in [
        ("throttle", "ThrottlingException"),
        ("deny", "AccessDeniedException"),
        ("internal-error", "InternalFailure"),
        ("expired-token", "ExpiredTokenException"),
    ] {
        sandbox.set_faults(&format!("[[fault]]\noperation = \"ListApps\"\nkind = \"{kind}\"\ntimes = 1\n")).unwrap();
        let ask = "import boto3, botocore\n\
            client = boto3.client('sagemaker')\n\
            try: client.list_apps()\n\
            except botocore.exceptions.ClientError as error: print(error.response['Error']['Code'])\n\
            print(client.list_apps()['Apps'])";
        let output = Command::new(python::venv("boto3").unwrap())
            .args(["-c", ask])
            .envs(sandbox.aws_env())
            .env("AWS_MAX_ATTEMPTS", "1")
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{code}\n[]\n"), "{output:?}");
    }
}
