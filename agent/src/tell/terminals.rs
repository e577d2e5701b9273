//! A line on each of the user's open terminals.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::time::Duration;

use idle_core::{Echo, Source};
use jiff::{SignedDuration, Timestamp};

/// A terminal whose reader has stopped must not stop us.
const NONBLOCKING: i32 = rustix::fs::OFlags::NONBLOCK.bits() as i32;
const NO_CONTROLLING_TERMINAL: i32 = rustix::fs::OFlags::NOCTTY.bits() as i32;
/// The kernel moves a terminal's times in steps of eight seconds, servers stamp
/// what they read within milliseconds.
const BEFORE: SignedDuration = SignedDuration::from_secs(1);
const AFTER: Duration = Duration::from_secs(3);

/// Writes a line to each terminal. Returns where our own line will show as
/// output, so that it is not taken for somebody's work.
pub(crate) fn tell(terminals: &[PathBuf], line: &str, now: Timestamp) -> Vec<Echo> {
    let mut told = false;
    for path in terminals {
        // In one write, and on a line of its own whatever stands there.
        let text = format!("\r\n[idle-agent] {line}\r\n");
        let opened = OpenOptions::new().write(true).custom_flags(NONBLOCKING | NO_CONTROLLING_TERMINAL).open(path);
        match opened.and_then(|mut terminal| terminal.write_all(text.as_bytes())) {
            Ok(()) => told = true,
            Err(error) => tracing::debug!("{} was not told: {error}", path.display()),
        }
    }
    if !told {
        return Vec::new();
    }
    let from = now.checked_sub(BEFORE).unwrap_or(now);
    let to = now.checked_add(AFTER).unwrap_or(now);
    [Source::JupyterTerminals, Source::PseudoTerminals].map(|source| Echo { source, from, to }).into()
}
