//! The world of one scenario: an app's container with its server, a local AWS,
//! and the agent inside.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context, bail};
use serde_json::{Value, json};
use studio_parts::binaries::binary;
use studio_parts::container::Container;
use studio_parts::fake_code_editor::FakeCodeEditor;
use studio_parts::fake_docker::{DockerContainer, FakeDocker};
use studio_parts::fake_jupyter::{FakeJupyter, Reply, refused_url};
use studio_parts::fake_nvidia_smi::{FakeNvidiaSmi, Gpu, SmiReply};
use studio_parts::jupyter::{Jupyter, JupyterOptions};
use studio_parts::kernel_client::{KernelClient, TerminalClient};
use studio_parts::metadata;
use studio_parts::process::Running;
use studio_parts::pty::Pty;
use studio_parts::python;
use studio_parts::sandbox::{Sandbox, SandboxOptions};
use studio_parts::studio::Studio;
use studio_parts::workspace::workspace_root;
use tempfile::TempDir;

use super::form::{AppKind, BadDocker, BadGpus, Docker, Gpus, ServerKind, World};
use super::words::Words;
use crate::Agent;

const INSTANCE: &str = "notebook-1";
/// Makes the container's own `/dev` with a file that NVIDIA's driver would make.
const NVIDIA_DEVICES: &str = r#"set -e
mkdir "$1"; mount --rbind /dev "$1"; mount -t tmpfs tmpfs /dev
for node in null zero full random urandom tty ptmx; do touch /dev/$node; mount --bind "$1/$node" /dev/$node; done
mkdir /dev/pts /dev/shm; mount --bind "$1/pts" /dev/pts; mount --bind "$1/shm" /dev/shm
ln -s /proc/self/fd /dev/fd; touch /dev/nvidiactl"#;

/// Everything that a scenario plays on. The order of the members is that of
/// their ends: the agent first, the container after all that runs in it.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) agent: Option<Agent>,
    /// Records that earlier steps have dealt with.
    pub(super) seen: usize,
    pub(super) tabs: BTreeMap<String, KernelClient>,
    pub(super) terminal_tabs: BTreeMap<String, TerminalClient>,
    pub(super) ptys: BTreeMap<String, Pty>,
    /// Kernels and terminals as Jupyter names them, by the names of the file.
    pub(super) kernels: BTreeMap<String, String>,
    pub(super) terminals: BTreeMap<String, String>,
    pub(super) server: Server,
    pub(super) smi: Option<FakeNvidiaSmi>,
    docker: Option<FakeDocker>,
    pub(super) container: Arc<Container>,
    pub(super) sandbox: Sandbox,
    pub(super) stop: StopCall,
    pub(super) words: Words,
    args: Vec<String>,
    dir: TempDir,
}

#[derive(Debug)]
pub(super) enum Server {
    Jupyter(Box<Jupyter>),
    FakeJupyter(FakeJupyter),
    FakeCodeEditor(FakeCodeEditor),
    /// A URL at which nothing listens.
    None(String),
}

/// The call that stops what is watched, and nothing else.
#[derive(Debug)]
pub(super) struct StopCall {
    pub(super) operation: &'static str,
    pub(super) request: Value,
}

impl Stage {
    /// The world, with nothing happening in it.
    pub(super) fn set(world: &World, args: &[String]) -> anyhow::Result<Self> {
        let dir = tempfile::tempdir()?;
        let home = dir.path().join("home");
        std::fs::create_dir(&home)?;
        let sandbox = Sandbox::start(SandboxOptions::default())?;
        let (stop, domain, space) = make_app(&sandbox, world.app, dir.path())?;
        let container = Arc::new(Container::start()?);
        if world.nvidia_devices {
            let mut command = Command::new("sh");
            command.args(["-c", NVIDIA_DEVICES, "sh"]).arg(dir.path().join("dev"));
            to_its_end(container.spawn(&command)?).context("making NVIDIA devices")?;
        }
        let server = Server::start(world, &container)?;
        let activity = match &server {
            Server::FakeCodeEditor(editor) => editor.stamp_file(),
            _ => dir.path().join("last-active-timestamp"),
        };
        let mut stage = Self {
            agent: None,
            seen: 0,
            tabs: BTreeMap::new(),
            terminal_tabs: BTreeMap::new(),
            ptys: BTreeMap::new(),
            kernels: BTreeMap::new(),
            terminals: BTreeMap::new(),
            server,
            smi: world.gpus.as_ref().map(|gpus| FakeNvidiaSmi::new(&smi_reply(gpus))).transpose()?,
            docker: world.docker.as_ref().map(docker).transpose()?,
            container,
            sandbox,
            stop,
            words: Words::default(),
            args: Vec::new(),
            dir,
        };
        stage.name_things(&home, &activity, &domain, &space)?;
        stage.args = args.iter().map(|arg| stage.words.put_into(arg)).collect::<Result<_, _>>()?;
        stage.write_files(world, &activity)?;
        Ok(stage)
    }

