//! What was saved, for people, and each stop for a spreadsheet.

use std::io::Write;

use cost_ledger::line::{Grade, StoppedBy};
use cost_ledger::report::{Held, Money, SavedRow, SavingsReport, Sum, WhatIf};

use super::figures::{
    hours, hours_if_any, length, listed, minute, net_usd_of, of_window, seen, short, told, unpriced, usd, usd_of,
};
use super::table::cell;
use super::wrapped;

/// So many of the stops that saved most are shown.
const MOST_STOPS: usize = 10;

/// By group, by whom, why and how well it is known; the stops that saved most; what another timeout would do.
pub(crate) fn savings(report: &SavingsReport) -> String {
    let SavingsReport { window, by, groups, by_whom, by_reason, by_grade, stops, lists, notes, .. } = report;
    let mut parts = vec![wrapped(&format!(
        "saved by stopping what was idle, {}; hours without a price beside the sums",
        of_window(window)
    ))];
    parts.extend(sums(&format!("BY {}", by.to_string().to_uppercase()), groups.iter().map(|(name, sum)| (name, sum))));
    parts.extend(sums("BY WHOM", by_whom));
    parts.extend(sums("BY REASON", by_reason));
    parts.extend(sums("BY GRADE", by_grade));
    parts.extend(top(stops));
    parts.extend(report.what_if.as_ref().map(|what_if| wrapped(&supposed(what_if))));
    parts.extend(unpriced(&report.unpriced));
    parts.extend(seen(&report.seen));
    parts.extend(told(lists, notes));
    parts.push(wrapped(&total(report)));
    parts.join("\n\n")
}

fn sums<'a>(what: &str, sums: impl IntoIterator<Item = (&'a String, &'a Sum)>) -> Option<String> {
    let rows = sums.into_iter().map(|(name, Sum { stops, money })| {
        let unpriced = hours_if_any(money.unpriced_seconds);
        [name.clone(), stops.to_string(), hours(money.seconds), usd_of(money), net_usd_of(money), unpriced]
    });
    listed("", [what, "STOPS", "HOURS", "LIST USD", "NET USD", "UNPRICED"], &[1, 2, 3, 4, 5], rows)
}

fn top(stops: &[SavedRow]) -> Option<String> {
    let header = ["SAVED MOST", "BY", "GONE AT", "HOURS", "USD", "UNTIL"];
    let rows = stops.iter().take(MOST_STOPS).map(|stop| {
        let SavedRow { resource, by, from, held, money, .. } = stop;
        let [what, by, until] = [short(resource), whom(*by).to_owned(), until(*held).to_owned()];
        [what, by, minute(*from), hours(money.seconds), usd_of(money), until]
    });
    listed("", header, &[3, 4], rows)
}

fn supposed(what_if: &WhatIf) -> String {
    let WhatIf { idle_timeout_seconds, stops, interrupted, saved, runs_heard, runs_unheard } = what_if;
    let unpriced = match saved.unpriced_seconds {
        0 => String::new(),
        seconds => format!(", and {} hours without a price", hours(seconds)),
    };
    format!(
        "with an idle timeout of {}: {stops} stops, {interrupted} of them before work returned to the same app; \
         {} USD at list prices in {} hours more would have been saved{unpriced}. Idle times are known of {runs_heard} \
         runs; of {runs_unheard} others nothing is said",
        length(*idle_timeout_seconds),
        usd(saved.list_micro_usd),
        hours(saved.seconds),
    )
}

fn total(report: &SavingsReport) -> String {
    let Sum { stops, money: Money { seconds, list_micro_usd, net_micro_usd, unpriced_seconds } } = &report.total;
    let mut text = format!("{} USD at list prices saved by {stops} stops", usd(*list_micro_usd));
    match net_micro_usd {
        Some(net) => text.push_str(&format!("; {} with Savings Plans", usd(*net))),
        None => text.push_str("; less where Savings Plans hold, of which nothing is known here"),
    }
    text.push_str(&format!("; {} hours, each stop for {} at most", hours(*seconds), length(report.cap_seconds)));
    if *unpriced_seconds > 0 {
        text.push_str(&format!("; {} hours have no price and are in no sum", hours(*unpriced_seconds)));
    }
    text
}

/// Each stop as a row of CSV (RFC 4180). A figure that is not known is empty.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn stops(report: &SavingsReport, out: impl Write) -> csv::Result<()> {
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    csv.write_record([
        "account",
        "region",
        "resource",
        "owner",
        "instance_type",
        "stopped_by",
        "reason",
        "from",
        "to",
        "held",
        "grade",
        "because",
        "saved_seconds",
        "list_micro_usd",
        "net_micro_usd",
        "unpriced_seconds",
    ])?;
    for row in &report.stops {
        let SavedRow { resource, account, region, owner, instance_type, by, reason, from, to, held, .. } = row;
        let Money { seconds, list_micro_usd, net_micro_usd, unpriced_seconds } = row.money;
        let is_priced = unpriced_seconds == 0;
        let figure = |micro_usd: Option<u64>| micro_usd.filter(|_| is_priced).map_or(String::new(), |n| n.to_string());
        csv.write_record([
            account,
            region,
            &cell(resource),
            &cell(owner.as_deref().unwrap_or_default()),
            &cell(instance_type.as_deref().unwrap_or_default()),
            whom(*by),
            &cell(reason),
            &from.to_string(),
            &to.to_string(),
            until(*held),
            grade(row.grade),
            &cell(&row.because.join("; ")),
            &seconds.to_string(),
            &figure(Some(list_micro_usd)),
            &figure(net_micro_usd),
            &unpriced_seconds.to_string(),
        ])?;
    }
    Ok(csv.flush()?)
}

fn whom(by: StoppedBy) -> &'static str {
    match by {
        StoppedBy::IdleAgent => "idle-agent",
        StoppedBy::Costctl => "costctl",
    }
}

fn until(held: Held) -> &'static str {
    match held {
        Held::Open => "open",
        Held::Restarted => "restarted",
        Held::Cap => "cap",
        Held::Native => "native",
    }
}

fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Measured => "measured",
        Grade::Inferred => "inferred",
        Grade::Assumed => "assumed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_price_has_no_net_figure_either() {
        let money = Money { seconds: 60, list_micro_usd: 0, net_micro_usd: Some(0), unpriced_seconds: 60 };
        let name = "d-1".to_owned();
        let table = sums("BY DOMAIN", [(&name, &Sum { stops: 1, money })]).expect("a row");
        let cells: Vec<&str> = table.lines().last().unwrap_or_default().split_whitespace().collect();
        assert_eq!(cells, ["d-1", "1", "0.0", "–", "–", "0.0"]);
    }
}
