//! What was put there, and the products that it makes.

use std::collections::BTreeSet;

use serde_json::Value;

/// Every price, in the order in which it was put there.
#[derive(Debug, Default)]
pub(crate) struct PriceBook {
    /// When all of it was published.
    pub(super) published: String,
    rows: Vec<Row>,
    pub(super) plans: Vec<PlanRow>,
}

/// One price.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) offer: String,
    pub(super) region: String,
    /// Without the region's prefix.
    pub(super) usage: String,
    pub(super) amount: String,
    pub(super) currency: String,
    pub(super) unit: String,
    pub(super) since: String,
    pub(super) sku: Option<String>,
}

/// One rate under a Savings Plan.
#[derive(Debug)]
pub(super) struct PlanRow {
    pub(super) region: String,
    pub(super) usage: String,
    pub(super) term: String,
    pub(super) option: String,
    pub(super) amount: String,
}

/// One product and all its prices.
#[derive(Debug)]
pub(super) struct Product<'a> {
    pub(super) rows: Vec<&'a Row>,
    pub(super) kind: Kind,
}

/// What stands beside each price of an instance and is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Real,
    /// 0 USD, for the free tier.
    Free,
    /// Another price, on a rack in somebody's own building.
    Outposts,
}

impl PriceBook {
    /// A book of `{"Published", "Prices": [{"Region", "UsageType", "Usd"}], "SavingsPlans":
    /// [{"Region", "UsageType", "Term", "Option", "Usd"}]}`. A price may have an `Offer`,
    /// `Unit`, `Since`, `Sku` and `Currency` of its own; those with the same usage type and
    /// SKU are one product.
    ///
    /// # Errors
    /// A text that says what is missing where.
    pub(crate) fn new(request: &Value) -> Result<Self, String> {
        let published = request["Published"].as_str().unwrap_or("2026-11-20T00:00:00Z").to_owned();
        let all = |member: &str| request[member].as_array().cloned().unwrap_or_default();
        let rows = all("Prices").iter().map(Row::new).collect::<Result<_, _>>()?;
        let plans = all("SavingsPlans").iter().map(PlanRow::new).collect::<Result<_, _>>()?;
        Ok(Self { published, rows, plans })
    }

    /// How many prices there are.
    pub(crate) fn len(&self) -> usize {
        self.rows.len() + self.plans.len()
    }

    /// When it was published, as names of versions have it.
    pub(super) fn version(&self) -> String {
        self.published.chars().filter(char::is_ascii_digit).collect()
    }

    pub(super) fn offers(&self) -> BTreeSet<&str> {
        self.rows.iter().map(|row| &*row.offer).collect()
    }

    pub(super) fn regions(&self, offer: &str) -> BTreeSet<&str> {
        self.rows.iter().filter(|row| row.offer == offer).map(|row| &*row.region).collect()
    }

    /// The products of an offer, with what stands beside each that is an instance.
    pub(super) fn products<'a>(&'a self, offer: &'a str) -> impl Iterator<Item = Product<'a>> {
        let of_offer: Vec<&Row> = self.rows.iter().filter(|row| row.offer == offer).collect();
        let key = |row: &'a Row| (&row.region, &row.usage, &row.sku);
        let first = of_offer.clone().into_iter().enumerate();
        let firsts = first.scan(BTreeSet::new(), move |seen, (_, row)| Some(seen.insert(key(row)).then_some(row)));
        firsts.flatten().flat_map(move |first| {
            let rows: Vec<&Row> = of_offer.iter().copied().filter(|row| key(row) == key(first)).collect();
            let kinds: &[Kind] = match first.instance_type() {
                Some(_) => &[Kind::Free, Kind::Real, Kind::Outposts],
                None => &[Kind::Real],
            };
            kinds.iter().map(move |kind| Product { rows: rows.clone(), kind: *kind }).collect::<Vec<_>>()
        })
    }
}

impl Row {
    fn new(row: &Value) -> Result<Self, String> {
        let text = |member: &str| row[member].as_str().map(str::to_owned);
        let needed = |member: &str| text(member).ok_or_else(|| format!("a price has a {member}: {row}"));
        let usage = needed("UsageType")?;
        Ok(Self {
            offer: text("Offer").unwrap_or_else(|| "AmazonSageMaker".to_owned()),
            region: needed("Region")?,
            amount: needed("Usd")?,
            currency: text("Currency").unwrap_or_else(|| "USD".to_owned()),
            unit: text("Unit").unwrap_or_else(|| unit(&usage).to_owned()),
            since: text("Since").unwrap_or_else(|| "2026-11-01T00:00:00Z".to_owned()),
            sku: text("Sku"),
            usage,
        })
    }

    /// With `ml.`, where the usage type has one.
    pub(super) fn instance_type(&self) -> Option<&str> {
        self.usage.find("ml.").map(|at| &self.usage[at..])
    }
}

impl PlanRow {
    fn new(row: &Value) -> Result<Self, String> {
        let needed = |member: &str| {
            let text = row[member].as_str().map(str::to_owned);
            text.ok_or_else(|| format!("a rate of a Savings Plan has a {member}: {row}"))
        };
        Ok(Self {
            region: needed("Region")?,
            usage: needed("UsageType")?,
            term: needed("Term")?,
            option: needed("Option")?,
            amount: needed("Usd")?,
        })
    }
}

impl Product<'_> {
    pub(super) fn is_in(&self, partition: &str) -> bool {
        self.rows.first().is_some_and(|row| partition_of(&row.region) == partition)
    }
}

/// GovCloud's prices are in the commercial list.
fn partition_of(region: &str) -> &'static str {
    let of = [("cn-", "aws-cn"), ("eusc-", "aws-eusc"), ("us-isob-", "aws-iso-b"), ("us-iso-", "aws-iso")];
    of.iter().find(|(prefix, _)| region.starts_with(prefix)).map_or("aws", |(_, partition)| partition)
}

fn unit(usage: &str) -> &'static str {
    match usage {
        volume if volume.contains("VolumeUsage") => "GB-Mo",
        serverless if serverless.contains("Inf:Mem-") || serverless.starts_with("ProvisionedConcurrency") => "Seconds",
        _ => "Hrs",
    }
}
