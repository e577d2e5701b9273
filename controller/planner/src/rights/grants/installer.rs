//! Those of the role to install with, and to hide instance types.

use super::{Feature, Grant, On, grant};

const UPDATE_DOMAIN: &[&str] = &["sagemaker:UpdateDomain"];
const UPDATE_USER_PROFILE: &[&str] = &["sagemaker:UpdateUserProfile"];
const NOTEBOOKS: &[&str] = &["sagemaker:DescribeNotebookInstance", "sagemaker:UpdateNotebookInstance"];
const GET_OBJECT: &[&str] = &["s3:GetObject"];
const LIST_BUCKET: &[&str] = &["s3:ListBucket"];
const KEY: &[&str] = &["kms:Decrypt", "kms:GenerateDataKey"];

pub(super) const GRANTS: &[Grant] = &[
    grant(
        Feature::InstallPlan,
        On::Nothing,
        &["sagemaker:ListDomains", "sagemaker:ListNotebookInstances", "sagemaker:ListUserProfiles"],
    ),
    grant(Feature::InstallPlan, On::Domains, &["sagemaker:DescribeDomain", "sagemaker:ListTags"]),
    grant(Feature::InstallPlan, On::UserProfiles, &["sagemaker:DescribeUserProfile", "sagemaker:ListTags"]),
    grant(Feature::InstallPlan, On::StudioConfigs, &["sagemaker:DescribeStudioLifecycleConfig"]),
    grant(Feature::InstallPlan, On::NotebookConfigs, &["sagemaker:DescribeNotebookInstanceLifecycleConfig"]),
    grant(Feature::InstallPlan, On::Artifacts, GET_OBJECT),
    grant(Feature::InstallPlan, On::ArtifactNames, LIST_BUCKET),
    grant(Feature::Install, On::OwnStudioConfigs, &["sagemaker:AddTags", "sagemaker:CreateStudioLifecycleConfig"]),
    grant(
        Feature::Install,
        On::OwnNotebookConfig,
        &["sagemaker:CreateNotebookInstanceLifecycleConfig", "sagemaker:UpdateNotebookInstanceLifecycleConfig"],
    ),
    grant(Feature::Install, On::Domains, UPDATE_DOMAIN),
    grant(Feature::Install, On::UserProfiles, UPDATE_USER_PROFILE),
    grant(Feature::Install, On::NotebookInstances, NOTEBOOKS),
    grant(Feature::Install, On::Artifacts, &["s3:GetObject", "s3:PutObject"]),
    grant(Feature::Install, On::ArtifactNames, LIST_BUCKET),
    grant(Feature::Install, On::ObjectKey, KEY),
    grant(Feature::RollbackPlan, On::Artifacts, GET_OBJECT),
    grant(Feature::RollbackPlan, On::ArtifactNames, LIST_BUCKET),
    grant(Feature::Rollback, On::Domains, UPDATE_DOMAIN),
    grant(Feature::Rollback, On::UserProfiles, UPDATE_USER_PROFILE),
    grant(Feature::Rollback, On::NotebookInstances, NOTEBOOKS),
    grant(
        Feature::Rollback,
        On::OwnNotebookConfig,
        &["sagemaker:DeleteNotebookInstanceLifecycleConfig", "sagemaker:UpdateNotebookInstanceLifecycleConfig"],
    ),
    grant(
        Feature::UninstallPlan,
        On::Nothing,
        &["sagemaker:ListApps", "sagemaker:ListSpaces", "sagemaker:ListStudioLifecycleConfigs"],
    ),
    grant(Feature::UninstallPlan, On::StudioConfigs, &["sagemaker:ListTags"]),
    grant(Feature::UninstallPlan, On::Apps, &["sagemaker:DescribeApp"]),
    grant(Feature::UninstallPlan, On::Spaces, &["sagemaker:DescribeSpace"]),
    grant(Feature::UninstallPlan, On::Artifacts, GET_OBJECT),
    grant(Feature::UninstallPlan, On::ArtifactNames, LIST_BUCKET),
    grant(Feature::Uninstall, On::Domains, UPDATE_DOMAIN),
    grant(Feature::Uninstall, On::UserProfiles, UPDATE_USER_PROFILE),
    grant(Feature::Uninstall, On::NotebookInstances, NOTEBOOKS),
    grant(Feature::Uninstall, On::OwnStudioConfigs, &["sagemaker:DeleteStudioLifecycleConfig"]),
    grant(Feature::Uninstall, On::OwnNotebookConfig, &["sagemaker:DeleteNotebookInstanceLifecycleConfig"]),
    grant(Feature::AllowlistPlan, On::Nothing, &["sagemaker:ListDomains", "sagemaker:ListUserProfiles"]),
    grant(Feature::AllowlistPlan, On::Domains, &["sagemaker:DescribeDomain", "sagemaker:ListTags"]),
    grant(Feature::AllowlistPlan, On::UserProfiles, &["sagemaker:DescribeUserProfile", "sagemaker:ListTags"]),
    grant(Feature::AllowlistPlan, On::Artifacts, GET_OBJECT),
    grant(Feature::AllowlistPlan, On::ArtifactNames, LIST_BUCKET),
    grant(Feature::Allowlist, On::Domains, UPDATE_DOMAIN),
    grant(Feature::Allowlist, On::UserProfiles, UPDATE_USER_PROFILE),
    grant(Feature::Allowlist, On::Artifacts, &["s3:PutObject"]),
    grant(Feature::Allowlist, On::ObjectKey, KEY),
    grant(Feature::AllowlistRollback, On::Domains, UPDATE_DOMAIN),
    grant(Feature::AllowlistRollback, On::UserProfiles, UPDATE_USER_PROFILE),
];
