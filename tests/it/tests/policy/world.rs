//! The documents, and what requests are about and say when all is as it should be.

use serde_json::{Value, json};
use studio_parts::workspace::workspace_root;

/// What stands in a file of packaging/iam.
pub(super) fn text(file: &str) -> String {
    std::fs::read_to_string(workspace_root().join("packaging/iam").join(file)).unwrap()
}

/// A document of packaging/iam.
pub(super) fn document(name: &str) -> Value {
    serde_json::from_str(&text(&format!("{name}.json"))).unwrap()
}

/// The documents that a program has by its role; those of all roles for whoever has them all,
/// as in an account that is swept by itself.
pub(super) fn names_of(program: &str, role: &str) -> &'static [&'static str] {
    match (program, role) {
        ("idle-agent", "-") => &["agent", "agent-shared-spaces", "agent-notebook-instances"],
        // Tests give the roles other names, too.
        ("costctl", "costctl-reader" | "looks" | "reader-external-42") => &["reader"],
        ("costctl", "costctl-actor" | "hands") => &["actor-endpoints"],
        ("costctl", "costctl-installer") => &["installer"],
        ("costctl", "-") => &["reader", "actor-endpoints", "installer", "central"],
        _ => panic!("no document is for {program} as {role}"),
    }
}

pub(super) const APP: &str = "arn:aws:sagemaker:us-east-1:111122223333:app/d-research0001/alice-lab/jupyterlab/default";
pub(super) const CLASSIC_APP: &str =
    "arn:aws:sagemaker:us-east-1:111122223333:app/d-research0001/alice/KernelGateway/instance-1";
pub(super) const SPACE: &str = "arn:aws:sagemaker:us-east-1:111122223333:space/d-research0001/alice-lab";
pub(super) const DOMAIN: &str = "arn:aws:sagemaker:us-east-1:111122223333:domain/d-research0001";
pub(super) const USER_PROFILE: &str = "arn:aws:sagemaker:us-east-1:111122223333:user-profile/d-research0001/alice";
pub(super) const NOTEBOOK: &str = "arn:aws:sagemaker:us-east-1:111122223333:notebook-instance/old-research";
pub(super) const ENDPOINT: &str = "arn:aws:sagemaker:us-east-1:111122223333:endpoint/trial-1";
pub(super) const COMPONENT: &str = "arn:aws:sagemaker:us-east-1:111122223333:inference-component/copies";
pub(super) const STUDIO_CONFIG: &str =
    "arn:aws:sagemaker:us-east-1:111122223333:studio-lifecycle-config/idle-agent-jupyterlab-0123456789ab";
pub(super) const NOTEBOOK_CONFIG: &str =
    "arn:aws:sagemaker:us-east-1:111122223333:notebook-instance-lifecycle-config/idle-agent";
pub(super) const BUCKET: &str = "arn:aws:s3:::amzn-s3-demo-bucket";
pub(super) const BINARY: &str = "arn:aws:s3:::amzn-s3-demo-bucket/idle-agent/idle-agent/0123/idle-agent";
pub(super) const EVIDENCE: &str = "arn:aws:s3:::amzn-s3-demo-bucket/costctl/account=111122223333/run.jsonl";
pub(super) const LEDGER: &str = "arn:aws:s3:::amzn-s3-demo-bucket/costctl-ledger/account=111122223333/look.jsonl";
pub(super) const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
pub(super) const READER: &str = "arn:aws:iam::444455556666:role/costctl-reader";
pub(super) const ACTOR: &str = "arn:aws:iam::444455556666:role/costctl-actor";

/// What requests are about: one of each kind that the documents name, and some that they do not.
pub(super) const RESOURCES: [&str; 30] = [
    "*",
    APP,
    CLASSIC_APP,
    SPACE,
    DOMAIN,
    USER_PROFILE,
    NOTEBOOK,
    ENDPOINT,
    COMPONENT,
    STUDIO_CONFIG,
    NOTEBOOK_CONFIG,
    "arn:aws:sagemaker:us-east-1:111122223333:endpoint-config/trial-1",
    "arn:aws:sagemaker:us-east-1:111122223333:model/trial-1",
    "arn:aws:sagemaker:us-east-1:111122223333:studio-lifecycle-config/somebody-elses",
    BUCKET,
    BINARY,
    EVIDENCE,
    LEDGER,
    "arn:aws:s3:::amzn-s3-demo-bucket/elsewhere",
    KEY,
    READER,
    ACTOR,
    "arn:aws:iam::111122223333:role/StudioExecutionRole",
    "arn:aws:cloudwatch::111122223333:dashboard/costctl",
    "arn:aws:cloudwatch:us-east-1:111122223333:alarm:costctl-run-rate",
    "arn:aws:ssm:us-east-1:111122223333:parameter/costctl/stop",
    "arn:aws:sns:us-east-1:111122223333:costctl",
    "arn:aws:ec2:us-east-1:111122223333:vpc-endpoint/vpce-1",
    "arn:aws:datazone:us-east-1:111122223333:domain/dzd_1",
    "arn:aws:servicequotas:us-east-1:111122223333:sagemaker/L-1",
];

/// What the requests of a program say when they are as they should be.
pub(super) fn context(program: &str, action: &str) -> Value {
    let mut context = json!({
        "aws:PrincipalTag/studiouserid": "alice",
        "sagemaker:DomainId": "d-research0001",
        "sagemaker:OwnerUserProfileArn": USER_PROFILE,
        "sagemaker:SpaceSharingType": "Private",
        "sagemaker:UserProfileName": "alice",
        "sts:ExternalId": "example-external-id",
        "sts:SourceIdentity": "alice",
    });
    context["cloudwatch:namespace"] = json!(if program == "idle-agent" { "IdleAgent" } else { "CostControl" });
    if action.starts_with("kms:") {
        context["kms:ViaService"] = json!("s3.us-east-1.amazonaws.com");
    }
    if action == "s3:ListBucket" {
        context["s3:prefix"] =
            json!(if program == "costctl" { "costctl/account=111122223333/" } else { "idle-agent/" });
    }
    context
}
