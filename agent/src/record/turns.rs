//! When the heartbeat of one resource is due: every five minutes, and at once when
//! what was told before is no longer so.

use std::time::Duration;

/// The heartbeat: one custom metric an app, at twelve values an hour.
const EVERY: Duration = Duration::from_secs(300);
/// After a failure: a permission or an endpoint is not repaired in five minutes.
const AFTER_FAILURE: Duration = Duration::from_secs(1800);
/// Idle time from which on somebody may act on it, and so must hear that it ended.
const MATTERS: Duration = Duration::from_secs(60);
/// After a failure, idle time that ended is told again this much later.
const AGAIN: Duration = Duration::from_secs(60);
/// Tries out of turn between two turns, so that a failing CloudWatch is not stormed.
const TRIES: u8 = 2;

/// The turns of one resource. Moments are of the monotonic clock.
#[derive(Debug)]
pub(super) struct Turns {
    next_at: Duration,
    /// What CloudWatch may hold; `None` before the first value.
    told: Option<Told>,
    /// What is on its way.
    sent: Option<Told>,
    /// When a try out of turn may be made, and how many more.
    again_at: Duration,
    tries: u8,
}

/// An idle time and when it was so.
#[derive(Debug, Clone, Copy)]
struct Told {
    idle_for: Duration,
    at: Duration,
}

impl Turns {
    /// The first turn is at once.
    pub(super) fn new() -> Self {
        Self { next_at: Duration::ZERO, told: None, sent: None, again_at: Duration::ZERO, tries: TRIES }
    }

    /// Whether this idle time is to be told now.
    pub(super) fn is_due(&self, idle_for: Duration, now: Duration) -> bool {
        let may_be_out_of_turn = self.tries > 0 && now >= self.again_at;
        now >= self.next_at || may_be_out_of_turn && self.ended_meanwhile(idle_for, now)
    }

    /// Whether the idle time that was told came to an end: it would be longer else.
    fn ended_meanwhile(&self, idle_for: Duration, now: Duration) -> bool {
        self.told.is_some_and(|told| {
            told.idle_for >= MATTERS && (idle_for.is_zero() || idle_for < now.saturating_sub(told.at))
        })
    }

    /// Takes in that this idle time is on its way.
    pub(super) fn send(&mut self, idle_for: Duration, now: Duration) {
        self.tries = if now >= self.next_at { TRIES } else { self.tries.saturating_sub(1) };
        self.next_at = now + EVERY;
        self.sent = Some(Told { idle_for, at: now });
    }

    /// Takes in whether what was on its way arrived.
    pub(super) fn end(&mut self, arrived: bool, now: Duration) {
        let Some(sent) = self.sent.take() else { return };
        if arrived {
            self.told = Some(sent);
            self.tries = TRIES;
            return;
        }
        self.next_at = now + AFTER_FAILURE;
        self.again_at = now + AGAIN;
        // It may have arrived all the same: the longer one is the one to take back.
        if self.told.is_none_or(|told| told.idle_for < sent.idle_for) {
            self.told = Some(sent);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: u64 = 60;

    fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// Looks once a minute at what `idle_for` says; CloudWatch answers `arrives`.
    /// Returns when which idle time was sent.
    fn play(minutes: u64, idle_for: impl Fn(u64) -> u64, arrives: impl Fn(u64) -> bool) -> Vec<(u64, u64)> {
        let (mut turns, mut sent) = (Turns::new(), Vec::new());
        for minute in 0..minutes {
            let (idle, now) = (secs(idle_for(minute)), secs(1000 + minute * MINUTE));
            if turns.is_due(idle, now) {
                turns.send(idle, now);
                sent.push((minute, idle.as_secs()));
                turns.end(arrives(minute), now + secs(1));
            }
        }
        sent
    }

    #[test]
    fn a_value_is_told_every_five_minutes() {
        assert_eq!(play(12, |minute| minute * 60, |_| true), [(0, 0), (5, 300), (10, 600)]);
        assert_eq!(play(12, |_| 0, |_| true), [(0, 0), (5, 0), (10, 0)]);
    }

    #[test]
    fn work_that_returns_is_told_at_once_and_once() {
        let work_at_seven = |minute| if minute < 7 { minute * 60 } else { 0 };
        assert_eq!(play(13, work_at_seven, |_| true), [(0, 0), (5, 300), (7, 0), (12, 0)]);
    }

    #[test]
    fn work_that_came_and_went_between_two_looks_is_told_at_once() {
        let work_before_seven = |minute| if minute < 7 { minute * 60 } else { (minute - 7) * 60 + 30 };
        assert_eq!(play(12, work_before_seven, |_| true), [(0, 0), (5, 300), (7, 30)]);
    }

    #[test]
    fn idle_time_that_nobody_acts_on_is_not_taken_back_out_of_turn() {
        let short = |minute| if minute == 5 { 59 } else { 0 };
        assert_eq!(play(12, short, |_| true), [(0, 0), (5, 59), (10, 0)]);
    }

    #[test]
    fn idle_and_at_work_by_turns_is_no_more_than_one_value_a_turn_more() {
        let by_turns = |minute| if minute % 2 == 0 { 90 } else { 0 };
        let sent = play(600, by_turns, |_| true);
        assert!(sent.len() <= 2 * 600 / 5, "{} values", sent.len());
    }

    #[test]
    fn a_cloudwatch_that_fails_is_tried_twice_out_of_turn_and_then_left_alone() {
        let work_at_seven = |minute| if minute < 7 { minute * 60 } else { 0 };
        let sent = play(41, work_at_seven, |minute| minute < 7);
        assert_eq!(sent, [(0, 0), (5, 300), (7, 0), (9, 0), (40, 0)]);
    }

    #[test]
    fn a_second_try_that_arrives_ends_it() {
        let work_at_seven = |minute| if minute < 7 { minute * 60 } else { 0 };
        let sent = play(15, work_at_seven, |minute| minute != 7);
        assert_eq!(sent, [(0, 0), (5, 300), (7, 0), (9, 0), (14, 0)]);
    }

    #[test]
    fn a_cloudwatch_that_never_answers_hears_three_values_in_half_an_hour_at_most() {
        let by_turns = |minute| if minute % 2 == 0 { 90 } else { 0 };
        let sent = play(24 * 60, by_turns, |_| false);
        assert!(sent.len() <= 3 * 48 + 3, "{} values", sent.len());
    }

    #[test]
    fn what_was_sent_and_not_answered_is_taken_back_as_well() {
        // It says 300 in the fifth minute, and nobody knows whether that arrived.
        let work_at_seven = |minute| if minute < 7 { minute * 60 } else { 0 };
        let sent = play(9, work_at_seven, |minute| minute != 5);
        assert_eq!(sent, [(0, 0), (5, 300), (7, 0)]);
    }
}
