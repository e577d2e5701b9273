//! Amounts as price lists have them, exactly: some are millionths of a cent.

use serde::{Deserialize, Serialize};

/// AWS counts a month as so many hours.
const HOURS_A_MONTH: u128 = 730;
const SECONDS_AN_HOUR: u128 = 3600;
const PICO_IN_MICRO: u128 = 1_000_000;
/// Digits after the point: prices have ten.
const DIGITS: usize = 12;
/// Digits before it: nothing costs a hundred thousand dollars an hour, and more would not fit.
const WHOLE_DIGITS: usize = 6;

/// An amount for some measure of use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    /// Millionths of a millionth of a US dollar.
    pub pico_usd: u64,
    /// For what.
    pub per: Per,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Per {
    /// Hours.
    Hour,
    /// Seconds.
    Second,
    /// Gigabytes for a month.
    GbMonth,
    /// Gigabytes.
    Gb,
}

impl Rate {
    /// The rate of a decimal amount in US dollars; `None` for what is none, or is too fine or too large to be held.
    #[must_use]
    pub fn parse(usd: &str, per: Per) -> Option<Self> {
        let (whole, part) = usd.split_once('.').unwrap_or((usd, "0"));
        let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !is_digits(whole) || !is_digits(part) || whole.len() > WHOLE_DIGITS {
            return None;
        }
        let part = part.trim_end_matches('0');
        if part.len() > DIGITS {
            return None;
        }
        let number = |text: &str| text.parse::<u64>().ok();
        let pico_usd = number(whole)? * 10_u64.pow(12) + number(&format!("{part:0<DIGITS$}"))?;
        Some(Self { pico_usd, per })
    }

    /// What so many units bill in an hour, in millionths of a US dollar, rounded down; `None`
    /// where that is not by time.
    #[must_use]
    pub fn micro_usd_per_hour(self, units: u32) -> Option<u64> {
        let pico = u128::from(self.pico_usd) * u128::from(units);
        let pico = match self.per {
            Per::Hour => pico,
            Per::Second => pico * SECONDS_AN_HOUR,
            Per::GbMonth => pico / HOURS_A_MONTH,
            Per::Gb => return None,
        };
        u64::try_from(pico / PICO_IN_MICRO).ok()
    }

    /// The amount as a decimal, with at least four digits after the point and no more than it has.
    #[must_use]
    pub fn usd(self) -> String {
        let (whole, part) = (self.pico_usd / 10_u64.pow(12), self.pico_usd % 10_u64.pow(12));
        let part = format!("{part:0DIGITS$}");
        let part = part.trim_end_matches('0');
        format!("{whole}.{part:0<4}")
    }
}

impl Per {
    /// The measure that a price list calls so.
    #[must_use]
    pub fn of_unit(unit: &str) -> Option<Self> {
        Some(match unit.to_ascii_lowercase().as_str() {
            "hrs" | "hours" | "hour" => Self::Hour,
            "seconds" | "second" | "sec" => Self::Second,
            "gb-mo" | "gb-month" => Self::GbMonth,
            "gb" => Self::Gb,
            _ => return None,
        })
    }

    /// As it is told: `hour`, `second`, `GB-month` or `GB`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Second => "second",
            Self::GbMonth => "GB-month",
            Self::Gb => "GB",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        for (text, pico, told) in [
            ("0.05", 50_000_000_000, "0.0500"),
            ("25.2512860000", 25_251_286_000_000, "25.251286"),
            ("1", 1_000_000_000_000, "1.0000"),
            ("0.0000600000", 60_000_000, "0.00006"),
            ("0.000000000001", 1, "0.000000000001"),
            ("0.1120000000000000", 112_000_000_000, "0.1120"),
        ] {
            let rate = Rate::parse(text, Per::Hour).expect(text);
            assert_eq!((rate.pico_usd, rate.usd().as_str()), (pico, told), "{text}");
        }
        for wrong in ["", ".5", "-1", "1.", "0.0000000000001", "1e3", "1,5", "+1", "1234567", "NaN"] {
            assert_eq!(Rate::parse(wrong, Per::Hour), None, "{wrong}");
        }
    }

    #[test]
    fn an_hour_has_its_seconds_and_a_month_its_hours() {
        let of = |usd: &str, per, units| Rate::parse(usd, per).and_then(|rate| rate.micro_usd_per_hour(units));
        assert_eq!(of("0.00006", Per::Second, 1), Some(216_000));
        assert_eq!(of("0.112", Per::GbMonth, 730), Some(112_000));
        assert_eq!(of("0.112", Per::GbMonth, 5), Some(767), "rounded down, once");
        assert_eq!(of("999999", Per::Second, u32::MAX), None, "more than can be held is not known");
        assert_eq!(of("0.016", Per::Gb, 1), None);
    }
}
