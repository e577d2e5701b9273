//! The peers of the benchmark see what there is, in the sandbox and in moto.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

use serde_json::json;
use studio_parts::cost::cost_of;
use studio_parts::moto::Moto;
use studio_parts::sandbox::{Sandbox, SandboxOptions};
use studio_parts::studio::Studio;
use studio_parts::{boto3, cleancloud, custodian};

/// The longest wait for a peer: generous, because machines are busy.
const PATIENCE: Duration = Duration::from_secs(120);

#[test]
fn apps_of_the_sandbox_are_seen_by_each_peer() {
    let (sandbox, moto) = (Sandbox::start(SandboxOptions::default()).unwrap(), Moto::start().unwrap());
    let studio = Studio::create(&sandbox).unwrap();
    let env = sandbox.aws_env();
    let two = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), 2)).collect::<BTreeMap<_, _>>();

    let (cost, found) = boto3::list(&["apps", "spaces"], &env, PATIENCE).unwrap();
    assert_eq!(found, two(&["apps", "spaces"]));
    // No Python is loaded without some; nothing here needs a gigabyte.
    assert!(cost.cpu_seconds > 0.05 && cost.wall_seconds > 0.05, "{cost:?}");
    assert!((20_000..1_000_000).contains(&cost.peak_kib), "{cost:?}");

    sandbox.forget_calls().unwrap();
    let peers = ["sagemaker-app", "sagemaker-space"];
    let (_, found) = custodian::run(&peers, &env, moto.url(), PATIENCE).unwrap();
    assert_eq!(found, two(&peers));
    assert_eq!(sandbox.calls_of("DescribeApp").unwrap().len(), 2);

    sandbox.forget_calls().unwrap();
    let (_, findings) = cleancloud::idle_apps(&env, PATIENCE).unwrap();
    assert_eq!(findings.len(), 0);
    assert_eq!(sandbox.calls_of("DescribeApp").unwrap().len(), 2);
    let app = studio.app(0);
    let set = json!({ "CreationTime": 1_700_000_000, "LastUserActivityTimestamp": 1_700_000_000 });
    let forced = json!({ "DomainId": app.domain_id, "SpaceName": app.space, "AppType": app.app_type,
        "AppName": app.app_name, "Set": set });
    sandbox.force_app(&forced).unwrap();
    let (_, findings) = cleancloud::idle_apps(&env, PATIENCE).unwrap();
    assert_eq!(findings.len(), 1, "{findings:?}");
}

#[test]
fn notebook_instances_and_endpoints_of_moto_are_seen() {
    let moto = Moto::start().unwrap();
    let role = "arn:aws:iam::111122223333:role/StudioExecutionRole";
    let call = |operation: &str, body| moto.sagemaker(operation, &body).unwrap();
    call(
        "CreateNotebookInstance",
        json!({ "NotebookInstanceName": "n-1", "InstanceType": "ml.t3.medium", "RoleArn": role }),
    );
    call(
        "CreateModel",
        json!({ "ModelName": "m-1", "ExecutionRoleArn": role,
        "PrimaryContainer": { "Image": "111122223333.dkr.ecr.us-east-1.amazonaws.com/m:1" } }),
    );
    call(
        "CreateEndpointConfig",
        json!({ "EndpointConfigName": "c-1", "ProductionVariants": [{ "VariantName": "v",
        "ModelName": "m-1", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large", "InitialVariantWeight": 1 }] }),
    );
    call("CreateEndpoint", json!({ "EndpointName": "e-1", "EndpointConfigName": "c-1" }));

    let kinds = ["endpoints", "notebook-instances"];
    let (_, found) = boto3::list(&kinds, &moto.aws_env(), PATIENCE).unwrap();
    assert_eq!(found, kinds.map(|kind| (kind.to_owned(), 1)).into());
    let resources = ["sagemaker-endpoint", "sagemaker-notebook"];
    let (_, found) = custodian::run(&resources, &moto.aws_env(), moto.url(), PATIENCE).unwrap();
    assert_eq!(found, resources.map(|name| (name.to_owned(), 1)).into());
}

#[test]
fn what_takes_too_long_or_fails_is_no_cost() {
    let mut sleeper = Command::new("sleep");
    sleeper.arg("60");
    let error = cost_of(&sleeper, Duration::from_secs(1)).unwrap_err().to_string();
    assert_eq!(error, "sleep takes longer than 1 s");
    let nowhere = [("AWS_ENDPOINT_URL", "http://127.0.0.1:9"), ("AWS_REGION", "us-east-1"), ("AWS_MAX_ATTEMPTS", "1")];
    let error = boto3::list(&["apps"], &nowhere.map(|(name, value)| (name.to_owned(), value.to_owned())), PATIENCE);
    assert!(error.unwrap_err().to_string().starts_with("the listing failed"));
    let mut failing = Command::new("sh");
    failing.args(["-c", "echo out; exit 3"]);
    let cost = cost_of(&failing, PATIENCE).unwrap();
    assert_eq!((cost.exit_code, cost.stdout.as_str()), (3, "out\n"));
}
