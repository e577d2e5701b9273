//! The sandbox judged by boto3, which parses every answer against AWS's own
//! published models and which nobody here wrote.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::process::Command;

use serde_json::{Value, json};
use studio_parts::moto::Moto;
use studio_parts::sandbox::{Sandbox, SandboxOptions};
use studio_parts::{python, workspace};

#[test]
fn boto3_creates_lists_describes_and_deletes_every_resource_kind() {
    succeeds("lifecycle.py", "all 26 operations answered");
}

#[test]
fn boto3_stops_starts_and_deletes_notebook_instances() {
    succeeds("notebooks.py", "all 12 operations answered");
}

#[test]
fn boto3_puts_and_gets_metrics() {
    let sandbox = succeeds("cloudwatch.py", "all 3 operations answered");
    let puts = sandbox.calls_of("PutMetricData").unwrap();
    assert_eq!(puts[0]["request"]["Namespace"], "IdleAgent");
    assert_eq!(puts[0]["request"]["MetricData"].as_array().unwrap().len(), 600, "what came compressed is read");
    assert_eq!(puts[0]["request"]["MetricData"][7]["Dimensions"][0]["Value"], "d-1");
}

#[test]
fn boto3_puts_reads_and_deletes_dashboards_and_alarms() {
    succeeds("dashboards.py", "all 7 operations answered");
}

