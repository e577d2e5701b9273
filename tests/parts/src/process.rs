//! A child process that is ended with its guard.

use std::io::Write;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use rustix::process::{Pid, WaitId, WaitIdOptions, kill_process_group, waitid};

use crate::collected::Collected;

pub use rustix::process::Signal;

const POLL: Duration = Duration::from_millis(20);

/// A running child in a process group of its own. Dropping it ends the group:
/// asked first, killed after two seconds (see [`Running::with_patience`]).
///
/// The child is reaped by the drop and not before: until then its id cannot go
/// to a process that somebody else started.
#[derive(Debug)]
pub struct Running {
    child: Child,
    name: String,
    patience: Duration,
    stdout: Collected,
    stderr: Collected,
}

impl Running {
    /// The started process; its output is collected, its stdin is an open pipe.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn spawn(mut command: Command) -> anyhow::Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let mut child = command.spawn().with_context(|| format!("starting {name}"))?;
        let stdout = Collected::of(child.stdout.take().expect("stdout is piped"));
        let stderr = Collected::of(child.stderr.take().expect("stderr is piped"));
        Ok(Self { child, name, patience: Duration::from_secs(2), stdout, stderr })
    }

    /// The same process, given this long to end when it is asked to.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The whole lines that it wrote to stdout so far.
    #[must_use]
    pub fn stdout_so_far(&self) -> String {
        self.stdout.lines()
    }

    /// All that it wrote to stdout so far, a line that has not ended included.
    #[must_use]
    pub fn stdout_with_unfinished_line(&self) -> String {
        self.stdout.everything()
    }

    /// The whole lines that it wrote to stderr so far.
    #[must_use]
    pub fn stderr_so_far(&self) -> String {
        self.stderr.lines()
    }

    /// The first line of stdout, earlier ones included, that `wanted` accepts.
    ///
    /// # Errors
    /// When none comes within `limit`, or the process ends first; with its output.
    pub fn wait_for_line(&mut self, wanted: impl Fn(&str) -> bool, limit: Duration) -> anyhow::Result<String> {
        self.wait_for_line_in(&self.stdout, wanted, limit)
    }

    /// The first line of stderr, earlier ones included, that `wanted` accepts.
    ///
    /// # Errors
    /// As for [`Running::wait_for_line`].
    pub fn wait_for_stderr_line(&mut self, wanted: impl Fn(&str) -> bool, limit: Duration) -> anyhow::Result<String> {
        self.wait_for_line_in(&self.stderr, wanted, limit)
    }

    /// How it ended, if it did so within `limit`; its output is complete then.
    pub fn wait_with_timeout(&mut self, limit: Duration) -> Option<ExitStatus> {
        let status = self.wait_until(Instant::now() + limit)?;
        self.settle();
        Some(status)
    }

    /// Whether it has not ended yet.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.ended().is_none()
    }

    /// Sends a signal to the process and its children.
    pub fn signal(&self, signal: Signal) {
        // It may have ended by itself, which is as good.
        let _ = kill_process_group(self.group(), signal);
    }

    /// Writes to its stdin.
    ///
    /// # Errors
    /// When stdin was closed, by either side.
    pub fn write_stdin(&mut self, text: &str) -> anyhow::Result<()> {
        let stdin = self.child.stdin.as_mut().with_context(|| format!("stdin of {} is closed", self.name))?;
        stdin
            .write_all(text.as_bytes())
            .and_then(|()| stdin.flush())
            .with_context(|| format!("writing to {}", self.name))
    }

    /// Closes its stdin.
    pub fn close_stdin(&mut self) {
        drop(self.child.stdin.take());
    }

    /// Lets it live on after this guard is gone.
    pub fn leave_running(self) {
        std::mem::forget(self);
    }

    fn wait_for_line_in(
        &self,
        stream: &Collected,
        wanted: impl Fn(&str) -> bool,
        limit: Duration,
    ) -> anyhow::Result<String> {
        let end = Instant::now() + limit;
        loop {
            let ended = self.ended();
            if ended.is_some() {
                self.settle();
            }
            if let Some(line) = stream.find(&wanted) {
                return Ok(line);
            }
            if ended.is_some() || Instant::now() > end {
                let state = ended.map_or_else(|| "still running".to_owned(), |status| status.to_string());
                let (out, err) = (self.stdout_so_far(), self.stderr_so_far());
                bail!("{} ({state}) never wrote the line awaited; it wrote:\n{out}{err}", self.name);
            }
            std::thread::sleep(POLL);
        }
    }

    fn wait_until(&self, end: Instant) -> Option<ExitStatus> {
        loop {
            let ended = self.ended();
            if ended.is_some() || Instant::now() > end {
                return ended;
            }
            std::thread::sleep(POLL);
        }
    }

    /// How it ended, without reaping it.
    fn ended(&self) -> Option<ExitStatus> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let status = waitid(WaitId::Pid(self.group()), options).ok().flatten()?;
        let code = status.exit_status().map(|code| code << 8);
        code.or_else(|| status.terminating_signal()).map(ExitStatus::from_raw)
    }

    /// Gives the readers time to take what an ended process left in its pipes.
    /// Bounded, as children of it may hold them open.
    fn settle(&self) {
        let end = Instant::now() + Duration::from_secs(1);
        while !(self.stdout.is_complete() && self.stderr.is_complete()) && Instant::now() < end {
            std::thread::sleep(POLL);
        }
    }

    fn group(&self) -> Pid {
        Pid::from_child(&self.child)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.close_stdin();
        self.signal(Signal::TERM);
        self.wait_until(Instant::now() + self.patience);
        // Children of a process that is gone may still be there.
        self.signal(Signal::KILL);
        let _ = self.child.wait();
    }
}
