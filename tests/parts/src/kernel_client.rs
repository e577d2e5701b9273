//! The other end of a notebook tab or terminal tab, over a real websocket.

use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::jupyter::Jupyter;
use crate::process::Running;
use crate::{python, workspace};

const CONNECT_LIMIT: Duration = Duration::from_secs(60);

/// A notebook tab: connected to a kernel until it is closed or dropped.
#[derive(Debug)]
pub struct KernelClient(Running);

impl KernelClient {
    /// A tab that runs a cell. Returns once the tab is connected.
    ///
    /// # Errors
    /// When it cannot connect.
    pub fn execute(jupyter: &Jupyter, kernel: &str, code: &str) -> anyhow::Result<Self> {
        open(jupyter, "execute", &format!("api/kernels/{kernel}/channels"), &[&format!("--code={code}")]).map(Self)
    }

    /// A tab in which nothing is run.
    ///
    /// # Errors
    /// When it cannot connect.
    pub fn connect(jupyter: &Jupyter, kernel: &str) -> anyhow::Result<Self> {
        open(jupyter, "connect", &format!("api/kernels/{kernel}/channels"), &[]).map(Self)
    }

    /// Waits for an event of the kernel: `busy`, `idle`, `reply`, `stream` or `input_request`.
    ///
    /// # Errors
    /// When it does not come within `limit`.
    pub fn wait_for(&mut self, event: &str, limit: Duration) -> anyhow::Result<()> {
        self.0.wait_for_line(|line| is_event(line, event), limit).map(drop)
    }

    /// Closes the tab; what runs in the kernel goes on.
    pub fn close(mut self) {
        leave(&mut self.0);
    }
}

/// A terminal tab: connected until it is closed or dropped.
#[derive(Debug)]
pub struct TerminalClient(Running);

impl TerminalClient {
    /// A tab that types each of `lines`. Returns once the tab is connected.
    ///
    /// # Errors
    /// When it cannot connect.
    pub fn open(jupyter: &Jupyter, name: &str, lines: &[&str]) -> anyhow::Result<Self> {
        let sends: Vec<String> = lines.iter().map(|line| format!("--send={line}")).collect();
        let sends: Vec<&str> = sends.iter().map(String::as_str).collect();
        open(jupyter, "terminal", &format!("terminals/websocket/{name}"), &sends).map(Self)
    }

    /// Waits until the terminal shows a text that stands in one piece of output.
    ///
    /// # Errors
    /// When it does not within `limit`.
    pub fn wait_for_output(&mut self, text: &str, limit: Duration) -> anyhow::Result<()> {
        let shows = |line: &str| {
            serde_json::from_str::<Value>(line)
                .is_ok_and(|value| value["text"].as_str().is_some_and(|t| t.contains(text)))
        };
        self.0.wait_for_line(shows, limit).map(drop)
    }

    /// Closes the tab; what runs in the terminal goes on.
    pub fn close(mut self) {
        leave(&mut self.0);
    }
}

fn open(jupyter: &Jupyter, kind: &str, path: &str, args: &[&str]) -> anyhow::Result<Running> {
    let mut command = Command::new(python::venv("jupyter")?);
    command.arg(workspace::workspace_root().join("tests/parts/python/drive.py"));
    let url = format!("{}/{path}", jupyter.url().replacen("http", "ws", 1));
    command.arg(kind).args(["--url", &url]).arg(format!("--token={}", jupyter.token())).args(args);
    let mut client = Running::spawn(command)?;
    client.wait_for_line(|line| is_event(line, "connected"), CONNECT_LIMIT)?;
    Ok(client)
}

/// Ends the client by the end of its stdin, which closes the socket as a browser does.
fn leave(client: &mut Running) {
    client.close_stdin();
    client.wait_with_timeout(Duration::from_secs(10));
}

fn is_event(line: &str, event: &str) -> bool {
    serde_json::from_str::<Value>(line).is_ok_and(|value| value["event"] == event)
}
