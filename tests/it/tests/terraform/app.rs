//! An app of the domain that Terraform made: a real Jupyter in a container, in which the script
//! runs that SageMaker would run, as it stands there.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use studio_it::PATIENCE;
use studio_parts::app_root::{AppRoot, User};
use studio_parts::container::Container;
use studio_parts::jupyter::{Jupyter, JupyterOptions};
use studio_parts::kernel_client::KernelClient;
use studio_parts::metadata::write_metadata;
use studio_parts::process::Running;
use studio_parts::studio::App;
use tempfile::TempDir;

use crate::world::{OWN, World};

const SCRIPT: &str = "/opt/ml/lifecycleconfig/lifecycle_script.sh";
const LOG: &str = "/var/log/apps/app_container.log";

/// A running app with somebody at work.
pub(crate) struct RunningApp {
    pub(crate) app: App,
    container: Arc<Container>,
    /// The cell runs while this file is there.
    work: PathBuf,
    _tab: KernelClient,
    _jupyter: Jupyter,
    _shared: TempDir,
}

/// A space of this user profile and its app, as Studio makes them.
pub(crate) fn create(world: &World, domain: &str, user_profile: &str, instance_type: &str) -> App {
    let space = format!("{user_profile}-lab");
    let tag = |(key, value): (&str, &str)| json!({ "Key": key, "Value": value });
    let tags = [("CostCenter", "1001"), ("DataClassification", "internal"), ("Environment", "production")].map(tag);
    let request = json!({ "DomainId": domain, "SpaceName": space, "Tags": tags,
        "SpaceSettings": { "AppType": "JupyterLab",
            "SpaceStorageSettings": { "EbsStorageSettings": { "EbsVolumeSizeInGb": 20 } } },
        "OwnershipSettings": { "OwnerUserProfileName": user_profile },
        "SpaceSharingSettings": { "SharingType": "Private" } });
    world.sandbox.call("CreateSpace", &request).unwrap();
    let request = json!({ "DomainId": domain, "SpaceName": space, "AppType": "JupyterLab", "AppName": "default",
        "ResourceSpec": { "InstanceType": instance_type } });
    let arn = world.sandbox.call("CreateApp", &request).unwrap()["AppArn"].as_str().unwrap().to_owned();
    let (domain_id, user_profile) = (domain.to_owned(), String::new());
    App { domain_id, space, user_profile, app_type: "JupyterLab", app_name: "default", arn }
}

/// What `DescribeApp` says of it.
pub(crate) fn described(world: &World, app: &App) -> Value {
    let request = json!({ "DomainId": app.domain_id, "SpaceName": app.space, "AppType": app.app_type,
        "AppName": app.app_name });
    world.sandbox.call("DescribeApp", &request).unwrap()
}

impl RunningApp {
    /// The app in its container: a cell that prints nothing is at work when the script of the app's
    /// built-in lifecycle configuration starts the agent.
    pub(crate) fn start(world: &World, app: App) -> Self {
        let config = described(world, &app)["BuiltInLifecycleConfigArn"].as_str().unwrap().to_owned();
        let name = config.rsplit('/').next().unwrap();
        let config = world.sandbox.call("DescribeStudioLifecycleConfig", &json!({ "StudioLifecycleConfigName": name }));
        let content = config.unwrap()["StudioLifecycleConfigContent"].as_str().unwrap().to_owned();
        let script = BASE64_STANDARD.decode(content).unwrap();

        let shared = tempfile::tempdir().unwrap();
        fs::set_permissions(shared.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let root = AppRoot::new().unwrap().with_tools(&["curl"]).with_shared(shared.path());
        let container = Arc::new(Container::with_root(&root, User::SAGEMAKER_USER).unwrap());
        write_metadata(&container.path("/opt/ml/metadata"), &app).unwrap();
        let options = JupyterOptions {
            container: Some(container.clone()),
            homes: Some(shared.path().to_owned()),
            ..JupyterOptions::default()
        };
        let jupyter = Jupyter::start(options).unwrap();
        let work = shared.path().join("at-work");
        fs::write(&work, "").unwrap();
        let (_, kernel) = jupyter.start_session("train.ipynb").unwrap();
        let cell = format!("import os, time\nwhile os.path.exists('{}'): time.sleep(0.2)", work.display());
        let mut tab = KernelClient::execute(&jupyter, &kernel, &cell).unwrap();
        tab.wait_for("busy", PATIENCE).unwrap();

        let at = container.path(SCRIPT);
        fs::write(&at, script).unwrap();
        fs::set_permissions(&at, fs::Permissions::from_mode(0o700)).unwrap();
        let User { uid, gid, home } = User::SAGEMAKER_USER;
        std::os::unix::fs::chown(&at, Some(uid), Some(gid)).unwrap();
        let mut command = container.command("/bin/sh");
        command.arg(SCRIPT).env_clear().current_dir("/").env("HOME", home);
        command.env("PATH", "/opt/conda/bin:/usr/local/bin:/usr/bin:/bin").env("AWS_REGION", "us-east-1");
        command.env("AWS_ENDPOINT_URL", world.sandbox.endpoint()).env("AWS_ENDPOINT_URL_S3", world.ministack.url());
        let credentials = format!("{}/container-credentials/{OWN}", world.sandbox.endpoint());
        command.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", credentials);
        // Where it listens and how often it is asked is this test's; a tick of the clock is much over a second.
        command.env("IDLE_AGENT_SERVER_URL", jupyter.url()).env("IDLE_AGENT_POLL_EVERY", "1s");
        command.env("IDLE_AGENT_CPU_AT_WORK", "5%");
        let mut script = Running::spawn(command).unwrap();
        let status = script.wait_with_timeout(Duration::from_secs(60)).unwrap();
        assert!(status.success(), "{status}: {}{}", script.stdout_so_far(), script.stderr_so_far());
        Self { app, container, work, _tab: tab, _jupyter: jupyter, _shared: shared }
    }

    /// Waits until the agent's record says this.
    pub(crate) fn wait_for_record(&self, text: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.log().contains(text) {
            assert!(Instant::now() < end, "no record with {text}:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// The cell comes to its end, and nobody comes back.
    pub(crate) fn finish_work(&self) {
        fs::remove_file(&self.work).unwrap();
    }

    /// Waits until SageMaker has deleted it.
    pub(crate) fn wait_until_deleted(&self, world: &World) {
        let end = Instant::now() + PATIENCE;
        while described(world, &self.app)["Status"] != "Deleted" {
            assert!(Instant::now() < end, "it was not stopped:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    fn log(&self) -> String {
        fs::read_to_string(self.container.path(LOG)).unwrap_or_default()
    }
}
