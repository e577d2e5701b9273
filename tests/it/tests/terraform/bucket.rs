//! Where a central team owns IAM: no role is made, and what the bucket's policy then says, by an
//! evaluator that nobody here wrote.

use serde_json::{Value, json};
use studio_parts::iam_policies::Decision::{Allowed, ExplicitDeny};
use studio_parts::iam_policies::{Request, decide_all};
use studio_parts::terraform::Terraform;

use crate::elsewhere::{Elsewhere, KEY};

const THEIRS: &str = r#"
  existing_roles = {
    reader        = "arn:aws:iam::444455556666:role/theirs/reader"
    actor         = "arn:aws:iam::444455556666:role/theirs/actor"
    installer     = "arn:aws:iam::444455556666:role/theirs/installer"
    central       = "arn:aws:iam::444455556666:role/theirs/central"
    state_machine = "arn:aws:iam::444455556666:role/theirs/state-machine"
    schedule      = "arn:aws:iam::444455556666:role/theirs/schedule"
  }
  execution_role_names = ["studio"]
  source_vpce_ids      = ["vpce-1a2b3c4d"]
"#;
const OTHER_KEY: &str = "arn:aws:kms:eu-west-1:444455556666:key/11111111-1111-4111-8111-111111111111";
const BUCKET: &str = "arn:aws:s3:::costctl-444455556666-eu-west-1";

/// The statements, with leave for everything in the place of the caller's own policy.
fn policies(document: &str) -> Vec<Value> {
    let mut policy: Value = serde_json::from_str(document).unwrap();
    for statement in policy["Statement"].as_array_mut().unwrap() {
        // All of them are for everybody, which is for a test to see and not for the evaluator.
        assert_eq!(statement.as_object_mut().unwrap().remove("Principal").unwrap(), "*");
    }
    let anything =
        json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "*", "Resource": "*" }] });
    vec![policy, anything]
}

#[test]
fn a_central_team_may_own_every_role_and_the_bucket_keeps_its_rules() {
    let Some(terraform) = Terraform::find().unwrap() else { return };
    let elsewhere = Elsewhere::plan(&terraform, THEIRS);
    for kind in ["aws_iam_role", "aws_iam_role_policy", "aws_iam_policy", "aws_iam_role_policy_attachment"] {
        assert_eq!(elsewhere.planned(kind), Vec::<&Value>::new(), "{kind}");
    }
    let function = elsewhere.planned("aws_lambda_function")[0];
    assert_eq!(function["role"], "arn:aws:iam::444455556666:role/theirs/central");

    let policies = policies(elsewhere.planned("aws_s3_bucket_policy")[0]["policy"].as_str().unwrap());
    let (get, put) = ("s3:GetObject", "s3:PutObject");
    let (app, central) = ("arn:aws:iam::444455556666:role/studio", "arn:aws:iam::444455556666:role/theirs/central");
    let binary = "idle-agent/idle-agent/0123/idle-agent";
    let created = |key: &str| json!({ "aws:SecureTransport": true, "s3:if-none-match": "*", "s3:x-amz-server-side-encryption": "aws:kms", "s3:x-amz-server-side-encryption-aws-kms-key-id": key });
    let by = |principal: &str| json!({ "aws:SecureTransport": true, "aws:PrincipalArn": principal });
    let through = |vpce: &str| json!({ "aws:SecureTransport": true, "aws:PrincipalArn": app, "aws:SourceVpce": vpce });
    let table = [
        (get, "costctl/evidence/1.jsonl", json!({ "aws:SecureTransport": true }), Allowed),
        (get, "costctl/evidence/1.jsonl", json!({ "aws:SecureTransport": false }), ExplicitDeny),
        (put, "costctl/evidence/1.jsonl", created(KEY), Allowed),
        (put, "costctl-ledger/1.jsonl", json!({ "aws:SecureTransport": true, "s3:if-none-match": "*" }), Allowed),
        (put, "costctl-ledger/1.jsonl", json!({ "aws:SecureTransport": true }), ExplicitDeny),
        (put, "costctl/evidence/1.jsonl", created(OTHER_KEY), ExplicitDeny),
        (put, "policy/costctl.toml", json!({ "aws:SecureTransport": true }), Allowed),
        (get, binary, through("vpce-1a2b3c4d"), Allowed),
        (get, binary, through("vpce-other"), ExplicitDeny),
        (get, binary, by(app), ExplicitDeny),
        (get, binary, by(central), Allowed),
    ];
    let resources: Vec<String> = table.iter().map(|(_, key, ..)| format!("{BUCKET}/{key}")).collect();
    let requests: Vec<Request<'_>> = table
        .iter()
        .zip(&resources)
        .map(|((action, _, context, _), resource)| Request { policies: &policies, action, resource, context })
        .collect();
    for ((action, key, context, wanted), decision) in table.iter().zip(decide_all(&requests).unwrap()) {
        assert_eq!(decision, *wanted, "{action} {key} {context}");
    }
}
