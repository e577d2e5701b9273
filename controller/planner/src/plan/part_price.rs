//! What an endpoint, or a part of one, bills.

use idle_core::Region;

use super::{Price, Prices};
use crate::methods::Part;
use crate::prices::Component;
use crate::snapshot::{CloseUp, Serverless, Variant};

/// The price of a part, or of all variants together: one without a price leaves the whole without.
pub(crate) fn part_price(prices: &Prices, region: &Region, close_up: Option<&CloseUp>, part: Part) -> Price {
    let Some(close_up) = close_up else { return Price::Unpriced("it could not be described".to_owned()) };
    let component = if close_up.is_async { Component::AsyncInf } else { Component::Hosting };
    let of = |variant: &Variant| of_variant(prices, region, component, variant);
    match part {
        Part::Whole => close_up.variants.iter().map(of).fold(Price::MicroUsdPerHour(0), sum),
        Part::Variant(at) => match close_up.variants.get(usize::try_from(at).unwrap_or(usize::MAX)) {
            Some(variant) => of(variant),
            None => Price::Unpriced("there is no such variant".to_owned()),
        },
        Part::InferenceComponent(_) => {
            Price::Unpriced("it bills nothing of its own: its variant's instances do".to_owned())
        }
    }
}

fn of_variant(prices: &Prices, region: &Region, component: Component, variant: &Variant) -> Price {
    match &variant.serverless {
        Some(Serverless { provisioned_concurrency: 0, .. }) => Price::MicroUsdPerHour(0),
        Some(Serverless { memory_mb, provisioned_concurrency }) => {
            prices.provisioned_concurrency(region, *memory_mb, *provisioned_concurrency).into()
        }
        None => match prices.instance(region, component, variant.instance_type.as_ref()).into() {
            Price::MicroUsdPerHour(each) => Price::MicroUsdPerHour(each.saturating_mul(variant.instances.into())),
            unpriced @ Price::Unpriced(_) => unpriced,
        },
    }
}

fn sum(total: Price, next: Price) -> Price {
    match (total, next) {
        (Price::MicroUsdPerHour(total), Price::MicroUsdPerHour(next)) => {
            Price::MicroUsdPerHour(total.saturating_add(next))
        }
        (unpriced @ Price::Unpriced(_), _) | (_, unpriced) => unpriced,
    }
}
