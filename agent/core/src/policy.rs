//! How long, and with how much warning.

use std::time::Duration;

use thiserror::Error;

/// The policy that one app is judged by. Built only by [`IdlePolicy::new`], so
/// one that exists makes sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdlePolicy {
    idle_timeout: Duration,
    warn_before: Duration,
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
    /// The warning must fall inside the idle timeout.
    #[error("warn-before is not shorter than the idle timeout")]
    WarnBefore,
}

/// Longest idle timeout, as SageMaker's own idle shutdown has it (525,600 minutes).
const MAX_TIMEOUT: Duration = Duration::from_secs(365 * 24 * 3600);
/// A gap longer than this is never covered by the server's stamps.
const MAX_GAP: Duration = Duration::from_secs(300);
/// No kernel needs longer than this to start.
const MAX_UNSETTLED: Duration = Duration::from_secs(300);

impl IdlePolicy {
    /// The policy with this idle timeout, warning `warn_before` the stop.
    ///
    /// # Errors
    /// [`PolicyError`] when the two do not fit together.
    pub fn new(idle_timeout: Duration, warn_before: Duration) -> Result<Self, PolicyError> {
        if idle_timeout.is_zero() {
            return Err(PolicyError::ZeroTimeout);
        }
        if idle_timeout > MAX_TIMEOUT {
            return Err(PolicyError::LongTimeout);
        }
        if warn_before >= idle_timeout {
            return Err(PolicyError::WarnBefore);
        }
        Ok(Self { idle_timeout, warn_before })
    }

    /// How long an app must be idle, and watched, before it is stopped.
    #[must_use]
    pub fn idle_timeout(&self) -> Duration {
        self.idle_timeout
    }

    /// How long a warning must stand before the stop; zero for none.
    #[must_use]
    pub fn warn_before(&self) -> Duration {
        self.warn_before
    }

    /// The longest time between two whole looks that still counts as watched:
    /// the smaller of five minutes and half the idle timeout. What happened in a
    /// shorter one shows in the server's stamps.
    #[must_use]
    pub fn longest_gap(&self) -> Duration {
        MAX_GAP.min(self.idle_timeout / 2)
    }

    /// For how long an unsettled item (a kernel `starting`, `dead`, …) counts as
    /// work: the smaller of five minutes and half the idle timeout.
    #[must_use]
    pub fn unsettled_limit(&self) -> Duration {
        MAX_UNSETTLED.min(self.idle_timeout / 2)
    }
}
