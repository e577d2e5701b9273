//! The calls that agent and controller make through endpoints.

use serde::Serialize;

use super::seen::DomainNetwork;

/// Who makes a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Caller {
    /// The agent in an app, and the script that starts it.
    Agent,
    /// `costctl`, where it runs in this VPC.
    Controller,
}

/// A call through an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Who makes it.
    pub caller: Caller,
    /// The service whose endpoint it takes, as the end of the endpoint's name.
    pub service: &'static str,
    /// Such as `sagemaker:DeleteApp`.
    pub action: &'static str,
    /// On what; `*` stands for any run of characters.
    pub resource: String,
    /// Nothing that is always done rests on it.
    pub is_optional: bool,
}

/// The places in S3 that are known, as `bucket` or `bucket/prefix`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Buckets {
    /// Where apps fetch the agent.
    pub artifacts: Option<String>,
    /// Where evidence is kept.
    pub evidence: Option<String>,
    /// Where the ledger is kept.
    pub ledger: Option<String>,
}

/// On the domain's apps, its spaces, everything of SageMaker, or everything.
#[derive(Debug, Clone, Copy)]
enum On {
    Apps,
    Spaces,
    Everything,
    Roles,
}

/// Service, action, on what, and whether nothing rests on it: of the agent.
const AGENT: &[(&str, &str, On, bool)] = &[
    ("sagemaker.api", "sagemaker:DeleteApp", On::Apps, false),
    ("sagemaker.api", "sagemaker:DescribeApp", On::Apps, true),
    ("sagemaker.api", "sagemaker:DescribeSpace", On::Spaces, true),
    ("monitoring", "cloudwatch:PutMetricData", On::Everything, false),
];

/// The same of the controller: what `inventory`, `sweep` and `coverage` call, and what others
/// call beside it, which is optional. Services that only flags lead to are so, too.
const CONTROLLER: &[(&str, &str, On, bool)] = &[
    ("sts", "sts:GetCallerIdentity", On::Everything, false),
    ("sts", "sts:AssumeRole", On::Roles, true),
    ("sagemaker.api", "sagemaker:ListDomains", On::Everything, false),
    ("sagemaker.api", "sagemaker:ListUserProfiles", On::Everything, false),
    ("sagemaker.api", "sagemaker:ListSpaces", On::Everything, false),
    ("sagemaker.api", "sagemaker:ListApps", On::Everything, false),
    ("sagemaker.api", "sagemaker:ListEndpoints", On::Everything, false),
    ("sagemaker.api", "sagemaker:ListInferenceComponents", On::Everything, false),
    ("sagemaker.api", "sagemaker:ListNotebookInstances", On::Everything, false),
    ("sagemaker.api", "sagemaker:ListTags", On::Everything, false),
    ("sagemaker.api", "sagemaker:DescribeApp", On::Apps, false),
    ("sagemaker.api", "sagemaker:DescribeDomain", On::Everything, false),
    ("sagemaker.api", "sagemaker:DescribeUserProfile", On::Everything, false),
    ("sagemaker.api", "sagemaker:DescribeSpace", On::Spaces, false),
    ("sagemaker.api", "sagemaker:DescribeEndpoint", On::Everything, false),
    ("sagemaker.api", "sagemaker:DescribeEndpointConfig", On::Everything, false),
    ("sagemaker.api", "sagemaker:DescribeNotebookInstance", On::Everything, false),
    ("sagemaker.api", "sagemaker:DeleteApp", On::Apps, false),
    ("sagemaker.api", "sagemaker:StopNotebookInstance", On::Everything, false),
    ("sagemaker.api", "sagemaker:CreateStudioLifecycleConfig", On::Everything, true),
    ("sagemaker.api", "sagemaker:DescribeStudioLifecycleConfig", On::Everything, true),
    ("sagemaker.api", "sagemaker:UpdateDomain", On::Everything, true),
    ("sagemaker.api", "sagemaker:UpdateUserProfile", On::Everything, true),
    ("monitoring", "cloudwatch:GetMetricData", On::Everything, false),
    ("monitoring", "cloudwatch:ListMetrics", On::Everything, false),
    ("monitoring", "cloudwatch:PutMetricData", On::Everything, true),
    ("application-autoscaling", "application-autoscaling:DescribeScalableTargets", On::Everything, true),
    ("ec2", "ec2:DescribeVpcEndpoints", On::Everything, true),
    ("servicequotas", "servicequotas:ListServiceQuotas", On::Everything, true),
    ("sns", "sns:Publish", On::Everything, true),
    ("ssm", "ssm:GetParameter", On::Everything, true),
    ("tagging", "tag:GetResources", On::Everything, true),
    ("pricing.api", "pricing:GetProducts", On::Everything, true),
];

/// What these callers call from this domain's VPC.
pub(super) fn calls(network: &DomainNetwork, callers: &[Caller], buckets: &Buckets) -> Vec<Call> {
    let mut calls = Vec::new();
    for caller in callers {
        let table = match caller {
            Caller::Agent => AGENT,
            Caller::Controller => CONTROLLER,
        };
        calls.extend(table.iter().map(|(service, action, on, is_optional)| Call {
            caller: *caller,
            service,
            action,
            resource: resource(network, *on),
            is_optional: *is_optional,
        }));
        calls.extend(of_s3(network, *caller, buckets));
    }
    calls
}

fn resource(network: &DomainNetwork, on: On) -> String {
    let DomainNetwork { scope, domain, .. } = network;
    let of_domain =
        |kind: &str| format!("arn:{}:sagemaker:{}:{}:{kind}/{domain}/*", scope.partition, scope.region, scope.account);
    match on {
        On::Apps => of_domain("app"),
        On::Spaces => of_domain("space"),
        On::Everything => "*".to_owned(),
        On::Roles => format!("arn:{}:iam::*:role/costctl-*", scope.partition),
    }
}

/// Where a bucket is not known, apps may fetch the agent from any.
fn of_s3(network: &DomainNetwork, caller: Caller, buckets: &Buckets) -> Vec<Call> {
    let arn = |place: &str| format!("arn:{}:s3:::{place}", network.scope.partition);
    let call = |action, resource| Call { caller, service: "s3", action, resource, is_optional: false };
    let Buckets { artifacts, evidence, ledger } = buckets;
    match caller {
        Caller::Agent => {
            let objects = artifacts.as_ref().map_or("*/*".to_owned(), |place| format!("{place}/idle-agent/*"));
            vec![call("s3:GetObject", arn(&objects))]
        }
        Caller::Controller => {
            let places = evidence.iter().chain(ledger);
            let of_place = |place: &String| {
                let bucket = place.split('/').next().unwrap_or_default();
                let objects = arn(&format!("{place}/*"));
                [
                    call("s3:ListBucket", arn(bucket)),
                    call("s3:GetObject", objects.clone()),
                    call("s3:PutObject", objects),
                ]
            };
            places.flat_map(of_place).collect()
        }
    }
}
