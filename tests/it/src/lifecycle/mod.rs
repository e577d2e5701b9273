//! An app in whose container a lifecycle script runs, with a local AWS behind it.

mod release;
mod render;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use serde_json::json;
use studio_parts::app_root::{AppRoot, User};
use studio_parts::container::Container;
use studio_parts::metadata;
use studio_parts::process::Running;
use studio_parts::python;
use studio_parts::sandbox::{Sandbox, SandboxOptions};
use studio_parts::studio::Studio;
use tempfile::TempDir;

pub use self::release::{Release, release};
pub use self::render::{COMMON, SCRIPTS, Values, render, source};
use crate::PATIENCE;

/// No script may take longer, whatever fails.
pub const LONGEST: Duration = Duration::from_secs(60);

const SCRIPT: &str = "/opt/ml/lifecycleconfig/lifecycle_script.sh";
const APP_LOG: &str = "/var/log/apps/app_container.log";
const INSTANCE: &str = "notebook-1";
/// What a wrong binary would leave should it ever be run.
const TRACE: &str = "/tmp/what-was-wrong-ran";

/// What runs in the container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A JupyterLab app.
    JupyterLab,
    /// A Code Editor app.
    CodeEditor,
    /// The server of Studio Classic.
    JupyterServer,
    /// An app of Studio Classic whose image runs as root.
    KernelGateway,
    /// A notebook instance.
    NotebookInstance,
}

impl Kind {
    /// Its script.
    #[must_use]
    pub fn script(self) -> &'static str {
        match self {
            Self::JupyterLab => "jupyterlab.sh",
            Self::CodeEditor => "code-editor.sh",
            Self::JupyterServer => "jupyter-server.sh",
            Self::KernelGateway => "kernel-gateway.sh",
            Self::NotebookInstance => "notebook-instance.sh",
        }
    }

    /// Who runs the script.
    #[must_use]
    pub fn user(self) -> User {
        match self {
            Self::KernelGateway | Self::NotebookInstance => User::ROOT,
            _ => User::SAGEMAKER_USER,
        }
    }
}

/// How a run of the script ended.
#[derive(Debug)]
pub struct Ran {
    /// Its exit code.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// How long whoever waits for its output had to wait.
    pub took: Duration,
}

/// The container of an app, in which scripts run.
#[derive(Debug)]
pub struct Stand {
    /// What the app is.
    pub kind: Kind,
    /// The environment of the script.
    pub env: BTreeMap<String, String>,
    /// What the script is rendered with.
    pub values: Values,
    /// Options of the shell that runs the script.
    pub shell_options: &'static [&'static str],
    /// The container.
    pub container: Arc<Container>,
    /// The local SageMaker.
    pub sandbox: Sandbox,
    /// A folder that is seen inside as it is outside.
    pub shared: TempDir,
}

impl Stand {
    /// The app, its image holding these tools: `aws` among them is the real one.
    ///
    /// # Errors
    /// When a part does not start.
    pub fn new(kind: Kind, tools: &[&str]) -> anyhow::Result<Self> {
        Self::with_root(kind, tools, AppRoot::new()?)
    }

    /// The same with another root file system.
    ///
    /// # Errors
    /// When a part does not start.
    pub fn with_root(kind: Kind, tools: &[&str], root: AppRoot) -> anyhow::Result<Self> {
        let release = release()?;
        let sandbox = Sandbox::start(SandboxOptions::default())?;
        let shared = tempfile::tempdir()?;
        fs::set_permissions(shared.path(), fs::Permissions::from_mode(0o755))?;
        let of_system: Vec<&str> = tools.iter().copied().filter(|tool| *tool != "aws").collect();
        let root = root.with_tools(&of_system).with_shared(shared.path());
        let container = Arc::new(Container::with_root(&root, kind.user())?);
        make_app(kind, &sandbox, &container.path("/opt/ml/metadata"))?;
        if tools.contains(&"aws") {
            let aws = python::venv("moto")?.with_file_name("aws");
            std::os::unix::fs::symlink(aws, container.path("/opt/conda/bin/aws"))?;
        }
        if kind == Kind::NotebookInstance {
            fs::remove_dir_all(container.path("/var/log/apps"))?;
        }
        let stand = Self {
            env: environment(kind, &sandbox, release),
            values: Values {
                version: "0.1.0".to_owned(),
                sha256: release.sha256.clone(),
                s3_uri: release.s3.uri("0.1.0/idle-agent"),
                s3_region: "us-east-1".to_owned(),
                file: String::new(),
                admin_toml: "[defaults]\nidle-timeout = \"8s\"\npoll-every = \"1s\"\n".to_owned(),
            },
            kind,
            shell_options: &[],
            container,
            sandbox,
            shared,
        };
        Ok(stand)
    }

