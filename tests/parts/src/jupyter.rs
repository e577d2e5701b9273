//! A real Jupyter server.

mod options;

use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail};
use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::http::Method;

pub use self::options::JupyterOptions;
use crate::http;
use crate::process::Running;

const START_LIMIT: Duration = Duration::from_secs(60);

/// A real jupyter_server on loopback, by default below the base URL that Studio
/// uses, with a home of its own. Its XSRF check is off, which only tests may do.
#[derive(Debug)]
pub struct Jupyter {
    url: String,
    options: JupyterOptions,
    home: TempDir,
    process: Option<Running>,
}

impl Jupyter {
    /// The server, answering.
    ///
    /// # Errors
    /// When Python or the server does not start.
    pub fn start(mut options: JupyterOptions) -> anyhow::Result<Self> {
        // A free port may be taken by somebody else before the server has it.
        let tries = if options.port.is_none() { 3 } else { 1 };
        let chosen = options.port;
        let mut result = Err(anyhow!("the Jupyter server was not started"));
        for _ in 0..tries {
            let port = chosen.map_or_else(http::free_port, Ok)?;
            let home = options.make_home()?;
            options.port = Some(port);
            let process = options.spawn(home.path())?;
            let mut jupyter = Self { url: options.url(), options: options.clone(), home, process: Some(process) };
            match jupyter.wait_until_ready() {
                Ok(()) => return Ok(jupyter),
                Err(error) => result = Err(error),
            }
        }
        result
    }

    /// Its URL, base URL included.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The server's process id, while it runs. In a container that is its helper's
    /// id outside (see [`Container::command`]).
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(Running::pid)
    }

    /// The token that its clients must carry, mostly empty.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.options.token
    }

    /// The answer to a GET below `/api/` that is not counted as activity.
    ///
    /// # Errors
    /// When the server does not answer with success.
    pub fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.ask(Method::GET, &format!("{path}?no_track_activity=1"), None)
    }

    /// The id of a kernel started over REST, which no client ever connected to.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn start_kernel(&self) -> anyhow::Result<String> {
        text(&self.post("kernels", &json!({ "name": "python3" }))?, "/id")
    }

    /// Ids of a session and its kernel, as a notebook makes them.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn start_session(&self, path: &str) -> anyhow::Result<(String, String)> {
        let body = json!({ "path": path, "name": path, "type": "notebook", "kernel": { "name": "python3" } });
        let session = self.post("sessions", &body)?;
        Ok((text(&session, "/id")?, text(&session, "/kernel/id")?))
    }

    /// The name of a terminal.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn start_terminal(&self) -> anyhow::Result<String> {
        text(&self.post("terminals", &json!({}))?, "/name")
    }

    /// Ends a kernel.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn delete_kernel(&self, id: &str) -> anyhow::Result<()> {
        self.ask(Method::DELETE, &format!("kernels/{id}"), None).map(drop)
    }

    /// Ends a terminal.
    ///
    /// # Errors
    /// When the server refuses.
    pub fn delete_terminal(&self, name: &str) -> anyhow::Result<()> {
        self.ask(Method::DELETE, &format!("terminals/{name}"), None).map(drop)
    }

    /// Every kernel's model.
    ///
    /// # Errors
    /// When the server does not answer.
    pub fn kernels(&self) -> anyhow::Result<Vec<Value>> {
        Ok(self.get("kernels")?.as_array().context("a list of kernels")?.clone())
    }

    /// One kernel's model.
    ///
    /// # Errors
    /// When there is no such kernel.
    pub fn kernel(&self, id: &str) -> anyhow::Result<Value> {
        self.get(&format!("kernels/{id}"))
    }

    /// Waits until a kernel is in a state.
    ///
    /// # Errors
    /// When it is not within `limit`.
    pub fn wait_for_kernel_state(&self, id: &str, state: &str, limit: Duration) -> anyhow::Result<()> {
        let end = Instant::now() + limit;
        loop {
            let kernel = self.kernel(id)?;
            if kernel["execution_state"] == state {
                return Ok(());
            }
            if Instant::now() > end {
                bail!("kernel {id} never became {state}: {kernel}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Ends the server.
    pub fn stop(&mut self) {
        self.process = None;
    }

    /// Ends the server and starts it again on the same port.
    ///
    /// # Errors
    /// When it does not start again.
    pub fn restart(&mut self) -> anyhow::Result<()> {
        self.stop();
        self.process = Some(self.options.spawn(self.home.path())?);
        self.wait_until_ready()
    }

    fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.ask(Method::POST, path, Some(body))
    }

    fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
        let token = format!("token {}", self.options.token);
        let authorization = [("authorization", token.as_str())];
        let headers: &[_] = if self.options.token.is_empty() { &[] } else { &authorization };
        http::expect_ok(method, &format!("{}/api/{path}", self.url), headers, body)
    }

    fn wait_until_ready(&mut self) -> anyhow::Result<()> {
        let end = Instant::now() + START_LIMIT;
        loop {
            let looked = self.get("status");
            // Whoever answers on the port of a server that is gone is not ours.
            let running = self.process.as_ref().is_some_and(Running::is_running);
            match looked {
                Ok(_) if running => return Ok(()),
                Err(_) if running && Instant::now() < end => std::thread::sleep(Duration::from_millis(100)),
                looked => {
                    let said = self.process.as_ref().map(Running::stderr_so_far).unwrap_or_default();
                    let error = looked.err().unwrap_or_else(|| anyhow!("another server has its port"));
                    return Err(error.context(format!("the Jupyter server did not start; it said:\n{said}")));
                }
            }
        }
    }
}

fn text(value: &Value, pointer: &str) -> anyhow::Result<String> {
    let text = value.pointer(pointer).and_then(Value::as_str);
    text.map(str::to_owned).with_context(|| format!("no {pointer} in {value}"))
}
