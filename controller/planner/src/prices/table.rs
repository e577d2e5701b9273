//! The price table as a file: every figure with its source.

use std::collections::BTreeMap;

use idle_core::{InstanceType, Region};
use serde::Deserialize;

use super::{Component, MicroUsd, PriceKey, Prices, PricesError, Source};

/// The version that this code reads.
const SCHEMA_VERSION: u32 = 1;

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

/// The prices of a table.
pub(super) fn read(text: &str) -> Result<Prices, PricesError> {
    let table: Table = toml::from_str(text).map_err(|error| PricesError::Form(error.to_string()))?;
    let Table { schema_version, as_of, source, instances, volumes } = table;
    if schema_version != SCHEMA_VERSION {
        return Err(PricesError::Version(schema_version));
    }
    let known = |name: &String| match source.contains_key(name) {
        true => Ok(name.clone()),
        false => Err(PricesError::Source(name.clone())),
    };
    let mut prices = Prices { as_of: as_of.to_string(), ..Prices::default() };
    for Instances { source, region, component, usd_per_hour } in instances {
        let source = known(&source)?;
        for (instance_type, usd) in usd_per_hour {
            let key = PriceKey { region: region.clone(), component, instance_type };
            prices.instances.insert(key, MicroUsd { micro_usd: micro_usd(&usd)?, source: source.clone() });
        }
    }
    for Volumes { source, region, usd_per_gb_month } in volumes {
        let price = MicroUsd { micro_usd: micro_usd(&usd_per_gb_month)?, source: known(&source)? };
        prices.gb_months.insert(region, price);
    }
    let about = |SourceRow { document, date, grade }| Source { document, date: date.to_string(), grade };
    prices.sources = source.into_iter().map(|(name, row)| (name, about(row))).collect();
    Ok(prices)
}

/// A decimal in millionths, exactly: at most six digits after the point.
fn micro_usd(text: &str) -> Result<u64, PricesError> {
    let error = || PricesError::Amount(text.to_owned());
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let is_digits = |text: &str, most| (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if !is_digits(whole, 6) || !is_digits(part, 6) {
        return Err(error());
    }
    let number = |text: &str| text.parse::<u64>().map_err(|_| error());
    Ok(number(whole)? * 1_000_000 + number(&format!("{part:0<6}"))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        for (text, micro) in [("0.05", 50_000), ("25.251286", 25_251_286), ("1", 1_000_000), ("0.000001", 1)] {
            assert_eq!(micro_usd(text).ok(), Some(micro), "{text}");
        }
        for wrong in ["", ".5", "-1", "1.", "0.0000001", "1e3", "1,5", "+1"] {
            assert!(micro_usd(wrong).is_err(), "{wrong}");
        }
    }
}
