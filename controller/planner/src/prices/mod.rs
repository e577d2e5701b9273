//! What things bill: a table with the source of every figure. What it does not hold has
//! no price; nothing stands in for it.

mod table;

use std::collections::BTreeMap;
use std::fmt;

use idle_core::{AppType, InstanceType, Region};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::plan::Price;

/// What a price is for. One instance type has another price in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Component {
    /// JupyterLab apps.
    #[serde(rename = "Studio:JupyterLab")]
    JupyterLab,
    /// Code Editor apps.
    #[serde(rename = "Studio:CodeEditor")]
    CodeEditor,
    /// Kernel gateways of Studio Classic.
    #[serde(rename = "Studio:KernelGateway")]
    KernelGateway,
    /// Notebook instances.
    Notebook,
    /// Endpoints that answer at once.
    Hosting,
    /// Asynchronous endpoints.
    AsyncInf,
}

/// Prices of instances and volumes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prices {
    as_of: String,
    sources: BTreeMap<String, Source>,
    instances: BTreeMap<PriceKey, MicroUsd>,
    gb_months: BTreeMap<Region, MicroUsd>,
}

/// Where figures were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The document.
    pub document: String,
    /// Its date.
    pub date: String,
    /// `published` by AWS itself, or a third party's `copy` of AWS's own data.
    pub grade: String,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct PriceKey {
    region: Region,
    component: Component,
    instance_type: InstanceType,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct MicroUsd {
    micro_usd: u64,
    source: String,
}

/// A price table that is none.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PricesError {
    /// Not of the form.
    #[error("the price table could not be read: {0}")]
    Form(String),
    /// Written by another version.
    #[error("the price table has version {0}; hint: upgrade costctl")]
    Version(u32),
    /// No amount.
    #[error("{0:?} is no amount in US dollars; hint: 0.7364")]
    Amount(String),
    /// A figure from nowhere.
    #[error("source {0:?} is not described; hint: [source.{0}] with document, date and grade")]
    Source(String),
}

/// AWS counts a month as so many hours.
const HOURS_A_MONTH: u64 = 730;

impl Prices {
    /// The table that comes with costctl.
    ///
    /// # Panics
    /// Never: it is part of the program, and the tests read it.
    #[must_use]
    pub fn bundled() -> Self {
        Self::parse(include_str!("table.toml")).expect("the table is part of the program")
    }

    /// The prices of a table's text.
    ///
    /// # Errors
    /// [`PricesError`] for the first mistake.
    pub fn parse(text: &str) -> Result<Self, PricesError> {
        table::read(text)
    }

    /// What an app bills.
    #[must_use]
    pub fn app(&self, region: &Region, app_type: AppType, instance_type: Option<&InstanceType>) -> Price {
        let is_system = instance_type.is_some_and(|instance_type| instance_type.as_str() == "system");
        match Component::of(app_type) {
            _ if is_system && app_type == AppType::JupyterServer => Price::MicroUsdPerHour(0),
            Some(component) => self.instance(region, component, instance_type),
            None => Price::Unpriced(format!("{app_type} is not priced by its instance type")),
        }
    }

    /// What one instance bills.
    #[must_use]
    pub fn instance(&self, region: &Region, component: Component, instance_type: Option<&InstanceType>) -> Price {
        let Some(instance_type) = instance_type else {
            return Price::Unpriced("its instance type is not known".to_owned());
        };
        let key = PriceKey { region: region.clone(), component, instance_type: instance_type.clone() };
        match self.instances.get(&key) {
            Some(price) => Price::MicroUsdPerHour(price.micro_usd),
            None => Price::Unpriced(format!(
                "no price of {instance_type} for {component} in {region} in the table of {}",
                self.as_of
            )),
        }
    }

    /// What the volume of a space bills.
    #[must_use]
    pub fn volume(&self, region: &Region, gigabytes: Option<u32>) -> Price {
        match (self.gb_months.get(region), gigabytes) {
            (_, None) => Price::Unpriced("its size is not known".to_owned()),
            (None, _) => Price::Unpriced(format!("no price of volumes in {region} in the table of {}", self.as_of)),
            (Some(price), Some(gb)) => Price::MicroUsdPerHour(u64::from(gb) * price.micro_usd / HOURS_A_MONTH),
        }
    }

    /// The date of the youngest source.
    #[must_use]
    pub fn as_of(&self) -> &str {
        &self.as_of
    }

