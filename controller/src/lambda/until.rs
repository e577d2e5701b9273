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

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::{Cli, Command};

    #[test]
    fn whatever_is_begun_is_seen_to_its_end_in_time() {
        let Ok(Cli { command: Command::Sweep(sweep), .. }) = Cli::try_parse_from(["costctl", "sweep"]) else {
            panic!("sweep needs no flags");
        };
        let now = Timestamp::UNIX_EPOCH;
        let seconds = SignedDuration::from_secs;
        for (time, to_begin, to_wait) in [(5, 0, 0), (20, 0, 0), (50, 10, 20), (920, 300, 600), (9_020, 7_800, 1_200)] {
            let (args, last_begin) = in_time(&sweep.acting, now, now + seconds(time));
            assert_eq!(
                (last_begin, args.verify_within),
                (now + seconds(to_begin), Duration::from_secs(to_wait)),
                "{time}"
            );
        }
        // A deadline that is over already leaves no time at all.
        let (args, last_begin) = in_time(&sweep.acting, now + seconds(9), now);
        assert_eq!((last_begin, args.verify_within), (now + seconds(9), Duration::ZERO));
    }
}
