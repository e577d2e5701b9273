//! Ctrl-C and its like: nothing more is begun, and what was begun is written down.

use std::io::Write;
use std::pin::pin;

use async_trait::async_trait;
use tokio::select;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::Switch;

/// A kill switch that a signal turns on, too.
pub(crate) struct Interruptible<'a> {
    pub(crate) switch: &'a dyn Switch,
    /// Whether there was a signal.
    pub(crate) signalled: watch::Receiver<bool>,
}

#[async_trait(?Send)]
impl Switch for Interruptible<'_> {
    async fn on(&self) -> Option<String> {
        match self.at_once() {
            None => self.switch.on().await,
            on => on,
        }
    }

    fn at_once(&self) -> Option<String> {
        self.signalled.borrow().then(|| "the run was interrupted".to_owned())
    }

    async fn turned_on(&self) {
        let mut signalled = self.signalled.clone();
        if signalled.wait_for(|is_signalled| *is_signalled).await.is_err() {
            // Nobody is left to signal.
            std::future::pending::<()>().await;
        }
    }
}

/// Does this to its end. The first of SIGINT, SIGTERM and SIGHUP is told to `signalled`,
/// another one ends it at once: then there is no result.
///
/// # Errors
/// When signals cannot be listened to.
pub(crate) async fn heeding_signals<T>(
    work: impl Future<Output = T>,
    signalled: &watch::Sender<bool>,
) -> std::io::Result<Option<T>> {
    let [mut interrupt, mut terminate, mut hangup] =
        [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?, signal(SignalKind::hangup())?];
    let mut work = pin!(work);
    loop {
        select! {
            done = &mut work => return Ok(Some(done)),
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
        if signalled.send_replace(true) {
            return Ok(None);
        }
        // A terminal that went away takes no words.
        let _ = writeln!(std::io::stderr(), "interrupted: nothing more is begun; once more ends it at once");
    }
}
