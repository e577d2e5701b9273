//! Moto: an S3 that nobody here wrote, conditional writes included.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::bail;
use ureq::http::Method;

use crate::http;
use crate::process::Running;
use crate::python;

const START_LIMIT: Duration = Duration::from_secs(60);

/// A running `moto_server` on loopback.
#[derive(Debug)]
pub struct Moto {
    url: String,
    process: Running,
}

impl Moto {
    /// The server, answering.
    ///
    /// # Errors
    /// When its packages cannot be installed or it does not start.
    pub fn start() -> anyhow::Result<Self> {
        let server = python::venv("moto")?.with_file_name("moto_server");
        let port = http::free_port()?;
        let mut command = Command::new(server);
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
        let moto = Self { url: format!("http://127.0.0.1:{port}"), process: Running::spawn(command)? };
        let end = Instant::now() + START_LIMIT;
        while http::request(Method::GET, &format!("{}/moto-api/data.json", moto.url), &[], None).is_err() {
            if !moto.process.is_running() || Instant::now() > end {
                bail!("moto did not start: {}", moto.process.stderr_so_far());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(moto)
    }

    /// Its URL, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}
