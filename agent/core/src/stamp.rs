//! Time stamps as servers write them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use thiserror::Error;

/// A stamp that could not be read: its source is unknown, not idle.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is not a time stamp (RFC 3339, such as 2026-01-02T03:04:05Z)")]
pub struct StampError(String);

/// No server writes a longer stamp: 35 characters hold nine digits and an offset.
const MAX_LENGTH: usize = 40;

/// The moment that an RFC 3339 stamp names.
///
/// Jupyter leaves the fraction out when it is zero, the activity monitor of
/// SageMaker writes a lower-case `z`, and old servers write no zone and mean
/// UTC. The zone of this machine is never asked.
///
/// # Errors
/// [`StampError`] with the text (cut to 40 characters).
pub fn parse_stamp(text: &str) -> Result<Timestamp, StampError> {
    let error = || StampError(text.chars().take(MAX_LENGTH).collect());
    if text.len() > MAX_LENGTH || !looks_like_a_stamp(text) {
        return Err(error());
    }
    if let Ok(stamp) = text.parse::<Timestamp>() {
        return Ok(stamp);
    }
    let civil: DateTime = text.parse().map_err(|_| error())?;
    TimeZone::UTC.to_timestamp(civil).map_err(|_| error())
}

/// Date, `T` or a space, time, and no `[zone]` annotation: the parser below
/// accepts more forms (a date alone, week dates) than any server means.
fn looks_like_a_stamp(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 19
        && bytes[4] == b'-'
        && bytes[7] == b'-'
        && matches!(bytes[10], b'T' | b't' | b' ')
        && bytes[13] == b':'
        && bytes[16] == b':'
        && !text.contains('[')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_that_servers_write_is_the_same_moment() {
        let expected: Timestamp = "2026-01-02T03:04:05Z".parse().expect("valid");
        for text in [
            "2026-01-02T03:04:05Z",
            "2026-01-02T03:04:05z",
            "2026-01-02T03:04:05",
            "2026-01-02 03:04:05",
            "2026-01-02T03:04:05.000Z",
            "2026-01-02T03:04:05.000000Z",
            "2026-01-02T03:04:05.000000z",
            "2026-01-02T03:04:05.000000",
            "2026-01-02T03:04:05.000000000Z",
            "2026-01-02T03:04:05+00:00",
            "2026-01-02T03:04:05-00:00",
            "2026-01-02T12:04:05+09:00",
        ] {
            assert_eq!(parse_stamp(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn fractions_keep_their_digits() {
        let stamp = parse_stamp("2026-11-23T17:35:26.007208Z").expect("valid");
        assert_eq!(stamp.subsec_nanosecond(), 7_208_000);
    }

    #[test]
    fn what_is_no_stamp_is_an_error() {
        for text in [
            "",
            "now",
            "0",
            "2026-01-02",
            "17:35:26",
            "2026-13-02T03:04:05Z",
            "2026-01-02T03:04:05Zjunk",
            "2026-01-02T03:04:05+00:00[UTC]",
            "1764000000",
            "2026-01-02T03:04Z",
            "99999-01-02T03:04:05.000000000000000000000000000000Z",
        ] {
            assert!(parse_stamp(text).is_err(), "{text}");
        }
    }
}
