//! The pre-stop hook: a command of the administrator's that runs before the stop.

use std::process::Stdio;
use std::time::{Duration, Instant};

use idle_core::PreStopRecord;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::Command;

/// Runs the hook with `sh` and returns how it ended. It gets its limit and no
/// more: then it and all that it started is killed. Failure is recorded and does
/// not block the stop.
pub(crate) async fn run(command: &str, limit: Duration) -> PreStopRecord {
    let clock = Instant::now();
    let ended = attempt(command, limit).await;
    let took_seconds = clock.elapsed().as_secs();
    match ended {
        Ok(()) => PreStopRecord { succeeded: true, detail: "done".to_owned(), took_seconds },
        Err(detail) => PreStopRecord { succeeded: false, detail, took_seconds },
    }
}

async fn attempt(command: &str, limit: Duration) -> Result<(), String> {
    let mut child = Command::new("/bin/sh")
        .args(["-c", command])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("could not be started: {error}"))?;
    let group = child.id().and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
    match tokio::time::timeout(limit, child.wait()).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(format!("failed: {status}")),
        Ok(Err(error)) => Err(format!("could not be waited for: {error}")),
        Err(_) => {
            if let Some(group) = group {
                let _ = kill_process_group(group, Signal::KILL);
            }
            let _ = child.wait().await;
            Err(format!("killed after its limit of {}", humantime::format_duration(limit)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block_on(command: &str, limit: Duration) -> PreStopRecord {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(run(command, limit))
    }

    #[test]
    fn a_hook_succeeds_fails_or_is_killed_at_its_limit() {
        assert!(block_on("true", Duration::from_secs(20)).succeeded);
        let failed = block_on("exit 3", Duration::from_secs(20));
        assert!(!failed.succeeded && failed.detail.contains('3'), "{failed:?}");
        let killed = block_on("sleep 600 & sleep 600", Duration::from_millis(200));
        assert!(!killed.succeeded && killed.detail.contains("limit"), "{killed:?}");
        assert!(!block_on("/nowhere/at-all", Duration::from_secs(20)).succeeded);
    }
}
