//! What AWS says of prices, in its two forms: records of `GetProducts`, one a product, and
//! the offer file of a region, which has all products and then all their terms.

use std::collections::{BTreeMap, BTreeSet};

use idle_core::Region;
use jiff::Timestamp;
use serde::Deserialize;
use thiserror::Error;

use super::{Item, LIST_SCHEMA_VERSION, Offer, Per, PriceList, Rate, Row};

/// One offer file. Of each product and term only what is needed is kept.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OfferFile {
    offer_code: String,
    publication_date: Timestamp,
    products: BTreeMap<String, Product>,
    terms: FileTerms,
}

#[derive(Debug, Deserialize)]
struct FileTerms {
    #[serde(rename = "OnDemand", default)]
    on_demand: BTreeMap<String, BTreeMap<String, Term>>,
}

/// One record of `GetProducts`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    product: Product,
    service_code: String,
    #[serde(default)]
    terms: RecordTerms,
    publication_date: Timestamp,
}

#[derive(Debug, Default, Deserialize)]
struct RecordTerms {
    #[serde(rename = "OnDemand", default)]
    on_demand: BTreeMap<String, Term>,
}

#[derive(Debug, Deserialize)]
struct Product {
    sku: String,
    attributes: Attributes,
}

/// `instanceType` and `instanceName` are not among them: they are empty, `NA` or another's at times.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attributes {
    #[serde(default)]
    region_code: String,
    #[serde(default)]
    location_type: String,
    #[serde(default)]
    usagetype: String,
    #[serde(default)]
    platoinstancetype: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Term {
    effective_date: Timestamp,
    #[serde(default)]
    price_dimensions: BTreeMap<String, Dimension>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Dimension {
    unit: String,
    #[serde(default)]
    begin_range: Option<String>,
    #[serde(default)]
    price_per_unit: BTreeMap<String, String>,
}

/// Where a list was read, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Such as a URL.
    pub document: String,
    /// UTC.
    pub fetched_at: Timestamp,
}

/// A list that cannot be made of what AWS says.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReadError {
    /// Not of AWS's form.
    #[error("a price record could not be read: {0}")]
    Form(String),
    /// Something else than was asked for.
    #[error("{found} was answered where {wanted} was asked for")]
    Other {
        /// The offer code that was asked for.
        wanted: String,
        /// That of the answer.
        found: String,
    },
    /// Nothing that could be used.
    #[error("no price in US dollars for {region} ({left_out})")]
    None {
        /// The region.
        region: Region,
        /// How many records were left out, by why.
        left_out: String,
    },
}

/// Makes the list of one region from what AWS says, record by record.
#[derive(Debug)]
pub struct Reader {
    offer: Offer,
    region: Region,
    now: Timestamp,
    published_at: Option<Timestamp>,
    rows: BTreeMap<Item, Row>,
    contradictory: BTreeSet<Item>,
    left_out: BTreeMap<&'static str, u64>,
}

impl Reader {
    /// A reader of this offer's prices in this region, of which those hold that are in force now.
    #[must_use]
    pub fn new(offer: Offer, region: Region, now: Timestamp) -> Self {
        let (rows, contradictory, left_out) = (BTreeMap::new(), BTreeSet::new(), BTreeMap::new());
        Self { offer, region, now, published_at: None, rows, contradictory, left_out }
    }

    /// Takes one record of `GetProducts`, as the text that it is.
    ///
    /// # Errors
    /// When it is not of AWS's form, or of another service.
    pub fn record(&mut self, text: &str) -> Result<(), ReadError> {
        let record = serde_json::from_str(text).map_err(|error| ReadError::Form(error.to_string()))?;
        let Record { product, service_code, terms, publication_date } = record;
        self.is_of(&service_code)?;
        self.published_at = self.published_at.max(Some(publication_date));
        self.product(&product, terms.on_demand.values());
        Ok(())
    }

    /// Takes an offer file.
    ///
    /// # Errors
    /// When it is of another service.
    pub fn file(&mut self, file: &OfferFile) -> Result<(), ReadError> {
        let OfferFile { offer_code, publication_date, products, terms } = file;
        self.is_of(offer_code)?;
        self.published_at = self.published_at.max(Some(*publication_date));
        for (sku, product) in products {
            self.product(product, terms.on_demand.get(sku).into_iter().flat_map(BTreeMap::values));
        }
        Ok(())
    }

