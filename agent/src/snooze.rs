//! A user's wish to be left running, as a file in the state directory.

use std::path::Path;
use std::time::Duration;

use idle_core::Snooze;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::record::{StateDir, StateError};

const FILE: &str = "snooze.json";
/// The clock may have been set back a little since the snooze was asked for.
const FUTURE_TOLERANCE: Duration = Duration::from_secs(60);

/// The file's content.
#[derive(Debug, Serialize, Deserialize)]
struct Wish {
    schema_version: u32,
    at: Timestamp,
    until: Timestamp,
    reason: String,
}

/// Writes the wish to be left running from `now` for `duration`.
///
/// # Errors
/// When the state directory cannot be written.
pub(crate) fn ask(dir: &StateDir, now: Timestamp, duration: Duration, reason: &str) -> Result<Snooze, StateError> {
    let reason: String = reason.chars().filter(|c| !c.is_control()).take(200).collect();
    let until = now.saturating_add(jiff::SignedDuration::try_from(duration).unwrap_or(jiff::SignedDuration::MAX));
    let until = until.unwrap_or(Timestamp::MAX);
    dir.write(FILE, &Wish { schema_version: 1, at: now, until, reason: reason.clone() })?;
    Ok(Snooze { until, reason })
}

/// Ends the snooze in force; returns whether there was one.
///
/// # Errors
/// When the state directory cannot be written.
pub(crate) fn cancel(dir: &StateDir) -> Result<bool, StateError> {
    dir.remove(FILE)
}

/// The snooze in force, held against the cap: whoever edits the file gains nothing.
/// A file that is missing, damaged or from the future is no snooze.
pub(crate) fn in_force(dir: &Path, now: Timestamp, max: Duration) -> Option<Snooze> {
    let Wish { schema_version: 1, at, until, reason } = StateDir::read(dir, FILE)? else { return None };
    let max = jiff::SignedDuration::try_from(max).ok()?;
    if at > now.saturating_add(jiff::SignedDuration::try_from(FUTURE_TOLERANCE).ok()?).ok()? {
        return None;
    }
    let until = until.min(at.saturating_add(max).ok()?);
    (until > now).then_some(Snooze { until, reason })
}
