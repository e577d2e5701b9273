//! What things bill: price lists, each with its provenance, and answers that name the
//! list that they are from. What no list holds has no price; nothing stands in for it.
//!
//! Ask [`Prices`]: [`Prices::app`], [`Prices::instance`], [`Prices::volume`],
//! [`Prices::provisioned_concurrency`], [`Prices::vpc_endpoint`], and for what a Savings Plan
//! leaves of it [`Prices::savings_plan_rate`]. Each answers [`Priced`], or [`Unpriced`] with the
//! reason; a plan's [`crate::plan::Price`] is made of either. Lists are made of what AWS says by
//! a [`Reader`] and by [`savings_plan`], and put over the bundled table by [`Prices::with`].

mod component;
mod item;
mod list;
mod rate;
mod record;
mod savings_plans;
mod table;

use std::collections::BTreeMap;

use idle_core::{AppType, InstanceType, Region};

pub use component::{Component, ComponentError};
pub use item::{Item, ItemError, VolumeOf, VolumeType};
pub use list::{LIST_SCHEMA_VERSION, Offer, OfferError, Payment, PriceList, Row, SavingsPlan};
pub use rate::{Per, Rate};
pub use record::{OfferFile, ReadError, Reader, Source};
pub use savings_plans::{SavingsPlanFile, savings_plan};
pub use table::TableError;

/// Price lists of any number of regions: the bundled table, and what was fetched over it.
///
/// A fetched list answers for everything that it holds. What it lacks, the bundled table
/// answers, and says so: every answer names its list. Neither another region nor another
/// component ever answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prices {
    /// On demand, what answers first at the front.
    lists: BTreeMap<Region, Vec<PriceList>>,
    savings_plans: BTreeMap<Region, PriceList>,
}

/// What something bills, and by which list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priced {
    /// Millionths of a US dollar an hour; 0 only for what AWS bills nothing for.
    pub micro_usd_per_hour: u64,
    /// Such as `aws 2026-11-20` or `bundled 2026-09-24`.
    pub list: String,
}

/// Why something has no price. That is never 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unpriced(pub String);

/// The list of what AWS bills nothing for.
const FREE: &str = "free of charge";

impl Prices {
    /// The table that comes with costctl.
    ///
    /// # Panics
    /// Never: it is part of the program, and the tests read it.
    #[must_use]
    pub fn bundled() -> Self {
        Self::parse(include_str!("table.toml")).expect("the table is part of the program")
    }

    /// The prices of a table's text, as the bundled one is written.
    ///
    /// # Errors
    /// [`TableError`] for the first mistake.
    pub fn parse(text: &str) -> Result<Self, TableError> {
        Ok(table::read(text)?.into_iter().fold(Self::default(), Self::with))
    }

    /// The same with this list, which answers before the bundled table. It takes the place of
    /// a list of the same offer and region; of Savings Plans there is one for each region.
    #[must_use]
    pub fn with(mut self, list: PriceList) -> Self {
        if let Offer::SavingsPlan(_) = list.offer {
            self.savings_plans.insert(list.region.clone(), list);
            return self;
        }
        let lists = self.lists.entry(list.region.clone()).or_default();
        lists.retain(|other| other.offer != list.offer);
        let at = if list.offer == Offer::Bundled { lists.len() } else { 0 };
        lists.insert(at, list);
        self
    }

    /// What an app bills. Only Studio Classic's server on `system` bills nothing.
    ///
    /// # Errors
    /// [`Unpriced`], with the reason.
    pub fn app(
        &self,
        region: &Region,
        app_type: AppType,
        instance_type: Option<&InstanceType>,
    ) -> Result<Priced, Unpriced> {
        let is_system = instance_type.is_some_and(|instance_type| instance_type.as_str() == "system");
        match Component::of(app_type) {
            _ if is_system && app_type == AppType::JupyterServer => {
                Ok(Priced { micro_usd_per_hour: 0, list: FREE.to_owned() })
            }
            Some(component) => self.instance(region, component, instance_type),
            None => Err(Unpriced(format!("{app_type} is not priced by its instance type"))),
        }
    }

    /// What one instance bills.
    ///
    /// # Errors
    /// [`Unpriced`], with the reason.
    pub fn instance(
        &self,
        region: &Region,
        component: Component,
        instance_type: Option<&InstanceType>,
    ) -> Result<Priced, Unpriced> {
        let instance_type = instance_type.ok_or_else(|| Unpriced("its instance type is not known".to_owned()))?;
        let item = Item::Instance(component, instance_type.clone());
        self.hourly(region, &item, 1, || format!("{instance_type} for {component}"))
    }

