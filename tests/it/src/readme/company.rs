//! What the documents' company has beside its fleet: a network that lacks an endpoint, roles,
//! and a project of Unified Studio.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use studio_parts::sandbox::Sandbox;

use super::world::{ACCOUNT, REGION};

/// The account of the finance domain, and of the project's.
const MEMBER: &str = "444455556666";
const ROLE: &str = "StudioExecutionRole";
/// What stands in the VPC: of what a domain needs all but `sts`.
const ENDPOINTS: &[&str] = &["sagemaker.api", "monitoring", "logs", "sagemaker.runtime"];
/// What the project's profile says, and its environment was made with.
const TOOLING: [(&str, &str); 3] =
    [("lifecycleManagement", "ENABLED"), ("idleTimeoutInMinutes", "240"), ("maxEbsVolumeSize", "100")];

/// Puts it into the sandbox.
///
/// # Errors
/// When the sandbox refuses something of it.
pub(super) fn found(sandbox: &Sandbox) -> anyhow::Result<()> {
    let in_member = [domain(MEMBER, "finance0001"), domain_of_the_project()];
    sandbox.seed(&json!({ "Account": ACCOUNT, "Region": REGION, "Domains": [domain(ACCOUNT, "research0001")] }))?;
    sandbox.seed(&json!({ "Account": MEMBER, "Region": REGION, "Domains": in_member }))?;
    sandbox.network(&network())?;
    for account in [ACCOUNT, MEMBER] {
        let attached = ["arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"];
        let roles = json!([{ "RoleName": ROLE, "AttachedPolicies": attached }]);
        sandbox.roles(&json!({ "Account": account, "Region": REGION, "Roles": roles }))?;
    }
    sandbox.datazone(&json!({ "Account": ACCOUNT, "Region": REGION, "Domains": [unified_studio()] }))?;
    sandbox.forget_calls()
}

/// A domain of the fleet, in a VPC without a way out.
fn domain(account: &str, name: &str) -> Value {
    let old = (Timestamp::now() - SignedDuration::from_hours(90 * 24)).as_second();
    let settings =
        json!({ "ExecutionRole": format!("arn:aws:iam::{account}:role/{ROLE}"), "SecurityGroups": ["sg-apps"] });
    json!({
        "DomainId": format!("d-{name}"), "DomainName": name, "CreationTime": old, "LastModifiedTime": old,
        "Tags": [{ "Key": "Team", "Value": "ml" }], "AppNetworkAccessType": "VpcOnly", "VpcId": "vpc-research",
        "SubnetIds": ["subnet-a"], "DefaultUserSettings": settings, "DefaultSpaceSettings": settings,
    })
}

fn network() -> Value {
    let local = json!({ "destinationCidrBlock": "10.0.0.0/16", "gatewayId": "local", "state": "active" });
    let lets_in = json!({ "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "groups": [{ "groupId": "sg-apps" }] });
    let mut endpoints: Vec<Value> =
        ENDPOINTS.iter().map(|name| interface(&format!("com.amazonaws.{REGION}.{name}"))).collect();
    endpoints.push(interface(&format!("aws.sagemaker.{REGION}.studio")));
    endpoints.push(json!({ "vpcEndpointId": "vpce-s3", "vpcId": "vpc-research", "vpcEndpointType": "Gateway",
        "serviceName": format!("com.amazonaws.{REGION}.s3"), "routeTableIdSet": ["rtb-main"], "policyDocument": everything() }));
    json!({
        "Account": ACCOUNT, "Region": REGION,
        "Subnets": [{ "subnetId": "subnet-a", "vpcId": "vpc-research", "cidrBlock": "10.0.1.0/24",
            "availabilityZone": format!("{REGION}a") }],
        "RouteTables": [{ "routeTableId": "rtb-main", "vpcId": "vpc-research", "routeSet": [local],
            "associationSet": [{ "main": true }] }],
        "SecurityGroups": [{ "groupId": "sg-apps", "vpcId": "vpc-research" },
            { "groupId": "sg-endpoints", "vpcId": "vpc-research", "ipPermissions": [lets_in] }],
        "VpcEndpoints": endpoints,
    })
}

fn interface(service: &str) -> Value {
    json!({ "vpcEndpointId": format!("vpce-{}", service.replace('.', "-")), "vpcId": "vpc-research",
        "serviceName": service, "subnetIdSet": ["subnet-a"], "groupSet": [{ "groupId": "sg-endpoints" }],
        "policyDocument": everything() })
}

fn everything() -> String {
    json!({ "Statement": [{ "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*" }] }).to_string()
}

/// A domain of DataZone with a project, whose idle timeout is longer than the policy wants.
fn unified_studio() -> Value {
    let (at, tooling) = ("2026-11-01T10:00:00Z", "Tooling");
    let overrides = TOOLING.map(|(name, value)| json!({ "name": name, "value": value, "isEditable": false }));
    let given = TOOLING.map(|(name, value)| json!({ "keyName": name, "fieldType": "String", "defaultValue": value }));
    let ada = "11111111-aaaa-4bbb-8ccc-000000000001";
    json!({
        "id": "dzd-corp1", "name": "corp",
        "environmentBlueprints": [{ "id": "bp-tooling", "name": tooling, "blueprintCategory": "TOOLING" }],
        "environmentBlueprintConfigurations": [{ "environmentBlueprintId": "bp-tooling", "enabledRegions": [REGION] }],
        "projectProfiles": [{ "id": "pp-all", "name": "All capabilities", "lastUpdatedAt": at,
            "environmentConfigurations": [{ "name": tooling, "environmentBlueprintId": "bp-tooling",
                "configurationParameters": { "parameterOverrides": overrides } }] }],
        "projects": [{ "id": "p1forecast", "name": "Forecasting", "createdBy": ada, "projectProfileId": "pp-all" }],
        "environments": [{ "id": "env1", "name": tooling, "projectId": "p1forecast", "environmentBlueprintId": "bp-tooling",
            "awsAccountId": MEMBER, "awsAccountRegion": REGION, "updatedAt": at, "userParameters": given }],
        "userProfiles": [{ "id": ada, "type": "SSO", "details": { "sso": { "username": "ada@example.com" } } }],
    })
}

/// The SageMaker domain behind it.
fn domain_of_the_project() -> Value {
    let idle = json!({ "AppLifecycleManagement": { "IdleSettings":
        { "LifecycleManagement": "ENABLED", "IdleTimeoutInMinutes": 240 } } });
    let mut domain = domain(MEMBER, "forecast0001");
    domain["DomainName"] = json!("SageMakerUnifiedStudio-p1forecast-env1-dev");
    domain["DomainSettings"] = json!({ "UnifiedStudioSettings": { "DomainId": "dzd-corp1", "ProjectId": "p1forecast",
        "EnvironmentId": "env1", "DomainAccountId": ACCOUNT, "DomainRegion": REGION } });
    for app in ["JupyterLabAppSettings", "CodeEditorAppSettings"] {
        domain["DefaultUserSettings"][app] = idle.clone();
    }
    domain
}
