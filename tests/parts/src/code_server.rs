//! A real VS Code server: code-server, the nearest that runs outside of Studio.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail, ensure};
use serde_json::Value;
use tempfile::TempDir;
use ureq::http::Method;

use crate::container::Container;
use crate::http;
use crate::process::Running;
use crate::setup::{once, tail};

/// The version that code-server asks for; a package of npm like any other.
const NODE: &str = "node@24.21.0";
/// Its own dependencies are pinned by the list that comes with it.
const CODE_SERVER: &str = "code-server@4.139.1";
const NODE_PATH: &str = "node_modules/node/bin";
const ENTRY: &str = "node_modules/code-server/out/node/entry.js";
const START_LIMIT: Duration = Duration::from_secs(60);
const HINT: &str = "hint: npm, its registry, a C++ compiler and make must be there, and on Debian the packages \
                    libkrb5-dev libx11-dev libxkbfile-dev libsecret-1-dev pkg-config";

/// A code-server on loopback with a home of its own, at the root of its port.
///
/// It has Code Editor's processes (server, and with an open window the extension
/// host, the file watcher and the terminals) and a `/healthz` of its own; AWS's
/// `/api/idle` it has not.
#[derive(Debug)]
pub struct CodeServer {
    url: String,
    process: Running,
    home: TempDir,
}

impl CodeServer {
    /// The server, answering; in a container or outside.
    ///
    /// The first start installs it below `target/parts`: two minutes and 810 MB.
    ///
    /// # Errors
    /// When it cannot be installed, with what to install for that, or does not start.
    pub fn start(container: Option<&Arc<Container>>) -> anyhow::Result<Self> {
        let installed = install()?;
        let home = tempfile::tempdir()?;
        let port = http::free_port()?;
        let mut command = Command::new(installed.join(NODE_PATH).join("node"));
        command
            .arg(installed.join(ENTRY))
            .arg(format!("--bind-addr=127.0.0.1:{port}"))
            .args(["--auth=none", "--disable-telemetry", "--disable-update-check", "--disable-workspace-trust"])
            .arg("--user-data-dir")
            .arg(home.path().join("data"))
            .arg("--extensions-dir")
            .arg(home.path().join("extensions"))
            .arg(home.path())
            .current_dir(home.path())
            .env("HOME", home.path())
            .env("SHELL", "/bin/sh")
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("XDG_DATA_HOME");
        if let Some(container) = container {
            command = container.wrap(&command);
        }
        let process = Running::spawn(command)?.with_patience(Duration::from_secs(5));
        let server = Self { url: format!("http://127.0.0.1:{port}"), process, home };
        server.wait_until_ready()?;
        Ok(server)
    }

    /// Its URL, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its process id; in a container that of its helper outside (see [`Container::command`]).
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// The folder that a window shows, which is also its home.
    #[must_use]
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The answer of `/healthz`: `status` is `alive` for a minute after a window was
    /// last seen, otherwise `expired`.
    ///
    /// # Errors
    /// When the server does not answer with success.
    pub fn healthz(&self) -> anyhow::Result<Value> {
        http::expect_ok(Method::GET, &format!("{}/healthz", self.url), &[], None)
    }

    /// A browser's window on the server, open until it is dropped; the extension host
    /// starts with it. A terminal it has not.
    ///
    /// # Errors
    /// When Chromium is not there, with what to install.
    pub fn open_window(&self) -> anyhow::Result<Running> {
        let mut command = Command::new("chromium");
        command
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"])
            .arg(format!("--user-data-dir={}", self.home().join("browser").display()))
            .arg(format!("{}/?folder={}", self.url, self.home().display()));
        Running::spawn(command).context("hint: install the package chromium")
    }

    fn wait_until_ready(&self) -> anyhow::Result<()> {
        let end = Instant::now() + START_LIMIT;
        loop {
            match self.healthz() {
                Ok(_) => return Ok(()),
                Err(_) if self.process.is_running() && Instant::now() < end => {
                    std::thread::sleep(Duration::from_millis(100));
                }
                Err(error) => {
                    let said = self.process.stdout_so_far() + &self.process.stderr_so_far();
                    return Err(error.context(format!("code-server did not start; it said:\n{said}")));
                }
            }
        }
    }
}

fn install() -> anyhow::Result<PathBuf> {
    let mut hasher = DefaultHasher::new();
    (NODE, CODE_SERVER).hash(&mut hasher);
    let intact = |dir: &Path| dir.join(NODE_PATH).join("node").exists() && dir.join(ENTRY).exists();
    once("code-server", hasher.finish(), intact, |dir| {
        std::fs::create_dir_all(dir)?;
        // What is installed second is built for, and by, what is installed first.
        npm_install(dir, NODE)?;
        npm_install(dir, CODE_SERVER)?;
        ensure!(intact(dir), "npm installed {CODE_SERVER} without its programs; {HINT}");
        Ok(())
    })
}

fn npm_install(dir: &Path, package: &str) -> anyhow::Result<()> {
    let mut path = dir.join(NODE_PATH).into_os_string();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    let output = Command::new("npm")
        .args(["install", "--no-audit", "--no-fund", "--prefix"])
        .arg(dir)
        .arg(package)
        .env("PATH", path)
        .output()
        .map_err(|error| anyhow!("npm cannot be started ({error}); {HINT}"))?;
    if output.status.success() { Ok(()) } else { bail!("npm could not install {package}; {HINT}\n{}", tail(&output)) }
}
