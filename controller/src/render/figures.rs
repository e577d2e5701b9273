//! Amounts, hours and times as reports show them.

use cost_ledger::report::{Money, SeenRow, UnpricedRow, Window};
use jiff::Timestamp;

use super::{counted, table_of_figures, wrapped};

/// Rows of one kind that are shown; the rest is counted.
const MOST_ROWS: usize = 40;

/// AWS counts a month as so many hours.
const HOURS_A_MONTH: u64 = 730;

/// What a figure is where there is none.
pub(super) const NONE: &str = "–";

/// US dollars of a sum: two decimals, rounded half up.
pub(crate) fn usd(micro_usd: u64) -> String {
    let cents = micro_usd.saturating_add(5_000) / 10_000;
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// The sum of what has a price; nothing where there was nothing, or nothing of it has one.
pub(super) fn usd_of(money: &Money) -> String {
    if money.seconds == money.unpriced_seconds { NONE.to_owned() } else { usd(money.list_micro_usd) }
}

/// The same with Savings Plans; nothing where nothing is known of them, either.
pub(super) fn net_usd_of(money: &Money) -> String {
    match money.net_micro_usd {
        Some(net) if money.seconds > money.unpriced_seconds => usd(net),
        _ => NONE.to_owned(),
    }
}

/// A resource without the words that are the same for most.
pub(super) fn short(resource: &str) -> String {
    let parts: Vec<&str> = resource.split('/').collect();
    match *parts {
        ["app", domain, _, owner, app_type, name] => format!("{domain}/{owner}/{app_type}/{name}"),
        _ => resource.to_owned(),
    }
}

/// US dollars an hour: four decimals, rounded half up.
pub(crate) fn usd_per_hour(micro_usd: u64) -> String {
    let parts = micro_usd.saturating_add(50) / 100;
    format!("{}.{:04}", parts / 10_000, parts % 10_000)
}

/// US dollars a month of what bills so much an hour.
pub(super) fn usd_a_month(micro_usd_per_hour: u64) -> String {
    usd(micro_usd_per_hour.saturating_mul(HOURS_A_MONTH))
}

/// Hours with one decimal, rounded half up.
pub(super) fn hours(seconds: u64) -> String {
    let tenths = (seconds + 180) / 360;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// Hours, or nothing where there are none.
pub(super) fn hours_if_any(seconds: u64) -> String {
    if seconds == 0 { NONE.to_owned() } else { hours(seconds) }
}

/// A length of time in its two largest units.
pub(super) fn length(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours) {
        (0, 0) => format!("{minutes}m"),
        (0, _) => format!("{hours}h {minutes}m"),
        _ => format!("{days}d {hours}h"),
    }
}

/// A time to the minute, UTC.
pub(super) fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

/// From when to when.
pub(super) fn of_window(window: &Window) -> String {
    format!("{} to {} UTC", minute(window.since), minute(window.until))
}

/// A table with its heading; what is too much for a terminal is counted.
pub(super) fn listed<const N: usize>(
    what: &str,
    header: [&str; N],
    figures: &[usize],
    rows: impl IntoIterator<Item = [String; N]>,
) -> Option<String> {
    let rows: Vec<[String; N]> = rows.into_iter().collect();
    let more = rows.len().saturating_sub(MOST_ROWS);
    if rows.is_empty() {
        return None;
    }
    let what = if what.is_empty() { String::new() } else { format!("{what}\n") };
    let mut text = format!("{what}{}", table_of_figures(header, figures, rows.into_iter().take(MOST_ROWS)));
    if more > 0 {
        text.push_str(&format!("\n… and {}; hint: --output json", counted(more, "row more", "rows more")));
    }
    Some(text)
}

/// What has no price, and why.
pub(super) fn unpriced(rows: &[UnpricedRow]) -> Option<String> {
    let rows = rows.iter().map(|row| [row.why.clone(), row.resources.to_string(), hours(row.seconds)]);
    listed("IN NO SUM", ["WHY", "RESOURCES", "HOURS"], &[1, 2], rows)
}

/// How well was looked: where and how often, and the longest time in which nobody did.
pub(super) fn seen(rows: &[SeenRow]) -> Option<String> {
    let time = |at: Option<Timestamp>| at.map_or(NONE.to_owned(), minute);
    let rows = rows.iter().map(|row| {
        let SeenRow { account, region, looks, first, last, longest_gap_seconds } = row;
        let place = format!("{account} {region}");
        [place, looks.to_string(), time(*first), time(*last), length(*longest_gap_seconds)]
    });
    listed("LOOKED AT", ["WHERE", "LOOKS", "FIRST", "LAST", "LONGEST GAP"], &[1, 4], rows)
}

/// The price lists and what is to be known of the figures.
pub(super) fn told(lists: &[String], notes: &[String]) -> Vec<String> {
    let lists = (!lists.is_empty()).then(|| wrapped(&format!("prices: {}", lists.join(", "))));
    lists.into_iter().chain(notes.iter().map(|note| wrapped(&format!("note: {note}")))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_price_is_never_0() {
        let money = |seconds, net_micro_usd| Money { seconds, list_micro_usd: 0, net_micro_usd, unpriced_seconds: 60 };
        assert_eq!([usd_of(&money(60, Some(0))), net_usd_of(&money(60, Some(0)))], [NONE, NONE]);
        assert_eq!([usd_of(&money(61, Some(0))), net_usd_of(&money(61, Some(0)))], ["0.00", "0.00"]);
        assert_eq!(net_usd_of(&money(61, None)), NONE);
    }

    #[test]
    fn amounts_are_rounded_half_up_and_times_are_short() {
        assert_eq!([usd(0), usd(4_999), usd(5_000), usd(12_345_678_901)], ["0.00", "0.00", "0.01", "12345.68"]);
        assert_eq!([usd_per_hour(736_400), usd_per_hour(49), usd_per_hour(50)], ["0.7364", "0.0000", "0.0001"]);
        assert_eq!([hours(0), hours(179), hours(180), hours(5400)], ["0.0", "0.0", "0.1", "1.5"]);
        assert_eq!([length(59), length(3_660), length(90_000)], ["0m", "1h 1m", "1d 1h"]);
    }
}
