//! The evaluator of endpoint policies: what it cannot tell is never leave.

use cost_planner::vpc::{Answer, Request, answer};
use serde_json::{Value, json};

const ROLE: &str = "arn:aws:iam::111122223333:role/Studio";

const STOP: Request<'static> = Request {
    action: "sagemaker:DeleteApp",
    resource: "arn:aws:sagemaker:us-east-1:111122223333:app/d-1/*",
    account: "111122223333",
    role: Some(ROLE),
    vpc: "vpc-1",
    endpoint: "vpce-1",
    is_gateway: false,
};

const FETCH: Request<'static> =
    Request { action: "s3:GetObject", resource: "arn:aws:s3:::agents/idle-agent/*", is_gateway: true, ..STOP };

/// In a word: `+` for leave, `-` for none, `?` where nobody can tell.
fn said(statements: &Value, request: &Request<'_>) -> char {
    let document = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    match answer(Some(&document), request) {
        Answer::Allowed => '+',
        Answer::Denied(_) => '-',
        Answer::Unclear(_) => '?',
    }
}

/// A statement for everybody, on everything, with these members beside or instead.
fn statement(effect: &str, more: &Value) -> Value {
    let mut statement = json!({ "Effect": effect, "Principal": "*", "Action": "*", "Resource": "*" });
    for (name, value) in more.as_object().unwrap() {
        statement[name] = value.clone();
    }
    statement.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    statement
}

fn allow(more: &Value) -> Value {
    statement("Allow", more)
}

fn deny(more: &Value) -> Value {
    statement("Deny", more)
}

#[test]
fn what_one_statement_says_to_a_stop() {
    let elsewhere = "arn:aws:sagemaker:us-east-1:444455556666:*";
    for (more, expected) in [
        (json!({}), '+'),
        (json!({ "Action": "sagemaker:*" }), '+'),
        (json!({ "Action": ["SageMaker:deleteapp"] }), '+'),
        (json!({ "Action": "sagemaker:Describe*" }), '-'),
        (json!({ "Action": null, "NotAction": "sagemaker:Delete*" }), '-'),
        (json!({ "Action": null, "NotAction": ["s3:*"] }), '+'),
        (json!({ "Resource": "arn:aws:sagemaker:*:111122223333:app/*" }), '+'),
        (json!({ "Resource": "arn:aws:sagemaker:*:111122223333:app/d-1/alice/*" }), '?'),
        (json!({ "Resource": elsewhere }), '-'),
        (json!({ "Resource": null, "NotResource": elsewhere }), '+'),
        (json!({ "Resource": "arn:aws:sagemaker:*:${aws:PrincipalAccount}:app/*" }), '?'),
        (json!({ "Principal": { "AWS": "*" } }), '+'),
        (json!({ "Principal": { "AWS": ["444455556666", "111122223333"] } }), '+'),
        (json!({ "Principal": { "AWS": "arn:aws:iam::111122223333:root" } }), '+'),
        (json!({ "Principal": { "AWS": ROLE } }), '+'),
        (json!({ "Principal": { "AWS": "arn:aws:iam::111122223333:role/Other" } }), '-'),
        (json!({ "Principal": { "AWS": "arn:aws:sts::111122223333:assumed-role/Studio/SageMaker" } }), '?'),
        (json!({ "Principal": { "AWS": "444455556666" } }), '-'),
        (json!({ "Principal": { "Service": "sagemaker.amazonaws.com" } }), '-'),
        (json!({ "Principal": null, "NotPrincipal": { "AWS": "444455556666" } }), '?'),
        (json!({ "Principal": null }), '?'),
        (json!({ "Action": 7 }), '?'),
        (json!({ "Effect": "Maybe" }), '?'),
    ] {
        assert_eq!(said(&json!([allow(&more)]), &STOP), expected, "{more}");
    }
}

