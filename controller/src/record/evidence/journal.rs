//! The lines of one run in one account and region, written in parts.

use cost_planner::install::Scope;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::line::{Event, Line, SCHEMA_VERSION};
use crate::record::{Store, StoreError};

/// So many lines stand in one object: a reader holds one at a time.
const MOST_LINES: usize = 5_000;
/// Another writer of the same run would have to be this far ahead.
const MOST_TRIES: u32 = 100;

/// Where the lines of a run go. What is pushed is safe once it is flushed.
#[derive(Debug)]
pub(crate) struct Journal<'a> {
    store: &'a Store,
    /// The day's folder.
    day: String,
    run: String,
    token: u64,
    sequence: u64,
    part: u32,
    open: Vec<Line>,
}

impl<'a> Journal<'a> {
    /// An empty journal; its folder is that of the day on which the run began.
    pub(crate) fn new(store: &'a Store, scope: &Scope, run: &str, began: Timestamp) -> Self {
        let day = super::day_folder(scope, TimeZone::UTC.to_datetime(began).date());
        Self { store, day, run: run.to_owned(), token: 0, sequence: 0, part: 0, open: Vec::new() }
    }

    /// From here on, lines carry this fencing token.
    pub(crate) fn set_token(&mut self, token: u64) {
        self.token = token;
    }

    /// Adds a line, which is not safe yet.
    pub(crate) fn push(&mut self, at: Timestamp, event: Event) {
        let (schema_version, run) = (SCHEMA_VERSION, self.run.clone());
        let line = Line { schema_version, run, sequence: self.sequence, at, fencing_token: self.token, event };
        self.sequence += 1;
        self.open.push(line);
    }

    /// Writes what was added since the last time. What could not be written is kept for
    /// the next time.
    ///
    /// # Errors
    /// When it could not be written: then nothing of it must be acted on.
    pub(crate) async fn flush(&mut self) -> Result<(), StoreError> {
        while !self.open.is_empty() {
            let count = self.open.len().min(MOST_LINES);
            let bytes = bytes_of(&self.open[..count]);
            self.write(bytes).await?;
            self.open.drain(..count);
        }
        Ok(())
    }

    /// Writes the last line, in an object of its own beside the run's folder, by which
    /// later runs know with one listing of the day that there is nothing to settle.
    ///
    /// # Errors
    /// When something could not be written: then the next run settles this one.
    pub(crate) async fn end(
        mut self,
        at: Timestamp,
        (verified, failed, refused): (usize, usize, usize),
    ) -> Result<(), StoreError> {
        self.flush().await?;
        self.push(at, Event::RunEnded { settled_by: None, verified, failed, refused });
        let key = super::ended_key(&self.day, &self.run);
        // One that is there is by a later run that took this one for dead.
        self.store.create(&key, bytes_of(&self.open)).await.map(drop)
    }

    async fn write(&mut self, bytes: Vec<u8>) -> Result<(), StoreError> {
        for _ in 0..MOST_TRIES {
            let key = format!("{}/{}/{:06}.jsonl", self.day, self.run, self.part);
            let was_there = self.store.create(&key, bytes.clone()).await?;
            // An earlier try of ours may have arrived though its answer did not.
            let is_ours = !was_there || self.store.get(&key).await?.is_some_and(|there| there == bytes);
            self.part += 1;
            if is_ours {
                return Ok(());
            }
        }
        let folder = format!("{}/{}", self.day, self.run);
        Err(self.store.damaged(&folder, "somebody else writes in this run's name".to_owned()))
    }
}

pub(super) fn bytes_of(lines: &[Line]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut bytes, line).expect("plain data");
        bytes.push(b'\n');
    }
    bytes
}
