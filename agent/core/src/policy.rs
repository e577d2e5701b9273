//! How long, how old, when, and with how much warning.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::activity::Activity;
use crate::instants::Instants;
use crate::schedule::Schedule;

/// The policy that one app is judged by. Built only by [`IdlePolicy::build`],
/// so one that exists makes sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdlePolicy(PolicyParts);

/// What a policy is made of; [`PolicyParts::new`] gives the defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyParts {
    /// How long an app must be idle, and watched, before it is stopped.
    pub idle_timeout: Duration,
    /// The idle timeout of an app that was seen to have a GPU, where it differs.
    pub idle_timeout_gpu: Option<Duration>,
    /// Hours with an idle timeout of their own, such as the night.
    pub quiet_hours: Option<(Schedule, Duration)>,
    /// Hours in which nothing is stopped.
    pub office_hours: Option<Schedule>,
    /// How long a warning must stand before the stop; zero for none.
    pub warn_before: Duration,
    /// For how long something may claim to be busy without a sign of life.
    pub stuck_after: Duration,
    /// How old an app may grow, at work or not; `None` for any age.
    pub max_age: Option<Duration>,
    /// How long not seeing is borne before it is reported.
    pub blind_after: Duration,
    /// What may be judged when blind for longer than that.
    pub when_blind: WhenBlind,
}

/// What may be judged when a source could not be read for longer than blind-after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhenBlind {
    /// Nothing: the app is kept.
    #[default]
    Keep,
    /// Processes and GPU alone may prove that the app is idle.
    JudgeProcesses,
}

/// A policy that could not work.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PolicyError {
    /// An idle timeout of nothing would stop every app at once.
    #[error("the idle timeout is zero; hint: give a duration such as 60m")]
    ZeroTimeout,
    /// Idle for longer than a year is a typing error.
    #[error("the idle timeout is longer than a year; hint: to never stop, do not run the agent, or use --rehearse")]
    LongTimeout,
    /// The warning must fall inside every idle timeout.
    #[error("warn-before is not shorter than the idle timeout")]
    WarnBefore,
    /// A kernel that is busy for a few minutes is not stuck.
    #[error("stuck-after is shorter than the idle timeout; hint: 12h is the default")]
    StuckAfter,
    /// An app that may not even become idle could never be used.
    #[error("max-age is not longer than the idle timeout")]
    MaxAge,
}

/// Longest idle timeout, as SageMaker's own idle shutdown has it (525,600 minutes).
const MAX_TIMEOUT: Duration = Duration::from_secs(365 * 24 * 3600);
/// A gap longer than this is never covered by the server's stamps.
const MAX_GAP: Duration = Duration::from_secs(300);
/// No kernel needs longer than this to start.
const MAX_UNSETTLED: Duration = Duration::from_secs(300);
/// Long enough for a night's training job that waits for another machine.
const STUCK_AFTER: Duration = Duration::from_secs(12 * 3600);
/// Long enough for every restart and update of a server.
const BLIND_AFTER: Duration = Duration::from_secs(2 * 3600);

impl PolicyParts {
    /// The parts with this idle timeout and warning, all else by default.
    #[must_use]
    pub fn new(idle_timeout: Duration, warn_before: Duration) -> Self {
        Self {
            idle_timeout,
            idle_timeout_gpu: None,
            quiet_hours: None,
            office_hours: None,
            warn_before,
            stuck_after: STUCK_AFTER.max(idle_timeout),
            max_age: None,
            blind_after: BLIND_AFTER,
            when_blind: WhenBlind::Keep,
        }
    }

    fn timeouts(&self) -> impl Iterator<Item = Duration> {
        let quiet = self.quiet_hours.as_ref().map(|(_, timeout)| *timeout);
        [Some(self.idle_timeout), self.idle_timeout_gpu, quiet].into_iter().flatten()
    }
}

impl IdlePolicy {
    /// The policy with this idle timeout, warning `warn_before` the stop, all else by default.
    ///
    /// # Errors
    /// [`PolicyError`] when the two do not fit together.
    pub fn new(idle_timeout: Duration, warn_before: Duration) -> Result<Self, PolicyError> {
        Self::build(PolicyParts::new(idle_timeout, warn_before))
    }

    /// The policy of these parts.
    ///
    /// # Errors
    /// [`PolicyError`] when they do not fit together.
    pub fn build(parts: PolicyParts) -> Result<Self, PolicyError> {
        for timeout in parts.timeouts() {
            if timeout.is_zero() {
                return Err(PolicyError::ZeroTimeout);
            }
            if timeout > MAX_TIMEOUT {
                return Err(PolicyError::LongTimeout);
            }
            if parts.warn_before >= timeout {
                return Err(PolicyError::WarnBefore);
            }
        }
        if parts.stuck_after < parts.idle_timeout {
            return Err(PolicyError::StuckAfter);
        }
        if parts.max_age.is_some_and(|age| age <= parts.idle_timeout) {
            return Err(PolicyError::MaxAge);
        }
        Ok(Self(parts))
    }

    /// What it is made of.
    #[must_use]
    pub fn parts(&self) -> &PolicyParts {
        &self.0
    }

    /// The idle timeout of an app without a GPU outside of quiet hours.
    #[must_use]
    pub fn idle_timeout(&self) -> Duration {
        self.0.idle_timeout
    }

    /// The idle timeout in force: the shortest that applies now.
    #[must_use]
    pub fn idle_timeout_now(&self, activity: &Activity, now: Instants) -> Duration {
        let gpu = self.0.idle_timeout_gpu.filter(|_| activity.has_gpu());
        let quiet = self.0.quiet_hours.as_ref().filter(|(hours, _)| hours.contains(now.wall)).map(|(_, t)| *t);
        [gpu, quiet].into_iter().flatten().fold(self.0.idle_timeout, Duration::min)
    }

    /// How long a warning must stand before the stop; zero for none.
    #[must_use]
    pub fn warn_before(&self) -> Duration {
        self.0.warn_before
    }

    /// The longest time between two whole looks that still counts as watched:
    /// the smaller of five minutes and half the shortest idle timeout. What
    /// happened in a shorter one shows in the server's stamps.
    #[must_use]
    pub fn longest_gap(&self) -> Duration {
        MAX_GAP.min(self.shortest_timeout() / 2)
    }

    /// For how long an unsettled item (a kernel `starting`, `dead`, …) counts as
    /// work: the smaller of five minutes and half the shortest idle timeout.
    #[must_use]
    pub fn unsettled_limit(&self) -> Duration {
        MAX_UNSETTLED.min(self.shortest_timeout() / 2)
    }

    fn shortest_timeout(&self) -> Duration {
        self.0.timeouts().fold(self.0.idle_timeout, Duration::min)
    }
}
