//! The metadata file that an app finds at `/opt/ml/metadata/resource-metadata.json`.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::studio::App;

/// Writes what Studio puts into an app: its space, or, for a Classic app, its user
/// profile; returns the file's path.
///
/// # Errors
/// When it cannot be written.
pub fn write_metadata(dir: &Path, app: &App) -> anyhow::Result<PathBuf> {
    write(dir, &of_app(app))
}

/// Writes what Unified Studio puts into a space's app: more members, and an ARN
/// whose app type is in lower case beside one that keeps it (as in the examples of
/// aws-toolkit-vscode); returns the file's path.
///
/// # Errors
/// When it cannot be written.
pub fn write_unified_studio_metadata(dir: &Path, app: &App) -> anyhow::Result<PathBuf> {
    let mut metadata = of_app(app);
    let app_type = format!("/{}/", app.app_type);
    metadata["ResourceArn"] = json!(app.arn.replace(&app_type, &app_type.to_lowercase()));
    metadata["ResourceArnCaseSensitive"] = json!(app.arn);
    metadata["IpAddressType"] = json!("ipv4");
    metadata["AdditionalMetadata"] = json!({
        "DataZoneDomainId": "dzd_1234567890abcd", "DataZoneDomainRegion": "us-east-1",
        "DataZoneEndpoint": "https://datazone.us-east-1.api.aws", "DataZoneEnvironmentId": "e1234567890abc",
        "DataZoneProjectId": "p1234567890abc", "DataZoneProjectRepositoryName": "project-repository",
        "DataZoneScopeName": "dev", "DataZoneStage": "prod",
        "DataZoneUserId": "01234567-89ab-cdef-0123-456789abcdef",
        "PrivateSubnets": "subnet-0123456789abcdef0", "SecurityGroup": "sg-0123456789abcdef0",
        "ProjectS3Path": "s3://amazon-sagemaker-111122223333-us-east-1-0123456789ab/dzd_1234567890abcd/p1234567890abc/dev",
    });
    write(dir, &metadata)
}

/// Writes what a notebook instance of this name has, which is its ARN and its name
/// only; returns the file's path.
///
/// # Errors
/// When it cannot be written.
pub fn write_notebook_instance_metadata(dir: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let arn = format!("arn:aws:sagemaker:us-east-1:111122223333:notebook-instance/{name}");
    write(dir, &json!({ "ResourceArn": arn, "ResourceName": name }))
}

fn of_app(app: &App) -> Value {
    let App { domain_id, space: _, user_profile: _, app_type, app_name, arn } = app;
    let (owner, name) = app.owner();
    json!({ "AppType": app_type, "DomainId": domain_id, owner: name,
        "ExecutionRoleArn": "arn:aws:iam::111122223333:role/StudioExecutionRole",
        "ResourceArn": arn, "ResourceName": app_name, "AppImageVersion": "" })
}

fn write(dir: &Path, metadata: &Value) -> anyhow::Result<PathBuf> {
    let path = dir.join("resource-metadata.json");
    std::fs::write(&path, metadata.to_string())?;
    Ok(path)
}
