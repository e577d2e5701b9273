//! A shell on a pseudo terminal, as a person has it open.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::bail;

use crate::process::Running;

/// A script on a pseudo terminal of 24 lines, open until it is dropped.
#[derive(Debug)]
pub struct Pty(Running);

impl Pty {
    /// Opens it with a command that runs util-linux's `script`.
    ///
    /// # Errors
    /// When it cannot be run.
    pub fn open(mut command: Command, script: &str) -> anyhow::Result<Self> {
        // A terminal without a size confuses editors and pagers.
        let sized = format!("stty rows 24 columns 80\n{script}");
        command.args(["--quiet", "--flush", "--return", "--command", &sized, "/dev/null"]);
        command.env("SHELL", "/bin/sh").env("TERM", "xterm");
        // `script` waits for what it runs; killed at once, it hangs up as a closed window does.
        Ok(Self(Running::spawn(command)?.with_patience(Duration::ZERO)))
    }

    /// Types a text; a line ends with `\n`.
    ///
    /// # Errors
    /// When the terminal was closed.
    pub fn type_text(&mut self, text: &str) -> anyhow::Result<()> {
        self.0.write_stdin(text)
    }

    /// What stands on the terminal so far, control sequences included.
    #[must_use]
    pub fn output_so_far(&self) -> String {
        self.0.stdout_with_unfinished_line()
    }

    /// Waits until the terminal shows a text.
    ///
    /// # Errors
    /// When it does not within `limit`, or the script ends first; with what it showed.
    pub fn wait_for_output(&self, text: &str, limit: Duration) -> anyhow::Result<()> {
        let end = Instant::now() + limit;
        loop {
            let running = self.is_open();
            let output = self.output_so_far();
            if output.contains(text) {
                return Ok(());
            }
            if !running || Instant::now() > end {
                bail!("the terminal never showed {text:?}; it shows:\n{output}{}", self.0.stderr_so_far());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Whether the script has not ended yet.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.0.is_running()
    }
}
