//! The stack of the sweep: made, executed and deleted.

use std::time::Duration;

use serde_json::json;
use studio_parts::binaries::binary;
use studio_parts::cfn_lint::other_documents;

use crate::cloud::{ACCOUNT, BUCKET, Cloud, EXTERNAL_ID, REGION, template, template_path};

/// An execution starts a process for each event at a time: generous, because machines are busy.
const LONG: Duration = Duration::from_secs(300);
const MACHINE: &str = "arn:aws:states:us-east-1:111122223333:stateMachine:costctl-sweep";
/// What the sandbox answers to the function; all else is Ministack's.
const SANDBOXED: [&str; 4] = ["SAGEMAKER", "STS", "CLOUDWATCH", "APPLICATION_AUTO_SCALING"];

#[test]
fn a_sweep_runs_by_the_stacks_alone() {
    let cloud = Cloud::new();
    let central = cloud.central(&[]);
    let (key, topic) = (central["KeyArn"].clone(), central["TopicArn"].clone());
    let zip = cloud.dir().join("costctl-lambda.zip");
    std::fs::write(&zip, cloud.cloudformation.ministack().zip(&binary("costctl-lambda").unwrap()).unwrap()).unwrap();
    cloud.upload(&zip, "costctl-lambda/v1.zip");
    let parameters = [
        ("BucketName", BUCKET),
        ("KeyArn", &*key),
        ("CentralRoleArn", &*central["CentralRoleArn"]),
        ("TopicArn", &*topic),
        ("CodeKey", "costctl-lambda/v1.zip"),
        ("Regions", REGION),
        ("ExternalId", EXTERNAL_ID),
        ("CoverageBelowPercent", "90"),
        ("UsdPerMonth", "7300"),
        ("DriftAlarm", "true"),
    ];
    cloud.make_of("sweep", &with_local_endpoints(&cloud), &parameters);

    let execution = cloud.cloudformation.ministack().execute(MACHINE, &json!({}), LONG).unwrap();
    assert_eq!(execution.status, "SUCCEEDED", "{}: {}", execution.error, execution.cause);
    // By the reader's role, with all that its trust demands.
    let assumed = cloud.sandbox.calls_of("AssumeRole").unwrap();
    let reader = "arn:aws:iam::111122223333:role/costctl-reader";
    let request = assumed.iter().map(|call| &call["request"]).find(|request| request["RoleArn"] == reader);
    let request = request.unwrap_or_else(|| panic!("nobody assumed {reader}: {assumed:#?}"));
    assert_eq!((&request["ExternalId"], &request["SourceIdentity"]), (&json!(EXTERNAL_ID), &json!("costctl-sweep")));
    assert!(!cloud.sandbox.calls_of("ListApps").unwrap().is_empty());

    assert_dashboard_is_costctls(&cloud, &topic);
    cloud.unmake("sweep");
    let left = cloud.sandbox.call_of(ACCOUNT, REGION, "monitoring", "DescribeAlarms", &json!({})).unwrap();
    assert_eq!(left["MetricAlarms"], json!([]));
    let machines = cloud.cloudformation.ministack().states("ListStateMachines", &json!({})).unwrap();
    assert_eq!(machines["stateMachines"], json!([]));
}

/// The function finds its neighbours by its environment here, and by their names in AWS.
fn with_local_endpoints(cloud: &Cloud) -> String {
    let last = "          COSTCTL_METRICS: 'true'\n";
    let mut more = last.to_owned();
    for service in SANDBOXED {
        more += &format!("          AWS_ENDPOINT_URL_{service}: {}\n", cloud.sandbox.endpoint());
    }
    more += &format!("          AWS_ENDPOINT_URL: {}\n", cloud.cloudformation.ministack().url());
    let text = template("sweep");
    assert!(text.contains(last));
    text.replacen(last, &more, 1)
}

/// `costctl dashboard` would put nothing else than what stands there, but for the alarm that
/// CloudFormation cannot say.
fn assert_dashboard_is_costctls(cloud: &Cloud, topic: &str) {
    let args = ["dashboard", "plan", "--search", "--alarms", "--coverage-below", "90", "--sns-topic", topic];
    let plan = cloud.costctl(&args, "none");
    let states = |list: &str| -> Vec<String> {
        plan[list].as_array().unwrap().iter().map(|entry| entry["standing"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        (states("dashboards"), states("alarms")),
        (vec!["unchanged".to_owned()], vec!["unchanged".to_owned(); 3])
    );
    let name = json!({ "DashboardName": "costctl" });
    let body = cloud.sandbox.call_of(ACCOUNT, REGION, "monitoring", "GetDashboard", &name).unwrap();
    let file = cloud.dir().join("dashboard.json");
    std::fs::write(&file, body["DashboardBody"].as_str().unwrap()).unwrap();
    assert_eq!(other_documents(&[template_path("sweep")], Some(&file)).unwrap(), Vec::<String>::new());
}
