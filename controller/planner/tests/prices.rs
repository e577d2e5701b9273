//! Prices out of what AWS says: every point that was published, in both of AWS's forms, and
//! that nothing ever stands in for what is not sold.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::{BTreeMap, BTreeSet};

use cost_planner::prices::{Component, Item, Offer, Per, PriceList, Prices, Rate, Reader, Row, Source};
use idle_core::{InstanceType, Region};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Line of the collection, region, usage type without prefix, US dollars.
fn points() -> Vec<[&'static str; 4]> {
    let lines = include_str!("fixtures/price-points.csv").lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split(',').collect::<Vec<_>>().try_into().unwrap()).collect()
}

fn region(name: &str) -> Region {
    Region::parse(name).unwrap()
}

fn now() -> Timestamp {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

/// Prefixes as AWS has them: by no rule, and none at times.
fn prefix(region: &str) -> &'static str {
    match region {
        "eu-west-1" => "EU-",
        "us-east-1" => "",
        "us-west-2" => "USW2-",
        "ap-south-1" => "APS3-",
        "ap-northeast-1" => "APN1-",
        _ => "XYZ9-",
    }
}

/// Product and term of a point; of one that is not sold there is only the free tier's.
fn product(region: &str, usage: &str, usd: &str) -> (Value, Value) {
    let (free, usd) = if usd == "none" { ("Free", "0.0000000000") } else { ("", usd) };
    let unit = if usage.contains("Volume") {
        "GB-Mo"
    } else if usage.contains("Mem-") {
        "Seconds"
    } else {
        "Hrs"
    };
    let sku = format!("{region}{usage}");
    let product = json!({ "sku": sku, "productFamily": "ML Instance", "attributes": {
        "regionCode": region, "locationType": "AWS Region", "usagetype": format!("{}{usage}", prefix(region)),
        "instanceType": "NA", "platoinstancetype": format!("{free}Hosting") } });
    let term = json!({ (format!("{sku}.A")): { "effectiveDate": "2026-09-01T00:00:00Z", "sku": sku,
        "priceDimensions": { (format!("{sku}.A.B")): { "unit": unit, "beginRange": "0", "endRange": "Inf",
            "pricePerUnit": { "USD": usd } } } } });
    (product, term)
}

fn of_records(of: &Region) -> PriceList {
    let mut reader = Reader::new(Offer::SageMaker, of.clone(), now());
    for [_, region, usage, usd] in points() {
        let (product, terms) = product(region, usage, usd);
        let record = json!({ "product": product, "serviceCode": "AmazonSageMaker", "terms": { "OnDemand": terms },
            "version": "1", "publicationDate": "2026-11-20T00:00:00Z" });
        reader.record(&record.to_string()).unwrap();
    }
    reader.finish(Source { document: "records".to_owned(), fetched_at: now() }).unwrap()
}

fn of_file(of: &Region) -> PriceList {
    let (mut products, mut terms) = (Map::new(), Map::new());
    for [_, region, usage, usd] in points() {
        let (product, term) = product(region, usage, usd);
        let sku = product["sku"].as_str().unwrap().to_owned();
        products.insert(sku.clone(), product);
        terms.insert(sku, term);
    }
    let file = json!({ "formatVersion": "v1.0", "offerCode": "AmazonSageMaker", "publicationDate": "2026-11-20T00:00:00Z",
        "products": products, "terms": { "OnDemand": terms, "Reserved": {} } });
    let mut reader = Reader::new(Offer::SageMaker, of.clone(), now());
    reader.file(&serde_json::from_value(file).unwrap()).unwrap();
    reader.finish(Source { document: "file".to_owned(), fetched_at: now() }).unwrap()
}

/// Millionths of a dollar an hour of a point, reckoned from its text alone.
fn micro_usd(usd: &str, item: &Item) -> u64 {
    let (whole, part) = usd.split_once('.').unwrap();
    let micro: u64 = format!("{whole}{part:0<6}").parse().unwrap();
    match item {
        Item::Serverless(_) => micro * 3600,
        Item::Volume(..) => micro / 730,
        _ => micro,
    }
}

