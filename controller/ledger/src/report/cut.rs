//! Time within a window, cut at midnight UTC.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Window;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// A window in whole seconds and days.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    pub(super) since: i64,
    pub(super) until: i64,
}

/// A stretch of time within one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    /// The day's place in the window.
    pub(super) day: usize,
    pub(super) from: i64,
    pub(super) to: i64,
}

impl Cut {
    pub(super) fn new(window: &Window) -> Self {
        Self { since: window.since.as_second(), until: window.until.as_second() }
    }

    /// The day of this place.
    pub(super) fn date(&self, day: usize) -> Date {
        let day = i64::try_from(day).unwrap_or(i64::MAX).saturating_add(self.first_day());
        let at = Timestamp::from_second(day.saturating_mul(DAY)).unwrap_or(Timestamp::MAX);
        TimeZone::UTC.to_datetime(at).date()
    }

    /// What of the time from `from` to `to` is in the window, each day by itself. Both ends are
    /// rounded down to the second, so that what is cut comes to as much as the whole.
    pub(super) fn pieces(self, from: Timestamp, to: Timestamp) -> impl Iterator<Item = Piece> {
        let to = to.as_second().min(self.until);
        let mut from = from.as_second().max(self.since);
        std::iter::from_fn(move || {
            let today = from.div_euclid(DAY);
            let piece = Piece {
                day: usize::try_from(today - self.first_day()).unwrap_or_default(),
                from,
                to: to.min((today + 1) * DAY),
            };
            from = piece.to;
            (piece.from < piece.to).then_some(piece)
        })
    }

    fn first_day(&self) -> i64 {
        self.since.div_euclid(DAY)
    }
}

impl Piece {
    pub(super) fn seconds(&self) -> u64 {
        u64::try_from(self.to - self.from).unwrap_or_default()
    }

    /// What this stretch and that time have in common.
    pub(super) fn within(&self, from: Timestamp, to: Timestamp) -> u64 {
        let common = self.to.min(to.as_second()) - self.from.max(from.as_second());
        u64::try_from(common).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn a_stretch_is_cut_at_the_window_and_at_midnight() {
        let window = Window { since: at("2026-11-01T12:00:00Z"), until: at("2026-11-03T06:00:00Z") };
        let cut = Cut::new(&window);
        let seconds = |from: &str, to: &str| {
            cut.pieces(at(from), at(to)).map(|piece| (piece.day, piece.seconds())).collect::<Vec<_>>()
        };
        let all = [(0, 43_200), (1, 86_400), (2, 21_600)];
        assert_eq!(seconds("2026-10-01T00:00:00Z", "2026-12-01T00:00:00Z"), all);
        assert_eq!(seconds("2026-11-01T23:59:59.9Z", "2026-11-02T00:00:01.2Z"), [(0, 1), (1, 1)]);
        assert_eq!(seconds("2026-11-02T00:00:00Z", "2026-11-02T00:00:00Z"), []);
        assert_eq!(seconds("2026-10-01T00:00:00Z", "2026-11-01T12:00:00Z"), []);
        assert_eq!(seconds("2026-11-03T06:00:00Z", "2026-12-01T00:00:00Z"), []);
        assert_eq!(cut.date(2).to_string(), "2026-11-03");
    }
}
