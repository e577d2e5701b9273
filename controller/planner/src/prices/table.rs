//! The price table as a file: every figure with its source.

use std::collections::{BTreeMap, BTreeSet};

use idle_core::{InstanceType, Region};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde::Deserialize;
use thiserror::Error;

use super::{Component, Item, LIST_SCHEMA_VERSION, Offer, Per, PriceList, Rate, Row, VolumeOf, VolumeType};

/// The version that this code reads.
const SCHEMA_VERSION: u32 = 1;

/// A price table that is none.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TableError {
    /// Not of the form.
    #[error("the price table could not be read: {0}")]
    Form(String),
    /// Written by another version.
    #[error("the price table has version {0}; hint: upgrade costctl")]
    Version(u32),
    /// No amount.
    #[error("{0:?} is no amount in US dollars; hint: 0.7364")]
    Amount(String),
    /// No date.
    #[error("{0} is no date; hint: 2026-09-24")]
    Date(String),
    /// A figure from nowhere.
    #[error("source {0:?} is not described; hint: [source.{0}] with document, date and grade")]
    Source(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    schema_version: u32,
    as_of: toml::value::Datetime,
    source: BTreeMap<String, SourceRow>,
    #[serde(default)]
    instances: Vec<Instances>,
    #[serde(default)]
    volumes: Vec<Volumes>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceRow {
    document: String,
    date: toml::value::Datetime,
    /// `published` by AWS itself, or a third party's `copy` of AWS's own data.
    grade: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Instances {
    source: String,
    region: Region,
    component: Component,
    usd_per_hour: BTreeMap<InstanceType, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Volumes {
    source: String,
    region: Region,
    usd_per_gb_month: String,
}

/// A list for each region of a table's text.
///
/// # Errors
/// [`TableError`] for the first mistake.
pub(super) fn read(text: &str) -> Result<Vec<PriceList>, TableError> {
    let table: Table = toml::from_str(text).map_err(|error| TableError::Form(error.to_string()))?;
    let Table { schema_version, as_of, source, instances, volumes } = table;
    if schema_version != SCHEMA_VERSION {
        return Err(TableError::Version(schema_version));
    }
    let as_of = midnight(&as_of)?;
    let mut lists: BTreeMap<Region, PriceList> = BTreeMap::new();
    let mut put = |region: Region, item: Item, name: &str, usd: &str, per: Per| -> Result<(), TableError> {
        let SourceRow { document, date, grade } =
            source.get(name).ok_or_else(|| TableError::Source(name.to_owned()))?;
        let rate = Rate::parse(usd, per).ok_or_else(|| TableError::Amount(usd.to_owned()))?;
        let document = Some(format!("{document}, {date} ({grade})"));
        let row = Row { rate, effective_at: midnight(date)?, sku: None, document };
        lists.entry(region.clone()).or_insert_with(|| empty(region, as_of)).rows.insert(item, row);
        Ok(())
    };
    for Instances { source, region, component, usd_per_hour } in instances {
        for (instance_type, usd) in usd_per_hour {
            put(region.clone(), Item::Instance(component, instance_type), &source, &usd, Per::Hour)?;
        }
    }
    for Volumes { source, region, usd_per_gb_month } in volumes {
        let item = Item::Volume(VolumeOf::Studio, VolumeType::Gp3);
        put(region, item, &source, &usd_per_gb_month, Per::GbMonth)?;
    }
    Ok(lists.into_values().collect())
}

fn empty(region: Region, as_of: Timestamp) -> PriceList {
    PriceList {
        schema_version: LIST_SCHEMA_VERSION,
        offer: Offer::Bundled,
        region,
        published_at: as_of,
        fetched_at: as_of,
        document: "the table that comes with costctl".to_owned(),
        rows: BTreeMap::new(),
        contradictory: BTreeSet::new(),
        left_out: BTreeMap::new(),
    }
}

fn midnight(date: &toml::value::Datetime) -> Result<Timestamp, TableError> {
    let text = date.to_string();
    let day: Option<Date> = text.parse().ok();
    let at = day.and_then(|day| TimeZone::UTC.to_timestamp(day.to_datetime(Time::midnight())).ok());
    at.ok_or(TableError::Date(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_has_a_source_that_is_at_first_hand() {
        let lists = read(include_str!("table.toml")).expect("read");
        for row in lists.iter().flat_map(|list| list.rows.values()) {
            let document = row.document.as_deref().unwrap_or_default();
            assert!(document.ends_with("(published)") || document.ends_with("(copy)"), "{document}");
        }
        let wrong = |text: &str| read(&format!("schema_version = 1\nas_of = 2026-01-01\nsource = {{}}\n{text}"));
        let nowhere = "[[volumes]]\nsource = \"X\"\nregion = \"us-east-1\"\nusd_per_gb_month = \"1\"";
        assert_eq!(wrong(nowhere), Err(TableError::Source("X".to_owned())));
        assert!(matches!(wrong("more = 1"), Err(TableError::Form(_))));
    }
}
