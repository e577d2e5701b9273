//! What a second of a span costs: at list prices, and with Savings Plans where they are known.

use std::collections::{BTreeSet, HashMap};

use super::Money;
use crate::fold::{Charge, ConfigId, ScopeName, Span};

/// Gives what a span bills an hour, of all its units, by another list than that of its time;
/// `None` where it is not there.
pub type PriceOf<'a> = dyn Fn(ScopeName<'_>, Span<'_>) -> Option<(u64, String)> + 'a;

/// What is known of Savings Plans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SavingsPlans {
    /// So many percent of the use are covered.
    pub coverage_percent: u8,
    /// So many percent of the commitment are used. Below 100 what is covered costs the same, used or not.
    pub utilization_percent: u8,
}

/// Savings Plans with the rate of what they cover.
#[derive(Clone, Copy)]
pub struct Plans<'a> {
    /// How far they go.
    pub known: SavingsPlans,
    /// What a span bills under them; `None` for what they do not cover.
    pub rate: &'a PriceOf<'a>,
}

/// What an hour costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate {
    /// `None` where there is no price.
    pub(super) list: Option<u64>,
    /// Of what is used; `None` where nothing is known.
    pub(super) net: Option<u64>,
    /// Of what is saved; likewise.
    pub(super) net_saved: Option<u64>,
}

/// The rates of spans. One with the same configuration in the same region has the same.
pub(super) struct Rates<'a> {
    today: Option<&'a PriceOf<'a>>,
    plans: Option<Plans<'a>>,
    known: HashMap<(ConfigId, String), Rate>,
    /// Lists that figures were taken from.
    pub(super) lists: BTreeSet<String>,
    /// So many seconds had no price when they ran and have one by today's list.
    pub(super) priced_today: u64,
}

impl<'a> Rates<'a> {
    pub(super) fn new(today: Option<&'a PriceOf<'a>>, plans: Option<Plans<'a>>) -> Self {
        Self { today, plans, known: HashMap::new(), lists: BTreeSet::new(), priced_today: 0 }
    }

    /// No money of which something is known as far as it is known here.
    pub(super) fn nothing(&self) -> Money {
        Money { net_micro_usd: self.plans.map(|_| 0), ..Money::default() }
    }

    /// The rate of a span.
    pub(super) fn of(&mut self, scope: ScopeName<'_>, span: Span<'_>) -> Rate {
        // Most ledgers are read for their list prices alone, which each span has itself.
        if let (Charge::Priced { micro_usd_per_hour, list }, None) = (span.charge(), self.plans) {
            if !self.lists.contains(list) {
                self.lists.insert(list.to_owned());
            }
            return Rate { list: Some(micro_usd_per_hour), net: None, net_saved: None };
        }
        let key = (span.config_id(), scope.region.to_owned());
        if let Some(rate) = self.known.get(&key) {
            return *rate;
        }
        let rate = self.found(scope, span);
        self.known.insert(key, rate);
        rate
    }

    fn found(&mut self, scope: ScopeName<'_>, span: Span<'_>) -> Rate {
        let priced = match span.charge() {
            Charge::Priced { micro_usd_per_hour, list } => Some((micro_usd_per_hour, list.to_owned())),
            Charge::Unpriced(_) => self.today.and_then(|today| today(scope, span)),
        };
        let Some((list, name)) = priced else { return Rate { list: None, net: None, net_saved: None } };
        self.lists.insert(name);
        let Some(Plans { known, rate }) = self.plans else {
            return Rate { list: Some(list), net: None, net_saved: None };
        };
        let Some((covered, name)) = rate(scope, span) else {
            return Rate { list: Some(list), net: Some(list), net_saved: Some(list) };
        };
        self.lists.insert(name);
        let mix = |covered: u64| {
            let percent = u128::from(known.coverage_percent);
            let sum = u128::from(covered) * percent + u128::from(list) * (100 - percent);
            u64::try_from(sum / 100).unwrap_or(u64::MAX)
        };
        let saved = if known.utilization_percent < 100 { 0 } else { covered };
        Rate { list: Some(list), net: Some(mix(covered)), net_saved: Some(mix(saved)) }
    }
}

impl Money {
    /// One more stretch of time, rounded down by itself.
    pub(super) fn add(&mut self, list: Option<u64>, net: Option<u64>, seconds: u64) {
        self.seconds += seconds;
        match list {
            Some(list) => self.list_micro_usd = self.list_micro_usd.saturating_add(amount(list, seconds)),
            None => self.unpriced_seconds += seconds,
        }
        if let (Some(sum), Some(net)) = (&mut self.net_micro_usd, net) {
            *sum = sum.saturating_add(amount(net, seconds));
        }
    }

    /// Both together.
    pub(super) fn plus(&mut self, other: &Self) {
        let Self { seconds, list_micro_usd, net_micro_usd, unpriced_seconds } = other;
        self.seconds += seconds;
        self.list_micro_usd = self.list_micro_usd.saturating_add(*list_micro_usd);
        self.unpriced_seconds += unpriced_seconds;
        self.net_micro_usd = self.net_micro_usd.zip(*net_micro_usd).map(|(a, b)| a.saturating_add(b));
    }
}

/// Micro-dollars of so many seconds, rounded down.
pub(super) fn amount(micro_usd_per_hour: u64, seconds: u64) -> u64 {
    // Nearly all products fit, and the wide division is slow.
    match micro_usd_per_hour.checked_mul(seconds) {
        Some(product) => product / 3600,
        None => u64::try_from(u128::from(micro_usd_per_hour) * u128::from(seconds) / 3600).unwrap_or(u64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_rounded_down_and_do_not_wrap() {
        assert_eq!(amount(736_400, 1800), 368_200);
        assert_eq!(amount(1, 3599), 0);
        assert_eq!(amount(u64::MAX, 3600), u64::MAX);
        assert_eq!(amount(u64::MAX, 7200), u64::MAX);
    }

    #[test]
    fn what_has_no_price_is_time_and_no_money() {
        let mut money = Money::default();
        money.add(Some(3_600_000), None, 10);
        money.add(None, None, 5);
        assert_eq!(money, Money { seconds: 15, list_micro_usd: 10_000, net_micro_usd: None, unpriced_seconds: 5 });
    }
}
