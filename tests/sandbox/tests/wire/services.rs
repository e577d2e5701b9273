//! The smaller services over the wire: their names, their pages and their refusals.
#![expect(clippy::needless_pass_by_value, reason = "tests hand over literals")]

use serde_json::{Value, json};

use crate::server::{Answered, Server};

const KEY: &str = "AKIAIOSFODNN7EXAMPLE";

fn ask(server: &Server, target: &str, service: &str, request: Value) -> Answered {
    server.target(target, &request, (KEY, "us-east-1", service))
}

#[test]
fn a_service_answers_to_its_own_signatures_alone() {
    let server = Server::start(&[]);
    for (target, service) in [
        ("AWSOrganizationsV20161128.ListAccounts", "organizations"),
        ("ServiceQuotasV20190624.ListServiceQuotas", "servicequotas"),
        ("AnyScaleFrontendService.DescribeScalableTargets", "application-autoscaling"),
        ("AmazonSSM.GetParameter", "ssm"),
    ] {
        let wrong = ask(&server, target, "sagemaker", json!({}));
        assert_eq!(wrong.headers()["x-amzn-errortype"], "InvalidSignatureException", "{target}");
        let operation = target.split_once('.').unwrap().1;
        server.faults(&format!("[[fault]]\noperation = \"{operation}\"\nkind = \"throttle\"\ntimes = 1\n"));
        let throttled = ask(&server, target, service, json!({}));
        let kind = throttled.headers()["x-amzn-errortype"].to_str().unwrap();
        assert!(["TooManyRequestsException", "ThrottlingException"].contains(&kind), "{target} {kind}");
        let nothing = format!("{}.Nothing", target.split_once('.').unwrap().0);
        let unknown =
            ask(&server, &nothing, service, json!({ "ServiceNamespace": "sagemaker", "ServiceCode": "sagemaker" }));
        assert_eq!(unknown.headers()["x-amzn-errortype"], "UnknownOperationException", "{nothing}");
    }
}

#[test]
fn pages_are_as_large_as_each_service_allows() {
    let server = Server::start(&[]);
    server.change("organization", json!({ "Accounts": [{ "Id": "111122223333" }, { "Id": "444455556666" }] }));
    let listed = ask(&server, "AWSOrganizationsV20161128.ListAccounts", "organizations", json!({ "MaxResults": 1 }));
    let listed: Value = serde_json::from_str(listed.body()).unwrap();
    assert_eq!((&listed["Accounts"][0]["Id"], listed["NextToken"].is_string()), (&json!("111122223333"), true));
    for (target, service, request) in [
        ("AWSOrganizationsV20161128.ListAccounts", "organizations", json!({ "MaxResults": 21 })),
        (
            "ServiceQuotasV20190624.ListServiceQuotas",
            "servicequotas",
            json!({ "ServiceCode": "sagemaker", "MaxResults": 101 }),
        ),
        (
            "AnyScaleFrontendService.DescribeScalableTargets",
            "application-autoscaling",
            json!({ "ServiceNamespace": "sagemaker", "MaxResults": 51 }),
        ),
    ] {
        assert_eq!(ask(&server, target, service, request).status(), 400, "{target}");
    }
    for wrong in
        [json!({ "Accounts": [{ "Id": "1" }] }), json!({ "Accounts": [{ "Id": "111122223333", "Status": "GONE" }] })]
    {
        server.unchanged("organization", wrong);
    }
    server.unchanged("quotas", json!({ "Quotas": [{ "QuotaCode": "L-1" }] }));
}

#[test]
fn a_topic_is_asked_in_the_query_protocol() {
    let server = Server::start(&[]);
    let topic = ("AKIA444455556666AAAA", "eu-west-1", "sns");
    let created = server.query("Action=CreateTopic&Name=t", topic).into_body();
    assert!(created.contains("<TopicArn>arn:aws:sns:eu-west-1:444455556666:t</TopicArn>"), "{created}");
    assert!(created.contains("xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\""), "{created}");
    let published =
        server.query("Action=Publish&TopicArn=arn%3Aaws%3Asns%3Aeu-west-1%3A444455556666%3At&Message=a+%26+b", topic);
    assert_eq!(published.status(), 200);
    assert_eq!(server.calls().last().unwrap()["request"]["Message"], "a & b");
    server.faults("[[fault]]\noperation = \"Publish\"\nkind = \"deny\"\n");
    let denied = server.query("Action=Publish&TopicArn=t&Message=a", topic);
    assert_eq!(denied.status(), 403);
    assert!(denied.body().contains("<Code>AccessDenied</Code>"), "{}", denied.body());
}
