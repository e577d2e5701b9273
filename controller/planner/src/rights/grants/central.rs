//! Those of the caller.

use super::{Feature, Grant, On, grant};

const GET_OBJECT: &[&str] = &["s3:GetObject"];
const OBJECTS: &[&str] = &["s3:GetObject", "s3:PutObject"];
const LIST_BUCKET: &[&str] = &["s3:ListBucket"];
const DECRYPT: &[&str] = &["kms:Decrypt"];
const KEY: &[&str] = &["kms:Decrypt", "kms:GenerateDataKey"];
const METRICS: &[&str] = &["cloudwatch:PutMetricData"];

pub(super) const GRANTS: &[Grant] = &[
    grant(Feature::Prices, On::Nothing, &["pricing:GetProducts"]),
    grant(Feature::Report, On::Ledger, GET_OBJECT),
    grant(Feature::Report, On::LedgerNames, LIST_BUCKET),
    grant(Feature::Report, On::ObjectKey, DECRYPT),
    grant(
        Feature::Actuals,
        On::Nothing,
        &["ce:GetCostAndUsage", "ce:GetSavingsPlansCoverage", "ce:GetSavingsPlansUtilization"],
    ),
    grant(Feature::Sweep, On::Evidence, GET_OBJECT),
    grant(Feature::Sweep, On::EvidenceNames, LIST_BUCKET),
    grant(Feature::Around, On::Evidence, OBJECTS),
    grant(Feature::Around, On::EvidenceNames, LIST_BUCKET),
    grant(Feature::Around, On::ObjectKey, KEY),
    grant(Feature::Around, On::Parameter, &["ssm:GetParameter"]),
    grant(Feature::Around, On::ParameterKey, DECRYPT),
    grant(Feature::Around, On::Topic, &["sns:Publish"]),
    grant(Feature::Metrics, On::SweepMetrics, METRICS),
    grant(Feature::DashboardPlan, On::Nothing, &["cloudwatch:ListDashboards"]),
    grant(Feature::DashboardPlan, On::Dashboards, &["cloudwatch:GetDashboard"]),
    grant(Feature::DashboardPlan, On::Alarms, &["cloudwatch:DescribeAlarms"]),
    grant(Feature::Dashboard, On::Dashboards, &["cloudwatch:PutDashboard"]),
    grant(Feature::Dashboard, On::Alarms, &["cloudwatch:PutMetricAlarm"]),
    grant(Feature::Ledger, On::Ledger, OBJECTS),
    grant(Feature::Ledger, On::LedgerNames, LIST_BUCKET),
    grant(Feature::Ledger, On::ObjectKey, KEY),
    grant(Feature::Drift, On::Evidence, OBJECTS),
    grant(Feature::Drift, On::EvidenceNames, LIST_BUCKET),
    grant(Feature::Drift, On::ObjectKey, KEY),
    grant(Feature::Drift, On::SweepMetrics, METRICS),
    grant(Feature::Evidence, On::Evidence, OBJECTS),
    grant(Feature::Evidence, On::EvidenceNames, LIST_BUCKET),
    grant(Feature::Evidence, On::ObjectKey, KEY),
    grant(Feature::Evidence, On::Bucket, &["s3:GetBucketObjectLockConfiguration", "s3:GetBucketVersioning"]),
    grant(Feature::Accounts, On::Nothing, &["organizations:ListAccounts"]),
    grant(Feature::Accounts, On::Roles, &["sts:AssumeRole"]),
    grant(Feature::Accounts, On::RolesBySource, &["sts:SetSourceIdentity"]),
];
