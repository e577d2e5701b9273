//! Hours of the week in a time zone.

use std::str::FromStr;

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use thiserror::Error;

/// Hours of the week, such as `Mon-Fri 08:00-18:00 Europe/Berlin`; several are
/// divided by `;`.
///
/// Hours that end before they begin run over midnight and belong to the day on
/// which they begin. Clocks are civil ones: on the two odd days of the year the
/// hours follow what a clock on the wall shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    windows: Vec<Window>,
    text: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Window {
    /// Monday first.
    days: [bool; 7],
    from: Time,
    to: Time,
    zone: TimeZone,
}

/// A schedule that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ScheduleError {
    /// Not of the form `DAYS FROM-TO [ZONE]`.
    #[error("{0:?} is not a schedule; hint: Mon-Fri 08:00-18:00 Europe/Berlin")]
    Form(String),
    /// A day that is none.
    #[error("{0:?} is no day of the week; hint: Mon, Tue, Wed, Thu, Fri, Sat, Sun, or daily")]
    Day(String),
    /// A time that is none.
    #[error("{0:?} is no time of day; hint: 08:00")]
    Time(String),
    /// A time zone that the IANA database does not know.
    #[error("{0:?} is no IANA time zone; hint: Europe/Berlin, America/New_York, UTC")]
    Zone(String),
}

/// More than this many windows is no schedule that a person wrote.
const MAX_WINDOWS: usize = 32;

impl Schedule {
    /// Whether `at` lies in these hours.
    #[must_use]
    pub fn contains(&self, at: Timestamp) -> bool {
        self.windows.iter().any(|window| window.contains(at))
    }
}

impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        let windows: Vec<Window> = text.split(';').map(window).collect::<Result<_, _>>()?;
        if windows.len() > MAX_WINDOWS {
            return Err(ScheduleError::Form(format!("{} windows", windows.len())));
        }
        Ok(Self { windows, text: text.trim().to_owned() })
    }
}

impl std::fmt::Display for Schedule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// The zone of that IANA name, from the database that is built in.
///
/// # Errors
/// [`ScheduleError::Zone`] when there is none of that name.
pub fn time_zone(name: &str) -> Result<TimeZone, ScheduleError> {
    TimeZone::get(name).map_err(|_| ScheduleError::Zone(shortened(name)))
}

impl Window {
    fn contains(&self, at: Timestamp) -> bool {
        let local = self.zone.to_datetime(at);
        let (today, now) = (local.date(), local.time());
        let begins_today = self.is_on(today.weekday());
        if self.from < self.to {
            return begins_today && now >= self.from && now < self.to;
        }
        // Over midnight, or round the clock where both times are the same.
        let yesterday = today.checked_sub(1.day()).map_or(today.weekday(), |date| date.weekday());
        (begins_today && now >= self.from) || (self.is_on(yesterday) && now < self.to)
    }

    fn is_on(&self, day: Weekday) -> bool {
        self.days[index(day)]
    }
}

fn index(day: Weekday) -> usize {
    usize::try_from(day.to_monday_zero_offset()).unwrap_or(0)
}

fn window(text: &str) -> Result<Window, ScheduleError> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (days, hours, zone) = match words[..] {
        [days, hours] => (days, hours, "UTC"),
        [days, hours, zone] => (days, hours, zone),
        _ => return Err(ScheduleError::Form(shortened(text))),
    };
    let (from, to) = hours.split_once('-').ok_or_else(|| ScheduleError::Form(shortened(text)))?;
    Ok(Window { days: days_of(days)?, from: time_of_day(from)?, to: time_of_day(to)?, zone: time_zone(zone)? })
}

fn days_of(text: &str) -> Result<[bool; 7], ScheduleError> {
    if text.eq_ignore_ascii_case("daily") {
        return Ok([true; 7]);
    }
    let mut days = [false; 7];
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (day(first)?, day(last)?);
        // Sat-Mon runs over the end of the week.
        for step in 0..=(7 + last - first) % 7 {
            days[(first + step) % 7] = true;
        }
    }
    Ok(days)
}

fn day(text: &str) -> Result<usize, ScheduleError> {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let lower = text.to_ascii_lowercase();
    DAYS.iter().position(|day| *day == lower).ok_or_else(|| ScheduleError::Day(shortened(text)))
}

fn time_of_day(text: &str) -> Result<Time, ScheduleError> {
    let error = || ScheduleError::Time(shortened(text));
    let (hour, minute) = text.split_once(':').ok_or_else(error)?;
    // A sign would parse as part of a number, and nobody means one.
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if hour.len() > 2 || minute.len() != 2 || !is_digits(hour) || !is_digits(minute) {
        return Err(error());
    }
    let (hour, minute) = (hour.parse::<i8>().map_err(|_| error())?, minute.parse::<i8>().map_err(|_| error())?);
    // The end of a day may be written 24:00; it is the next midnight.
    let hour = if (hour, minute) == (24, 0) { 0 } else { hour };
    Time::new(hour, minute, 0, 0).map_err(|_| error())
}

fn shortened(text: &str) -> String {
    text.trim().chars().take(60).collect()
}