    /// What the gp3 volume of a space bills, whether an app runs on it or not.
    ///
    /// # Errors
    /// [`Unpriced`], with the reason.
    pub fn volume(&self, region: &Region, gigabytes: Option<u32>) -> Result<Priced, Unpriced> {
        let gigabytes = gigabytes.ok_or_else(|| Unpriced("its size is not known".to_owned()))?;
        let item = Item::Volume(VolumeOf::Studio, VolumeType::Gp3);
        self.hourly(region, &item, gigabytes, || "volumes".to_owned())
    }

    /// What so many units of provisioned concurrency of a serverless variant bill, at work or not.
    ///
    /// # Errors
    /// [`Unpriced`], with the reason.
    pub fn provisioned_concurrency(&self, region: &Region, memory_mb: u32, units: u32) -> Result<Priced, Unpriced> {
        if memory_mb == 0 || !memory_mb.is_multiple_of(1024) {
            return Err(Unpriced(format!("{memory_mb} MB of memory are no whole gigabytes, as prices are")));
        }
        let item = Item::ProvisionedConcurrency(memory_mb / 1024);
        self.hourly(region, &item, units, || format!("provisioned concurrency with {} GB", memory_mb / 1024))
    }

    /// What an interface VPC endpoint bills in one availability zone, without what is sent through it.
    ///
    /// # Errors
    /// [`Unpriced`], with the reason.
    pub fn vpc_endpoint(&self, region: &Region) -> Result<Priced, Unpriced> {
        self.hourly(region, &Item::VpcEndpoint, 1, || "interface VPC endpoints".to_owned())
    }

    /// What one instance bills under the Savings Plan whose rates were fetched.
    ///
    /// # Errors
    /// [`Unpriced`], with the reason.
    pub fn savings_plan_rate(
        &self,
        region: &Region,
        component: Component,
        instance_type: &InstanceType,
    ) -> Result<Priced, Unpriced> {
        let none = || {
            Unpriced(format!(
                "no rates of a Savings Plan in {region}; hint: costctl prices refresh --savings-plans 1yr:no-upfront"
            ))
        };
        let list = self.savings_plans.get(region).ok_or_else(none)?;
        let item = Item::Instance(component, instance_type.clone());
        answer(&[list], &item, 1, region, || format!("{instance_type} for {component}"))
    }

    /// Every list, region by region, what answers first at the front; then those of Savings Plans.
    pub fn lists(&self) -> impl Iterator<Item = &PriceList> {
        self.lists.values().flatten().chain(self.savings_plans.values())
    }

    /// The on-demand price of an item, and the list that it is in: the first that holds it.
    #[must_use]
    pub fn row(&self, region: &Region, item: &Item) -> Option<(&PriceList, &Row)> {
        let lists = self.lists.get(region).map_or(&[][..], Vec::as_slice);
        let list = lists.iter().find(|list| list.contradictory.contains(item) || list.rows.contains_key(item))?;
        list.rows.get(item).map(|row| (list, row))
    }

    fn hourly(&self, region: &Region, item: &Item, units: u32, what: impl Fn() -> String) -> Result<Priced, Unpriced> {
        let offer = if *item == Item::VpcEndpoint { Offer::Vpc } else { Offer::SageMaker };
        let lists = self.lists.get(region).into_iter().flatten();
        let lists: Vec<&PriceList> = lists.filter(|list| [offer, Offer::Bundled].contains(&list.offer)).collect();
        if lists.is_empty() {
            let bundled = self.lists().find(|list| list.offer == Offer::Bundled);
            let named = bundled.map_or_else(|| "any list".to_owned(), named);
            return Err(Unpriced(format!("no price of {} in {region} in {named}", what())));
        }
        answer(&lists, item, units, region, what)
    }
}

fn answer(
    lists: &[&PriceList],
    item: &Item,
    units: u32,
    region: &Region,
    what: impl Fn() -> String,
) -> Result<Priced, Unpriced> {
    for list in lists {
        if list.contradictory.contains(item) {
            return Err(Unpriced(format!("several prices of {} in {region} in {}", what(), list.name())));
        }
        let Some(row) = list.rows.get(item) else { continue };
        let Some(micro_usd_per_hour) = row.rate.micro_usd_per_hour(units) else {
            let per = row.rate.per.as_str();
            return Err(Unpriced(format!("the price of {} in {region} is for each {per}", what())));
        };
        return Ok(Priced { micro_usd_per_hour, list: list.name() });
    }
    let names: Vec<String> = lists.iter().map(|list| named(list)).collect();
    Err(Unpriced(format!("no price of {} in {region} in {}", what(), names.join(" or "))))
}

fn named(list: &PriceList) -> String {
    let name = list.name();
    match name.strip_prefix("bundled ") {
        Some(date) => format!("the table of {date}"),
        None => name,
    }
}

#[cfg(test)]
mod tests;
