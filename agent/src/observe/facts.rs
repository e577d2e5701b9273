//! What is known of the app itself: its age, and whether it is paid for anyway.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use idle_core::{AppFacts, Instants, parse_stamp};
use jiff::{SignedDuration, Timestamp};
use rustix::param::clock_ticks_per_second;
use serde_json::Value;

use super::processes::parse_stat;
use super::studio::StudioFacts;

/// Where Studio puts what is no public contract (seen in SageMaker Distribution).
pub(crate) const INTERNAL_METADATA: &str = "/opt/.sagemakerinternal/internal-metadata.json";
const MAX_BYTES: u64 = 256 * 1024;

/// The app's facts, from files alone or with what SageMaker told.
#[derive(Debug)]
pub(crate) struct Facts {
    internal_metadata: PathBuf,
    process_root: u32,
}

impl Facts {
    /// The facts of the app whose first process is `process_root`.
    pub(crate) fn new(internal_metadata: &Path, process_root: u32) -> Self {
        Self { internal_metadata: internal_metadata.to_owned(), process_root }
    }

    /// What is known now. `studio` is what SageMaker told, if it was asked and answered.
    pub(crate) fn look(&self, studio: Option<&StudioFacts>, now: Instants) -> AppFacts {
        let started_at = studio.and_then(|studio| studio.created_at).or_else(|| self.first_process_started(now));
        let plan = studio.and_then(|studio| studio.training_plan.clone());
        let plan = plan.map(|arn| format!("training plan {arn}"));
        let notes = studio.map(|studio| studio.notes.clone()).unwrap_or_default();
        AppFacts { started_at, prepaid: plan.or_else(|| self.capacity_block(now.wall)), notes }
    }

    /// When the app's first process started: the container is as old as that.
    fn first_process_started(&self, now: Instants) -> Option<Timestamp> {
        let line = std::fs::read(format!("/proc/{}/stat", self.process_root)).ok()?;
        let ticks = parse_stat(&line)?.started;
        let since_boot = Duration::from_secs(ticks / clock_ticks_per_second());
        let age = SignedDuration::try_from(now.mono.saturating_sub(since_boot)).ok()?;
        now.wall.checked_sub(age).ok()
    }

    /// The capacity block that the app runs in, unless it is known to be over.
    fn capacity_block(&self, now: Timestamp) -> Option<String> {
        let mut text = String::new();
        std::fs::File::open(&self.internal_metadata).ok()?.take(MAX_BYTES).read_to_string(&mut text).ok()?;
        capacity_block(&text, now)
    }
}

/// What internal metadata tells of a capacity block. An end that cannot be read
/// counts as not yet reached.
pub(crate) fn capacity_block(metadata: &str, now: Timestamp) -> Option<String> {
    let metadata: Value = serde_json::from_str(metadata).ok()?;
    let block = metadata.get("CapacityBlock").filter(|block| !block.is_null())?;
    let end = block.get("CapacityBlockEndTime").filter(|end| !end.is_null())?;
    let at = match end {
        Value::String(text) => parse_stamp(text).ok().or_else(|| epoch(text.parse().ok()?)),
        Value::Number(number) => epoch(number.as_f64()?),
        _ => None,
    };
    match at {
        Some(at) if at <= now => None,
        Some(at) => Some(format!("capacity block until {at:.0}")),
        None => Some("capacity block".to_owned()),
    }
}

/// Seconds or milliseconds since 1970, told apart by their size.
fn epoch(number: f64) -> Option<Timestamp> {
    #[expect(clippy::cast_possible_truncation, reason = "a float out of range saturates, and is refused below")]
    let number = number as i64;
    let read =
        if number > 100_000_000_000 { Timestamp::from_millisecond(number) } else { Timestamp::from_second(number) };
    read.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capacity_block_counts_until_it_ends() {
        let now: Timestamp = "2026-11-24T12:00:00Z".parse().expect("valid");
        for (metadata, paid) in [
            (r#"{"Stage":"prod"}"#, false),
            (r#"{"CapacityBlock":null}"#, false),
            (r#"{"CapacityBlock":{"CapacityBlockEndTime":null}}"#, false),
            (r#"{"CapacityBlock":{"CapacityBlockEndTime":"2026-11-24T11:00:00Z"}}"#, false),
            (r#"{"CapacityBlock":{"CapacityBlockEndTime":"2026-11-25T11:00:00Z"}}"#, true),
            (r#"{"CapacityBlock":{"CapacityBlockEndTime":1795600000}}"#, true),
            (r#"{"CapacityBlock":{"CapacityBlockEndTime":"1795600000000"}}"#, true),
            (r#"{"CapacityBlock":{"CapacityBlockEndTime":"soon"}}"#, true),
            ("garbage", false),
        ] {
            assert_eq!(capacity_block(metadata, now).is_some(), paid, "{metadata}");
        }
    }

    #[test]
    fn the_age_of_the_first_process_is_told_without_asking_anybody() {
        let facts = Facts::new(Path::new("/nowhere"), std::process::id());
        let now = crate::clock::now();
        let started = facts.look(None, now).started_at.expect("this process has started");
        assert!(started <= now.wall && now.age_of(started) < Duration::from_secs(24 * 3600));
    }
}
