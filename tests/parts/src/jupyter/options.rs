//! How a Jupyter server is started.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{anyhow, bail};
use tempfile::TempDir;

use crate::container::Container;
use crate::process::Running;
use crate::python;
use crate::workspace::workspace_root;

const STUDIO_BASE_URL: &str = "/jupyterlab/default";

/// How a server is started.
#[derive(Debug, Clone, Default)]
pub struct JupyterOptions {
    /// The port; a free one where it is `None`.
    pub port: Option<u16>,
    /// The base URL, without a slash at its end; Studio's where it is `None`.
    pub base_url: Option<String>,
    /// The token that every request must carry; none is asked for where it is empty.
    pub token: String,
    /// Whether it serves HTTPS, as `localhost`, with a certificate that it signed itself.
    pub https: bool,
    /// Where it runs, its kernels and terminals with it; outside where it is `None`.
    pub container: Option<Arc<Container>>,
    /// The folder in which its home is made; the system's for temporary files where it is `None`.
    pub homes: Option<PathBuf>,
    /// More arguments for the server.
    pub extra_args: Vec<String>,
}

impl JupyterOptions {
    /// As on a notebook instance, but for the port: HTTPS with a certificate that
    /// nobody vouches for, and no base URL. It takes the program `openssl`.
    #[must_use]
    pub fn notebook_instance() -> Self {
        Self { https: true, base_url: Some(String::new()), ..Self::default() }
    }

    /// The URL, once a port is chosen.
    pub(super) fn url(&self) -> String {
        let (port, base_url) = (self.chosen_port(), self.base_url());
        if self.https {
            format!("https://localhost:{port}{base_url}")
        } else {
            format!("http://127.0.0.1:{port}{base_url}")
        }
    }

    /// The server, starting, once a port is chosen.
    pub(super) fn spawn(&self, home: &Path) -> anyhow::Result<Running> {
        let mut command = Command::new(python::venv("jupyter")?);
        command
            .arg(named_as_in_studio(home)?)
            .args(["--ip=127.0.0.1", "--no-browser", "--allow-root", "--ServerApp.port_retries=0"])
            .arg(format!("--port={}", self.chosen_port()))
            .arg(format!("--ServerApp.base_url={}", self.base_url()))
            .args([
                "--KernelManager.shutdown_wait_time=1",
                "--ServerApp.disable_check_xsrf=True",
                "--ServerApp.allow_origin=*",
            ])
            .arg(format!("--IdentityProvider.token={}", self.token))
            .args(&self.extra_args)
            .current_dir(home)
            .env("HOME", home)
            .env("IPYTHONDIR", home.join("ipython"))
            .env("JUPYTER_CONFIG_DIR", home.join("config"))
            .env("JUPYTER_DATA_DIR", home.join("data"))
            .env("JUPYTER_RUNTIME_DIR", home.join("runtime"))
            .env("SHELL", "/bin/sh");
        if self.https {
            let (certificate, key) = certificate(home)?;
            command.arg(format!("--ServerApp.certfile={}", certificate.display()));
            command.arg(format!("--ServerApp.keyfile={}", key.display()));
        }
        if let Some(container) = &self.container {
            command = container.wrap(&command);
        }
        // Kernels stand in process groups of their own: only the server ends them.
        Ok(Running::spawn(command)?.with_patience(Duration::from_secs(10)))
    }

    /// A new home, of the user who runs the server.
    pub(super) fn make_home(&self) -> anyhow::Result<TempDir> {
        let home = match &self.homes {
            Some(dir) => tempfile::tempdir_in(dir)?,
            None => tempfile::tempdir()?,
        };
        if let Some(user) = self.container.as_ref().and_then(|container| container.user()) {
            std::os::unix::fs::chown(home.path(), Some(user.uid), Some(user.gid))?;
        }
        Ok(home)
    }

    fn chosen_port(&self) -> u16 {
        self.port.unwrap_or_default()
    }

    fn base_url(&self) -> &str {
        self.base_url.as_deref().unwrap_or(STUDIO_BASE_URL)
    }
}

/// The program under a name by which whoever reads `/proc` knows a Jupyter server.
fn named_as_in_studio(home: &Path) -> anyhow::Result<PathBuf> {
    let name = home.join("jupyter-server");
    if !name.exists() {
        std::os::unix::fs::symlink(workspace_root().join("tests/parts/python/serve.py"), &name)?;
    }
    Ok(name)
}

/// The files of a certificate for `localhost` and of its key, made once in a home.
fn certificate(home: &Path) -> anyhow::Result<(PathBuf, PathBuf)> {
    let (certificate, key) = (home.join("certificate.pem"), home.join("key.pem"));
    if certificate.is_file() && key.is_file() {
        return Ok((certificate, key));
    }
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output()
        .map_err(|error| anyhow!("openssl cannot be started ({error}); hint: install the package openssl"))?;
    if !made.status.success() {
        bail!("openssl made no certificate: {}", String::from_utf8_lossy(&made.stderr).trim());
    }
    Ok((certificate, key))
}