#[test]
fn what_a_condition_makes_of_it() {
    for (condition, expected) in [
        (json!({ "StringEquals": { "aws:PrincipalOrgID": "o-1" } }), '?'),
        (json!({ "StringEquals": { "aws:PrincipalAccount": "111122223333" } }), '+'),
        (json!({ "StringEquals": { "AWS:principalaccount": ["444455556666", "111122223333"] } }), '+'),
        (json!({ "StringEquals": { "aws:PrincipalAccount": "444455556666" } }), '-'),
        (json!({ "StringNotEquals": { "aws:PrincipalAccount": "111122223333" } }), '-'),
        (json!({ "StringNotEqualsIfExists": { "aws:SourceVpc": "vpc-2" } }), '+'),
        (json!({ "StringEquals": { "aws:SourceVpce": "vpce-1" }, "StringLike": { "aws:SourceVpc": "vpc-*" } }), '+'),
        (json!({ "ArnLike": { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/St*" } }), '+'),
        (json!({ "ArnEquals": { "aws:PrincipalArn": "arn:aws:iam::*:role/Other" } }), '-'),
        (json!({ "ArnLike": { "aws:PrincipalArn": "arn:aws:*" } }), '?'),
        (json!({ "StringEquals": { "aws:SourceVpc": "${aws:PrincipalTag/vpc}" } }), '?'),
        (json!({ "Bool": { "aws:SecureTransport": "true" } }), '?'),
        (json!({ "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-1/*" } }), '?'),
        // What does not hold decides, whatever the unknown one is.
        (json!({ "StringEquals": { "aws:PrincipalOrgID": "o-1", "aws:PrincipalAccount": "444455556666" } }), '-'),
        (json!("nonsense"), '?'),
    ] {
        assert_eq!(said(&json!([allow(&json!({ "Condition": condition }))]), &STOP), expected, "{condition}");
    }
}

#[test]
fn several_statements_and_documents_of_another_form() {
    let unknown = json!({ "Condition": { "StringNotEquals": { "aws:PrincipalOrgID": "o-1" } } });
    let everything = || allow(&json!({}));
    for (statements, expected) in [
        (json!([]), '-'),
        (json!([everything(), deny(&json!({ "Action": "sagemaker:Delete*" }))]), '-'),
        (json!([deny(&json!({ "Action": "sagemaker:Create*" })), everything()]), '+'),
        // One that is known to allow is enough; one that may deny is not outweighed.
        (json!([allow(&unknown), everything()]), '+'),
        (json!([everything(), deny(&unknown)]), '?'),
        (json!([everything(), deny(&json!({ "Resource": "arn:aws:sagemaker:*:*:app/d-1/eve/*" }))]), '?'),
        (everything(), '+'),
    ] {
        assert_eq!(said(&statements, &STOP), expected, "{statements}");
    }
    assert_eq!(answer(None, &STOP), Answer::Allowed, "no policy restricts nothing");
    for text in ["", "{}", "[]", "{\"Statement\": 7}", "{\"Statement\": [7]}"] {
        assert!(matches!(answer(Some(text), &STOP), Answer::Unclear(_)), "{text:?}");
    }
}

#[test]
fn a_gateway_understands_principals_in_its_own_way() {
    for (more, expected) in [
        (json!({ "Action": "s3:GetObject", "Resource": "arn:aws:s3:::agents/*" }), '+'),
        (json!({ "Resource": ["arn:aws:s3:::data", "arn:aws:s3:::data/*"] }), '-'),
        (json!({ "Resource": "arn:aws:s3:::agents" }), '-'),
        (json!({ "Principal": { "AWS": "111122223333" } }), '?'),
        (json!({ "Principal": { "AWS": ROLE } }), '?'),
        (json!({ "Condition": { "StringEquals": { "aws:PrincipalArn": ROLE } } }), '+'),
    ] {
        assert_eq!(said(&json!([allow(&more)]), &FETCH), expected, "{more}");
    }
    // Of any bucket, a policy for one of them says nothing.
    let any = Request { resource: "arn:aws:s3:::*/*", ..FETCH };
    assert_eq!(said(&json!([allow(&json!({ "Resource": "arn:aws:s3:::agents/*" }))]), &any), '?');
    // A caller of whom no role is known is nobody's.
    let nobody = Request { role: None, ..STOP };
    assert_eq!(said(&json!([allow(&json!({ "Principal": { "AWS": ROLE } }))]), &nobody), '?');
    let by_arn = json!({ "Condition": { "ArnEquals": { "aws:PrincipalArn": ROLE } } });
    assert_eq!(said(&json!([allow(&by_arn)]), &nobody), '?');
}
