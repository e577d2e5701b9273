//! A small studio in the sandbox: one domain, two user profiles, two spaces, two
//! apps, and more apps on request.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::json;

pub use crate::metadata::write_metadata;
use crate::sandbox::Sandbox;

/// What stands in the sandbox.
#[derive(Debug, Clone)]
pub struct Studio {
    domain_id: String,
    apps: Vec<App>,
}

/// One app, in a private space or, where it is Classic, of a user profile.
#[derive(Debug, Clone)]
pub struct App {
    /// Its domain.
    pub domain_id: String,
    /// Its space; empty for a Classic app.
    pub space: String,
    /// A Classic app's user profile; empty for an app in a space.
    pub user_profile: String,
    /// Such as `JupyterLab`.
    pub app_type: &'static str,
    /// `default`, but for a KernelGateway app.
    pub app_name: &'static str,
    /// Its ARN.
    pub arn: String,
}

impl App {
    /// The member that names whose app it is, `SpaceName` or `UserProfileName`, and its value.
    #[must_use]
    pub fn owner(&self) -> (&'static str, &str) {
        if self.space.is_empty() { ("UserProfileName", &self.user_profile) } else { ("SpaceName", &self.space) }
    }
}

impl Studio {
    /// The studio, its two JupyterLab apps in service.
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
        let mut studio = Self { domain_id: id.clone(), apps: Vec::new() };
        for (n, instance_type) in [(1, "ml.t3.medium"), (2, "ml.g5.xlarge")] {
            let profile = format!("data-scientist-{n}");
            sandbox.call("CreateUserProfile", &json!({ "DomainId": id, "UserProfileName": profile }))?;
            studio.create_in_space(sandbox, "JupyterLab", &profile, instance_type)?;
        }
        for n in 0..studio.apps.len() {
            studio.wait_until_in_service(sandbox, n)?;
        }
        Ok(studio)
    }

    /// The number of one more app, in service: `JupyterLab` or `CodeEditor` in a space
    /// of its own, or the first user profile's Classic `JupyterServer` or `KernelGateway`.
    ///
    /// # Errors
    /// When the sandbox refuses a step.
    pub fn add_app(&mut self, sandbox: &Sandbox, app_type: &'static str) -> anyhow::Result<usize> {
        let profile = "data-scientist-1";
        match app_type {
            "JupyterServer" => self.create_app(sandbox, classic(profile, app_type, "default"), "system")?,
            "KernelGateway" => {
                self.create_app(sandbox, classic(profile, app_type, "datascience-1-0-ml-t3-medium"), "ml.t3.medium")?;
            }
            _ => self.create_in_space(sandbox, app_type, profile, "ml.t3.medium")?,
        }
        let n = self.apps.len() - 1;
        self.wait_until_in_service(sandbox, n)?;
        Ok(n)
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
        let app = self.app(n);
        let (owner, name) = app.owner();
        let request =
            json!({ "DomainId": app.domain_id, owner: name, "AppType": app.app_type, "AppName": app.app_name });
        let app = sandbox.call("DescribeApp", &request)?;
        app["Status"].as_str().map(str::to_owned).context("DescribeApp returns a status")
    }

    fn create_in_space(
        &mut self,
        sandbox: &Sandbox,
        app_type: &'static str,
        profile: &str,
        instance_type: &str,
    ) -> anyhow::Result<()> {
        let space = format!("space-{}", self.apps.len() + 1);
        sandbox.call(
            "CreateSpace",
            &json!({ "DomainId": self.domain_id, "SpaceName": space, "SpaceSettings": { "AppType": app_type },
                "OwnershipSettings": { "OwnerUserProfileName": profile },
                "SpaceSharingSettings": { "SharingType": "Private" } }),
        )?;
        self.create_app(sandbox, App { space, ..classic("", app_type, "default") }, instance_type)
    }

    /// Creates an app that lacks its domain and its ARN.
    fn create_app(&mut self, sandbox: &Sandbox, app: App, instance_type: &str) -> anyhow::Result<()> {
        let (owner, name) = app.owner();
        let created = sandbox.call(
            "CreateApp",
            &json!({ "DomainId": self.domain_id, owner: name, "AppType": app.app_type, "AppName": app.app_name,
                "ResourceSpec": { "InstanceType": instance_type } }),
        )?;
        let arn = created["AppArn"].as_str().context("CreateApp returns an ARN")?.to_owned();
        self.apps.push(App { domain_id: self.domain_id.clone(), arn, ..app });
        Ok(())
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

fn classic(profile: &str, app_type: &'static str, app_name: &'static str) -> App {
    let (domain_id, space, arn) = (String::new(), String::new(), String::new());
    App { domain_id, space, user_profile: profile.to_owned(), app_type, app_name, arn }
}
