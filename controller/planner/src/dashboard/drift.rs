//! Drift in numbers. A rule that was not asked for has none.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::data::{Datum, count_of};
use super::metric;
use crate::drift::{Finding, Level, Rule};

/// How much was found in all and by each of these rules, and how much could not be seen.
#[must_use]
pub fn drift_metrics<'a>(
    rules: &[Rule],
    findings: impl Iterator<Item = &'a Finding>,
    unseen: usize,
    at: Timestamp,
) -> Vec<Datum> {
    let mut counts: BTreeMap<Rule, usize> = rules.iter().map(|rule| (*rule, 0)).collect();
    for finding in findings.filter(|finding| finding.level == Level::Error) {
        *counts.entry(finding.rule).or_default() += 1;
    }
    let datum = |metric, values, count| Datum { metric, values, value: count_of(count), at };
    let mut data = vec![
        datum(metric::FLEET_DRIFT_FINDINGS, Vec::new(), counts.values().sum()),
        datum(metric::FLEET_DRIFT_UNSEEN, Vec::new(), unseen),
    ];
    data.extend(counts.iter().map(|(rule, n)| datum(metric::DRIFT_FINDINGS, vec![rule.as_str().to_owned()], *n)));
    data
}