    /// Where the figures were read, by the name that the table calls each source.
    pub fn sources(&self) -> impl Iterator<Item = (&str, &Source)> {
        self.sources.iter().map(|(name, source)| (&**name, source))
    }
}

impl Component {
    /// Every component.
    pub const ALL: [Self; 6] =
        [Self::JupyterLab, Self::CodeEditor, Self::KernelGateway, Self::Notebook, Self::Hosting, Self::AsyncInf];

    /// What apps of this type are priced as; `None` where that is not by instance type alone.
    #[must_use]
    pub fn of(app_type: AppType) -> Option<Self> {
        match app_type {
            AppType::JupyterLab => Some(Self::JupyterLab),
            AppType::CodeEditor => Some(Self::CodeEditor),
            AppType::KernelGateway => Some(Self::KernelGateway),
            AppType::JupyterServer
            | AppType::DetailedProfiler
            | AppType::TensorBoard
            | AppType::RStudioServerPro
            | AppType::RSessionGateway
            | AppType::Canvas => None,
        }
    }
}

impl fmt::Display for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::JupyterLab => "Studio:JupyterLab",
            Self::CodeEditor => "Studio:CodeEditor",
            Self::KernelGateway => "Studio:KernelGateway",
            Self::Notebook => "Notebook",
            Self::Hosting => "Hosting",
            Self::AsyncInf => "AsyncInf",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(name: &str) -> Region {
        Region::parse(name).expect("a region")
    }

    fn price(region_name: &str, component: Component, instance_type: &str) -> Price {
        let instance_type = InstanceType::parse(instance_type).expect("a type");
        Prices::bundled().instance(&region(region_name), component, Some(&instance_type))
    }

    #[test]
    fn a_price_is_its_own_regions_and_components_or_none() {
        for (region, component, instance_type, micro_usd) in [
            ("us-east-1", Component::JupyterLab, "ml.g4dn.xlarge", Some(736_400)),
            ("us-east-1", Component::Notebook, "ml.g4dn.xlarge", Some(736_000)),
            ("eu-west-1", Component::Hosting, "ml.g4dn.xlarge", Some(821_000)),
            ("us-west-2", Component::JupyterLab, "ml.p4d.24xlarge", Some(25_251_286)),
            ("us-east-1", Component::CodeEditor, "ml.g4dn.xlarge", None),
            ("us-east-1", Component::AsyncInf, "ml.m5.xlarge", None),
            ("us-east-1", Component::Notebook, "ml.r7i.4xlarge", None),
            ("eu-west-1", Component::JupyterLab, "ml.g5.12xlarge", None),
        ] {
            let price = price(region, component, instance_type);
            assert_eq!(price.micro_usd_per_hour(), micro_usd, "{region} {component} {instance_type}");
            if let Price::Unpriced(why) = price {
                assert!(why.contains(instance_type) && why.contains(region) && why.contains("2026-09-24"), "{why}");
            }
        }
    }

    #[test]
    fn system_bills_nothing_for_the_classic_server_alone() {
        let prices = Prices::bundled();
        let system = InstanceType::parse("system").expect("a type");
        for app_type in AppType::ALL {
            let price = prices.app(&region("eu-west-1"), *app_type, Some(&system));
            assert_eq!(price.micro_usd_per_hour(), (*app_type == AppType::JupyterServer).then_some(0), "{app_type}");
        }
    }

    #[test]
    fn a_volume_is_priced_where_its_size_and_region_are_known() {
        let prices = Prices::bundled();
        assert_eq!(prices.volume(&region("us-east-1"), Some(730)), Price::MicroUsdPerHour(112_000));
        assert!(matches!(prices.volume(&region("us-east-1"), None), Price::Unpriced(_)));
        assert!(matches!(prices.volume(&region("eu-west-1"), Some(5)), Price::Unpriced(_)));
    }

    #[test]
    fn every_figure_has_a_source_that_is_at_first_hand() {
        for (name, source) in Prices::bundled().sources() {
            assert!(["published", "copy"].contains(&&*source.grade), "{name}");
            assert!(!source.document.is_empty() && source.date.len() == 10, "{name}");
        }
        let nowhere = "schema_version = 1\nas_of = 2026-01-01\nsource = {}\n[[volumes]]\nsource = \"X\"\n\
                       region = \"us-east-1\"\nusd_per_gb_month = \"1\"";
        assert_eq!(Prices::parse(nowhere), Err(PricesError::Source("X".to_owned())));
    }
}