    /// `idle-agent` inside the container with these words, not yet started.
    /// Nothing of the caller's environment comes along.
    pub(super) fn idle_agent(&self, words: &[String]) -> anyhow::Result<Command> {
        let mut command = self.container.command(binary("idle-agent")?);
        let aws = match self.stop.operation {
            "StopNotebookInstance" => self.sandbox.notebook_instance_env(),
            _ => self.sandbox.agent_env(),
        };
        command.env_clear().env("HOME", self.home()).envs(aws).current_dir(self.home());
        let path = self.smi.as_ref().map_or("/usr/local/bin:/usr/bin:/bin".into(), FakeNvidiaSmi::path_env);
        let nowhere = || format!("unix://{}/no-docker.sock", self.dir.path().display());
        command
            .env("PATH", path)
            .env("DOCKER_HOST", self.docker.as_ref().map_or_else(nowhere, FakeDocker::docker_host));
        command.args(words).args(["--idle-timeout", "8s", "--poll-every", "1s"]);
        // Over one second two clock ticks are two percent already.
        command.args(["--cpu-at-work", "5%", "--server-url", &self.server.url()]);
        for (flag, file) in [
            ("--metadata-file", "resource-metadata.json"),
            ("--internal-metadata-file", "internal-metadata.json"),
            ("--state-dir", "state"),
        ] {
            command.arg(flag).arg(self.dir.path().join(file));
        }
        command.arg("--activity-file").arg(self.words.put_into("{activity}")?);
        let admin = self.dir.path().join("admin.toml");
        if admin.exists() {
            command.arg("--admin-file").arg(admin);
        }
        command.args(&self.args);
        Ok(command)
    }

    /// The agent starts to watch; one that is running already is ended first.
    pub(super) fn start_agent(&mut self) -> anyhow::Result<()> {
        self.agent = None;
        self.seen = 0;
        let words = ["run", "--output", "json"].map(str::to_owned);
        self.agent = Some(Agent { process: Running::spawn(self.idle_agent(&words)?)? });
        Ok(())
    }

    pub(super) fn agent(&self) -> anyhow::Result<&Agent> {
        self.agent.as_ref().context("the agent has not been started yet; hint: watch = \"start\"")
    }

    pub(super) fn jupyter(&mut self) -> anyhow::Result<&mut Jupyter> {
        match &mut self.server {
            Server::Jupyter(jupyter) => Ok(jupyter),
            _ => bail!("this step takes a real Jupyter server"),
        }
    }

    fn home(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    fn name_things(&mut self, home: &Path, activity: &Path, domain: &str, space: &str) -> anyhow::Result<()> {
        let python = python::venv("jupyter")?.display().to_string();
        let parts = workspace_root().join("tests/it/scenarios/parts").display().to_string();
        let words = &mut self.words;
        words.add("burn", format!("{python} {parts}/burn.py"));
        words.add("python", python);
        words.add("parts", parts);
        words.add("dir", self.dir.path().display().to_string());
        words.add("home", home.display().to_string());
        words.add("activity", activity.display().to_string());
        words.add("agent", binary("idle-agent")?.display().to_string());
        words.add("domain", domain);
        words.add("space", space);
        Ok(())
    }

    fn write_files(&self, world: &World, activity: &Path) -> anyhow::Result<()> {
        let settings = self.home().join(".config/idle-agent.toml");
        std::fs::create_dir_all(self.home().join(".config"))?;
        for (content, path) in [
            (&world.activity, activity),
            (&world.internal_metadata, &self.dir.path().join("internal-metadata.json")),
            (&world.admin, &self.dir.path().join("admin.toml")),
            (&world.settings, &settings),
        ] {
            if let Some(content) = content {
                std::fs::write(path, self.words.put_into(content)?)?;
            }
        }
        Ok(())
    }
}

impl Server {
    fn start(world: &World, container: &Arc<Container>) -> anyhow::Result<Self> {
        let options = match world.app {
            AppKind::NotebookInstance => JupyterOptions::notebook_instance(),
            AppKind::JupyterLab | AppKind::CodeEditor => JupyterOptions::default(),
        };
        let options = JupyterOptions { container: Some(Arc::clone(container)), ..options };
        Ok(match (world.server, world.app) {
            (ServerKind::None, _) => Self::None(refused_url()),
            (ServerKind::Real, AppKind::CodeEditor) => {
                bail!("there is no real Code Editor; hint: server = \"scripted\"")
            }
            (ServerKind::Real, _) => Self::Jupyter(Box::new(Jupyter::start(options)?)),
            (ServerKind::Scripted, AppKind::CodeEditor) => Self::FakeCodeEditor(FakeCodeEditor::idle()?),
            (ServerKind::Scripted, _) => Self::FakeJupyter(FakeJupyter::idle()),
        })
    }

