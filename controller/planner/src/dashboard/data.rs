//! One sweep in numbers. What was not seen has no number: it is not zero.

use std::cmp::Reverse;

use jiff::Timestamp;

use super::count::{Apps, Count, Rate, count};
use super::metric::{self, Metric};
use crate::install::Scope;
use crate::plan::Prices;
use crate::policy::FleetPolicy;
use crate::snapshot::{Blind, Kind, ScopeSeen, Snapshot};

/// So many instance types have a metric of their own: the rest of a fleet costs little.
pub const MOST_TYPES: usize = 40;

/// What the rest is called.
pub const OTHER: &str = "other";

/// Listings of which apps know nothing.
const NOT_OF_APPS: [&str; 2] = ["ListEndpoints", "ListNotebookInstances"];

/// One value of one metric.
#[derive(Debug, Clone, PartialEq)]
pub struct Datum {
    /// Which metric.
    pub metric: Metric,
    /// The values of its dimensions, in their order.
    pub values: Vec<String>,
    /// The value.
    pub value: f64,
    /// When it was so, UTC.
    pub at: Timestamp,
}

/// A sweep that came to its end.
#[derive(Debug, Clone, Copy)]
pub struct Swept<'a> {
    /// What it judged by.
    pub policy: &'a FleetPolicy,
    /// What it saw.
    pub snapshot: &'a Snapshot,
    /// What things bill.
    pub prices: &'a Prices,
    /// When its plan was made, UTC.
    pub at: Timestamp,
    /// What it did in each account and region; `None` for a rehearsal.
    pub acts: Option<&'a [ScopeActs]>,
    /// What was saved since the sweep before; `None` where no ledger says so.
    pub saved: Option<Saved>,
}

/// What was done in one account and region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeActs {
    /// Where.
    pub scope: Scope,
    /// Actions that were verified.
    pub done: u64,
    /// Actions that failed or are stuck.
    pub failed: u64,
}

/// What stops have newly saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saved {
    /// For so long.
    pub seconds: u64,
    /// At list prices, of the seconds that have one; `None` where none has.
    pub list_micro_usd: Option<u64>,
}

/// The values of every metric that this sweep can tell.
#[must_use]
pub fn metrics(swept: &Swept<'_>) -> Vec<Datum> {
    let Swept { policy, snapshot, prices, at, acts, saved } = *swept;
    let mut data = Data { at, data: Vec::new() };
    let (mut fleet, mut rate, mut types) = (Apps::default(), Rate::default(), Vec::new());
    for scope in &snapshot.scopes {
        let Count { domains, others, types: of_scope } = count(policy, prices, scope, at);
        for (domain, apps) in &domains {
            if sees_apps(scope) {
                data.domain(domain.as_str(), apps);
            }
            fleet = fleet.plus(*apps);
        }
        rate = rate.plus(others);
        types.extend(of_scope);
        data.scope(scope);
    }
    rate = rate.plus(fleet.rate);
    let is_reached = snapshot.unreached.is_empty() && !snapshot.scopes.is_empty();
    if is_reached && snapshot.scopes.iter().all(sees_apps) {
        data.fleet_apps(&fleet);
    }
    if is_reached && snapshot.scopes.iter().all(sees_all) {
        data.add(metric::FLEET_RUN_RATE, &[], usd(rate.micro_usd_per_hour));
        data.add(metric::FLEET_UNPRICED_RUNNING, &[], number(rate.unpriced));
        data.types(types);
    }
    data.add(metric::FLEET_SWEEP_COMPLETED, &[], 1.0);
    let unseen: usize = snapshot.scopes.iter().map(unseen).sum();
    data.add(metric::FLEET_SWEEP_UNSEEN, &[], count_of(unseen + snapshot.unreached.len()));
    acts.unwrap_or_default().iter().for_each(|acts| data.acts(acts));
    if let Some(Saved { seconds, list_micro_usd }) = saved {
        data.add(metric::IDLE_TIME_SAVED, &[], number(seconds));
        list_micro_usd.into_iter().for_each(|micro_usd| data.add(metric::USD_SAVED, &[], usd(micro_usd)));
    }
    data.data
}

/// Whether all apps were listed and understood.
fn sees_apps(scope: &ScopeSeen) -> bool {
    let is_of_others = |blind: &Blind| NOT_OF_APPS.contains(&blind.operation.as_str());
    scope.kinds.contains(&Kind::Apps) && scope.unclear.is_empty() && scope.blind.iter().all(is_of_others)
}

fn sees_all(scope: &ScopeSeen) -> bool {
    Kind::ALL.iter().all(|kind| scope.kinds.contains(kind)) && unseen(scope) == 0
}

fn unseen(scope: &ScopeSeen) -> usize {
    scope.blind.len() + scope.unclear.len()
}

