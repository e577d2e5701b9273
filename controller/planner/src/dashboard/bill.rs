//! What our own metrics, dashboards and alarms bill: an estimate with its formula.

use serde::Serialize;

use super::alarms::Alarm;
use super::body::Dashboard;
use super::metric;
use super::series::Shown;

/// Where the figures are from. They were not read from AWS's price list itself.
pub const PRICES_FROM: &str =
    "list prices of us-east-1 as CloudWatch's pricing page has them, not read from AWS's price list [unverified]";

/// Micro-dollars a month of a custom metric: the first ten thousand of an account and region, and the next.
const METRIC: [u64; 2] = [300_000, 100_000];
const FIRST_METRICS: u64 = 10_000;
const DASHBOARD: u64 = 3_000_000;
const ALARM_METRIC: u64 = 100_000;
/// Of a thousand calls.
const THOUSAND_PUTS: u64 = 10_000;

/// As many datums as one call of `PutMetricData` takes.
const DATUMS: u64 = 1_000;
const SECONDS_A_MONTH: u64 = 730 * 3_600;

/// What it bills a month, without free tier and discounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bill {
    /// Its parts.
    pub lines: Vec<BillLine>,
    /// Their sum.
    pub micro_usd_per_month: u64,
    /// Where the figures are from.
    pub prices_from: &'static str,
    /// What is in no line.
    pub without: Vec<String>,
}

/// One part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BillLine {
    /// What bills.
    pub what: String,
    /// How the figure is made.
    pub formula: String,
    /// The figure.
    pub micro_usd_per_month: u64,
}

/// The estimate for sweeps every so many seconds.
#[must_use]
pub fn bill(shown: &Shown, dashboards: &[Dashboard], alarms: &[Alarm], sweep_every: u32) -> Bill {
    let fleet = count(metric::OF_FLEET.len());
    let mut without = vec![
        "the free tier: 10 metrics, 10 alarm metrics, and 3 dashboards of up to 50 metrics".to_owned(),
        "metrics of drift --metrics (0.30 each): two, and one for each rule that is asked for".to_owned(),
    ];
    let (series, formula) = match shown {
        Shown::Listed(listed) => {
            let [domains, types, scopes] = listed.domains_and_more().map(count);
            let (of_domain, of_scope) = (count(metric::OF_DOMAIN.len()), count(metric::OF_SCOPE.len()));
            let series = domains * of_domain + types + scopes * of_scope + fleet;
            let parts = format!(
                "{domains} domains x {of_domain} + {types} types + {scopes} accounts and regions x {of_scope} + {fleet}"
            );
            (series, format!("{parts} = {series} metrics x 0.30"))
        }
        Shown::Search => {
            without.push(
                "metrics of domains (1.80 each), instance types (0.30) and accounts and regions (1.20), \
                          of which a search does not know how many there are"
                    .to_owned(),
            );
            (fleet, format!("{fleet} metrics of the fleet x 0.30"))
        }
    };
    let beyond = series.saturating_sub(FIRST_METRICS);
    let formula = if beyond > 0 { format!("{formula}, above 10,000 x 0.10") } else { formula };
    let alarm_metrics: u64 = alarms.iter().map(|alarm| count(alarm.measures.len())).sum();
    let dashboards = count(dashboards.len());
    let puts = (SECONDS_A_MONTH / u64::from(sweep_every.max(60))) * series.div_ceil(DATUMS);
    let line = |what: &str, formula: String, micro_usd_per_month| BillLine {
        what: what.to_owned(),
        formula,
        micro_usd_per_month,
    };
    let lines = vec![
        line("custom metrics", formula, (series - beyond) * METRIC[0] + beyond * METRIC[1]),
        line("dashboards", format!("{dashboards} x 3.00"), dashboards * DASHBOARD),
        line("alarms", format!("{alarm_metrics} metrics in alarms x 0.10"), alarm_metrics * ALARM_METRIC),
        line("PutMetricData", format!("{puts} calls x 0.01 per 1,000"), (puts * THOUSAND_PUTS).div_ceil(1_000)),
    ];
    let micro_usd_per_month = lines.iter().map(|line| line.micro_usd_per_month).sum();
    Bill { lines, micro_usd_per_month, prices_from: PRICES_FROM, without }
}

fn count(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
