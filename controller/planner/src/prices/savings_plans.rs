//! Rates of SageMaker Savings Plans, from AWS's file of a region.

use std::collections::{BTreeMap, BTreeSet};

use idle_core::Region;
use jiff::Timestamp;
use serde::Deserialize;

use super::{Item, LIST_SCHEMA_VERSION, Offer, Payment, Per, PriceList, Rate, ReadError, Row, SavingsPlan, Source};

/// The file of all Savings Plans for SageMaker in one region.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SavingsPlanFile {
    publication_date: Timestamp,
    products: Vec<Product>,
    terms: Terms,
}

#[derive(Debug, Deserialize)]
struct Product {
    sku: String,
    attributes: Attributes,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attributes {
    #[serde(default)]
    purchase_option: String,
    #[serde(default)]
    purchase_term: String,
}

#[derive(Debug, Deserialize)]
struct Terms {
    #[serde(rename = "savingsPlan")]
    savings_plan: Vec<Term>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Term {
    sku: String,
    effective_date: Timestamp,
    rates: Vec<Discounted>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Discounted {
    discounted_sku: String,
    discounted_usage_type: String,
    #[serde(default)]
    discounted_region_code: Option<String>,
    unit: String,
    discounted_rate: Amount,
}

#[derive(Debug, Deserialize)]
struct Amount {
    price: String,
    currency: String,
}

/// The rates of one plan in one region. What is paid at once is in them already.
///
/// # Errors
/// When the file has none.
pub fn savings_plan(
    file: &SavingsPlanFile,
    plan: SavingsPlan,
    region: &Region,
    now: Timestamp,
    source: Source,
) -> Result<PriceList, ReadError> {
    let (option, term) = named(plan);
    let is_wanted = |product: &&Product| {
        let Attributes { purchase_option, purchase_term } = &product.attributes;
        *purchase_option == option && *purchase_term == term
    };
    let wanted: BTreeSet<&str> = file.products.iter().filter(is_wanted).map(|product| &*product.sku).collect();
    let terms = file.terms.savings_plan.iter().filter(|term| wanted.contains(&*term.sku) && term.effective_date <= now);
    let mut list = PriceList {
        schema_version: LIST_SCHEMA_VERSION,
        offer: Offer::SavingsPlan(plan),
        region: region.clone(),
        published_at: file.publication_date,
        fetched_at: source.fetched_at,
        document: source.document,
        rows: BTreeMap::new(),
        contradictory: BTreeSet::new(),
        left_out: BTreeMap::new(),
    };
    for term in terms {
        for discounted in &term.rates {
            match row(discounted, region, term.effective_date) {
                Ok((item, row)) => put(&mut list, item, row),
                Err(why) => *list.left_out.entry(why.to_owned()).or_default() += 1,
            }
        }
    }
    if list.rows.is_empty() {
        let left_out: Vec<String> = list.left_out.iter().map(|(why, n)| format!("{n} {why}")).collect();
        let left_out = if left_out.is_empty() { format!("no rate of {plan}") } else { left_out.join(", ") };
        return Err(ReadError::None { region: region.clone(), left_out });
    }
    Ok(list)
}

/// A plan that is sold anew has another rate since then.
fn put(list: &mut PriceList, item: Item, row: Row) {
    if list.contradictory.contains(&item) {
        return;
    }
    match list.rows.get(&item) {
        Some(other) if other.effective_at > row.effective_at => {}
        Some(other) if other.effective_at == row.effective_at && other.rate != row.rate => {
            list.rows.remove(&item);
            list.contradictory.insert(item);
        }
        _ => drop(list.rows.insert(item, row)),
    }
}

fn row(discounted: &Discounted, region: &Region, effective_at: Timestamp) -> Result<(Item, Row), &'static str> {
    let Discounted { discounted_sku, discounted_usage_type, discounted_region_code, unit, discounted_rate } =
        discounted;
    if discounted_region_code.as_deref().is_some_and(|code| code != region.as_str()) {
        return Err("of another region");
    }
    let item = Item::of_usage_type(discounted_usage_type).ok_or("of a usage type that is not known")?;
    if discounted_rate.currency != "USD" {
        return Err("not in US dollars");
    }
    let per = Per::of_unit(unit).ok_or("in a unit that is not known")?;
    let rate = Rate::parse(&discounted_rate.price, per).ok_or("of no amount that can be read")?;
    if rate.pico_usd == 0 {
        return Err("of 0 US dollars");
    }
    Ok((item, Row { rate, effective_at, sku: Some(discounted_sku.clone()), document: None }))
}

/// How the file names a plan.
fn named(plan: SavingsPlan) -> (&'static str, String) {
    let option = match plan.payment {
        Payment::NoUpfront => "No Upfront",
        Payment::PartialUpfront => "Partial Upfront",
        Payment::AllUpfront => "All Upfront",
    };
    (option, format!("{}yr", plan.years))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_rates_are_those_of_the_plan_that_was_asked_for() {
        let rate = |usage_type: &str, price: &str| {
            json!({ "discountedSku": "D", "discountedUsageType": usage_type, "discountedOperation": "RunInstance",
                "discountedServiceCode": "AmazonSageMaker", "rateCode": "P.D", "unit": "Hrs",
                "discountedRate": { "price": price, "currency": "USD" } })
        };
        let file = json!({
            "version": "20261120", "publicationDate": "2026-11-20T00:00:00Z", "regionCode": "af-south-1",
            "products": [
                { "sku": "N", "attributes": { "purchaseOption": "No Upfront", "purchaseTerm": "1yr" } },
                { "sku": "A", "attributes": { "purchaseOption": "All Upfront", "purchaseTerm": "3yr" } },
            ],
            "terms": { "savingsPlan": [
                { "sku": "N", "effectiveDate": "2021-04-21T00:00:00Z", "rates": [
                    rate("AFS1-Studio:KernelGateway-ml.r5.24xlarge", "7.5"), rate("AFS1-Label:x", "1")] },
                { "sku": "A", "effectiveDate": "2021-04-21T00:00:00Z", "rates": [
                    rate("AFS1-Studio:KernelGateway-ml.r5.24xlarge", "3.9")] },
            ] },
        });
        let file: SavingsPlanFile = serde_json::from_value(file).expect("a file");
        let region = Region::parse("af-south-1").expect("a region");
        let now: Timestamp = "2026-11-25T00:00:00Z".parse().expect("a time");
        let list = |plan: &str| {
            let source = Source { document: "a test".to_owned(), fetched_at: now };
            savings_plan(&file, plan.parse().expect("a plan"), &region, now, source)
        };
        let item = "Studio:KernelGateway-ml.r5.24xlarge".parse().expect("an item");
        for (plan, usd, left_out) in [("1yr:no-upfront", "7.5000", 1), ("3yr:all-upfront", "3.9000", 0)] {
            let list = list(plan).expect("a list");
            assert_eq!(list.rows.get(&item).map(|row| row.rate.usd()).as_deref(), Some(usd), "{plan}");
            assert_eq!((list.rows.len(), list.left_out.values().sum::<u64>()), (1, left_out), "{plan}");
        }
        assert!(list("3yr:no-upfront").expect_err("none").to_string().contains("no rate of 3yr:no-upfront"));
    }
}