    /// The list.
    ///
    /// # Errors
    /// When there is no price in it: that would be no list.
    pub fn finish(self, source: Source) -> Result<PriceList, ReadError> {
        let Self { offer, region, published_at, rows, contradictory, left_out, .. } = self;
        let (Some(published_at), false) = (published_at, rows.is_empty()) else {
            let left_out: Vec<String> = left_out.iter().map(|(why, n)| format!("{n} {why}")).collect();
            let left_out = if left_out.is_empty() { "no record at all".to_owned() } else { left_out.join(", ") };
            return Err(ReadError::None { region, left_out });
        };
        let Source { document, fetched_at } = source;
        let left_out = left_out.into_iter().map(|(why, n)| (why.to_owned(), n)).collect();
        let schema_version = LIST_SCHEMA_VERSION;
        Ok(PriceList {
            schema_version,
            offer,
            region,
            published_at,
            fetched_at,
            document,
            rows,
            contradictory,
            left_out,
        })
    }

    fn is_of(&self, found: &str) -> Result<(), ReadError> {
        let wanted = if self.offer == Offer::Vpc { "AmazonVPC" } else { "AmazonSageMaker" };
        if found == wanted {
            return Ok(());
        }
        Err(ReadError::Other { wanted: wanted.to_owned(), found: found.chars().take(60).collect() })
    }

    fn product<'a>(&mut self, product: &Product, terms: impl Iterator<Item = &'a Term>) {
        match self.row(product, terms) {
            Ok((item, row)) => self.take(item, row),
            Err(why) => *self.left_out.entry(why).or_default() += 1,
        }
    }

    /// Two products of the same usage type are the same price twice, or nobody knows which is billed.
    fn take(&mut self, item: Item, row: Row) {
        if self.contradictory.contains(&item) {
            return;
        }
        match self.rows.get(&item) {
            Some(other) if other.rate != row.rate => {
                self.rows.remove(&item);
                self.contradictory.insert(item);
            }
            Some(_) => {}
            None => drop(self.rows.insert(item, row)),
        }
    }

    /// The price of a product, or why it is left out.
    fn row<'a>(&self, product: &Product, terms: impl Iterator<Item = &'a Term>) -> Result<(Item, Row), &'static str> {
        let Product { sku, attributes } = product;
        let Attributes { region_code, location_type, usagetype, platoinstancetype } = attributes;
        if location_type != "AWS Region" {
            return Err("not in a region");
        }
        if *region_code != *self.region.as_str() {
            return Err("of another region");
        }
        let item = Item::of_usage_type(usagetype).ok_or("of a usage type that is not known")?;
        if platoinstancetype.starts_with("Free") {
            return Err("of the free tier");
        }
        let in_force = terms.filter(|term| term.effective_date <= self.now);
        let term = in_force.max_by_key(|term| term.effective_date).ok_or("not on demand, or not in force yet")?;
        let rate = rate(term)?;
        if rate.pico_usd == 0 {
            return Err("of 0 US dollars");
        }
        Ok((item, Row { rate, effective_at: term.effective_date, sku: Some(sku.clone()), document: None }))
    }
}