#[test]
fn every_point_comes_out_of_both_forms_as_it_was_published() {
    let regions: BTreeSet<&str> = points().iter().map(|point| point[1]).collect();
    let all: BTreeSet<&str> = points().iter().map(|point| point[0]).collect();
    assert!((1..=42).all(|n| all.contains(n.to_string().as_str())), "all lines of the collection: {all:?}");
    for of in regions.into_iter().map(region) {
        let (records, file) = (of_records(&of), of_file(&of));
        assert_eq!((&records.rows, &records.left_out), (&file.rows, &file.left_out), "{of}");
        let sold = points().into_iter().filter(|[_, region, _, usd]| *region == of.as_str() && *usd != "none");
        assert_eq!(records.rows.len(), sold.count(), "{of}: nothing beside what is sold");
        let prices = Prices::default().with(records.clone());
        for [line, _, usage, usd] in points().into_iter().filter(|point| point[1] == of.as_str()) {
            let item: Item = usage.parse().unwrap();
            let row = records.rows.get(&item);
            let found = row.and_then(|row| row.rate.micro_usd_per_hour(1));
            let wanted = (usd != "none").then(|| micro_usd(usd, &item));
            assert_eq!(found, wanted, "line {line}: {of} {usage}");
            if let Item::Instance(component, instance_type) = &item {
                let price = prices.instance(&of, *component, Some(instance_type));
                assert_eq!(price.map(|price| price.micro_usd_per_hour).ok(), wanted, "line {line}: {of} {usage}");
            }
        }
    }
}

const REGIONS: [&str; 3] = ["us-east-1", "us-west-2", "eu-west-1"];
const TYPES: [&str; 3] = ["ml.t3.medium", "ml.g5.xlarge", "ml.p5.48xlarge"];

/// Where, for what, on what: each by its number.
type Key = (usize, usize, usize);

fn list(at: usize, rows: &BTreeMap<Key, u64>) -> PriceList {
    let of = |(region, component, typed): &Key, micro: &u64| {
        let item = Item::Instance(Component::ALL[*component], InstanceType::parse(TYPES[*typed]).unwrap());
        let rate = Rate { pico_usd: micro * 1_000_000, per: Per::Hour };
        (*region == at).then_some((item, Row { rate, effective_at: now(), sku: None, document: None }))
    };
    PriceList {
        schema_version: 1,
        offer: Offer::SageMaker,
        region: region(REGIONS[at]),
        published_at: now(),
        fetched_at: now(),
        document: "a test".to_owned(),
        rows: rows.iter().filter_map(|(key, micro)| of(key, micro)).collect(),
        contradictory: BTreeSet::new(),
        left_out: BTreeMap::new(),
    }
}

proptest! {
    /// Each figure is a different one, so that whichever is answered says where it stood.
    #[test]
    fn a_lookup_never_answers_with_another_figure(
        keys in proptest::collection::btree_set((0..3_usize, 0..17_usize, 0..3_usize), 0..60),
        asked in (0..3_usize, 0..17_usize, 0..3_usize),
    ) {
        let rows: BTreeMap<Key, u64> = keys.into_iter().zip(1_000_001..).collect();
        let prices = (0..3).fold(Prices::bundled(), |prices, at| prices.with(list(at, &rows)));
        let (at, component, typed) = asked;
        let instance_type = InstanceType::parse(TYPES[typed]).unwrap();
        let of = |prices: &Prices| prices.instance(&region(REGIONS[at]), Component::ALL[component], Some(&instance_type));
        match (rows.get(&asked), of(&prices)) {
            (Some(micro), Ok(price)) => {
                prop_assert_eq!((price.micro_usd_per_hour, price.list.as_str()), (*micro, "aws 2026-11-25"));
            }
            (Some(_), Err(error)) => prop_assert!(false, "{}", error),
            // The table answers for itself, under its own name.
            (None, answer) => {
                prop_assert_eq!(answer.clone().ok(), of(&Prices::bundled()).ok());
                prop_assert!(answer.is_err() || answer.is_ok_and(|price| price.list == "bundled 2026-09-24"));
            }
        }
    }
}
