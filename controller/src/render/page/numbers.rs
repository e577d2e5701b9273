//! Figures as people read them: thousands separated, times in UTC, money in US dollars.

use cost_ledger::report::Money;
use jiff::Timestamp;

/// Hours of a month, as AWS's own calculators take it.
const HOURS_OF_A_MONTH: u64 = 730;

/// A count with separated thousands.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A sum in US dollars with two decimals, without its unit.
pub(super) fn usd(micro_usd: u64) -> String {
    let cents = micro_usd / 10_000 + u64::from(micro_usd % 10_000 >= 5_000);
    format!("{}.{:02}", count(cents / 100), cents % 100)
}

/// Likewise, of what may be below zero.
pub(super) fn signed_usd(micro_usd: i64) -> String {
    let text = usd(micro_usd.unsigned_abs());
    // A minus sign, which readers say and which is as wide as a digit. There is no "−0.00".
    if micro_usd < 0 && text != "0.00" { format!("−{text}") } else { text }
}

/// A rate in US dollars an hour with four decimals, without its unit.
pub(super) fn usd_per_hour(micro_usd: u64) -> String {
    let parts = micro_usd / 100 + u64::from(micro_usd % 100 >= 50);
    format!("{}.{:04}", count(parts / 10_000), parts % 10_000)
}

/// What a rate comes to in a month.
pub(super) fn a_month(micro_usd_per_hour: u64) -> u64 {
    micro_usd_per_hour.saturating_mul(HOURS_OF_A_MONTH)
}

/// Hours with one decimal, without their unit.
pub(super) fn hours(seconds: u64) -> String {
    let tenths = seconds / 360 + u64::from(seconds % 360 >= 180);
    format!("{}.{}", count(tenths / 10), tenths % 10)
}

/// How long something lasts, in its two largest units.
pub(super) fn lasting(seconds: u64) -> String {
    let minutes = seconds / 60;
    let (days, hours, minutes) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    match (days, hours) {
        // As people say it.
        (1, 0) => "24 h".to_owned(),
        (0, 0) => format!("{minutes} min"),
        (0, _) => format!("{hours} h {minutes} min"),
        (_, 0) => format!("{} d", count(days)),
        _ => format!("{} d {hours} h", count(days)),
    }
}

/// A time to the minute, UTC.
pub(super) fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

/// How many in a hundred; `None` where there is no whole.
pub(super) fn percent(part: u64, whole: u64) -> Option<u64> {
    let percent = (u128::from(part) * 100).checked_div(u128::from(whole))?;
    u64::try_from(percent).ok()
}

/// One of one or of many.
pub(super) fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// The list price of a time; never 0 where none of it has a price.
pub(super) fn at_list(money: &Money) -> String {
    if money.seconds > 0 && money.unpriced_seconds >= money.seconds {
        return "unpriced".to_owned();
    }
    usd(money.list_micro_usd)
}

/// How much of a time has no price; empty where all of it has one.
pub(super) fn unpriced(money: &Money) -> String {
    match money.unpriced_seconds {
        0 => String::new(),
        seconds => format!("{} h unpriced", hours(seconds)),
    }
}

/// Several together; the net price is known where each of them is.
pub(super) fn together<'a>(moneys: impl IntoIterator<Item = &'a Money>) -> Money {
    let mut sum = Money { net_micro_usd: Some(0), ..Money::default() };
    for Money { seconds, list_micro_usd, net_micro_usd, unpriced_seconds } in moneys {
        sum.seconds = sum.seconds.saturating_add(*seconds);
        sum.list_micro_usd = sum.list_micro_usd.saturating_add(*list_micro_usd);
        sum.unpriced_seconds = sum.unpriced_seconds.saturating_add(*unpriced_seconds);
        sum.net_micro_usd = sum.net_micro_usd.zip(*net_micro_usd).map(|(sum, net)| sum.saturating_add(net));
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_rounded_once_and_grouped() {
        let texts = [0, 4_999, 5_000, 999_995_000, 1_234_567_890_000].map(usd);
        assert_eq!(texts, ["0.00", "0.00", "0.01", "1,000.00", "1,234,567.89"]);
        assert_eq!(
            [49, 50, 1_408_000, 1_234_567_000_000].map(usd_per_hour),
            ["0.0000", "0.0001", "1.4080", "1,234,567.0000"]
        );
        assert_eq!([-4_999, -5_000, 12_340_000].map(signed_usd), ["0.00", "−0.01", "12.34"]);
        assert_eq!([179, 180, 3_600, 36_000_000].map(hours), ["0.0", "0.1", "1.0", "10,000.0"]);
        assert_eq!([59, 61, 4_000, 90_000].map(lasting), ["0 min", "1 min", "1 h 6 min", "1 d 1 h"]);
        assert_eq!(usd(u64::MAX), "18,446,744,073,709.55");
        assert_eq!([percent(1, 3), percent(u64::MAX, u64::MAX), percent(1, 0)], [Some(33), Some(100), None]);
    }

    #[test]
    fn what_has_no_price_is_never_nothing() {
        let money = Money { seconds: 7_200, unpriced_seconds: 7_200, ..Money::default() };
        assert_eq!((at_list(&money).as_str(), unpriced(&money).as_str()), ("unpriced", "2.0 h unpriced"));
        assert_eq!(at_list(&Money::default()), "0.00");
        let known = Money { net_micro_usd: Some(1_000_000), ..Money::default() };
        assert_eq!(together([&known, &known]).net_micro_usd, Some(2_000_000));
        assert_eq!(together([&known, &money]).net_micro_usd, None);
    }
}
