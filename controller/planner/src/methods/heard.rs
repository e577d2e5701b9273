//! What a heartbeat says of the very app or instance that it is read for.

use jiff::{SignedDuration, Timestamp};

use crate::coverage::ALIVE_WITHIN;
use crate::policy::span;
use crate::snapshot::Heartbeat;

/// A heartbeat, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// It is not known, and why.
    Unread(String),
    /// Nothing was heard, at least in the window that was asked for.
    Silent,
    /// It was heard, and is no longer.
    Ended {
        /// When it was heard last, UTC.
        at: Timestamp,
    },
    /// It is heard.
    Alive {
        /// When it was heard, UTC.
        at: Timestamp,
        /// For how long it had been idle then; zero while at work.
        idle: SignedDuration,
    },
}

/// What was heard since it came into being; what was heard before was an earlier one's of that name.
pub(crate) fn heard(heartbeat: &Heartbeat, born: Option<Timestamp>, now: Timestamp) -> Heard {
    let (at, idle_seconds) = match heartbeat {
        Heartbeat::NotAsked => return Heard::Unread("it was not asked for".to_owned()),
        Heartbeat::Unread(why) => return Heard::Unread(why.to_string()),
        Heartbeat::Silent => return Heard::Silent,
        Heartbeat::Heard { at, idle_seconds } => (*at, *idle_seconds),
    };
    let Some(born) = born else {
        return Heard::Unread("no creation time: it may be an earlier one's".to_owned());
    };
    let idle = SignedDuration::from_secs(i64::try_from(idle_seconds).unwrap_or(i64::MAX));
    let age = now.duration_since(at);
    if at.as_second() < minute(born) {
        Heard::Silent
    } else if age < -SKEW {
        Heard::Unread("it lies in the future".to_owned())
    } else if idle > now.duration_since(born) + ALIVE_WITHIN {
        Heard::Unread("it tells of more idle time than there was: it may be an earlier one's".to_owned())
    } else if age > ALIVE_WITHIN {
        Heard::Ended { at }
    } else if age > PROMPT && !idle.is_zero() {
        let why = format!("its last heartbeat is {} old and one is due every 5m: work may have returned", span(age));
        Heard::Unread(why)
    } else {
        Heard::Alive { at, idle }
    }
}

/// A heartbeat of idleness is believed for so long: the next one is due after five minutes, and
/// CloudWatch takes up to two and rounds to one. An agent that cannot publish any more cannot say
/// that work returned.
const PROMPT: SignedDuration = SignedDuration::from_mins(8);

/// CloudWatch's clock and ours may differ by so much.
const SKEW: SignedDuration = SignedDuration::from_mins(2);

/// The minute of a time, in seconds: CloudWatch's data points have no finer one.
fn minute(at: Timestamp) -> i64 {
    at.as_second() - at.as_second().rem_euclid(60)
}
