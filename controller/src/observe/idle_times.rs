//! Times of idleness in a series of heartbeats. The value of each says since when the app is
//! idle: two that say the same are of one time, and one that says later shows that work returned.

use jiff::{SignedDuration, Timestamp};

/// Shorter times are not told.
const LEAST: i64 = 10 * 60;

/// Points are told by the minute, and values by the second of their own clock.
const SLACK: i64 = 120;

/// Heartbeats every 5 minutes of 14 hours, of 500 apps in one call, are what a page of
/// `GetMetricData` holds.
const MOST_WINDOW: SignedDuration = SignedDuration::from_hours(14);

/// A time of idleness, in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Idleness {
    pub(crate) since: i64,
    /// When work returned, or the last heartbeat.
    pub(crate) until: i64,
    pub(crate) work_returned: bool,
}

/// How far back heartbeats are read so that what was idle since the last look is known, if `least`
/// are read anyway.
pub(crate) fn window(least: SignedDuration, looked_last: Option<Timestamp>, now: Timestamp) -> SignedDuration {
    let since = looked_last.map_or(SignedDuration::ZERO, |looked| now.duration_since(looked));
    least.max(since.min(MOST_WINDOW))
}

/// The times in these heartbeats, each a time and a value in seconds, of an app that began then.
pub(crate) fn idle_times(points: &mut Vec<(i64, f64)>, began: i64) -> Vec<Idleness> {
    // A point stands for the minute that it begins.
    let first = began - began.rem_euclid(60);
    points.retain(|(at, value)| *at >= first && (0.0..=super::heartbeats::MOST_IDLE).contains(value));
    // Of two at one time the one that speaks for the shorter idleness.
    points.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    points.dedup_by_key(|(at, _)| *at);
    let (mut times, mut open): (Vec<Idleness>, Option<Idleness>) = (Vec::new(), None);
    let mut worked_at = began;
    for (at, value) in points.iter().copied() {
        #[expect(clippy::cast_possible_truncation, reason = "checked above")]
        let since = (at - value as i64).max(worked_at);
        if value <= 0.0 {
            worked_at = worked_at.max(at);
        }
        match &mut open {
            Some(time) if since <= time.since + SLACK => time.until = at,
            _ => {
                times.extend(open.take().map(|time| Idleness {
                    until: since.max(time.since),
                    work_returned: true,
                    ..time
                }));
                open = Some(Idleness { since, until: at.max(since), work_returned: false });
            }
        }
    }
    times.extend(open);
    times.retain(|time| time.until - time.since >= LEAST);
    times
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Minutes of heartbeats and their values in minutes, to times in minutes.
    fn times(began: i64, points: &[(i64, i64)]) -> Vec<(i64, i64, bool)> {
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let mut points: Vec<(i64, f64)> = points.iter().map(|(at, idle)| (at * 60, (idle * 60) as f64)).collect();
        points.reverse();
        let times = idle_times(&mut points, began * 60);
        times.into_iter().map(|time| (time.since / 60, time.until / 60, time.work_returned)).collect()
    }

    #[test]
    fn heartbeats_that_say_the_same_are_of_one_time_and_a_fall_ends_it() {
        let idle = [(105, 5), (110, 10), (115, 15), (120, 20)];
        assert_eq!(times(0, &idle), [(100, 120, false)]);
        assert_eq!(times(0, &[&idle[..], &[(125, 2), (130, 7)]].concat()), [(100, 123, true)]);
        assert_eq!(times(0, &[&idle[..], &[(125, 0)]].concat()), [(100, 125, true)]);
        assert_eq!(times(0, &[&idle[..], &[(125, 24)]].concat()), [(100, 125, false)], "a minute of slack");
    }

    #[test]
    fn a_window_that_begins_late_still_knows_since_when() {
        assert_eq!(times(0, &[(300, 200), (305, 205)]), [(100, 305, false)]);
    }

    #[test]
    fn what_is_short_busy_silent_or_of_an_earlier_app_is_no_time() {
        assert_eq!(times(0, &[]), []);
        assert_eq!(times(0, &[(100, 0), (105, 0), (110, 0)]), []);
        assert_eq!(times(0, &[(100, 0), (105, 5), (108, 0), (113, 0)]), [], "shorter than ten minutes");
        assert_eq!(times(200, &[(150, 100), (195, 145)]), []);
        assert_eq!(times(200, &[(195, 145), (230, 180)]), [(200, 230, false)], "never before it began");
    }

    #[test]
    fn idleness_never_reaches_back_over_work() {
        assert_eq!(times(0, &[(100, 0), (105, 0), (110, 90), (120, 100)]), [(105, 120, false)]);
    }

    #[test]
    fn the_window_reaches_to_the_last_look_within_its_bound() {
        let (now, hours) = (Timestamp::from_second(1_000_000).expect("a time"), SignedDuration::from_hours);
        let ago = |time| Some(now - hours(time));
        for (looked, expected) in [(None, 3), (ago(1), 3), (ago(7), 7), (ago(100), 14)] {
            assert_eq!(window(hours(3), looked, now), hours(expected));
        }
        assert_eq!(window(hours(24), ago(100), now), hours(24));
    }
}