/// The price of the first unit: of several tiers that which begins at 0.
fn rate(term: &Term) -> Result<Rate, &'static str> {
    let is_first = |dimension: &&Dimension| dimension.begin_range.as_deref().is_none_or(|begin| begin == "0");
    let mut first = term.price_dimensions.values().filter(is_first);
    let (Some(dimension), None) = (first.next(), first.next()) else { return Err("without one first tier") };
    let usd = dimension.price_per_unit.get("USD").ok_or("not in US dollars")?;
    let per = Per::of_unit(&dimension.unit).ok_or("in a unit that is not known")?;
    Rate::parse(usd, per).ok_or("of no amount that can be read")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const NOW: &str = "2026-11-25T12:00:00Z";

    fn record(usage_type: &str, usd: &str, change: impl FnOnce(&mut Value)) -> String {
        let mut record = json!({
            "product": { "sku": "S", "productFamily": "ML Instance", "attributes": {
                "regionCode": "eu-west-1", "locationType": "AWS Region", "usagetype": usage_type,
                "instanceType": "ml.other.large-Hosting" } },
            "serviceCode": "AmazonSageMaker", "version": "20261120", "publicationDate": "2026-11-20T00:00:00Z",
            "terms": { "OnDemand": { "S.JRTCKXETXF": { "effectiveDate": "2026-11-01T00:00:00Z", "priceDimensions": {
                "S.JRTCKXETXF.6YS6EN2CT7": { "unit": "Hrs", "beginRange": "0", "endRange": "Inf",
                    "pricePerUnit": { "USD": usd } } } } } },
        });
        change(&mut record);
        record.to_string()
    }

    fn read(records: &[String]) -> Result<PriceList, ReadError> {
        let region = Region::parse("eu-west-1").expect("a region");
        let now = NOW.parse().expect("a time");
        let mut reader = Reader::new(Offer::SageMaker, region, now);
        records.iter().try_for_each(|record| reader.record(record))?;
        reader.finish(Source { document: "a test".to_owned(), fetched_at: now })
    }

    fn usd(list: &PriceList, item: &str) -> Option<String> {
        list.rows.get(&item.parse().expect("an item")).map(|row| row.rate.usd())
    }

    const HOST: &str = "EU-Host:ml.m5.xlarge";

    #[test]
    fn what_is_no_price_of_the_region_is_left_out_and_counted() {
        type Change = fn(&mut Value);
        let changes: [(&str, Change); 8] = [
            ("of the free tier", |r| r["product"]["attributes"]["platoinstancetype"] = json!("FreeHosting")),
            ("not in a region", |r| r["product"]["attributes"]["locationType"] = json!("AWS Outposts")),
            ("of another region", |r| r["product"]["attributes"]["regionCode"] = json!("eu-west-2")),
            ("of a usage type that is not known", |r| r["product"]["attributes"]["usagetype"] = json!("EU-Label:x")),
            ("not in US dollars", |r| {
                r["terms"]["OnDemand"]["S.JRTCKXETXF"]["priceDimensions"]["S.JRTCKXETXF.6YS6EN2CT7"]["pricePerUnit"] =
                    json!({ "CNY": "1" });
            }),
            ("in a unit that is not known", |r| {
                r["terms"]["OnDemand"]["S.JRTCKXETXF"]["priceDimensions"]["S.JRTCKXETXF.6YS6EN2CT7"]["unit"] =
                    json!("Quantity");
            }),
            ("not on demand, or not in force yet", |r| {
                r["terms"]["OnDemand"]["S.JRTCKXETXF"]["effectiveDate"] = json!("2026-12-01T00:00:00Z");
            }),
            ("not on demand, or not in force yet", |r| r["terms"] = json!({ "Reserved": {} })),
        ];
        for (why, change) in changes {
            let list = read(&[record(HOST, "0.257", |_| {}), record("EU-Train:ml.m5.xlarge", "9", change)]);
            // The changed record is of another item, or of none; never of the one beside it.
            let list = list.expect("a list");
            assert_eq!(usd(&list, "Host:ml.m5.xlarge").as_deref(), Some("0.2570"), "{why}");
            assert_eq!((list.rows.len(), list.left_out.get(why)), (1, Some(&1)), "{why}: {:?}", list.left_out);
        }
        let zero = read(&[record(HOST, "0.0000000000", |_| {})]).expect_err("none").to_string();
        assert_eq!(zero, "no price in US dollars for eu-west-1 (1 of 0 US dollars)");
        assert!(read(&[]).expect_err("none").to_string().contains("no record at all"));
        let other = record(HOST, "1", |r| r["serviceCode"] = json!("AmazonEC2"));
        assert!(matches!(read(&[other]), Err(ReadError::Other { .. })));
        assert!(matches!(read(&["{".to_owned()]), Err(ReadError::Form(_))));
    }

    #[test]
    fn of_several_terms_the_newest_in_force_counts_and_of_several_tiers_the_first() {
        let terms = |r: &mut Value| {
            let term = r["terms"]["OnDemand"]["S.JRTCKXETXF"].clone();
            for (offer, date, usd) in
                [("S.A", "2025-01-01", "1"), ("S.B", "2026-11-24", "2"), ("S.C", "2027-01-01", "3")]
            {
                let mut term = term.clone();
                term["effectiveDate"] = json!(format!("{date}T00:00:00Z"));
                term["priceDimensions"] = json!({
                    "x": { "unit": "Hrs", "beginRange": "100", "endRange": "Inf", "pricePerUnit": { "USD": "0.1" } },
                    "y": { "unit": "Hrs", "beginRange": "0", "endRange": "100", "pricePerUnit": { "USD": usd } },
                });
                r["terms"]["OnDemand"][offer] = term;
            }
        };
        let list = read(&[record(HOST, "9", terms)]).expect("a list");
        assert_eq!(usd(&list, "Host:ml.m5.xlarge").as_deref(), Some("2.0000"));
    }

    #[test]
    fn two_prices_of_one_usage_type_are_none() {
        let same = read(&[record(HOST, "0.257", |_| {}), record(HOST, "0.2570000000", |_| {})]).expect("a list");
        assert_eq!(usd(&same, "Host:ml.m5.xlarge").as_deref(), Some("0.2570"));
        let lab = record("EU-Studio:JupyterLab-ml.m5.xlarge", "0.257", |_| {});
        let all = [record(HOST, "0.257", |_| {}), record(HOST, "0.3", |_| {}), record(HOST, "0.257", |_| {}), lab];
        let list = read(&all).expect("a list");
        assert_eq!((list.rows.len(), usd(&list, "Host:ml.m5.xlarge"), list.contradictory.len()), (1, None, 1));
    }
}
