//! A user's wish to be left running: by command, or by touching a file.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use idle_core::Snooze;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::record::{StateDir, StateError};
use crate::settings::People;

const FILE: &str = "snooze.json";
/// The file in the home directory that a user touches.
const TOUCH_FILE: &str = ".idle-agent/snooze";
/// How long a touch lasts that names no duration.
const TOUCH_LASTS: Duration = Duration::from_secs(2 * 3600);
/// The clock may have been set back a little since the snooze was asked for.
const FUTURE_TOLERANCE: SignedDuration = SignedDuration::from_secs(60);
const MAX_BYTES: u64 = 1024;

/// A wish, from whichever way it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wish {
    schema_version: u32,
    at: Timestamp,
    until: Timestamp,
    reason: String,
}

/// The wishes that were granted: each counts once, however long it lasts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Granted(BTreeSet<Timestamp>);

impl Granted {
    /// How many there were.
    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }

    /// The snooze in force, held against the caps: whoever edits the files gains
    /// nothing. A wish that is damaged, from the future or one too many is none.
    pub(crate) fn in_force(&mut self, dir: &Path, people: &People, now: Timestamp) -> Option<Snooze> {
        let touched = people.home.as_deref().and_then(touched);
        let wishes = [StateDir::read::<Wish>(dir, FILE), touched];
        let wish = wishes.into_iter().flatten().filter_map(|wish| held(wish, now, people.snooze_max));
        let Wish { at, until, reason, .. } = wish.max_by_key(|wish| wish.until)?;
        if !self.0.contains(&at) {
            if self.count() >= people.snoozes_max {
                return None;
            }
            tracing::info!("snoozed until {until:.0}, {} of {}", self.count() + 1, people.snoozes_max);
            self.0.insert(at);
        }
        Some(Snooze { until, reason })
    }
}

/// Writes the wish to be left running from `now` for `duration`.
///
/// # Errors
/// When the state directory cannot be written.
pub(crate) fn ask(dir: &StateDir, now: Timestamp, duration: Duration, reason: &str) -> Result<Snooze, StateError> {
    let wish = Wish { schema_version: 1, at: now, until: after(now, duration), reason: cleaned(reason) };
    dir.write(FILE, &wish)?;
    Ok(Snooze { until: wish.until, reason: wish.reason })
}

/// Ends the snooze in force; returns whether there was one.
///
/// # Errors
/// When the state directory cannot be written.
pub(crate) fn cancel(dir: &StateDir, home: Option<&Path>) -> Result<bool, StateError> {
    let touched = home.is_some_and(|home| std::fs::remove_file(home.join(TOUCH_FILE)).is_ok());
    Ok(dir.remove(FILE)? || touched)
}

/// The wish as it may be granted at most; `None` when it is over or cannot be true.
fn held(wish: Wish, now: Timestamp, max: Duration) -> Option<Wish> {
    let future = wish.at > now.checked_add(FUTURE_TOLERANCE).unwrap_or(now);
    let until = wish.until.min(after(wish.at, max));
    (wish.schema_version == 1 && !future && until > now).then_some(Wish { until, ..wish })
}

/// The wish of a touched file: from its modification time on, for as long as its
/// first word says; the rest is the reason.
fn touched(home: &Path) -> Option<Wish> {
    let path = home.join(TOUCH_FILE);
    let at = Timestamp::try_from(std::fs::metadata(&path).ok()?.modified().ok()?).ok()?;
    let mut text = String::new();
    std::fs::File::open(&path).ok()?.take(MAX_BYTES).read_to_string(&mut text).ok()?;
    let (duration, reason) = parse_touched(&text);
    Some(Wish { schema_version: 1, at, until: after(at, duration), reason })
}

/// Duration and reason of a touched file's text.
pub(crate) fn parse_touched(text: &str) -> (Duration, String) {
    let text = text.trim();
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    match humantime::parse_duration(word) {
        Ok(duration) => (duration, cleaned(rest)),
        Err(_) => (TOUCH_LASTS, cleaned(text)),
    }
}

fn cleaned(reason: &str) -> String {
    reason.trim().chars().filter(|c| !c.is_control()).take(200).collect()
}

fn after(at: Timestamp, duration: Duration) -> Timestamp {
    let duration = SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
    at.saturating_add(duration).unwrap_or(Timestamp::MAX)
}
