//! Where values and days stand in a chart.

use cost_ledger::report::Window;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::render::page::numbers::{count, usd, usd_per_hour};

/// No chart has more days: ten years.
const MOST_DAYS: usize = 3_660;

/// How high the plot of a chart over time is, in pixels.
pub(super) const HEIGHT: u64 = 240;

/// An axis from 0 to somewhat more than the largest value.
#[derive(Debug)]
pub(super) struct Scale {
    /// Its end, in micro-dollars; never 0.
    top: u64,
    step: u64,
}

/// A line across the plot.
#[derive(Debug)]
pub(super) struct Tick {
    /// Pixels from above.
    pub(super) y: String,
    pub(super) label: String,
}

/// A day below the plot.
#[derive(Debug)]
pub(super) struct DayLabel {
    /// Percent from the left.
    pub(super) x: String,
    pub(super) label: String,
    /// Left out where there is little room.
    pub(super) minor: bool,
}

impl Scale {
    /// Steps of 1, 2 or 5 times a power of ten, three to five of them.
    pub(super) fn of(largest: u64) -> Self {
        let mut power = 100_u64;
        let step = loop {
            let found = [1, 2, 5].into_iter().map(|n| n * power).find(|step| largest.div_ceil(*step) <= 5);
            match found {
                Some(step) => break step,
                // It ends before it is too large: five times 5·10¹⁸ is more than there is.
                None => power *= 10,
            }
        };
        Self { top: largest.div_ceil(step).max(1).saturating_mul(step), step }
    }

    /// The lines across, 0 included.
    pub(super) fn ticks(&self) -> Vec<Tick> {
        let values = (0..=self.top / self.step).map(|n| n * self.step);
        values.map(|value| Tick { y: self.y(value), label: self.label(value) }).collect()
    }

    /// Pixels from above.
    pub(super) fn y(&self, value: u64) -> String {
        thousandths(u128::from(HEIGHT), u128::from(self.top.saturating_sub(value)), u128::from(self.top))
    }

    /// Hundredths of the plot from above.
    pub(super) fn y_percent(&self, value: u64) -> String {
        thousandths(100, u128::from(self.top.saturating_sub(value)), u128::from(self.top))
    }

    /// How many pixels high.
    pub(super) fn height(&self, value: u64) -> String {
        thousandths(u128::from(HEIGHT), u128::from(value.min(self.top)), u128::from(self.top))
    }

    fn label(&self, value: u64) -> String {
        match self.step {
            1_000_000.. => count(value / 1_000_000),
            10_000.. => usd(value),
            _ => usd_per_hour(value),
        }
    }
}

/// A part of a whole in percent.
pub(super) fn percent(part: u64, whole: u64) -> String {
    thousandths(100, u128::from(part), u128::from(whole.max(1)))
}

/// The days of a window, UTC; the last is that of its last moment.
pub(super) fn days(window: &Window) -> Vec<Date> {
    let date = |at: jiff::Timestamp| TimeZone::UTC.to_datetime(at).date();
    let last = date(window.until.checked_sub(jiff::SignedDuration::from_nanos(1)).unwrap_or(window.until));
    let days = date(window.since).series(jiff::Span::new().days(1)).take_while(|day| *day <= last);
    days.take(MOST_DAYS).collect()
}

/// About six days to be read below the plot, each in the middle of its column.
pub(super) fn day_labels(days: &[Date]) -> Vec<DayLabel> {
    let every = days.len().div_ceil(6).max(1);
    let chosen = days.iter().enumerate().step_by(every).enumerate();
    chosen
        .map(|(number, (at, day))| DayLabel {
            x: thousandths(100, 2 * at as u128 + 1, 2 * days.len() as u128),
            label: day.strftime("%-d %b").to_string(),
            minor: number % 2 == 1,
        })
        .collect()
}

/// `unit × part ÷ whole` with three decimals.
pub(super) fn thousandths(unit: u128, part: u128, whole: u128) -> String {
    let thousandths = unit * 1_000 * part / whole.max(1);
    format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_is_round_and_holds_every_value() {
        for (largest, top, labels) in [
            (0, 100, 2),
            (1_234_560_000, 1_500_000_000, 4),
            (5_000_000, 5_000_000, 6),
            (19_000, 20_000, 5),
            (u64::MAX / 2, 10_000_000_000_000_000_000, 6),
            (u64::MAX, u64::MAX, 4),
        ] {
            let scale = Scale::of(largest);
            assert_eq!((scale.top, scale.ticks().len()), (top, labels), "{largest}");
            assert_eq!((scale.y(scale.top), scale.height(scale.top)), ("0.000".to_owned(), "240.000".to_owned()));
        }
    }

    #[test]
    fn a_window_has_the_days_that_it_touches() {
        let window = |since: &str, until: &str| Window {
            since: since.parse().expect("a time"),
            until: until.parse().expect("a time"),
        };
        assert_eq!(days(&window("2026-11-01T00:00:00Z", "2026-11-03T00:00:00Z")).len(), 2);
        assert_eq!(days(&window("2026-11-01T23:59:00Z", "2026-11-03T00:00:01Z")).len(), 3);
        assert_eq!(days(&window("2026-11-03T00:00:00Z", "2026-11-01T00:00:00Z")).len(), 0);
        let thirty = days(&window("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"));
        let labels = day_labels(&thirty);
        assert_eq!((labels.len(), labels[0].label.as_str(), labels[0].x.as_str()), (6, "1 Nov", "1.666"));
    }
}