/// The same script on a server that nobody here wrote: what it expects of CloudWatch is no reading of ours alone.
#[test]
fn moto_answers_for_dashboards_and_alarms_as_the_sandbox_does() {
    let moto = Moto::start().unwrap();
    let script = workspace::workspace_root().join("tests/sandbox/tests/boto3/dashboards.py");
    let env = [("AWS_ENDPOINT_URL", moto.url()), ("AWS_REGION", "us-east-1"), ("AWS_DEFAULT_REGION", "us-east-1")];
    let keys = [("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "not-a-secret")];
    let mut command = Command::new(python::venv("moto").unwrap());
    let output = command.arg(script).arg("elsewhere").envs(env.into_iter().chain(keys)).output().unwrap();
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
    assert!(output.status.success() && said.contains("all 7 operations answered"), "{said}");
}

#[test]
fn boto3_gets_into_other_accounts() {
    let sandbox = succeeds("accounts.py", "the accounts answered");
    let assumed = sandbox.calls_of("AssumeRole").unwrap();
    let request = json!({ "RoleArn": "arn:aws:iam::444455556666:role/costctl-reader", "RoleSessionName": "sweep-1",
        "SourceIdentity": "ada", "DurationSeconds": "900" });
    assert_eq!(assumed[0]["request"], request, "a form is logged member by member");
}

#[test]
fn boto3_creates_rescales_and_deletes_endpoints() {
    succeeds("endpoints.py", "all 14 operations answered");
}

#[test]
fn boto3_asks_the_smaller_services() {
    let sandbox = started();
    let accounts: Vec<Value> = (0..45)
        .map(|n| json!({ "Id": format!("4444555566{n:02}"), "Name": format!("account {n}") }))
        .chain([json!({ "Id": "999900001111", "Name": "closed", "Status": "SUSPENDED" })])
        .collect();
    sandbox.organization(&json!({ "Accounts": accounts })).unwrap();
    let quota = |n: u64| {
        let name = format!("Studio JupyterLab Apps running on {n}");
        json!({ "QuotaCode": format!("L-{n:08X}"), "QuotaName": name, "Value": n })
    };
    sandbox.quotas(&json!({ "Quotas": (0..250).map(quota).collect::<Vec<_>>() })).unwrap();
    says(&sandbox, "services.py", "all 10 operations answered");
    let published = sandbox.calls_of("Publish").unwrap();
    let request = &published[0]["request"];
    assert_eq!(
        (&request["Subject"], &request["Message"]),
        (&json!("Sweep"), &json!("3 apps & 1 endpoint: 100 % done\n"))
    );
}

#[test]
fn boto3_asks_for_roles_and_for_events() {
    let sandbox = started();
    let arns = [
        "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess",
        "arn:aws:iam::111122223333:policy/One",
        "arn:aws:iam::111122223333:policy/team/Two",
    ];
    sandbox.roles(&json!({ "Roles": [{ "RoleName": "Studio", "AttachedPolicies": arns }] })).unwrap();
    says(&sandbox, "governed.py", "all 3 operations answered");
}

#[test]
fn boto3_asks_for_prices() {
    let sandbox = started();
    let price =
        |region: &str, usage_type: &str, usd: &str| json!({ "Region": region, "UsageType": usage_type, "Usd": usd });
    let mut endpoint = price("us-east-1", "VpcEndpoint-Hours", "0.01");
    endpoint["Offer"] = json!("AmazonVPC");
    let prices = [
        price("eu-west-1", "Host:ml.m5.xlarge", "0.257"),
        price("eu-west-1", "Studio:JupyterLab-ml.m5.xlarge", "0.257"),
        price("eu-west-1", "Host:VolumeUsage.gp2", "0.154"),
        price("us-east-1", "Host:ml.m5.xlarge", "0.23"),
        endpoint,
    ];
    sandbox.prices(&json!({ "Prices": prices })).unwrap();
    says(&sandbox, "prices.py", "all 3 operations answered");
}

#[test]
fn boto3_asks_what_money_needs() {
    let sandbox = started();
    let team = json!({ "Key": "Team", "Value": "search" });
    let space = |n: u32| json!({ "DomainId": "d-one", "SpaceName": format!("s-{n:03}"), "Tags": [team] });
    let ada =
        json!({ "DomainId": "d-one", "UserProfileName": "ada", "Tags": [team, { "Key": "Stage", "Value": "dev" }] });
    let seed = json!({ "Domains": [{ "DomainId": "d-one" }], "UserProfiles": [ada],
        "Spaces": (0..120).map(space).collect::<Vec<_>>() });
    sandbox.seed(&seed).unwrap();
    let line =
        |day: &str, usage_type: &str, amount: &str| json!({ "Day": day, "UsageType": usage_type, "Amount": amount });
    let lab = "USE1-Studio:JupyterLab-ml.g5.xlarge";
    let mut lines = vec![line("2026-11-01", lab, "30"), line("2026-11-01", lab, "3.8400000001")];
    lines.extend((0..30).map(|n| line("2026-11-03", &format!("USE1-Host:ml.m5.{n}xlarge"), "0.5")));
    let mut credit = line("2026-11-02", lab, "-5");
    credit["RecordType"] = json!("Credit");
    let mut other = line("2026-11-02", "USE1-BoxUsage:t3.micro", "1");
    other["Service"] = json!("Amazon EC2");
    lines.extend([credit, other]);
    let plans = json!({ "SpendCoveredBySavingsPlans": "75", "OnDemandCost": "25", "TotalCommitment": "100",
        "UsedCommitment": "90" });
    sandbox.costs(&json!({ "Lines": lines, "SavingsPlans": plans })).unwrap();
    assert!(sandbox.costs(&json!({ "Lines": [line("2026-11-32", lab, "1")] })).is_err());
    says(&sandbox, "money.py", "all 7 operations answered");
}

#[test]
fn boto3_asks_what_stands_in_vpcs() {
    let sandbox = started();
    let subnet = |n: u32| {
        json!({ "subnetId": format!("subnet-{n}"), "vpcId": "vpc-1", "cidrBlock": format!("10.0.{n}.0/24"),
            "availabilityZone": if n.is_multiple_of(2) { "us-east-1a" } else { "us-east-1b" } })
    };
    let mut subnets: Vec<Value> = (0..7).map(subnet).collect();
    subnets.push(json!({ "subnetId": "subnet-other", "vpcId": "vpc-2", "cidrBlock": "10.1.0.0/24" }));
    let out = json!({ "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": "nat-1", "state": "active" });
    let rule = json!({ "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "ipRanges": [{ "cidrIp": "10.0.0.0/16" }],
        "groups": [{ "groupId": "sg-2" }] });
    let network = json!({
        "Subnets": subnets,
        "RouteTables": [
            { "routeTableId": "rtb-main", "vpcId": "vpc-1", "associationSet": [{ "main": true }] },
            { "routeTableId": "rtb-1", "vpcId": "vpc-1", "routeSet": [out],
                "associationSet": [{ "main": false, "subnetId": "subnet-1" }] },
        ],
        "SecurityGroups": [{ "groupId": "sg-1", "vpcId": "vpc-1", "ipPermissions": [rule] }],
        "VpcEndpoints": [{ "vpcEndpointId": "vpce-1", "vpcId": "vpc-1", "serviceName": "aws.sagemaker.us-east-1.studio" }],
    });
    assert_eq!(sandbox.network(&network).unwrap()["Subnets"], 8);
    assert!(sandbox.network(&json!({ "Subnet": [] })).is_err());
    assert!(sandbox.network(&json!({ "Subnets": [{ "subnetId": "subnet-9" }] })).is_err(), "it has no VPC");
    says(&sandbox, "network.py", "all 5 operations answered");
}

#[test]
fn boto3_asks_datazone() {
    let sandbox = started();
    let project =
        |n: u32| json!({ "id": format!("p{n:03}"), "name": format!("Project {n}"), "projectProfileId": "pp1" });
    let environment = |id: &str, blueprint: &str| {
        json!({ "id": id, "name": id, "projectId": "p000", "environmentBlueprintId": blueprint,
            "awsAccountId": "111122223333", "awsAccountRegion": "us-east-1",
            "provisionedResources": [{ "name": "domain", "type": "SAGEMAKER", "value": "d-1" }],
            "userParameters": [{ "keyName": "idleTimeoutInMinutes", "fieldType": "Number", "defaultValue": "60" }] })
    };
    let overrides = json!([{ "name": "idleTimeoutInMinutes", "value": "60", "isEditable": false }]);
    let user = |n: u32, details: Value| {
        let kind = if details["sso"].is_object() { "SSO" } else { "IAM" };
        json!({ "id": format!("11111111-aaaa-4bbb-8ccc-{n:012}"), "type": kind, "details": details })
    };
    let role = |name: &str| json!({ "iam": { "arn": format!("arn:aws:iam::111122223333:role/{name}") } });
    let corp = json!({ "id": "dzd-corp1", "projects": (0..120).map(project).collect::<Vec<_>>(),
        "environments": [environment("env1", "bp1"), environment("env2", "bp2")],
        "environmentBlueprints": [{ "id": "bp1", "name": "Tooling", "blueprintCategory": "TOOLING" },
            { "id": "bp2", "name": "Own", "managed": false }],
        "environmentBlueprintConfigurations": [{ "environmentBlueprintId": "bp1", "enabledRegions": ["us-east-1"],
            "regionalParameters": { "us-east-1": { "maxEbsVolumeSize": "100" } } }],
        "projectProfiles": [{ "id": "pp1", "name": "All", "environmentConfigurations": [{ "name": "Tooling",
            "environmentBlueprintId": "bp1", "configurationParameters": { "parameterOverrides": overrides } }] }],
        "userProfiles": [user(1, json!({ "sso": { "username": "ada@example.com" } })), user(2, role("a")), user(3, role("b"))] });
    let mut domains = vec![corp, json!({ "id": "dzd-gone", "status": "DELETING" })];
    domains.extend((0..29).map(|n| json!({ "id": format!("dzd-d{n:02}") })));
    sandbox.datazone(&json!({ "Domains": domains })).unwrap();
    assert!(sandbox.datazone(&json!({ "Domains": [{ "name": "without an id" }] })).is_err());
    let quota =
        json!({ "ServiceCode": "datazone", "QuotaCode": "L-1", "QuotaName": "Projects per domain", "Value": 500 });
    sandbox.quotas(&json!({ "Quotas": [quota] })).unwrap();
    says(&sandbox, "datazone.py", "all 14 operations answered");
    let listed = sandbox.calls_of("ListEnvironments").unwrap();
    let request = json!({ "domainIdentifier": "dzd-corp1", "projectIdentifier": "p000", "environmentBlueprintIdentifier": "bp1" });
    assert_eq!((&listed[1]["service"], &listed[1]["request"]), (&json!("datazone"), &request));
}

#[test]
fn boto3_sees_scripted_faults_as_awss_errors() {
    let metric = "put_metric_data(Namespace='Idle', MetricData=[{'MetricName': 'm', 'Value': 1}])";
    for (service, operation, call, codes) in [
        (
            "sagemaker",
            "ListApps",
            "list_apps()",
            ["ThrottlingException", "AccessDeniedException", "InternalFailure", "ExpiredTokenException"],
        ),
        ("cloudwatch", "PutMetricData", metric, ["Throttling", "AccessDenied", "InternalServiceError", "ExpiredToken"]),
        (
            "ec2",
            "DescribeVpcEndpoints",
            "describe_vpc_endpoints()",
            ["RequestLimitExceeded", "UnauthorizedOperation", "InternalError", "RequestExpired"],
        ),
        (
            "datazone",
            "ListDomains",
            "list_domains()",
            ["ThrottlingException", "AccessDeniedException", "InternalServerException", "ExpiredTokenException"],
        ),
    ] {
        let sandbox = Sandbox::start(SandboxOptions::default()).unwrap();
        for (kind, code) in ["throttle", "deny", "internal-error", "expired-token"].into_iter().zip(codes) {
            let fault = format!("[[fault]]\noperation = \"{operation}\"\nkind = \"{kind}\"\ntimes = 1\n");
            sandbox.set_faults(&fault).unwrap();
            let ask = format!(
                "import boto3, botocore\n\
                 client = boto3.client('{service}')\n\
                 try: client.{call}\n\
                 except botocore.exceptions.ClientError as error: print(error.response['Error']['Code'])\n\
                 print(client.{call}['ResponseMetadata']['HTTPStatusCode'])"
            );
            assert_eq!(python(&sandbox, &["-c", &ask]), (true, format!("{code}\n200\n")));
        }
    }
}

/// The sandbox after this script, which must end well and say this.
fn succeeds(script: &str, says_at_last: &str) -> Sandbox {
    let sandbox = started();
    says(&sandbox, script, says_at_last);
    sandbox
}

fn started() -> Sandbox {
    Sandbox::start(SandboxOptions { delete_takes: Some("300ms".into()), ..SandboxOptions::default() }).unwrap()
}

fn says(sandbox: &Sandbox, script: &str, at_last: &str) {
    let path = workspace::workspace_root().join("tests/sandbox/tests/boto3").join(script);
    let (ended_well, said) = python(sandbox, &[path.to_str().unwrap()]);
    assert!(ended_well && said.contains(at_last), "{said}");
}

/// Whether Python ended well, and what it said.
fn python(sandbox: &Sandbox, args: &[&str]) -> (bool, String) {
    let output = Command::new(python::venv("boto3").unwrap())
        .args(args)
        .envs(sandbox.aws_env())
        .env("AWS_MAX_ATTEMPTS", "1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.success(), said)
}
