//! Holding off SageMaker's own idle shutdown while something is at work that it does not see.

use std::path::{Path, PathBuf};
use std::time::Duration;

use idle_core::{Echo, Instants, Source};
use jiff::Timestamp;

/// Native idle shutdown knows minutes: more often is no use.
const EVERY: Duration = Duration::from_secs(60);

/// Stamps the activity file while something is at work, for a bounded time.
#[derive(Debug)]
pub(crate) struct Native {
    path: PathBuf,
    most: Duration,
    at_work_since: Option<Instants>,
    stamped: Option<(Instants, Timestamp)>,
    complained: bool,
}

impl Native {
    /// Stamps the file at `path` for at most `most` without a pause.
    pub(crate) fn new(path: &Path, most: Duration) -> Self {
        Self { path: path.to_owned(), most, at_work_since: None, stamped: None, complained: false }
    }

    /// Stamps the file if something is at work and the bound is not reached.
    pub(crate) fn note(&mut self, at_work: bool, now: Instants) {
        if !at_work {
            self.at_work_since = None;
            return;
        }
        let since = *self.at_work_since.get_or_insert(now);
        let stamped_lately = self.stamped.is_some_and(|(at, _)| now.since(at) < EVERY);
        if stamped_lately || now.since(since) > self.most {
            return;
        }
        // The very form that Studio's tools write and read, to the millisecond.
        let stamp = Timestamp::from_millisecond(now.wall.as_millisecond()).unwrap_or(now.wall);
        match std::fs::write(&self.path, stamp.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()) {
            Ok(()) => {
                self.stamped = Some((now, stamp));
                self.complained = false;
            }
            Err(error) if !self.complained => {
                tracing::warn!("{} cannot be written: {error}", self.path.display());
                self.complained = true;
            }
            Err(_) => {}
        }
    }

    /// Our own last stamp: it shows in the file and in the servers that read it.
    pub(crate) fn echoes(&self) -> Vec<Echo> {
        let of =
            |stamp| [Source::ActivityFile, Source::CodeEditor].map(|source| Echo { source, from: stamp, to: stamp });
        self.stamped.iter().flat_map(|(_, stamp)| of(*stamp)).collect()
    }
}
