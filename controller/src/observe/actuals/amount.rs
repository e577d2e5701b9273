//! Amounts of money as Cost Explorer writes them, exactly.

/// So many of its units are a millionth.
const OF_MICRO: i128 = 1_000_000;

/// Digits behind the point that are kept.
const DIGITS: usize = 12;

/// An amount in trillionths: Cost Explorer writes ten digits behind the point.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Amount(i128);

impl Amount {
    /// The amount of a decimal number, with or without an exponent; `None` for anything else,
    /// and for what has more digits than are kept.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i8>().ok()?),
            None => (text, 0),
        };
        let (sign, number) = number.strip_prefix('-').map_or((1, number), |number| (-1, number));
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        let digits = format!("{whole}{part}");
        if whole.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        // So many zeros behind the digits, or digits that must be zeros, make trillionths.
        let zeros = i32::try_from(DIGITS).ok()? + i32::from(exponent) - i32::try_from(part.len()).ok()?;
        let digits = digits.parse::<i128>().ok()?;
        let power = 10_i128.checked_pow(zeros.unsigned_abs())?;
        let scaled = if zeros >= 0 { digits.checked_mul(power)? } else { exact(digits, power)? };
        Some(Self(sign * scaled))
    }

    /// Both together.
    pub(super) fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// In millionths, rounded once, halves away from zero.
    pub(super) fn micro(self) -> Option<i64> {
        let half = OF_MICRO / 2 * self.0.signum();
        i64::try_from((self.0 + half) / OF_MICRO).ok()
    }

    /// What part of the whole it is, in percent; `None` where that is nothing.
    #[expect(clippy::cast_precision_loss, reason = "a percentage is not money")]
    pub(super) fn percent_of(self, whole: Self) -> Option<f64> {
        (whole.0 > 0).then(|| self.0 as f64 / whole.0 as f64 * 100.0)
    }
}

fn exact(digits: i128, power: i128) -> Option<i128> {
    (digits % power == 0).then_some(digits / power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        for (text, trillionths) in [
            ("0", 0),
            ("33.8400000001", 33_840_000_000_100),
            ("-1.5", -1_500_000_000_000),
            ("-0.0000000001", -100),
            ("3.2E-9", 3_200),
            ("1e2", 100_000_000_000_000),
            ("0.1234567890120", 123_456_789_012),
        ] {
            assert_eq!(Amount::parse(text), Some(Amount(trillionths)), "{text}");
        }
        for wrong in ["", "-", ".5", "1,5", "1.2.3", "NaN", "0x1", "1e", "--1", "+1", "0.1234567890123", "1e99", " 1"] {
            assert_eq!(Amount::parse(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn many_small_amounts_are_rounded_once() {
        let small = Amount::parse("0.0000004999").expect("a number");
        let sum = (0..1000).try_fold(Amount::default(), |sum, _| sum.plus(small)).expect("a sum");
        assert_eq!((small.micro(), sum.micro()), (Some(0), Some(500)));
        for (text, micro) in [("0.0000005", 1), ("-0.0000005", -1), ("0.0000004999", 0), ("-2.0000001", -2_000_000)] {
            assert_eq!(Amount::parse(text).and_then(Amount::micro), Some(micro), "{text}");
        }
        let (part, whole) = (Amount::parse("75").expect("a number"), Amount::parse("100").expect("a number"));
        assert_eq!((part.percent_of(whole), part.percent_of(Amount::default())), (Some(75.0), None));
    }
}
