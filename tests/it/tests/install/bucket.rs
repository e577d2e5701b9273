//! Artifacts in a bucket of moto, whose S3 nobody here wrote.

use std::process::Command;

use serde_json::json;
use studio_parts::moto::Moto;
use studio_parts::python;
use studio_parts::sandbox::SandboxOptions;

use crate::fleet::{Fleet, Ran};

const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-8000-000000000000";

/// What a few lines of boto3 print about moto's S3.
fn boto3(fleet: &Fleet, moto: &Moto, lines: &str) -> String {
    let script = format!("import boto3, json\ns3 = boto3.client('s3', endpoint_url='{}')\n{lines}", moto.url());
    let mut command = Command::new(python::venv("boto3").unwrap());
    command.args(["-c", &script]).envs(fleet.sandbox.aws_env()).env("AWS_EC2_METADATA_DISABLED", "true");
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_bucket_holds_the_binary_and_the_way_back() {
    let (fleet, moto) = (Fleet::with(SandboxOptions::default(), 6), Moto::start().unwrap());
    let make = "s3.create_bucket(Bucket='artifacts', CreateBucketConfiguration={'LocationConstraint': 'eu-west-1'})";
    boto3(&fleet, &moto, make);
    let run = |command: &[&str], flags: &[&str]| {
        let mut command = fleet.command(command);
        command.args(["--domain", &fleet.rich, "--artifacts", "s3://artifacts/some/prefix", "--artifacts-region"]);
        command.args(["eu-west-1"]).args(flags).env("AWS_ENDPOINT_URL_S3", moto.url());
        command.env("COSTCTL_BINARY", fleet.dir().join("idle-agent"));
        Ran::of(&command.output().unwrap())
    };
    let before = fleet.state();
    let go = ["--execute", "--yes", "--kms-key", KEY];
    run(&["install"], &go).expect(5).says(&["0 failed"]);
    let list = "found = s3.list_objects_v2(Bucket='artifacts')['Contents']\n\
                head = [s3.head_object(Bucket='artifacts', Key=o['Key']) for o in found]\n\
                print(json.dumps({o['Key']: [o['Size'], h.get('ServerSideEncryption'), h.get('SSEKMSKeyId')] \
                for o, h in zip(found, head)}))";
    let objects: serde_json::Value = serde_json::from_str(&boto3(&fleet, &moto, list)).unwrap();
    let objects = objects.as_object().unwrap();
    let binary = objects.iter().find(|(key, _)| key.starts_with("some/prefix/idle-agent/")).unwrap();
    assert_eq!(binary.1, &json!([121, "aws:kms", KEY]), "{objects:?}");
    let sha256 = binary.0.split('/').nth(3).unwrap();
    let config = fleet.configs().into_iter().find(|c| c["name"].to_string().contains("code-editor")).unwrap();
    let described = json!({ "StudioLifecycleConfigName": config["name"] });
    let described = fleet.sandbox.call("DescribeStudioLifecycleConfig", &described).unwrap();
    let decode =
        format!("import base64\nprint(base64.b64decode({}).decode())", described["StudioLifecycleConfigContent"]);
    let script = boto3(&fleet, &moto, &decode);
    for part in [sha256, &format!("'s3://artifacts/{}'", binary.0), "'eu-west-1'"] {
        assert!(script.contains(part), "{part} is missing:\n{script}");
    }

    // The same again stores nothing again, and finds the way back.
    let images = objects.len() - 1;
    assert!(images > 5, "{objects:?}");
    run(&["install"], &go).expect(5).says(&["0 to change"]);
    let again: serde_json::Value = serde_json::from_str(&boto3(&fleet, &moto, list)).unwrap();
    assert_eq!(again.as_object().unwrap().len(), objects.len());
    run(&["rollback"], &go[..2]).expect(0).says(&["0 failed"]);
    let settings = |state: &std::collections::BTreeMap<String, serde_json::Value>| {
        state[&fleet.rich]["DefaultUserSettings"]["KernelGatewayAppSettings"]["LifecycleConfigArns"].clone()
    };
    assert_eq!(settings(&fleet.state()), settings(&before));

    // Somebody put another binary in its place: it is not installed.
    run(&["uninstall"], &go[..2]).expect(0);
    boto3(&fleet, &moto, &format!("s3.put_object(Bucket='artifacts', Key='{}', Body=b'other')", binary.0));
    let damaged = run(&["install"], &go).expect(1);
    assert!(damaged.stderr.contains("is not what was stored: its SHA-256 is"), "{}", damaged.stderr);
    assert_eq!(fleet.configs().len(), 1, "nothing was installed");
    // And a bucket that is not there is one clear error.
    boto3(
        &fleet,
        &moto,
        "for o in s3.list_objects_v2(Bucket='artifacts')['Contents']: s3.delete_object(Bucket='artifacts', Key=o['Key'])\ns3.delete_bucket(Bucket='artifacts')",
    );
    let gone = run(&["install"], &go).expect(1);
    assert!(gone.stderr.contains("writing s3://artifacts/some/prefix/idle-agent/"), "{}", gone.stderr);
    assert!(gone.stderr.contains("hint: --artifacts"), "{}", gone.stderr);
}