    /// The command that runs the script, which is rendered anew.
    ///
    /// # Errors
    /// When it cannot be rendered.
    pub fn command(&self) -> anyhow::Result<Command> {
        let script = self.container.path(SCRIPT);
        fs::write(&script, render(self.kind.script(), &self.values)?)?;
        // As on a notebook instance, nobody else may read it.
        fs::set_permissions(&script, fs::Permissions::from_mode(0o700))?;
        std::os::unix::fs::chown(&script, Some(self.kind.user().uid), Some(self.kind.user().gid))?;
        let mut command = self.container.command("/bin/sh");
        command.args(self.shell_options).arg(SCRIPT).env_clear().envs(&self.env).current_dir("/");
        Ok(command)
    }

    /// Runs the script until its output is closed, and sees to what it always keeps to:
    /// exit 0 in time, and nothing wrong ever run.
    ///
    /// # Errors
    /// When it does not keep to that.
    pub fn run(&self) -> anyhow::Result<Ran> {
        self.finish(Running::spawn(self.command()?)?)
    }

    /// The same for a script that runs already.
    ///
    /// # Errors
    /// As for [`Stand::run`].
    pub fn finish(&self, mut script: Running) -> anyhow::Result<Ran> {
        let started = Instant::now();
        let status = script.wait_with_timeout(LONGEST).context("the script did not end in time")?;
        let ran = Ran { code: status.code(), stdout: script.stdout_so_far(), took: started.elapsed() };
        ensure!(ran.code == Some(0), "exit {status}: {}{}", ran.stdout, script.stderr_so_far());
        ensure!(script.stderr_so_far().is_empty(), "it complains: {}", script.stderr_so_far());
        ensure!(!self.container.path(TRACE).exists(), "what was wrong was run");
        Ok(ran)
    }