struct Data {
    at: Timestamp,
    data: Vec<Datum>,
}

impl Data {
    fn add(&mut self, metric: Metric, values: &[&str], value: f64) {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        self.data.push(Datum { metric, values, value, at: self.at });
    }

    fn domain(&mut self, domain: &str, apps: &Apps) {
        let Apps { running, idle, covered, uncovered: _, violations, unheard, rate } = *apps;
        self.add(metric::APPS_RUNNING, &[domain], number(running));
        self.add(metric::VIOLATIONS, &[domain], number(violations));
        self.add(metric::RUN_RATE, &[domain], usd(rate.micro_usd_per_hour));
        self.add(metric::UNPRICED_RUNNING, &[domain], number(rate.unpriced));
        if unheard == 0 {
            self.add(metric::APPS_IDLE, &[domain], number(idle));
            self.add(metric::APPS_COVERED, &[domain], number(covered));
        }
    }

    fn fleet_apps(&mut self, apps: &Apps) {
        let Apps { running, idle, covered, uncovered, violations, unheard, rate: _ } = *apps;
        self.add(metric::FLEET_APPS_RUNNING, &[], number(running));
        self.add(metric::FLEET_VIOLATIONS, &[], number(violations));
        if unheard == 0 {
            self.add(metric::FLEET_APPS_IDLE, &[], number(idle));
            self.add(metric::FLEET_APPS_COVERED, &[], number(covered));
            self.add(metric::FLEET_APPS_UNCOVERED, &[], number(uncovered));
        }
    }

    /// The dearest types, of equal ones the first by name, and the rest as one.
    fn types(&mut self, of_scopes: Vec<(idle_core::InstanceType, u64)>) {
        let mut sums = std::collections::BTreeMap::new();
        for (instance_type, micro_usd) in of_scopes {
            let sum: &mut u64 = sums.entry(instance_type).or_default();
            *sum = sum.saturating_add(micro_usd);
        }
        let mut types: Vec<_> = sums.into_iter().collect();
        types.sort_by_key(|(_, micro_usd)| Reverse(*micro_usd));
        let rest = types.split_off(types.len().min(MOST_TYPES));
        for (instance_type, micro_usd) in &types {
            self.add(metric::TYPE_RUN_RATE, &[instance_type.as_str()], usd(*micro_usd));
        }
        let rest = rest.iter().fold(0, |sum: u64, (_, micro_usd)| sum.saturating_add(*micro_usd));
        self.add(metric::TYPE_RUN_RATE, &[OTHER], usd(rest));
    }

    fn scope(&mut self, scope: &ScopeSeen) {
        let values = [scope.scope.account.as_str(), scope.scope.region.as_str()];
        let unseen = unseen(scope);
        if unseen == 0 {
            self.add(metric::SWEEP_COMPLETED, &values, 1.0);
        }
        self.add(metric::SWEEP_UNSEEN, &values, count_of(unseen));
    }

    fn acts(&mut self, acts: &ScopeActs) {
        let ScopeActs { scope, done, failed } = acts;
        let values = [scope.account.as_str(), scope.region.as_str()];
        self.add(metric::SWEEP_ACTIONS, &values, number(*done));
        self.add(metric::SWEEP_FAILED, &values, number(*failed));
    }
}

#[expect(clippy::cast_precision_loss, reason = "a float holds every count below 2^53 exactly")]
fn number(count: u64) -> f64 {
    count as f64
}

pub(super) fn count_of(count: usize) -> f64 {
    number(u64::try_from(count).unwrap_or(u64::MAX))
}

fn usd(micro_usd: u64) -> f64 {
    number(micro_usd) / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_beyond_the_dearest_are_one_and_nothing_is_lost() {
        let name = |n: u64| idle_core::InstanceType::parse(&format!("ml.x{n:02}.large")).expect("a type");
        let mut data = Data { at: Timestamp::UNIX_EPOCH, data: Vec::new() };
        // The first twenty are seen in two accounts.
        data.types((1..=60).chain(1..=20).map(|n| (name(n), n * 1_000_000)).collect());
        let told: Vec<(&str, f64)> = data.data.iter().map(|datum| (datum.values[0].as_str(), datum.value)).collect();
        assert_eq!(told.len(), MOST_TYPES + 1);
        assert_eq!((told[0], told[1]), (("ml.x60.large", 60.0), ("ml.x59.large", 59.0)));
        let sum: f64 = told.iter().map(|(_, usd)| usd).sum();
        assert!((sum - f64::from(60 * 61 / 2 + 20 * 21 / 2)).abs() < 1e-9, "{sum}");
        assert_eq!(told[MOST_TYPES].0, OTHER);
        assert!(told[MOST_TYPES].1 < sum && told[MOST_TYPES].1 > 0.0);
    }
}