    fn url(&self) -> String {
        match self {
            Self::Jupyter(jupyter) => jupyter.url().to_owned(),
            Self::FakeJupyter(jupyter) => jupyter.url(),
            Self::FakeCodeEditor(editor) => editor.url(),
            Self::None(url) => url.clone(),
        }
    }

    /// Answers one API of a scripted server like this.
    pub(super) fn reply(&self, api: &str, reply: Reply) -> anyhow::Result<()> {
        match self {
            Self::FakeJupyter(jupyter) => jupyter.set(api, reply),
            Self::FakeCodeEditor(editor) => editor.set(api, reply),
            Self::Jupyter(_) | Self::None(_) => bail!("this step takes a scripted server"),
        }
        Ok(())
    }
}

/// What `nvidia-smi` is to say.
pub(super) fn smi_reply(gpus: &Gpus) -> SmiReply {
    match gpus {
        Gpus::Listed(gpus) => SmiReply::Gpus(gpus.iter().map(|gpu| Gpu::new(gpu.percent, gpu.mib)).collect()),
        Gpus::Bad(BadGpus::Hang) => SmiReply::Hang,
        Gpus::Bad(BadGpus::Garbage) => SmiReply::Garbage,
        Gpus::Bad(BadGpus::Mig) => SmiReply::Gpus(vec![Gpu::in_mig_mode(4000)]),
        Gpus::Bad(BadGpus::NoDriver) => SmiReply::NoDriver,
    }
}

/// Waits for the end of a process that must succeed.
pub(super) fn to_its_end(mut process: Running) -> anyhow::Result<()> {
    match process.wait_with_timeout(crate::PATIENCE) {
        Some(status) if status.success() => Ok(()),
        Some(status) => bail!("{status}: {}{}", process.stdout_so_far(), process.stderr_so_far()),
        None => bail!("it does not end"),
    }
}

fn docker(docker: &Docker) -> anyhow::Result<FakeDocker> {
    match docker {
        Docker::Listed(containers) => {
            FakeDocker::start(containers.iter().map(|c| DockerContainer::new(&c.name, c.cores)).collect())
        }
        Docker::Bad(BadDocker::Broken) => {
            let docker = FakeDocker::start(Vec::new())?;
            docker.set("containers", Reply::Status(500));
            Ok(docker)
        }
    }
}

/// The app or notebook instance, its metadata file in `dir`; with its domain and space.
fn make_app(sandbox: &Sandbox, app: AppKind, dir: &Path) -> anyhow::Result<(StopCall, String, String)> {
    if app == AppKind::NotebookInstance {
        let role = "arn:aws:iam::111122223333:role/NotebookRole";
        let request = json!({ "NotebookInstanceName": INSTANCE, "InstanceType": "ml.t3.medium", "RoleArn": role });
        sandbox.call("CreateNotebookInstance", &request)?;
        metadata::write_notebook_instance_metadata(dir, INSTANCE)?;
        let request = json!({ "NotebookInstanceName": INSTANCE });
        return Ok((StopCall { operation: "StopNotebookInstance", request }, String::new(), String::new()));
    }
    let mut studio = Studio::create(sandbox)?;
    let n = if app == AppKind::CodeEditor { studio.add_app(sandbox, "CodeEditor")? } else { 0 };
    let app = studio.app(n);
    metadata::write_metadata(dir, app)?;
    let request = json!({ "DomainId": app.domain_id, "SpaceName": app.space, "AppType": app.app_type,
        "AppName": app.app_name });
    Ok((StopCall { operation: "DeleteApp", request }, app.domain_id.clone(), app.space.clone()))
}
