//! Those of the role to look with.

use super::{Feature, Grant, On, grant};

const LIST_DOMAINS: &[&str] = &["sagemaker:ListDomains"];
const LIST_TAGS: &[&str] = &["sagemaker:ListTags"];
const DESCRIBE_APP: &[&str] = &["sagemaker:DescribeApp"];
const DESCRIBE_DOMAIN: &[&str] = &["sagemaker:DescribeDomain"];
const DESCRIBE_USER_PROFILE: &[&str] = &["sagemaker:DescribeUserProfile"];
const DESCRIBE_SPACE: &[&str] = &["sagemaker:DescribeSpace"];

pub(super) const GRANTS: &[Grant] = &[
    grant(Feature::Doctor, On::Nothing, LIST_DOMAINS),
    grant(Feature::DoctorVpc, On::Domains, DESCRIBE_DOMAIN),
    grant(
        Feature::DoctorVpc,
        On::Nothing,
        &[
            "ec2:DescribeRouteTables",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcEndpoints",
            "sagemaker:ListDomains",
        ],
    ),
    grant(Feature::AllowlistCheck, On::Nothing, &["servicequotas:ListServiceQuotas"]),
    grant(Feature::Coverage, On::Nothing, &["cloudwatch:GetMetricData", "sagemaker:ListApps"]),
    grant(Feature::Coverage, On::Apps, DESCRIBE_APP),
    grant(Feature::Coverage, On::Domains, DESCRIBE_DOMAIN),
    grant(Feature::Coverage, On::StudioConfigs, LIST_TAGS),
    grant(
        Feature::Inventory,
        On::Nothing,
        &[
            "application-autoscaling:DescribeScalableTargets",
            "cloudwatch:GetMetricData",
            "cloudwatch:ListMetrics",
            "sagemaker:ListApps",
            "sagemaker:ListDomains",
            "sagemaker:ListEndpoints",
            "sagemaker:ListInferenceComponents",
            "sagemaker:ListNotebookInstances",
            "sagemaker:ListSpaces",
            "sagemaker:ListUserProfiles",
        ],
    ),
    grant(Feature::Inventory, On::Endpoints, &["sagemaker:DescribeEndpoint", "sagemaker:ListTags"]),
    grant(Feature::Inventory, On::EndpointConfigs, &["sagemaker:DescribeEndpointConfig"]),
    grant(Feature::Inventory, On::InferenceComponents, &["sagemaker:DescribeInferenceComponent", "sagemaker:ListTags"]),
    grant(Feature::Inventory, On::Apps, LIST_TAGS),
    grant(Feature::Inventory, On::Spaces, LIST_TAGS),
    grant(Feature::Inventory, On::UserProfiles, LIST_TAGS),
    grant(Feature::Inventory, On::Domains, LIST_TAGS),
    grant(Feature::Inventory, On::NotebookInstances, LIST_TAGS),
    grant(Feature::Attribution, On::Nothing, &["ec2:DescribeVpcEndpoints", "tag:GetResources"]),
    grant(Feature::Attribution, On::Domains, &["sagemaker:DescribeDomain", "sagemaker:ListTags"]),
    grant(Feature::Sweep, On::Apps, DESCRIBE_APP),
    grant(Feature::LookAgain, On::Spaces, DESCRIBE_SPACE),
    grant(Feature::LookAgain, On::UserProfiles, DESCRIBE_USER_PROFILE),
    grant(Feature::LookAgain, On::Domains, DESCRIBE_DOMAIN),
    grant(Feature::LookAgain, On::NotebookInstances, &["sagemaker:DescribeNotebookInstance"]),
    grant(Feature::Ledger, On::Domains, DESCRIBE_DOMAIN),
    grant(Feature::Ledger, On::UserProfiles, DESCRIBE_USER_PROFILE),
    grant(Feature::Ledger, On::Spaces, DESCRIBE_SPACE),
    grant(
        Feature::Drift,
        On::Nothing,
        &["sagemaker:ListDomains", "sagemaker:ListSpaces", "sagemaker:ListUserProfiles"],
    ),
    grant(Feature::Drift, On::Domains, &["sagemaker:DescribeDomain", "sagemaker:ListTags"]),
    grant(Feature::Drift, On::UserProfiles, &["sagemaker:DescribeUserProfile", "sagemaker:ListTags"]),
    grant(Feature::Drift, On::Spaces, &["sagemaker:DescribeSpace", "sagemaker:ListTags"]),
    grant(Feature::Drift, On::StudioConfigs, &["sagemaker:DescribeStudioLifecycleConfig", "sagemaker:ListTags"]),
    grant(Feature::Drift, On::RolesOfAccount, &["iam:ListAttachedRolePolicies"]),
    grant(Feature::DriftWho, On::Nothing, &["cloudtrail:LookupEvents"]),
    grant(
        Feature::UnifiedStudio,
        On::Nothing,
        &[
            "datazone:GetEnvironment",
            "datazone:GetProject",
            "datazone:GetProjectProfile",
            "datazone:ListDomains",
            "datazone:ListEnvironmentBlueprintConfigurations",
            "datazone:ListEnvironmentBlueprints",
            "datazone:ListEnvironments",
            "datazone:ListProjectProfiles",
            "datazone:ListProjects",
            "datazone:SearchUserProfiles",
            "sagemaker:ListApps",
            "sagemaker:ListDomains",
            "sagemaker:ListSpaces",
            "servicequotas:ListServiceQuotas",
        ],
    ),
    grant(Feature::UnifiedStudio, On::Domains, DESCRIBE_DOMAIN),
    grant(Feature::UnifiedNames, On::Domains, DESCRIBE_DOMAIN),
    grant(Feature::UnifiedNames, On::Nothing, &["datazone:ListProjects", "datazone:SearchUserProfiles"]),
];
