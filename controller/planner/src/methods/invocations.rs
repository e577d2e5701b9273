//! What a series of invocations says: silence is told from absence, and a month's end from any day.

use idle_core::{Explained, Reason};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::policy::{TWO_MONTH_ENDS, span};
use crate::snapshot::Series;

/// A series over a window, judged.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Invocations {
    /// Nothing can be said, and why.
    Unknown(Explained),
    /// It was invoked in the window, or at a month's end shortly before.
    Some,
    /// It was not; the last time, or the time since which that is known.
    None { since: Timestamp },
}

/// What is asked of a series.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) window: SignedDuration,
    /// Whether a month's end counts within two of them.
    pub(crate) month_end: bool,
    /// When the endpoint was created: before that there was nothing to see.
    pub(crate) born: Timestamp,
    pub(crate) now: Timestamp,
}

/// CloudWatch's points of such windows are an hour wide.
const STEP: SignedDuration = SignedDuration::from_hours(1);
/// The end of a window may be so old: metrics come minutes late.
const LATE: SignedDuration = SignedDuration::from_hours(2);
/// The first point may come so long after the window's begin.
const FIRST: SignedDuration = SignedDuration::from_hours(24);

/// Whether there were invocations. Only a series that exists, was read over the whole window
/// and has points from its begin on can say that there were none.
pub(crate) fn invocations(series: &Series, asked: Asked) -> Invocations {
    let Asked { window, month_end, born, now } = asked;
    let unknown = |why: String| Invocations::Unknown(Explained { code: Reason::SourceUnknown, text: why });
    let unmeasured = |why: &str| Invocations::Unknown(Explained { code: Reason::Unmeasured, text: why.to_owned() });
    let Series::Read { from, to, first_at, last_above_zero_at, sum } = series else {
        return match series {
            Series::Unread(why) => unknown(format!("its invocations are not known: {why}")),
            _ => unmeasured("CloudWatch knows no series of its invocations, which is evidence of nothing"),
        };
    };
    let start = now - window;
    // A point may be told by its hour's end: what it holds was an hour before at the earliest.
    let at_month_end = |at: Timestamp| is_month_end(at) || is_month_end(at - STEP);
    let is_counted = |at: Timestamp| at > start || (month_end && now - TWO_MONTH_ENDS <= at && at_month_end(at));
    if last_above_zero_at.is_some_and(is_counted) {
        return Invocations::Some;
    }
    if last_above_zero_at.is_none() && *sum > 0.0 {
        return unknown("its invocations add up to more than its points".to_owned());
    }
    // A month's end within two of them must have been looked at, or lie before there was anything.
    let reach = if month_end { start.min((now - TWO_MONTH_ENDS).max(born)) } else { start };
    if *from > reach + STEP || *to < now - LATE {
        let needed = span(now.duration_since(reach));
        return unknown(format!("its invocations were not read over all of the last {needed}"));
    }
    match first_at {
        Some(first) if *first <= start + FIRST => {
            Invocations::None { since: last_above_zero_at.unwrap_or(*from).max(born) }
        }
        _ => unmeasured("its series of invocations has no points over the whole window"),
    }
}

/// Whether a moment lies in the last three or first three days of a month, in UTC.
pub(crate) fn is_month_end(at: Timestamp) -> bool {
    let date = TimeZone::UTC.to_datetime(at).date();
    date.day() <= 3 || date.checked_add(3.days()).is_ok_and(|later| later.month() != date.month())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn days(days: i64) -> SignedDuration {
        SignedDuration::from_hours(24 * days)
    }

    #[test]
    fn a_months_end_is_six_days() {
        for (day, is_end) in [
            ("2026-01-28T23:59:59Z", false),
            ("2026-01-29T00:00:00Z", true),
            ("2026-02-03T23:59:59Z", true),
            ("2026-02-04T00:00:00Z", false),
            ("2026-02-26T00:00:00Z", true),
            ("2028-02-26T12:00:00Z", false),
            ("2028-02-27T12:00:00Z", true),
        ] {
            assert_eq!(is_month_end(at(day)), is_end, "{day}");
        }
    }

    #[test]
    fn silence_is_told_only_by_a_series_that_covers_the_window() {
        let now = at("2026-11-25T12:00:00Z");
        let asked = Asked { window: days(14), month_end: false, born: now - days(400), now };
        let read = |from: i64, to: i64, first: Option<i64>, last: Option<i64>, sum: f64| Series::Read {
            from: now - days(from),
            to: now - days(to),
            first_at: first.map(|first| now - days(first)),
            last_above_zero_at: last.map(|last| now - days(last)),
            sum,
        };
        let is_none = |series: &Series| matches!(invocations(series, asked), Invocations::None { .. });
        assert!(is_none(&read(14, 0, Some(14), None, 0.0)));
        assert!(is_none(&read(65, 0, Some(65), Some(15), 7.0)));
        for (series, text) in [
            (read(14, 0, None, None, 0.0), "no points"),
            (read(14, 0, Some(5), None, 0.0), "no points"),
            (read(13, 0, Some(13), None, 0.0), "not read over all of the last 14d"),
            (read(14, 1, Some(14), None, 0.0), "not read over all"),
            (read(14, 0, Some(14), None, 1.0), "add up to more"),
            (Series::Absent, "evidence of nothing"),
            (Series::Unread("denied".into()), "not known: denied"),
        ] {
            let Invocations::Unknown(why) = invocations(&series, asked) else { panic!("{series:?}") };
            assert!(why.text.contains(text), "{why:?}");
        }
        assert_eq!(invocations(&read(65, 0, Some(65), Some(13), 7.0), asked), Invocations::Some);
    }

    #[test]
    fn a_months_end_keeps_for_two_of_them() {
        let now = at("2026-11-25T12:00:00Z");
        let last = |last: &str, from: i64, born: i64| {
            let (last, from) = (Some(at(last)), now - days(from));
            let series = Series::Read { from, to: now, first_at: Some(from), last_above_zero_at: last, sum: 1.0 };
            invocations(&series, Asked { window: days(14), month_end: true, born: now - days(born), now })
        };
        assert_eq!(last("2026-10-31T02:00:00Z", 65, 400), Invocations::Some);
        assert_eq!(last("2026-10-02T02:00:00Z", 65, 400), Invocations::Some);
        assert_eq!(last("2026-10-04T00:00:00Z", 65, 400), Invocations::Some, "the last hour of the third");
        assert!(matches!(last("2026-10-04T01:00:00Z", 65, 400), Invocations::None { .. }));
        assert!(matches!(last("2026-10-20T02:00:00Z", 65, 400), Invocations::None { .. }));
        assert!(matches!(last("2026-09-20T02:00:00Z", 80, 400), Invocations::None { .. }));
        assert!(matches!(last("2026-11-05T02:00:00Z", 30, 400), Invocations::Unknown(_)), "two ends were not seen");
        assert!(matches!(last("2026-11-05T02:00:00Z", 30, 30), Invocations::None { .. }), "it is no older");
    }
}
