//! The same inventory of what moto serves, so that a shared misreading shows.

use std::process::Command;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use studio_parts::moto::Moto;
use studio_parts::python;

use crate::region::{OTHER, Ran, Region};

/// What a few lines of boto3 do to moto in `region` of the account that it is in.
fn boto3(moto: &Moto, lines: &str) {
    let script = format!(
        "import boto3\ndef client(service, **more):\n    return boto3.client(service, region_name='us-east-1', endpoint_url='{}', **more)\n{lines}",
        moto.url()
    );
    let mut command = Command::new(python::venv("moto").unwrap());
    command
        .args(["-c", &script])
        .env_clear()
        .envs([("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "not-a-secret")]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Sets up a notebook instance and an endpoint in the account of a role.
const WORLD: &str = "
sts = client('sts').assume_role(RoleArn='arn:aws:iam::444455556666:role/costctl-reader', RoleSessionName='setup')['Credentials']
keys = dict(aws_access_key_id=sts['AccessKeyId'], aws_secret_access_key=sts['SecretAccessKey'], aws_session_token=sts['SessionToken'])
sagemaker = client('sagemaker', **keys)
role = 'arn:aws:iam::444455556666:role/Role'
sagemaker.create_notebook_instance(NotebookInstanceName='nb', InstanceType='ml.t3.medium', RoleArn=role)
sagemaker.create_model(ModelName='m', ExecutionRoleArn=role, PrimaryContainer=dict(Image='444455556666.dkr.ecr.us-east-1.amazonaws.com/image:1'))
variant = dict(VariantName='all', ModelName='m', InitialInstanceCount=2, InstanceType='ml.m5.large', InitialVariantWeight=1)
sagemaker.create_endpoint_config(EndpointConfigName='c', ProductionVariants=[variant])
sagemaker.create_endpoint(EndpointName='e', EndpointConfigName='c', Tags=[dict(Key='team', Value='search')])
";

/// `costctl inventory` at moto, with the CloudWatch of the sandbox: moto's knows nothing
/// of the protocol that SDKs speak to CloudWatch now.
fn inventory(moto: &Moto, region: &Region, args: &[&str]) -> Ran {
    let mut command = region.command(&["--output", "json"]);
    command
        .env("AWS_ENDPOINT_URL", moto.url())
        .env("AWS_ENDPOINT_URL_CLOUDWATCH", region.sandbox.endpoint())
        .args(args);
    Ran::of(&command.output().unwrap())
}

/// A point of now, or of so many hours ago.
fn datum(namespace: &str, name: &str, dimensions: &[(&str, &str)], hours: i64, value: u32) -> Value {
    let at = Timestamp::now() - SignedDuration::from_hours(hours);
    let dimensions = dimensions.iter().map(|(name, value)| json!({ "Name": name, "Value": value }));
    json!({ "Namespace": namespace, "MetricName": name, "Dimensions": dimensions.collect::<Vec<_>>(),
        "Timestamp": at.as_second() + 30, "Value": value, "Unit": "None" })
}

#[test]
fn an_account_of_moto_is_seen_as_one_of_the_sandbox() {
    let (moto, region) = (Moto::start().unwrap(), Region::new());
    boto3(&moto, WORLD);
    let variant = [("EndpointName", "e"), ("VariantName", "all")];
    region
        .sandbox
        .metrics(&json!({ "Data": [
            datum("AWS/SageMaker", "Invocations", &variant, 5, 7),
            datum("IdleAgent", "IdleSeconds", &[("NotebookInstanceName", "nb")], 0, 99),
        ] }))
        .unwrap();
    // Moto has no inference components, and says so with a page of HTML.
    let ran =
        inventory(&moto, &region, &["--accounts", OTHER, "--resources", "endpoints,notebook-instances"]).expect(4);
    let snapshot: Value = ran.json();
    let scope = &snapshot["scopes"][0];
    assert_eq!(scope["account"], OTHER);
    assert!(scope["role"].as_str().unwrap().contains("assumed-role/costctl-reader/costctl"), "{}", scope["role"]);
    let blind: Vec<&Value> = scope["blind"].as_array().unwrap().iter().map(|blind| &blind["operation"]).collect();
    assert_eq!(blind, [&json!("ListInferenceComponents")]);
    let endpoint = &scope["endpoints"][0];
    let variant = &endpoint["close_up"]["Ok"]["variants"][0];
    assert_eq!(
        (&endpoint["name"], &variant["instance_type"], &variant["instances"]),
        (&json!("e"), &json!("ml.m5.large"), &json!(2))
    );
    assert_eq!(variant["invocations"]["read"]["sum"], 7.0, "{variant}");
    assert_eq!(endpoint["close_up"]["Ok"]["tags"]["read"]["team"], "search");
    assert_eq!(endpoint["close_up"]["Ok"]["scalable_targets"], json!({ "Ok": [] }));
    let instance = &scope["notebook_instances"][0];
    assert_eq!((&instance["name"], &instance["instance_type"]), (&json!("nb"), &json!("ml.t3.medium")));
    assert_eq!(instance["heartbeat"]["heard"]["idle_seconds"], 99);
}

#[test]
fn an_organization_of_moto_is_listed() {
    let moto = Moto::start().unwrap();
    boto3(
        &moto,
        "
organizations = client('organizations')
organizations.create_organization(FeatureSet='ALL')
for n in range(22):
    organizations.create_account(AccountName=f'a{n}', Email=f'a{n}@example.com')
",
    );
    let snapshot =
        inventory(&moto, &Region::new(), &["--organization", "--resources", "notebook-instances"]).expect(0).json();
    assert_eq!((snapshot["scopes"].as_array().unwrap().len(), &snapshot["unreached"]), (23, &json!([])));
}
