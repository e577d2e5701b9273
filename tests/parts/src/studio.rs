//! A small studio in the sandbox: one domain, two user profiles, two spaces, two apps.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::{Value, json};

use crate::sandbox::Sandbox;

/// What stands in the sandbox.
#[derive(Debug, Clone)]
pub struct Studio {
    apps: Vec<App>,
}

/// One JupyterLab app in a private space.
#[derive(Debug, Clone)]
pub struct App {
    /// Its domain.
    pub domain_id: String,
    /// Its space.
    pub space: String,
    /// `JupyterLab`.
    pub app_type: &'static str,
    /// `default`.
    pub app_name: &'static str,
    /// Its ARN.
    pub arn: String,
}

impl Studio {
    /// The studio, its apps in service.
    ///
    /// # Errors
    /// When the sandbox refuses a step.
    pub fn create(sandbox: &Sandbox) -> anyhow::Result<Self> {
        let role = "arn:aws:iam::111122223333:role/StudioExecutionRole";
        let domain = sandbox.call(
            "CreateDomain",
            &json!({ "DomainName": "data-science", "AuthMode": "IAM", "VpcId": "vpc-0123456789abcdef0",
                "SubnetIds": ["subnet-0123456789abcdef0"], "DefaultUserSettings": { "ExecutionRole": role } }),
        )?;
        let domain_arn = domain["DomainArn"].as_str().context("CreateDomain returns an ARN")?;
        let id = domain_arn.rsplit('/').next().unwrap_or_default().to_owned();
        let mut apps = Vec::new();
        for (n, instance_type) in [(1, "ml.t3.medium"), (2, "ml.g5.xlarge")] {
            let (profile, space) = (format!("data-scientist-{n}"), format!("space-{n}"));
            sandbox.call("CreateUserProfile", &json!({ "DomainId": id, "UserProfileName": profile }))?;
            sandbox.call(
                "CreateSpace",
                &json!({ "DomainId": id, "SpaceName": space, "SpaceSettings": { "AppType": "JupyterLab" },
                    "OwnershipSettings": { "OwnerUserProfileName": profile }, "SpaceSharingSettings": { "SharingType": "Private" } }),
            )?;
            let app = sandbox.call(
                "CreateApp",
                &json!({ "DomainId": id, "SpaceName": space, "AppType": "JupyterLab", "AppName": "default",
                    "ResourceSpec": { "InstanceType": instance_type } }),
            )?;
            let arn = app["AppArn"].as_str().context("CreateApp returns an ARN")?.to_owned();
            apps.push(App { domain_id: id.clone(), space, app_type: "JupyterLab", app_name: "default", arn });
        }
        let studio = Self { apps };
        for n in 0..studio.apps.len() {
            studio.wait_until_in_service(sandbox, n)?;
        }
        Ok(studio)
    }

    /// The n-th app, from 0.
    ///
    /// # Panics
    /// When there are fewer.
    #[must_use]
    pub fn app(&self, n: usize) -> &App {
        &self.apps[n]
    }

    /// The status of the n-th app.
    ///
    /// # Errors
    /// When the sandbox does not know it.
    pub fn app_status(&self, sandbox: &Sandbox, n: usize) -> anyhow::Result<String> {
        let App { domain_id, space, app_type, app_name, arn: _ } = self.app(n);
        let request = json!({ "DomainId": domain_id, "SpaceName": space, "AppType": app_type, "AppName": app_name });
        let app = sandbox.call("DescribeApp", &request)?;
        app["Status"].as_str().map(str::to_owned).context("DescribeApp returns a status")
    }

    fn wait_until_in_service(&self, sandbox: &Sandbox, n: usize) -> anyhow::Result<()> {
        let end = Instant::now() + Duration::from_secs(30);
        while self.app_status(sandbox, n)? != "InService" {
            if Instant::now() > end {
                bail!("app {n} never came into service");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

/// Writes the metadata file that Studio puts into an app in a space; returns its path.
///
/// # Errors
/// When it cannot be written.
pub fn write_metadata(dir: &Path, app: &App) -> anyhow::Result<PathBuf> {
    let metadata: Value = json!({
        "AppType": app.app_type, "DomainId": app.domain_id, "SpaceName": app.space,
        "ExecutionRoleArn": "arn:aws:iam::111122223333:role/StudioExecutionRole",
        "ResourceArn": app.arn, "ResourceName": app.app_name, "AppImageVersion": "",
    });
    let path = dir.join("resource-metadata.json");
    std::fs::write(&path, metadata.to_string())?;
    Ok(path)
}
