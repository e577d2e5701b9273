//! Evidence in buckets of moto's S3, one of them with Object Lock.

use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use studio_parts::process::Running;
use studio_parts::python;
use studio_parts::workspace::workspace_root;

use crate::world::{Said, World};

const LIMIT: Duration = Duration::from_secs(120);

fn moto() -> (Running, String) {
    let mut command = Command::new(python::venv("moto").unwrap());
    command.arg(workspace_root().join("tests/it/tests/evidence/buckets.py"));
    // Nothing of the caller's own AWS.
    command.env("AWS_CONFIG_FILE", "/dev/null").env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    for name in ["AWS_PROFILE", "AWS_ENDPOINT_URL"] {
        command.env_remove(name);
    }
    let mut moto = Running::spawn(command).unwrap();
    let ready = moto.wait_for_line(|line| line.starts_with('{'), LIMIT).unwrap();
    let ready: Value = serde_json::from_str(&ready).unwrap();
    (moto, ready["endpoint"].as_str().unwrap().to_owned())
}

#[test]
fn a_bucket_says_how_it_keeps_what_is_in_it() {
    let world = World::new();
    let (mut moto, endpoint) = moto();
    let in_bucket = |bucket: &str, code: i32, words: &str| -> Said {
        let place = format!("s3://{bucket}/costctl");
        let said = world.says(words, &[("COSTCTL_EVIDENCE", &place), ("AWS_ENDPOINT_URL_S3", &endpoint)]);
        assert_eq!(said.code, Some(code), "{words}\n{}\n{}", said.stdout, said.stderr);
        said
    };
    for (bucket, kept) in [
        ("locked", "bucket: Object Lock COMPLIANCE for 400 days by default; versioning enabled"),
        ("plain", "bucket: without Object Lock: whoever may delete can delete evidence; no"),
        ("versioned", "bucket: without Object Lock: whoever may delete can delete evidence; versioning"),
    ] {
        in_bucket(bucket, 0, "coverage --all-domains");
        let verified = in_bucket(bucket, 0, "evidence verify");
        assert!(verified.stdout.contains(kept), "{bucket}: {}", verified.stdout);
    }
    in_bucket("locked", 0, "evidence --out e.tar.gz");
    let verified = in_bucket("locked", 0, "evidence verify --output json");
    let verified: Value = serde_json::from_str(&verified.stdout).unwrap();
    assert_eq!(verified["bucket"]["object_lock"]["known"]["mode"], "COMPLIANCE", "{verified}");
    assert_eq!(verified["objects"], 1, "{verified}");

    // It cannot be destroyed, but hidden behind a marker; that is found.
    moto.write_stdin("costctl/chain/000000000001.json\n").unwrap();
    let told = moto.wait_for_line(|line| line.starts_with("{\"key\""), LIMIT).unwrap();
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((&told["mode"], &told["destroyed"]), (&"COMPLIANCE".into(), &"AccessDenied".into()), "{told}");
    assert!(told["checksum"].is_string(), "S3 takes no object without one here: {told}");
    let gone = in_bucket("locked", 1, "evidence verify");
    assert!(gone.stdout.contains("NOT SEALED"), "{}", gone.stdout);
}
