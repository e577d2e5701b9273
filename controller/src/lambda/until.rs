//! The end of the time that Lambda gives: nothing is begun that could not be seen to its end.

use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use crate::act::Switch;
use crate::cli::Acting;

/// For what is left to do once everything is seen: evidence, the outcome.
const TO_WRITE: SignedDuration = SignedDuration::from_secs(20);

/// A kill switch that is also on when time runs out.
pub(super) struct Until {
    pub(super) switch: Box<dyn Switch>,
    /// From here on nothing is begun.
    pub(super) last_begin: Timestamp,
}

#[async_trait(?Send)]
impl Switch for Until {
    async fn on(&self) -> Option<String> {
        if Timestamp::now() >= self.last_begin {
            let text = "the time that the function has is not enough for more; hint: the next sweep goes on, or a \
                        longer timeout of the function";
            return Some(text.to_owned());
        }
        self.switch.on().await
    }
}

/// The flags with a bound on every wait that ends in time, and when the last act may begin:
/// at most two thirds of the time are for waiting.
pub(super) fn in_time(args: &Acting, now: Timestamp, deadline: Timestamp) -> (Acting, Timestamp) {
    let left = deadline.duration_since(now).saturating_sub(TO_WRITE).max(SignedDuration::ZERO);
    let to_wait = Duration::try_from(left).unwrap_or_default() * 2 / 3;
    let verify_within = args.verify_within.min(to_wait);
    let to_wait = SignedDuration::try_from(verify_within).unwrap_or(left);
    let last_begin = now.saturating_add(left.saturating_sub(to_wait)).unwrap_or(now);
    (Acting { verify_within, ..args.clone() }, last_begin)
}
