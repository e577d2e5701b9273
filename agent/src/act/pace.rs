//! When to try again.

use std::time::Duration;

use idle_core::Instants;

use super::Outcome;

/// Permissions change by hand: asking every quarter of an hour is soon enough.
const AFTER_DENIAL: Duration = Duration::from_secs(15 * 60);
/// A delete can take twenty minutes; asking again is harmless.
const AFTER_ACCEPTANCE: Duration = Duration::from_secs(10 * 60);
const FIRST_RETRY: Duration = Duration::from_secs(2);
const LONGEST_RETRY: Duration = Duration::from_secs(5 * 60);

/// The pace of attempts to stop the app: no attempt before `not_before`.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    not_before: Option<Duration>,
    failures: u32,
}

impl Pace {
    /// Whether an attempt may be made now.
    pub(crate) fn allows(&self, now: Instants) -> bool {
        self.not_before.is_none_or(|at| now.mono >= at)
    }

    /// The time until the next attempt, if one is being waited for.
    pub(crate) fn next_in(&self, now: Instants) -> Option<Duration> {
        self.not_before.map(|at| at.saturating_sub(now.mono)).filter(|left| !left.is_zero())
    }

    /// Notes how an attempt ended. `jitter` lies between 0 and 1.
    pub(crate) fn note(&mut self, outcome: &Outcome, now: Instants, jitter: f64) {
        let pause = match outcome {
            Outcome::Accepted | Outcome::AlreadyGone => AFTER_ACCEPTANCE,
            Outcome::Denied(_) => AFTER_DENIAL,
            Outcome::Unavailable(_) => self.back_off(jitter),
        };
        if !matches!(outcome, Outcome::Unavailable(_)) {
            self.failures = 0;
        }
        self.not_before = Some(now.mono + pause);
    }

    /// The app was kept: the next stop is a new one.
    pub(crate) fn reset(&mut self) {
        *self = Self::default();
    }

    /// Half fixed, half random, so that the apps of one domain do not come back together.
    fn back_off(&mut self, jitter: f64) -> Duration {
        let ceiling = FIRST_RETRY.saturating_mul(1 << self.failures.min(10)).min(LONGEST_RETRY);
        self.failures += 1;
        ceiling.mul_f64(0.5 + 0.5 * jitter.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Instants {
        Instants { wall: jiff::Timestamp::UNIX_EPOCH, mono: Duration::from_secs(seconds) }
    }

    #[test]
    fn failures_back_off_up_to_five_minutes() {
        let mut pace = Pace::default();
        let mut pauses = Vec::new();
        for _ in 0..12 {
            pace.note(&Outcome::Unavailable("throttled".into()), at(0), 1.0);
            pauses.push(pace.next_in(at(0)).expect("waiting").as_secs());
        }
        assert_eq!(pauses, [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300]);
        pace.reset();
        assert!(pace.allows(at(0)));
    }

    #[test]
    fn a_denial_is_tried_again_slowly() {
        let mut pace = Pace::default();
        pace.note(&Outcome::Denied("no".into()), at(0), 0.0);
        assert!(!pace.allows(at(899)) && pace.allows(at(900)));
    }
}
