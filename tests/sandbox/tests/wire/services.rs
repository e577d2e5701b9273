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
        ("AWSPriceListService.GetProducts", "pricing"),
        ("ResourceGroupsTaggingAPI_20170126.GetResources", "tagging"),
        ("AWSInsightsIndexService.GetCostAndUsage", "ce"),
    ] {
        let wrong = ask(&server, target, "sagemaker", json!({}));
        assert_eq!(wrong.headers()["x-amzn-errortype"], "InvalidSignatureException", "{target}");
        let operation = target.split_once('.').unwrap().1;
        server.faults(&format!("[[fault]]\noperation = \"{operation}\"\nkind = \"throttle\"\ntimes = 1\n"));
        let throttled = ask(&server, target, service, json!({}));
        let kind = throttled.headers()["x-amzn-errortype"].to_str().unwrap();
        let names = ["TooManyRequestsException", "ThrottlingException", "ThrottledException", "LimitExceededException"];
        assert!(names.contains(&kind), "{target} {kind}");
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
    server.unchanged("prices", json!({ "Prices": [{ "Region": "eu-west-1", "UsageType": "Host:ml.m5.xlarge" }] }));
}

#[test]
fn price_files_are_for_everybody_and_lead_to_each_other() {
    let server = Server::start(&[]);
    let prices = [json!({ "Region": "eu-west-1", "UsageType": "Host:ml.m5.xlarge", "Usd": "0.257" })];
    let rate = json!({ "Region": "eu-west-1", "UsageType": "Host:ml.m5.xlarge", "Term": "1yr", "Option": "No Upfront", "Usd": "0.19" });
    server.change("prices", json!({ "Prices": prices, "SavingsPlans": [rate] }));
    let get = |path: &str| server.send("GET", path, &[], "").unwrap();
    let file = |path: &str| -> Value { serde_json::from_str(get(path).body()).unwrap() };
    let index = file("/offers/v1.0/aws/AmazonSageMaker/current/region_index.json");
    let offer = file(index["regions"]["eu-west-1"]["currentVersionUrl"].as_str().unwrap());
    assert_eq!((&offer["offerCode"], offer["products"].as_object().unwrap().len()), (&json!("AmazonSageMaker"), 3));
    let index = file("/savingsPlan/v1.0/aws/AWSMachineLearningSavingsPlans/current/region_index.json");
    let plans = file(index["regions"][0]["versionUrl"].as_str().unwrap());
    let rate = &plans["terms"]["savingsPlan"][0]["rates"][0];
    assert_eq!(
        (&rate["discountedUsageType"], &rate["discountedRate"]["price"]),
        (&json!("EU-Host:ml.m5.xlarge"), &json!("0.19"))
    );
    for path in [
        "/offers/v1.0/aws/AmazonEC2/current/region_index.json",
        "/offers/v1.0/aws/AmazonSageMaker/current/eu-west-9/index.json",
    ] {
        let answer = get(path);
        assert_eq!(
            (answer.status().as_u16(), answer.body().contains("<Code>AccessDenied</Code>")),
            (403, true),
            "{path}"
        );
    }
    let calls = server.calls();
    let files: Vec<&Value> = calls.iter().filter(|call| call["service"] == "price-files").collect();
    assert_eq!(
        (files.len(), &files[0]["operation"], &files[2]["operation"]),
        (6, &json!("GetOfferFile"), &json!("GetSavingsPlanFile"))
    );
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

#[test]
fn ec2_has_a_dialect_of_its_own() {
    let server = Server::start(&[]);
    let caller = ("AKIA444455556666AAAA", "eu-west-1", "ec2");
    let form =
        "Action=CreateVpcEndpoint&VpcId=vpc-1&ServiceName=s%26t&VpcEndpointType=Interface&SubnetId.1=a&SubnetId.2=b";
    assert_eq!(server.query(form, caller).status(), 200);
    let listed = server.query("Action=DescribeVpcEndpoints&MaxResults=5", caller).into_body();
    for part in [
        "<DescribeVpcEndpointsResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>",
        "<vpcEndpointSet><item>",
        "<subnetIdSet><item>a</item><item>b</item></subnetIdSet>",
        "<serviceName>s&amp;t</serviceName>",
    ] {
        assert!(listed.contains(part), "{part}: {listed}");
    }
    let elsewhere = server.query("Action=DescribeVpcEndpoints", (caller.0, "us-east-1", "ec2")).into_body();
    assert!(elsewhere.contains("<vpcEndpointSet></vpcEndpointSet>"), "{elsewhere}");
    server.faults("[[fault]]\noperation = \"DescribeVpcEndpoints\"\nkind = \"deny\"\n");
    let denied = server.query("Action=DescribeVpcEndpoints", caller);
    assert_eq!(denied.status(), 403);
    assert!(
        denied.body().starts_with("<Response><Errors><Error><Code>UnauthorizedOperation</Code>"),
        "{}",
        denied.body()
    );
}
