//! Durations, limits and choices as the policy file writes them.

use std::fmt;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::Subject;

/// A duration, such as `90m` or `14d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Length(SignedDuration);

impl Length {
    /// So many seconds.
    #[must_use]
    pub const fn from_secs(seconds: i64) -> Self {
        Self(SignedDuration::from_secs(seconds))
    }

    /// The duration.
    #[must_use]
    pub fn get(self) -> SignedDuration {
        self.0
    }
}

impl TryFrom<String> for Length {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = |_| format!("{text:?} is no duration; hint: such as 90m, 2h or 14d");
        let duration = humantime::parse_duration(&text).map_err(|error| wrong(error.to_string()))?;
        SignedDuration::try_from(duration).map(Self).map_err(|error| wrong(error.to_string()))
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&span(self.0))
    }
}

/// A duration, or `off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Limit(Option<Length>);

impl Limit {
    /// None.
    pub const OFF: Self = Self(None);

    /// So many seconds.
    #[must_use]
    pub const fn from_secs(seconds: i64) -> Self {
        Self(Some(Length::from_secs(seconds)))
    }

    /// The duration; `None` where it is off.
    #[must_use]
    pub fn get(self) -> Option<SignedDuration> {
        self.0.map(Length::get)
    }
}

impl TryFrom<String> for Limit {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text == "off" {
            return Ok(Self::OFF);
        }
        let wrong = |_| format!("{text:?} is no duration; hint: such as 90m, 2h or 14d, or off");
        Length::try_from(text.clone()).map(|length| Self(Some(length))).map_err(wrong)
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(length) => length.fmt(f),
            None => f.write_str("off"),
        }
    }
}

/// What is done about an app: told, or stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AppAction {
    /// It is told.
    Report,
    /// It is stopped.
    Stop,
}

impl fmt::Display for AppAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Report => "report",
            Self::Stop => "stop",
        })
    }
}

/// How far it may go with idle endpoints. Each includes what stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndpointMode {
    /// They are told.
    #[default]
    Report,
    /// They are scaled to zero, where something scales them up again.
    Scale,
    /// They are deleted; configuration and model stay.
    Delete,
}

impl fmt::Display for EndpointMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Report => "report",
            Self::Scale => "scale",
            Self::Delete => "delete",
        })
    }
}

/// Which of two values makes more come into question: an override by tag that may or
/// may not hold, because no tags have been read yet, is taken at its most eager.
pub(crate) trait Eager {
    fn is_more_eager_than(&self, other: &Self, subject: &Subject<'_>) -> bool;
}

impl Eager for Length {
    fn is_more_eager_than(&self, other: &Self, _: &Subject<'_>) -> bool {
        self < other
    }
}

impl Eager for Limit {
    fn is_more_eager_than(&self, other: &Self, _: &Subject<'_>) -> bool {
        match (self.get(), other.get()) {
            (Some(this), Some(other)) => this < other,
            (Some(_), None) => true,
            (None, _) => false,
        }
    }
}

impl Eager for AppAction {
    fn is_more_eager_than(&self, other: &Self, _: &Subject<'_>) -> bool {
        self > other
    }
}

impl Eager for EndpointMode {
    fn is_more_eager_than(&self, other: &Self, _: &Subject<'_>) -> bool {
        self > other
    }
}

impl Eager for bool {
    /// Switches of the policy hold something back.
    fn is_more_eager_than(&self, other: &Self, _: &Subject<'_>) -> bool {
        !*self && *other
    }
}

/// A duration for people: days, hours and minutes, seconds only below a minute.
pub(crate) fn span(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    let parts = [(seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "m")];
    let spelled: Vec<String> =
        parts.into_iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count}{unit}")).collect();
    if spelled.is_empty() { format!("{seconds}s") } else { spelled.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_write_them() {
        for (seconds, text) in
            [(0, "0s"), (59, "59s"), (60, "1m"), (11_520, "3h 12m"), (86_400, "1d"), (90_061, "1d 1h 1m")]
        {
            assert_eq!(span(SignedDuration::from_secs(seconds)), text);
        }
        assert_eq!(Limit::try_from("14d".to_owned()), Ok(Limit::from_secs(14 * 86_400)));
        assert_eq!(Limit::try_from("off".to_owned()), Ok(Limit::OFF));
        for wrong in ["", "2", "never", "-2h", "Off"] {
            let error = Limit::try_from(wrong.to_owned()).expect_err(wrong);
            assert!(error.contains("hint:"), "{error}");
        }
    }
}
