//! The files of Savings Plans for SageMaker.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::book::{PlanRow, PriceBook};
use super::files::not_there;
use super::record::usage_type;
use crate::error::Answer;

const OFFER: &str = "AWSMachineLearningSavingsPlans";

/// `{"Offer", "Version", "Region"}`: the index where no region is named.
pub(super) fn file(book: &PriceBook, request: &Value) -> Answer {
    let text = |member: &str| request[member].as_str().unwrap_or_default();
    if text("Offer") != OFFER || ![book.version().as_str(), "current"].contains(&text("Version")) {
        return Err(not_there());
    }
    let regions: BTreeSet<&str> = book.plans.iter().map(|row| &*row.region).collect();
    match text("Region") {
        "" => {
            let region = |region: &&str| {
                let url = format!("/savingsPlan/v1.0/aws/{OFFER}/{}/{region}/index.json", book.version());
                json!({ "regionCode": region, "versionUrl": url })
            };
            let regions: Vec<Value> = regions.iter().map(region).collect();
            Ok(json!({ "disclaimer": "", "publicationDate": book.published, "regions": regions }))
        }
        region if regions.contains(region) => Ok(of_region(book, region)),
        _ => Err(not_there()),
    }
}

fn of_region(book: &PriceBook, region: &str) -> Value {
    let mut plans: BTreeMap<(&str, &str), Vec<&PlanRow>> = BTreeMap::new();
    for row in book.plans.iter().filter(|row| row.region == region) {
        plans.entry((&row.term, &row.option)).or_default().push(row);
    }
    let sku = |(term, option): &(&str, &str)| format!("SP{term}{}", option.replace(' ', "")).to_ascii_uppercase();
    let product = |plan: &(&str, &str)| {
        json!({ "sku": sku(plan), "productFamily": "MachineLearningSavingsPlans", "serviceCode": "MachineLearningSavingsPlans",
            "usageType": "MachineLearningSP", "operation": "",
            "attributes": { "purchaseOption": plan.1, "granularity": "hourly", "purchaseTerm": plan.0,
                "locationType": "AWS Region", "location": "Any" } })
    };
    let term = |(plan, rows): (&(&str, &str), &Vec<&PlanRow>)| {
        let rates: Vec<Value> = rows.iter().map(|row| rate(&sku(plan), row)).collect();
        let years: u64 = plan.0.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap_or(1);
        json!({ "sku": sku(plan), "description": format!("{} {} Savings Plan for SageMaker", plan.0, plan.1),
            "effectiveDate": "2021-04-21T00:00:00Z", "leaseContractLength": { "duration": years, "unit": "year" },
            "rates": rates })
    };
    json!({
        "version": book.version(),
        "publicationDate": book.published,
        "regionCode": region,
        "products": plans.keys().map(product).collect::<Vec<_>>(),
        "terms": { "savingsPlan": plans.iter().map(term).collect::<Vec<_>>() },
    })
}

fn rate(sku: &str, row: &PlanRow) -> Value {
    let discounted = format!("D{}", row.usage.chars().filter(char::is_ascii_alphanumeric).collect::<String>());
    json!({ "rateCode": format!("{sku}.{discounted}"), "discountedSku": discounted,
        "discountedUsageType": usage_type(&row.region, &row.usage), "discountedOperation": "RunInstance",
        "discountedServiceCode": "AmazonSageMaker", "discountedRegionCode": row.region, "unit": "Hrs",
        "discountedRate": { "price": row.amount, "currency": "USD" } })
}