    /// The first line of the script's log that holds `text`, once it is there.
    ///
    /// # Errors
    /// When it does not come; with the log.
    pub fn wait_for_log(&self, text: &str) -> anyhow::Result<String> {
        let end = Instant::now() + PATIENCE;
        loop {
            let log = self.log();
            if let Some(line) = log.lines().find(|line| line.contains(text)) {
                return Ok(line.to_owned());
            }
            if Instant::now() > end {
                bail!("{text:?} never stood in the log:\n{log}");
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// The lines of the scripts, wherever they are logged.
    #[must_use]
    pub fn log(&self) -> String {
        let user = if self.kind == Kind::NotebookInstance { User::EC2_USER } else { self.kind.user() };
        let keep = if self.kind == Kind::NotebookInstance { "/home/ec2-user/SageMaker" } else { user.home };
        let places = [
            APP_LOG.to_owned(),
            format!("{keep}/.idle-agent/start.log"),
            format!("/tmp/idle-agent-{}/start.log", user.uid),
        ];
        let read = |place: &String| fs::read_to_string(self.container.path(place)).unwrap_or_default();
        let all: String = places.iter().map(read).collect();
        all.lines().filter(|line| line.contains(" idle-agent: ")).map(|line| format!("{line}\n")).collect()
    }

    /// The agents that run inside: path and user id.
    ///
    /// # Errors
    /// When `/proc` cannot be read.
    pub fn agents(&self) -> anyhow::Result<Vec<(String, u32)>> {
        let mut agents = Vec::new();
        for (pid, line) in self.container.pids()? {
            let Some((path, rest)) = line.split_once(' ') else { continue };
            if path.contains("/bin/idle-agent-") && rest.starts_with("run") {
                let status = fs::read_to_string(self.container.path(format!("/proc/{pid}/status"))).unwrap_or_default();
                let uid = status.lines().find_map(|line| line.strip_prefix("Uid:")?.split_whitespace().next());
                agents.push((path.to_owned(), uid.context("a process has a user")?.parse()?));
            }
        }
        Ok(agents)
    }

    /// Waits until an agent was started; returns the line that says so.
    ///
    /// # Errors
    /// When none is, or what is there is not the one agent that was asked for.
    pub fn wait_for_start(&self) -> anyhow::Result<String> {
        let line = self.wait_for_log("started /")?;
        let name = format!("/bin/idle-agent-{}", &self.values.sha256[..12]);
        let agents = self.agents()?;
        ensure!(!agents.is_empty(), "no agent runs: {}", self.log());
        ensure!(agents.iter().all(|(path, _)| path.ends_with(&name)), "another agent runs: {agents:?}");
        ensure!(!self.container.path(TRACE).exists(), "what was wrong was run");
        Ok(line)
    }

    /// Makes another shell the system's `sh`: `dash`, `bash` or `busybox`.
    ///
    /// # Errors
    /// When there is no such program.
    pub fn set_shell(&self, name: &str) -> anyhow::Result<()> {
        let sh = self.container.path("/usr/bin/sh");
        fs::remove_file(&sh)?;
        std::os::unix::fs::symlink(format!("/.tools/bin/{name}"), &sh)?;
        let found = self.container.path(format!("/.tools/bin/{name}"));
        ensure!(found.exists(), "there is no {name} here; hint: apt-get install {name} (busybox: busybox-static)");
        Ok(())
    }

    /// A program of these lines of shell, on the script's PATH.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn scripted(&self, name: &str, lines: &str) -> anyhow::Result<()> {
        let path = self.container.path("/usr/bin").join(name);
        fs::write(&path, format!("#!/bin/sh\n{lines}\n"))?;
        Ok(fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?)
    }

    /// Every file of a folder inside, by name.
    #[must_use]
    pub fn files(&self, dir: &str) -> Vec<String> {
        let entries = fs::read_dir(self.container.path(dir)).into_iter().flatten();
        let mut names: Vec<String> = entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// Runs a line of shell inside as this user, to its end; returns what it printed.
    ///
    /// # Errors
    /// When it fails.
    pub fn sh(&self, user: User, script: &str) -> anyhow::Result<String> {
        let mut command = self.container.command_as(Some(user), "/.tools/bin/sh");
        command.args(["-c", script]).env_clear().current_dir("/");
        command.env("HOME", user.home).env("PATH", "/.tools/bin:/.tools/sbin:/usr/bin");
        let mut shell = Running::spawn(command)?;
        let status = shell.wait_with_timeout(PATIENCE).context("a line of shell does not end")?;
        ensure!(status.success(), "{script}: {}{}", shell.stdout_so_far(), shell.stderr_so_far());
        Ok(shell.stdout_so_far())
    }
}

/// What an app's container has in its environment.
fn environment(kind: Kind, sandbox: &Sandbox, release: &Release) -> BTreeMap<String, String> {
    let notebook = kind == Kind::NotebookInstance;
    let path = if notebook { "/sbin:/bin:/usr/sbin:/usr/bin" } else { "/opt/conda/bin:/usr/local/bin:/usr/bin:/bin" };
    let pairs = [
        ("HOME", kind.user().home),
        ("PATH", path),
        ("AWS_REGION", "us-east-1"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", release.s3.allowed()),
        ("AWS_ENDPOINT_URL", sandbox.endpoint()),
        ("AWS_ENDPOINT_URL_S3", release.s3.endpoint()),
        // A tick of the clock is much over a second.
        ("IDLE_AGENT_CPU_AT_WORK", "5%"),
    ];
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Makes the app in the sandbox, and its metadata file.
fn make_app(kind: Kind, sandbox: &Sandbox, dir: &Path) -> anyhow::Result<()> {
    let app_type = match kind {
        Kind::JupyterLab => None,
        Kind::CodeEditor => Some("CodeEditor"),
        Kind::JupyterServer => Some("JupyterServer"),
        Kind::KernelGateway => Some("KernelGateway"),
        Kind::NotebookInstance => {
            let role = "arn:aws:iam::111122223333:role/NotebookRole";
            let request = json!({ "NotebookInstanceName": INSTANCE, "InstanceType": "ml.t3.medium", "RoleArn": role });
            sandbox.call("CreateNotebookInstance", &request)?;
            metadata::write_notebook_instance_metadata(dir, INSTANCE)?;
            return Ok(());
        }
    };
    let mut studio = Studio::create(sandbox)?;
    let n = app_type.map_or(Ok(0), |app_type| studio.add_app(sandbox, app_type))?;
    metadata::write_metadata(dir, studio.app(n))?;
    Ok(())
}
