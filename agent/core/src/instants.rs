//! Both clocks at one moment.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// One moment on two clocks, so that a step of either is seen.
///
/// Servers stamp with the wall clock; watching is measured with the monotonic
/// one, which nobody can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instants {
    /// Wall clock, UTC.
    pub wall: Timestamp,
    /// Time since a fixed point that is the same for every process of this
    /// machine (since boot, suspended time included).
    pub mono: Duration,
}

/// How far the two clocks may drift apart within one watch before it counts as
/// a step. Both are slewed together by NTP, so only a step can exceed this;
/// a leap second stays below.
const STEP_TOLERANCE: Duration = Duration::from_secs(2);

impl Instants {
    /// Monotonic time from `earlier` to `self`; zero if `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        self.mono.saturating_sub(earlier.mono)
    }

    /// The moment that is so much later on both clocks.
    #[must_use]
    pub(crate) fn later_by(self, duration: Duration) -> Self {
        let signed = SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
        let wall = self.wall.saturating_add(signed).unwrap_or(Timestamp::MAX);
        Self { wall, mono: self.mono.saturating_add(duration) }
    }

    /// Whether the wall clock was stepped, or the machine exchanged, between
    /// `earlier` and `self`: the clocks disagree by more than two seconds, or
    /// monotonic time ran backwards.
    #[must_use]
    pub fn stepped_since(self, earlier: Self) -> bool {
        if self.mono < earlier.mono {
            return true;
        }
        let wall = self.wall.as_nanosecond() - earlier.wall.as_nanosecond();
        let mono = i128::try_from(self.since(earlier).as_nanos()).unwrap_or(i128::MAX);
        wall.abs_diff(mono) > STEP_TOLERANCE.as_nanos()
    }

    /// Wall time from `stamp` to `self`; zero for a stamp in the future.
    #[must_use]
    pub fn age_of(self, stamp: Timestamp) -> Duration {
        Duration::try_from(self.wall.duration_since(stamp)).unwrap_or(Duration::ZERO)
    }
}
