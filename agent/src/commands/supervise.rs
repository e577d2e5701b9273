//! `run --supervise`: run the agent, and run it again should it crash.

use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use anyhow::Context;
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};

use crate::exit::Exit;
use crate::watch::Signals;

const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// An agent that cannot run costs one start in five minutes.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// What ran for this long did not crash at the start.
const WELL: Duration = Duration::from_secs(600);

/// Runs `idle-agent` with these arguments in a session of its own, again and
/// again, until it ends on purpose or this process is told to end.
///
/// # Errors
/// When the agent cannot be started at all.
pub(crate) async fn run(args: &[OsString]) -> anyhow::Result<Exit> {
    // The script that started us ends; its terminal and process group are not ours.
    let _ = rustix::process::setsid();
    let program = program().context("finding this program")?;
    let name = std::env::args_os().next().unwrap_or_else(|| program.clone().into());
    let mut signals = Signals::new()?;
    let mut pause = FIRST_PAUSE;
    loop {
        let started = Instant::now();
        let mut child = Command::new(&program).arg0(&name).args(args).spawn().context("starting the agent")?;
        let status = tokio::select! {
            status = child.wait() => status.context("waiting for the agent")?,
            () = signals.end() => {
                end(&mut child).await;
                return Ok(Exit::Done);
            }
        };
        if let Some(exit) = ended_on_purpose(status) {
            return Ok(exit);
        }
        if started.elapsed() >= WELL {
            pause = FIRST_PAUSE;
        }
        let how = status.signal().map_or_else(|| status.to_string(), |signal| format!("killed by signal {signal}"));
        tracing::error!("the agent ended ({how}); starting it again in {}", humantime::format_duration(pause));
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = signals.end() => return Ok(Exit::Done),
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// The path of this program. Where its file has been removed, or another one was put
/// in its place (by a second on-start script), the link to what runs still leads to it.
fn program() -> std::io::Result<PathBuf> {
    let path = std::env::current_exe()?;
    Ok(if path.exists() { path } else { PathBuf::from("/proc/self/exe") })
}

/// Ends of which another start would make no other.
fn ended_on_purpose(status: ExitStatus) -> Option<Exit> {
    [Exit::Done, Exit::Usage, Exit::Refused].into_iter().find(|exit| status.code() == Some(i32::from(*exit as u8)))
}

async fn end(child: &mut Child) {
    if let Some(pid) = child.id().and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw) {
        let _ = kill_process(pid, Signal::TERM);
    }
    let _ = tokio::time::timeout(Duration::from_secs(5), child.wait()).await;
}
