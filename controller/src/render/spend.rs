//! What was spent, for people.

use cost_ledger::report::{ActualRow, Actuals, IdleRow, Money, RunRate, SpendReport, SpendRow};

use super::figures::{
    NONE, hours, hours_if_any, length, listed, of_window, seen, short, told, unpriced, usd, usd_a_month, usd_of,
    usd_per_hour,
};
use super::{counted, wrapped};

/// What runs now, each group, what is idle, what has no price, how well was looked, and the sum.
pub(crate) fn spend(report: &SpendReport) -> String {
    let SpendReport { window, by, now, rows, total, top_idle, idle_endpoints, lists, notes, actuals, .. } = report;
    let mut parts = vec![wrapped(&format!(
        "spend by {by}, {}; USD at list prices, hours without a price beside them",
        of_window(window)
    ))];
    parts.extend(match now {
        Some(_) => groups_and_now(rows),
        None => groups(rows),
    });
    parts.extend(idle("IDLE NOW", top_idle));
    parts.extend(idle("ENDPOINTS THAT NOBODY INVOKES", idle_endpoints));
    parts.extend(actuals.as_ref().and_then(billed));
    parts.extend(unpriced(&report.unpriced));
    parts.extend(seen(&report.seen));
    parts.extend(told(lists, notes));
    parts.extend(now.as_ref().map(|now| wrapped(&run_rate(now))));
    let idle = rows.iter().map(|row| row.idle.list_micro_usd).sum();
    parts.push(wrapped(&sum(total, idle)));
    parts.join("\n\n")
}

fn groups(rows: &[SpendRow]) -> Option<String> {
    let header = ["WHAT", "RESOURCES", "HOURS", "USD", "IDLE USD", "UNPRICED"];
    let rows = rows.iter().map(|row| {
        let SpendRow { group, now: _, money, idle, resources } = row;
        let [hours, usd, idle, unpriced] = figures(money, idle);
        [group.clone(), resources.to_string(), hours, usd, idle, unpriced]
    });
    listed("", header, &[1, 2, 3, 4, 5], rows)
}

fn groups_and_now(rows: &[SpendRow]) -> Option<String> {
    let header = ["WHAT", "NOW/H", "A MONTH", "HOURS", "USD", "IDLE USD", "UNPRICED"];
    let rows = rows.iter().map(|row| {
        let SpendRow { group, now, money, idle, resources: _ } = row;
        let [hours, usd, idle, unpriced] = figures(money, idle);
        let rate = now.as_ref().filter(|now| now.running > now.unpriced);
        let now = |of: fn(u64) -> String| rate.map_or(NONE.to_owned(), |now| of(now.micro_usd_per_hour));
        [group.clone(), now(usd_per_hour), now(usd_a_month), hours, usd, idle, unpriced]
    });
    listed("", header, &[1, 2, 3, 4, 5, 6], rows)
}

fn figures(money: &Money, idle: &Money) -> [String; 4] {
    [hours(money.seconds), usd_of(money), usd_of(idle), hours_if_any(money.unpriced_seconds)]
}

fn idle(what: &str, rows: &[IdleRow]) -> Option<String> {
    let header = ["WHAT", "OWNER", "IDLE FOR", "USD/H", "USD SO FAR"];
    let rows = rows.iter().map(|row| {
        let IdleRow { resource, owner, idle_seconds, micro_usd_per_hour, wasted_micro_usd, .. } = row;
        let owner = owner.clone().unwrap_or_else(|| "unattributed".to_owned());
        let rate = micro_usd_per_hour.map_or(NONE.to_owned(), usd_per_hour);
        [short(resource), owner, length(*idle_seconds), rate, wasted_micro_usd.map_or(NONE.to_owned(), usd)]
    });
    listed(what, header, &[2, 3, 4], rows)
}

fn billed(actuals: &Actuals) -> Option<String> {
    let Actuals { window, rows, billed_micro_usd, estimated_micro_usd } = actuals;
    let row = |what: &str, billed: i64, estimated: Option<i64>| {
        let residual = estimated.map_or(NONE.to_owned(), |estimated| signed_usd(billed.saturating_sub(estimated)));
        [what.to_owned(), signed_usd(billed), estimated.map_or(NONE.to_owned(), signed_usd), residual]
    };
    let each = rows.iter().map(|ActualRow { component, billed_micro_usd, estimated_micro_usd }| {
        row(component, *billed_micro_usd, *estimated_micro_usd)
    });
    let all = row("all of SageMaker", *billed_micro_usd, Some(*estimated_micro_usd));
    let what = format!("BILLED BY AWS, {}", of_window(window));
    listed(&what, ["COMPONENT", "BILLED USD", "HERE USD", "RESIDUAL USD"], &[1, 2, 3], each.chain([all]))
}

fn signed_usd(micro_usd: i64) -> String {
    let sign = if micro_usd < 0 { "-" } else { "" };
    format!("{sign}{}", usd(micro_usd.unsigned_abs()))
}

fn run_rate(now: &RunRate) -> String {
    let RunRate { as_of, running, micro_usd_per_hour, unpriced } = now;
    let mut text = format!(
        "now, {}: {} USD/h, {} USD a month, of {}",
        as_of.strftime("%H:%M UTC"),
        usd_per_hour(*micro_usd_per_hour),
        usd_a_month(*micro_usd_per_hour),
        counted(usize::try_from(*running).unwrap_or(usize::MAX), "resource", "resources"),
    );
    if *unpriced > 0 {
        text.push_str(&format!("; {unpriced} of them have no price and are in neither"));
    }
    text
}

fn sum(total: &Money, idle: u64) -> String {
    let Money { seconds, list_micro_usd, net_micro_usd, unpriced_seconds } = total;
    let mut text =
        format!("{} USD at list prices in {} hours, {} of it idle", usd(*list_micro_usd), hours(*seconds), usd(idle));
    if let Some(net) = net_micro_usd {
        text.push_str(&format!("; {} with Savings Plans", usd(*net)));
    }
    if *unpriced_seconds > 0 {
        text.push_str(&format!("; {} hours have no price and are in no sum", hours(*unpriced_seconds)));
    }
    text
}
