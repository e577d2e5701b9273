//! The agent's.

use super::{Feature, Grant, On, grant};

pub(super) const GRANTS: &[Grant] = &[
    grant(Feature::PrivateSpaces, On::AppsOfOwnDomain, &["sagemaker:DescribeApp"]),
    grant(Feature::PrivateSpaces, On::SpacesOfOwnDomain, &["sagemaker:DescribeSpace"]),
    grant(Feature::PrivateSpaces, On::OwnApps, &["sagemaker:DeleteApp"]),
    grant(Feature::Classic, On::AppsOfOwnDomain, &["sagemaker:DescribeApp"]),
    grant(Feature::Classic, On::OwnClassicApps, &["sagemaker:DeleteApp"]),
    grant(Feature::SharedSpaces, On::AppsOfOwnDomain, &["sagemaker:DescribeApp"]),
    grant(Feature::SharedSpaces, On::SpacesOfOwnDomain, &["sagemaker:DescribeSpace"]),
    grant(Feature::SharedSpaces, On::SharedApps, &["sagemaker:DeleteApp"]),
    grant(Feature::NotebookInstances, On::NotebookInstances, &["sagemaker:DescribeNotebookInstance"]),
    grant(Feature::NotebookInstances, On::UnprotectedNotebookInstances, &["sagemaker:StopNotebookInstance"]),
    grant(Feature::Heartbeat, On::AgentMetrics, &["cloudwatch:PutMetricData"]),
    grant(Feature::Fetch, On::Binaries, &["s3:GetObject"]),
    grant(Feature::Fetch, On::ObjectKey, &["kms:Decrypt"]),
];
