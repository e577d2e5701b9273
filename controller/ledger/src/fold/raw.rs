//! A line as it is read: its texts stay where they are, and what it does not need is passed over.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use crate::line::{Grade, IdleEnd, Native, StoppedBy};

/// Any line of this version. What a kind of line needs is looked for by whoever takes it in.
#[derive(Debug, Deserialize)]
pub(super) struct Raw<'a> {
    pub(super) schema_version: u32,
    #[serde(borrow)]
    pub(super) line: Text<'a>,
    #[serde(borrow)]
    pub(super) partition: Text<'a>,
    #[serde(borrow)]
    pub(super) account: Text<'a>,
    #[serde(borrow)]
    pub(super) region: Text<'a>,
    pub(super) at: Micros,
    #[serde(borrow)]
    pub(super) kinds: Option<Vec<Text<'a>>>,
    #[serde(borrow)]
    pub(super) resource: Option<Text<'a>>,
    pub(super) began: Option<Micros>,
    pub(super) since: Option<Micros>,
    pub(super) until: Option<Micros>,
    #[serde(borrow)]
    pub(super) owner: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) instance_type: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) component: Option<Text<'a>>,
    pub(super) units: Option<u32>,
    #[serde(borrow)]
    pub(super) rate: Option<RawRate<'a>>,
    #[serde(borrow)]
    pub(super) tags: Option<RawTags<'a>>,
    pub(super) gone_at: Option<Micros>,
    pub(super) by: Option<StoppedBy>,
    #[serde(borrow)]
    pub(super) reason: Option<Text<'a>>,
    pub(super) grade: Option<Grade>,
    pub(super) idle_since: Option<Micros>,
    pub(super) native: Option<Native>,
    pub(super) ended: Option<IdleEnd>,
}

/// What is the same in every version to come: enough to pass over what is not understood.
#[derive(Debug, Deserialize)]
pub(super) struct Head<'a> {
    pub(super) schema_version: u32,
    #[serde(borrow)]
    pub(super) line: Option<Text<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct RawRate<'a> {
    pub(super) micro_usd_per_hour: Option<u64>,
    #[serde(borrow)]
    pub(super) list: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) unpriced: Option<Text<'a>>,
}

/// A text that is copied only where it holds an escape.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Text<'a>(Cow<'a, str>);

impl<'a> Text<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self(Cow::Borrowed(text))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Borrowed;
        impl<'de> Visitor<'de> for Borrowed {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }
            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Borrowed)
    }
}

/// Keys and values, in the order of the line.
#[derive(Debug)]
pub(super) struct RawTags<'a>(pub(super) Vec<(Text<'a>, Text<'a>)>);

impl<'de: 'a, 'a> Deserialize<'de> for RawTags<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = RawTags<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("tags")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawTags<'de>, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(RawTags(pairs))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

/// A time in microseconds since 1970, UTC: as fine as anything here is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Micros(pub(super) i64);

impl<'de> Deserialize<'de> for Micros {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Time;
        impl Visitor<'_> for Time {
            type Value = Micros;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time such as 2026-11-25T18:00:00Z")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Micros, E> {
                match plain(text.as_bytes()) {
                    Some(micros) => Ok(Micros(micros)),
                    None => text.parse::<Timestamp>().map(|at| Micros(at.as_microsecond())).map_err(E::custom),
                }
            }
        }
        deserializer.deserialize_str(Time)
    }
}

/// A time as we write it, `2026-11-25T18:00:00.123456Z`; `None` for every other form and for
/// what is no time, which the calendar's own reader judges.
pub(super) fn plain(text: &[u8]) -> Option<i64> {
    let number = |from: usize, to: usize| {
        text.get(from..to)?
            .iter()
            .try_fold(0_i64, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
    };
    let is = |at: usize, wanted: u8| text.get(at) == Some(&wanted);
    let (last, head) = text.split_last()?;
    if *last != b'Z' || !(is(4, b'-') && is(7, b'-') && is(10, b'T') && is(13, b':') && is(16, b':')) {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let is_plain = (1970..=9000).contains(&year) && (1..=12).contains(&month) && (1..=28).contains(&day);
    // The last days of months are few enough for the reader that knows which there are.
    if !is_plain || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let fraction = match head.get(19..)? {
        [] => 0,
        [b'.', digits @ ..] if (1..=9).contains(&digits.len()) => {
            let kept = number(20, 20 + digits.len().min(6))?;
            number(20, 20 + digits.len())?;
            kept * 10_i64.pow(6_u32.saturating_sub(u32::try_from(digits.len()).ok()?))
        }
        _ => return None,
    };
    Some((((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000 + fraction)
}

/// Days since 1970-01-01 of a day of the Gregorian calendar. Years begin in March here, so
/// that the day that is added every four years is a year's last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year / 4 - year / 100 + year / 400;
    let of_months = (153 * month + 2) / 5;
    year * 365 + leap_days + of_months + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<i64, String> {
        serde_json::from_str(&format!("{text:?}")).map(|Micros(at)| at).map_err(|error| error.to_string())
    }

    #[test]
    fn times_are_the_calendars() {
        for text in [
            "1970-01-01T00:00:00Z",
            "2026-11-25T18:00:00Z",
            "2026-11-25T18:00:00.123Z",
            "2026-11-25T18:00:00.123456789Z",
            "2024-02-29T23:59:59Z",
            "2024-03-01T00:00:00Z",
            "2100-02-28T00:00:00.5Z",
            "2100-03-01T00:00:00Z",
            "2026-11-30T18:00:00+02:00",
        ] {
            let expected = text.parse::<Timestamp>().expect("a time").as_microsecond();
            assert_eq!(read(text), Ok(expected), "{text}");
        }
        for wrong in ["", "2026-11-25", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-11-25T24:00:00Z", "Z"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_day_has_its_number() {
        let mut expected = 0;
        for year in 1970..2210 {
            for month in 1..=12 {
                let first = jiff::civil::date(year, month, 1);
                for day in 1..=first.days_in_month() {
                    assert_eq!(days(year.into(), month.into(), day.into()), expected, "{year}-{month}-{day}");
                    expected += 1;
                }
            }
        }
    }
}
