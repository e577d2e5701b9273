//! Resources that are left alone for a while, by whose wish and why.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::at::At;
use super::error::{Blame, PolicyError};
use super::file;
use super::subject::{Fit, Selectors, Subject};

/// An exemption of the policy file.
#[derive(Debug, Clone, PartialEq)]
pub struct Exemption {
    /// Its line in the policy file.
    pub line: u32,
    /// What it holds for.
    pub selectors: Selectors,
    /// Who answers for it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// Where that is agreed.
    pub ticket: Option<String>,
    /// When it ends by itself, UTC.
    pub expires_at: Timestamp,
}

/// Whether an exemption holds at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It holds.
    InForce,
    /// It has ended.
    Expired,
    /// It ends further away than the policy lets one.
    TooLong,
}

impl Exemption {
    pub(crate) fn build(read: At<file::Exemption>, blame: &Blame<'_>) -> Result<Self, PolicyError> {
        let At { value: file::Exemption { selectors, owner, reason, ticket, expires_at }, line } = read;
        if selectors == Selectors::default() {
            return Err(blame.at(line, "exempts everything; hint: for = { space = \"…\" }"));
        }
        for (text, key) in [(&owner, "owner"), (&reason, "reason")] {
            if text.trim().is_empty() {
                return Err(blame.at(line, format!("has no {key}; hint: say who answers for it and why")));
            }
        }
        let text = match &expires_at.value {
            toml::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let ends = parse_end(&text).ok_or_else(|| {
            let what = format!("{text:?} is no time; hint: 2027-01-31 or 2027-01-31T18:00:00Z");
            blame.at(expires_at.line, what)
        })?;
        Ok(Self { line, selectors, owner, reason, ticket, expires_at: ends })
    }

    /// Whether it is for this. What is not known of the subject does not select it.
    #[must_use]
    pub fn covers(&self, subject: &Subject<'_>) -> bool {
        self.selectors.fit(subject) == Fit::Yes
    }
}

/// Whether an exemption that ends then holds now.
#[must_use]
pub fn standing(ends: Timestamp, max_days: u32, now: Timestamp) -> Standing {
    let longest = SignedDuration::from_hours(24 * i64::from(max_days));
    match ends.duration_since(now) {
        left if left <= SignedDuration::ZERO => Standing::Expired,
        left if left > longest => Standing::TooLong,
        _ => Standing::InForce,
    }
}

/// The end that a text names: a moment, or the end of a day in UTC.
#[must_use]
pub fn parse_end(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(at) = idle_core::parse_stamp(text) {
        return Some(at);
    }
    // Another form that parses as a date, such as a week date, is nothing that a person means.
    let date: Date = text.parse().ok().filter(|_| text.len() == 10)?;
    TimeZone::UTC.to_timestamp(date.checked_add(1.day()).ok()?.at(0, 0, 0, 0)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn an_exemption_ends_by_itself_and_may_not_be_for_ever() {
        let now = at("2026-11-25T12:00:00Z");
        for (ends, expected) in [
            ("2026-11-25T12:00:00Z", Standing::Expired),
            ("2026-11-25", Standing::InForce),
            ("2026-11-24", Standing::Expired),
            ("2026-12-25T12:00:00Z", Standing::InForce),
            ("2026-12-25T12:00:01Z", Standing::TooLong),
        ] {
            assert_eq!(standing(parse_end(ends).expect("an end"), 30, now), expected, "{ends}");
        }
        for wrong in ["", "soon", "2026-W48-3", "2026-13-01", "1764000000", "2026-11-25T12:00Z"] {
            assert_eq!(parse_end(wrong), None, "{wrong}");
        }
    }
}
