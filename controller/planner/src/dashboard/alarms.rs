//! Alarms over the metrics of the fleet.

use serde::{Deserialize, Serialize};

use super::metric::{self, Metric};
use super::overview::COVERAGE;

/// Which alarms.
#[derive(Debug, Clone, PartialEq)]
pub struct AlarmsWanted {
    /// What their names begin with.
    pub name: String,
    /// A sweep is made every so many seconds, a multiple of 60.
    pub sweep_every: u32,
    /// Alarm below so many covered of a hundred apps; `None` for no such alarm.
    pub coverage_below_percent: Option<u8>,
    /// Alarm above this run rate, in micro-dollars a month; `None` for no such alarm.
    pub micro_usd_per_month: Option<u64>,
    /// ARN of the SNS topic that is told when an alarm goes off and when it is over.
    pub topic: Option<String>,
}

/// An alarm as it should be: the members of `PutMetricAlarm` that we set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// Its name.
    pub name: String,
    /// What it says, and what to do then.
    pub description: String,
    /// What is compared.
    pub measures: Vec<Measure>,
    /// Of more than one measure: what they come to, by their ids.
    pub expression: Option<String>,
    /// Seconds of one point.
    pub period: u32,
    /// So many points in a row must be beyond the threshold.
    pub points: u32,
    /// How.
    pub comparison: Comparison,
    /// With what.
    pub threshold: f64,
    /// What a point that is missing counts as.
    pub missing: Missing,
    /// ARNs that are told when it goes off, and when it is over.
    pub actions: Vec<String>,
}

/// A metric of an alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// What an expression calls it.
    pub id: String,
    /// The metric's name, in [`metric::NAMESPACE`] and without dimensions.
    pub metric: String,
    /// Such as `Average`.
    pub stat: String,
}

/// `ComparisonOperator`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparison {
    /// Less than the threshold.
    LessThanThreshold,
    /// More than it.
    GreaterThanThreshold,
}

/// `TreatMissingData`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Missing {
    /// As one that is beyond the threshold.
    Breaching,
    /// The state is then that there is too little data.
    Missing,
}

/// Points of an alarm: one sweep may be late.
const POINTS: u32 = 2;

/// Drift is looked for once a day: one such look is enough.
const DRIFT_PERIOD: u32 = 86_400;

/// AWS counts a month as so many hours.
const HOURS_A_MONTH: f64 = 730.0;

/// The alarms.
#[must_use]
pub fn alarms(wanted: &AlarmsWanted) -> Vec<Alarm> {
    let AlarmsWanted { name, sweep_every, coverage_below_percent, micro_usd_per_month, topic } = wanted;
    let alarm = |suffix: &str, description: String| Alarm {
        name: format!("{name}-{suffix}"),
        description,
        measures: Vec::new(),
        expression: None,
        period: *sweep_every,
        points: POINTS,
        comparison: Comparison::LessThanThreshold,
        threshold: 1.0,
        missing: Missing::Missing,
        actions: topic.iter().cloned().collect(),
    };
    let did_not_run = "No sweep of costctl came to its end for two intervals: nothing is looked at or stopped. \
                       Look at what starts it, and at its log.";
    let mut alarms = vec![Alarm {
        measures: vec![measure("sweeps", &metric::FLEET_SWEEP_COMPLETED, "Sum")],
        missing: Missing::Breaching,
        ..alarm("sweep-did-not-run", did_not_run.to_owned())
    }];
    alarms.extend(coverage_below_percent.map(|percent| Alarm {
        measures: vec![
            measure("covered", &metric::FLEET_APPS_COVERED, "Average"),
            measure("uncovered", &metric::FLEET_APPS_UNCOVERED, "Average"),
        ],
        expression: Some(COVERAGE.to_owned()),
        threshold: f64::from(percent),
        ..alarm(
            "coverage",
            format!(
                "Less than {percent} % of the running apps that could host an agent are watched by one. \
                 costctl coverage says which are not, and why."
            ),
        )
    }));
    alarms.extend(micro_usd_per_month.map(|micro_usd| Alarm {
        measures: vec![measure("rate", &metric::FLEET_RUN_RATE, "Average")],
        comparison: Comparison::GreaterThanThreshold,
        threshold: per_hour(micro_usd),
        ..alarm(
            "budget",
            format!(
                "What runs costs more than {} USD a month at list prices, were it to run on like this: \
                 the threshold is a 730th of it an hour.",
                micro_usd / 1_000_000
            ),
        )
    }));
    let drifted = "What stands in AWS is not what the policy's [desired] asks for, by the latest costctl drift --metrics. \
                   costctl drift says what, since when and how to mend it.";
    alarms.push(Alarm {
        measures: vec![measure("drift", &metric::FLEET_DRIFT_FINDINGS, "Maximum")],
        comparison: Comparison::GreaterThanThreshold,
        threshold: 0.0,
        period: DRIFT_PERIOD,
        points: 1,
        ..alarm("drift", drifted.to_owned())
    });
    alarms
}

fn measure(id: &str, metric: &Metric, stat: &str) -> Measure {
    Measure { id: id.to_owned(), metric: metric.name.to_owned(), stat: stat.to_owned() }
}

/// USD an hour, in whole millionths: what CloudWatch gives back is compared with it.
#[expect(clippy::cast_precision_loss, reason = "budgets are far below 2^53 micro-dollars")]
fn per_hour(micro_usd_per_month: u64) -> f64 {
    (micro_usd_per_month as f64 / HOURS_A_MONTH).round() / 1e6
}
