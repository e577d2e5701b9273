//! What spans of the ledger bill by the lists of today.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use cost_ledger::report::SavingsPlans;
use cost_ledger::{Folded, ScopeName, Span};
use cost_planner::prices::{Component, Item, Offer, Prices};
use idle_core::{InstanceType, Region};

use crate::cli::Reporting;

/// Today's price of a span, and its list; `None` where there is none.
pub(super) fn today(prices: &Prices, scope: ScopeName<'_>, span: Span<'_>) -> Option<(u64, String)> {
    let (list, row) = prices.row(&Region::parse(scope.region).ok()?, &item(span)?)?;
    Some((row.rate.micro_usd_per_hour(span.units())?, list.name()))
}

/// What a span bills under the Savings Plan whose rates were fetched; `None` for what plans do not cover.
pub(super) fn under_plan(prices: &Prices, scope: ScopeName<'_>, span: Span<'_>) -> Option<(u64, String)> {
    let Item::Instance(component, instance_type) = item(span)? else { return None };
    let rate = prices.savings_plan_rate(&Region::parse(scope.region).ok()?, component, &instance_type).ok()?;
    Some((rate.micro_usd_per_hour.checked_mul(span.units().into())?, rate.list))
}

fn item(span: Span<'_>) -> Option<Item> {
    match (span.component().parse::<Component>(), span.instance_type()) {
        (Ok(component), Some(instance_type)) => {
            Some(Item::Instance(component, InstanceType::parse(instance_type).ok()?))
        }
        _ => span.component().parse().ok(),
    }
}

/// Whether the rates of Savings Plans were fetched for every region of the ledger.
pub(super) fn has_rates(folded: &Folded, prices: &Prices) -> bool {
    without_rates(folded, prices).is_empty()
}

fn without_rates<'a>(folded: &'a Folded, prices: &Prices) -> BTreeSet<&'a str> {
    let fetched = prices.lists().filter(|list| matches!(list.offer, Offer::SavingsPlan(_)));
    let fetched: BTreeSet<&str> = fetched.map(|list| list.region.as_str()).collect();
    folded.scopes().map(|scope| scope.region).filter(|region| !fetched.contains(region)).collect()
}

/// What these flags say of Savings Plans.
///
/// # Errors
/// When they say something and the rates of a region are not there.
pub(super) fn plans(args: &Reporting, folded: &Folded, prices: &Prices) -> Result<Option<SavingsPlans>> {
    let Some(coverage_percent) = args.savings_plan_coverage else { return Ok(None) };
    if let Some(region) = without_rates(folded, prices).first() {
        bail!(
            "--savings-plan-coverage: there are no rates of Savings Plans for {region}; \
             hint: costctl prices refresh --savings-plans 1yr:no-upfront --region {region}"
        );
    }
    Ok(Some(SavingsPlans { coverage_percent, utilization_percent: args.savings_plan_utilization.unwrap_or(100) }))
}
