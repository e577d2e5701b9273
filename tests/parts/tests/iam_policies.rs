//! The evaluator of IAM policies, against what AWS documents.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use serde_json::{Value, json};
use studio_parts::iam_policies::Decision::{self, Allowed, ExplicitDeny, ImplicitDeny};
use studio_parts::iam_policies::{Request, decide, decide_all};

const APP: &str = "arn:aws:sagemaker:us-east-1:111122223333:app/d-1/space-1/jupyterlab/default";
const CREATE: &str = "sagemaker:CreateApp";
const TYPES: &str = "sagemaker:InstanceTypes";

/// One line of a table: a name, the policies' statements, the context, the decision.
type Case = (&'static str, Vec<Value>, Value, Decision);

#[test]
fn an_allowlist_of_instance_types_denies_what_is_not_on_it() {
    let listed = || {
        allow_and_deny(&json!({ "ForAnyValue:StringNotLike": { TYPES: ["ml.t3.medium", "ml.t3.large", "system"] } }))
    };
    let wild = || allow_and_deny(&json!({ "ForAnyValue:StringNotLike": { TYPES: ["ml.t3.*", "ml.g?.xlarge"] } }));
    let types = |types: &[&str]| json!({ TYPES: types });
    check(&[
        ("one of the list", listed(), types(&["ml.t3.medium"]), Allowed),
        ("two of the list", listed(), types(&["ml.t3.medium", "ml.t3.large"]), Allowed),
        ("the second is not", listed(), types(&["ml.t3.medium", "ml.p4d.24xlarge"]), ExplicitDeny),
        ("the first is not", listed(), types(&["ml.p4d.24xlarge", "ml.t3.medium"]), ExplicitDeny),
        ("none is", listed(), types(&["ml.p4d.24xlarge"]), ExplicitDeny),
        ("system is listed", listed(), types(&["system"]), Allowed),
        ("no such key", listed(), json!({}), Allowed),
        ("a key without values", listed(), types(&[]), Allowed),
        ("a string, listed", listed(), json!({ TYPES: "ml.t3.medium" }), Allowed),
        ("a string, not listed", listed(), json!({ TYPES: "ml.p4d.24xlarge" }), ExplicitDeny),
        ("values know case", listed(), types(&["ML.T3.MEDIUM"]), ExplicitDeny),
        ("keys know none", listed(), json!({ "SageMaker:instancetypes": ["ml.p4d.24xlarge"] }), ExplicitDeny),
        ("a star", wild(), types(&["ml.t3.xlarge", "ml.g5.xlarge"]), Allowed),
        ("beside the star", wild(), types(&["ml.t30.xlarge"]), ExplicitDeny),
        ("beside the question mark", wild(), types(&["ml.g10.xlarge"]), ExplicitDeny),
        ("system is not listed", wild(), types(&["system"]), ExplicitDeny),
    ]);
}

#[test]
fn operators_differ_on_keys_that_are_missing() {
    let there = || json!({ TYPES: ["ml.t3.medium"] });
    let team = |team: &str| json!({ "aws:ResourceTag/team": team });
    let null = |value: &str| allow_and_deny(&json!({ "Null": { TYPES: value } }));
    let allow_if = |condition: Value| vec![with(allow("*", "*"), condition)];
    let all = || allow_if(json!({ "ForAllValues:StringLike": { TYPES: ["ml.t3.*"] } }));
    let tagged = |operator: &str| allow_if(json!({ operator: { "aws:ResourceTag/team": ["ml", "data"] } }));
    let if_exists = || allow_and_deny(&json!({ "ForAnyValue:StringNotLikeIfExists": { TYPES: ["ml.t3.medium"] } }));
    let both =
        || allow_if(json!({ "StringEquals": { "aws:ResourceTag/team": "ml", "aws:RequestedRegion": "us-east-1" } }));
    check(&[
        ("Null, missing", null("true"), json!({}), ExplicitDeny),
        ("Null, without values", null("true"), json!({ TYPES: [] }), ExplicitDeny),
        ("Null, there", null("true"), there(), Allowed),
        ("not Null, missing", null("false"), json!({}), Allowed),
        ("not Null, there", null("false"), there(), ExplicitDeny),
        ("all, missing", all(), json!({}), Allowed),
        ("all, there", all(), json!({ TYPES: ["ml.t3.medium", "ml.t3.large"] }), Allowed),
        ("all, one off", all(), json!({ TYPES: ["ml.t3.medium", "ml.g5.large"] }), ImplicitDeny),
        ("any if it exists, missing", if_exists(), json!({}), ExplicitDeny),
        ("any if it exists, there", if_exists(), there(), Allowed),
        ("equal, second value", tagged("StringEquals"), team("data"), Allowed),
        ("equal, missing", tagged("StringEquals"), json!({}), ImplicitDeny),
        ("equal, other case", tagged("StringEquals"), team("ML"), ImplicitDeny),
        ("equal if it exists, missing", tagged("StringEqualsIfExists"), json!({}), Allowed),
        ("equal if it exists, other", tagged("StringEqualsIfExists"), team("web"), ImplicitDeny),
        ("not equal, missing", tagged("StringNotEquals"), json!({}), Allowed),
        ("not equal, one of two", tagged("StringNotEquals"), team("data"), ImplicitDeny),
        ("not like, missing", tagged("StringNotLike"), json!({}), Allowed),
        ("two keys", both(), json!({ "aws:ResourceTag/team": "ml", "aws:RequestedRegion": "us-east-1" }), Allowed),
        (
            "two keys, one wrong",
            both(),
            json!({ "aws:ResourceTag/team": "ml", "aws:RequestedRegion": "eu-west-1" }),
            ImplicitDeny,
        ),
        ("two keys, one missing", both(), json!({ "aws:ResourceTag/team": "ml" }), ImplicitDeny),
    ]);
}

#[test]
fn other_types_of_values_compare() {
    let deny = |condition: Value| allow_and_deny(&condition);
    let secure = || deny(json!({ "Bool": { "aws:SecureTransport": "false" } }));
    let role = || deny(json!({ "ArnNotLike": { "aws:PrincipalArn": "arn:aws:iam::*:role/admin-*" } }));
    let long = || deny(json!({ "NumericGreaterThan": { "sagemaker:MaxRuntimeInSeconds": "3600" } }));
    check(&[
        ("false is false", secure(), json!({ "aws:SecureTransport": false }), ExplicitDeny),
        ("true is not", secure(), json!({ "aws:SecureTransport": true }), Allowed),
        ("an admin", role(), json!({ "aws:PrincipalArn": "arn:aws:iam::111122223333:role/admin-1" }), Allowed),
        ("no admin", role(), json!({ "aws:PrincipalArn": "arn:aws:iam::111122223333:role/user" }), ExplicitDeny),
        (
            "nobody's time is made up",
            deny(json!({ "DateGreaterThan": { "aws:CurrentTime": "2020-01-01T00:00:00Z" } })),
            json!({}),
            Allowed,
        ),
        ("more", long(), json!({ "sagemaker:MaxRuntimeInSeconds": 7200 }), ExplicitDeny),
        ("less, and not by its digits", long(), json!({ "sagemaker:MaxRuntimeInSeconds": 900 }), Allowed),
    ]);
}

#[test]
fn a_deny_comes_before_any_allow_and_wildcards_match() {
    let none = || json!({});
    let of = |effect: &str, action: &str, resource: &str| json!({ "Effect": effect, "Action": action, "Resource": resource });
    let on = |resource: &str| vec![of("Allow", CREATE, resource)];
    let doing = |action: &str| vec![of("Allow", action, "*")];
    let except = |key: &str, value: &str| {
        let mut deny = json!({ "Effect": "Deny", "Action": "*", "Resource": "*", key: value });
        deny.as_object_mut().unwrap().remove(key.trim_start_matches("Not"));
        vec![allow("*", "*"), deny]
    };
    check(&[
        ("nothing", vec![of("Allow", "sagemaker:ListApps", "*")], none(), ImplicitDeny),
        ("deny first", vec![of("Deny", "sagemaker:Create*", "*"), allow("*", "*")], none(), ExplicitDeny),
        ("deny last", vec![allow("*", "*"), of("Deny", "*", APP)], none(), ExplicitDeny),
        ("a deny of another", vec![allow("*", "*"), of("Deny", "*", "arn:aws:sagemaker:*:*:space/*")], none(), Allowed),
        ("a deny alone", vec![of("Deny", "sagemaker:DeleteApp", "*")], none(), ImplicitDeny),
        ("a star in the action", doing("sagemaker:*App"), none(), Allowed),
        ("actions know no case", doing("SageMaker:createapp"), none(), Allowed),
        ("another service", doing("cloudwatch:*"), none(), ImplicitDeny),
        ("not that action", except("NotAction", CREATE), none(), Allowed),
        ("all but another action", except("NotAction", "sagemaker:List*"), none(), ExplicitDeny),
        ("not that resource", except("NotResource", "arn:aws:sagemaker:*:*:app/*"), none(), Allowed),
        ("all but another resource", except("NotResource", "arn:aws:sagemaker:*:*:space/*"), none(), ExplicitDeny),
        ("the whole ARN", on(APP), none(), Allowed),
        ("a star over slashes", on("arn:aws:sagemaker:*:*:app/*"), none(), Allowed),
        ("a star within", on("arn:aws:sagemaker:*:111122223333:app/d-1/*/jupyterlab/*"), none(), Allowed),
        ("a question mark", on("arn:aws:sagemaker:us-east-?:*:app/*"), none(), Allowed),
        ("another domain", on("arn:aws:sagemaker:*:*:app/d-2/*"), none(), ImplicitDeny),
        ("another account", on("arn:aws:sagemaker:*:444455556666:app/*"), none(), ImplicitDeny),
        ("another partition", on("arn:aws-cn:sagemaker:*:*:app/*"), none(), ImplicitDeny),
        ("resources know case", on("arn:aws:sagemaker:*:*:app/D-1/*"), none(), ImplicitDeny),
    ]);
}

#[test]
fn an_action_without_a_resource_is_asked_with_a_star() {
    let metrics = document(&[with(
        allow("cloudwatch:PutMetricData", "*"),
        json!({ "StringEquals": { "cloudwatch:namespace": "IdleAgent" } }),
    )]);
    let put = |namespace: &str| {
        let context = json!({ "cloudwatch:namespace": namespace });
        decide(std::slice::from_ref(&metrics), "cloudwatch:PutMetricData", "*", &context).unwrap()
    };
    assert_eq!((put("IdleAgent"), put("Other")), (Allowed, ImplicitDeny));
    let apps = document(&[allow("sagemaker:ListApps", APP)]);
    assert_eq!(decide(&[apps], "sagemaker:ListApps", "*", &json!({})).unwrap(), ImplicitDeny);
    assert_eq!(decide(&[], CREATE, APP, &json!({})).unwrap(), ImplicitDeny);
    let alone = json!({ "Version": "2012-10-17", "Statement": allow("*", "*") });
    assert_eq!(decide(&[alone], CREATE, APP, &json!({})).unwrap(), Allowed);
}

#[test]
fn policy_variables_are_what_the_context_says() {
    let domain = |id: &str| json!({ "sagemaker:DomainId": id });
    let own = || vec![allow("*", "arn:aws:sagemaker:*:*:app/${sagemaker:DomainId}/*")];
    let but_own = || {
        let deny = json!({ "Effect": "Deny", "Action": "*", "NotResource": "arn:aws:sagemaker:*:*:app/${SageMaker:domainid}/*" });
        vec![allow("*", "*"), deny]
    };
    let owner = |name: &str, tag: &str| json!({ "sagemaker:OwnerUserProfileArn": format!("arn:aws:x:::u/{name}"), "aws:PrincipalTag/user": tag });
    let owned = || {
        vec![with(
            allow("*", "*"),
            json!({ "ArnLike": { "sagemaker:OwnerUserProfileArn": "arn:aws:x:::u/${aws:PrincipalTag/user}" } }),
        )]
    };
    check(&[
        ("the domain", own(), domain("d-1"), Allowed),
        ("another domain", own(), domain("d-2"), ImplicitDeny),
        ("a part of its id", own(), domain("d-"), ImplicitDeny),
        ("no domain", own(), json!({}), ImplicitDeny),
        ("all but the domain", but_own(), domain("d-1"), Allowed),
        ("all but another", but_own(), domain("d-2"), ExplicitDeny),
        ("all but none", but_own(), json!({}), ExplicitDeny),
        ("the owner", owned(), owner("alice", "alice"), Allowed),
        ("another owner", owned(), owner("alice", "bob"), ImplicitDeny),
        ("an owner, no tag", owned(), json!({ "sagemaker:OwnerUserProfileArn": "arn:aws:x:::u/alice" }), ImplicitDeny),
    ]);
    let star = decide(&[document(&own())], CREATE, APP, &domain("*")).unwrap_err().to_string();
    assert!(star.contains("is not evaluated with"), "{star}");
}

#[test]
fn what_would_not_be_understood_is_no_decision() {
    let types = json!({ TYPES: ["ml.t3.medium", "ml.t3.large"] });
    for (policy, message) in [
        (document(&[allow("*", "arn:aws:s3:::${aws:PrincipalTag/team, 'none'}/*")]), "policy variable"),
        (document(&[allow("*", "arn:aws:s3:::${*}/*")]), "policy variable"),
        (document(&[allow("*", "${sagemaker:InstanceTypes}")]), "policy variable"),
        (
            document(&allow_and_deny(&json!({ "StringNotLike": { "aws:a": "${aws:PrincipalTag/team}" } }))),
            "without a value",
        ),
        (document(&allow_and_deny(&json!({ "StringNotlyke": { TYPES: "x" } }))), "StringNotlyke is unknown"),
        (document(&allow_and_deny(&json!({ "StringNotLike": { TYPES: "x" } }))), "has many values"),
        (document(&[json!({ "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*" })]), "Principal"),
        (document(&[json!({ "Effect": "deny", "Action": "*", "Resource": "*" })]), "invalid Effect"),
        (json!({ "Version": "2012-10-17" }), "Statement"),
    ] {
        let error = decide(&[policy], CREATE, APP, &types).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
}

fn check(cases: &[Case]) {
    // Each statement is a policy of its own in one half, all are one policy in the other.
    let apart: Vec<Vec<Value>> =
        cases.iter().map(|(_, all, ..)| all.iter().map(|one| document(std::slice::from_ref(one))).collect()).collect();
    let together: Vec<Vec<Value>> = cases.iter().map(|(_, all, ..)| vec![document(all)]).collect();
    for policies in [apart, together] {
        let requests: Vec<Request<'_>> = cases
            .iter()
            .zip(&policies)
            .map(|((_, _, context, _), policies)| Request { policies, action: CREATE, resource: APP, context })
            .collect();
        let got = decide_all(&requests).unwrap();
        let wrong: Vec<_> = cases.iter().zip(got).filter(|((.., want), got)| want != got).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

fn document(statements: &[Value]) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn allow(action: &str, resource: &str) -> Value {
    json!({ "Effect": "Allow", "Action": action, "Resource": resource })
}

fn with(mut statement: Value, condition: Value) -> Value {
    statement["Condition"] = condition;
    statement
}

fn allow_and_deny(condition: &Value) -> Vec<Value> {
    vec![allow("*", "*"), json!({ "Effect": "Deny", "Action": CREATE, "Resource": "*", "Condition": condition })]
}
