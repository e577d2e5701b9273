//! The eyes: one file a source of evidence. Nothing here changes anything.

mod activity_file;
mod code_editor;
mod docker;
mod facts;
mod gateway;
mod gpu;
mod http;
mod jupyter;
mod machine;
mod processes;
mod pseudo_terminals;
mod ssh_sessions;
pub(crate) mod studio;

use std::path::{Path, PathBuf};

use idle_core::{AppRef, AppType, Instants, Reading, ResourceRef};
use reqwest::Url;
use thiserror::Error;

pub(crate) use activity_file::DEFAULT_PATH as DEFAULT_ACTIVITY_FILE;
pub(crate) use facts::{Facts, INTERNAL_METADATA};
pub(crate) use gateway::{Gateways, Report};
pub(crate) use machine::MachinePolicy;
pub(crate) use processes::CpuPolicy;

use code_editor::CodeEditor;
use http::Http;
use jupyter::{Answers, Jupyter};
use machine::Machine;

/// Every source of evidence of one app or notebook instance.
#[derive(Debug)]
pub(crate) struct Observer {
    server: Server,
    machine: Machine,
}

/// The server through which people work in the app.
#[derive(Debug)]
enum Server {
    Jupyter(Jupyter),
    CodeEditor(CodeEditor),
    /// A Classic KernelGateway app: its server is another app's.
    Elsewhere,
}

/// What one look saw.
#[derive(Debug)]
pub(crate) struct Look {
    /// What the Jupyter server told, where there is one.
    jupyter: Option<Answers>,
    others: Vec<Reading>,
}

impl Look {
    /// One reading of each source.
    pub(crate) fn readings(&self) -> Vec<Reading> {
        self.jupyter.iter().flat_map(Answers::readings).chain(self.others.iter().cloned()).collect()
    }

    /// What the machine alone showed.
    pub(crate) fn machine(&self) -> &[Reading] {
        &self.others
    }

    /// What the Jupyter server told, where there is one.
    pub(crate) fn jupyter(&self) -> Option<&Answers> {
        self.jupyter.as_ref()
    }
}

/// An app that has no place for an agent.
#[derive(Debug, Error)]
#[error("{0} apps cannot be watched from inside; hint: JupyterLab, CodeEditor and Classic apps can")]
pub(crate) struct CannotWatch(AppType);

impl Observer {
    /// The observer of a resource whose server is at `url` or where SageMaker starts it.
    ///
    /// # Errors
    /// When no agent can see the work in such an app, or no HTTP client can be built.
    pub(crate) fn new(resource: &ResourceRef, url: Option<&Url>, policy: &MachinePolicy) -> anyhow::Result<Self> {
        let kind = ServerKind::of(resource)?;
        let server = match kind.default_url() {
            None => Server::Elsewhere,
            Some(default) => {
                let url = match url {
                    Some(url) => url.clone(),
                    None => Url::parse(default)?,
                };
                let http = Http::new()?;
                match kind {
                    ServerKind::CodeEditor => Server::CodeEditor(CodeEditor::new(http, url)),
                    _ => Server::Jupyter(Jupyter::new(http, url, kind == ServerKind::Classic)),
                }
            }
        };
        Ok(Self { server, machine: Machine::new(policy) })
    }

    /// What is to be seen now. Takes at most the time limit of one request of each kind.
    pub(crate) async fn look(&mut self, now: Instants) -> Look {
        let server = async {
            match &self.server {
                Server::Jupyter(jupyter) => (Some(jupyter.look().await), None),
                Server::CodeEditor(editor) => (None, Some(editor.look().await)),
                Server::Elsewhere => (None, None),
            }
        };
        let ((jupyter, editor), machine) = tokio::join!(server, self.machine.look(now));
        Look { jupyter, others: editor.into_iter().chain(machine).collect() }
    }

    /// The user's terminals as the last look found them.
    pub(crate) fn open_terminals(&self) -> &[PathBuf] {
        self.machine.open_terminals()
    }
}

/// The parsers, for the tests that feed them anything.
#[cfg(test)]
pub(crate) mod fuzzed {
    use idle_core::{Item, Sight};

    pub(crate) use super::code_editor::{healthz_sight as healthz, idle_sight as idle_answer};
    pub(crate) use super::processes::{arguments, parse_stat as stat, transferred};

    pub(crate) fn jupyter(body: &[u8]) -> Sight {
        super::jupyter::kernels_sight(body)
    }

    pub(crate) fn gpu(text: &str) -> Sight {
        super::gpu::parse(text, 1.0)
    }

    pub(crate) fn activity_item(stamp: &str) -> Item {
        super::activity_file::item("last activity", stamp)
    }

    pub(crate) fn capacity_block(metadata: &str) -> Option<String> {
        super::facts::capacity_block(metadata, jiff::Timestamp::UNIX_EPOCH)
    }

    pub(crate) fn gateway_report(text: &str) -> bool {
        super::gateway::parse(text).is_ok()
    }
}

/// Which server an app has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ServerKind {
    JupyterLab,
    CodeEditor,
    Classic,
    NotebookInstance,
    Elsewhere,
}

impl ServerKind {
    fn of(resource: &ResourceRef) -> Result<Self, CannotWatch> {
        match resource {
            ResourceRef::NotebookInstance(_) => Ok(Self::NotebookInstance),
            ResourceRef::App(AppRef { app_type, .. }) => match app_type {
                AppType::JupyterLab => Ok(Self::JupyterLab),
                AppType::CodeEditor => Ok(Self::CodeEditor),
                AppType::JupyterServer => Ok(Self::Classic),
                AppType::KernelGateway => Ok(Self::Elsewhere),
                other => Err(CannotWatch(*other)),
            },
        }
    }

    /// Where SageMaker starts the server: of an app on port 8888, below a base URL
    /// that carries the app type in lower case.
    fn default_url(self) -> Option<&'static str> {
        match self {
            Self::JupyterLab => Some("http://127.0.0.1:8888/jupyterlab/default"),
            Self::CodeEditor => Some("http://127.0.0.1:8888/codeeditor/default"),
            Self::Classic => Some("http://127.0.0.1:8888/jupyter/default"),
            Self::NotebookInstance => Some("https://localhost:8443"),
            Self::Elsewhere => None,
        }
    }
}

/// Where an app's own home is, for what is to outlive the app.
pub(crate) fn home() -> Option<PathBuf> {
    std::env::var_os("HOME").map(PathBuf::from).filter(|home| home.is_absolute() && Path::new(home) != Path::new("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_app_type_has_its_server_or_is_refused() {
        for (app_type, kind) in [
            ("JupyterLab", Some(ServerKind::JupyterLab)),
            ("CodeEditor", Some(ServerKind::CodeEditor)),
            ("JupyterServer", Some(ServerKind::Classic)),
            ("KernelGateway", Some(ServerKind::Elsewhere)),
            ("Canvas", None),
            ("RSessionGateway", None),
        ] {
            let arn = format!("arn:aws:sagemaker:us-east-1:111122223333:app/d-abc123/space-1/{app_type}/default");
            let app = ResourceRef::App(AppRef::from_arn(&arn, true).expect("valid"));
            assert_eq!(ServerKind::of(&app).ok(), kind, "{app_type}");
        }
    }
}
