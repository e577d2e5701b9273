//! Products and their terms, as AWS writes them.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Map, Value, json};

use super::book::{Kind, PriceBook, Product, Row};

/// On demand, as AWS codes it.
const OFFER_TERM: &str = "JRTCKXETXF";
const RATE: &str = "6YS6EN2CT7";

/// By no rule.
const PREFIXES: &[(&str, &str, &str)] = &[
    ("us-east-1", "USE1", "US East (N. Virginia)"),
    ("us-east-2", "USE2", "US East (Ohio)"),
    ("us-west-2", "USW2", "US West (Oregon)"),
    ("us-gov-west-1", "UGW1", "AWS GovCloud (US-West)"),
    ("eu-west-1", "EU", "EU (Ireland)"),
    ("eu-west-3", "EUW3", "EU (Paris)"),
    ("eu-central-1", "EUC1", "EU (Frankfurt)"),
    ("ap-south-1", "APS3", "Asia Pacific (Mumbai)"),
    ("ap-northeast-1", "APN1", "Asia Pacific (Tokyo)"),
    ("ap-northeast-2", "APN2", "Asia Pacific (Seoul)"),
    ("af-south-1", "AFS1", "Africa (Cape Town)"),
    ("cn-north-1", "CNN1", "China (Beijing)"),
];

/// A record of `GetProducts`.
pub(super) fn of(book: &PriceBook, product: &Product<'_>) -> Value {
    let Some((sku, body)) = described(product) else { return Value::Null };
    json!({
        "product": body,
        "serviceCode": product.rows.first().map(|row| &row.offer),
        "terms": { "OnDemand": terms(product, &sku) },
        "version": book.version(),
        "publicationDate": book.published,
    })
}

/// The SKU of a product, and the product.
pub(super) fn described(product: &Product<'_>) -> Option<(String, Value)> {
    let row = product.rows.first()?;
    let sku = sku(row, product.kind);
    let body = json!({ "sku": sku, "productFamily": family(row), "attributes": attributes(row, product.kind) });
    Some((sku, body))
}

/// Its terms by their codes: one for each price.
pub(super) fn terms(product: &Product<'_>, sku: &str) -> Value {
    let mut terms = Map::new();
    for (n, row) in product.rows.iter().enumerate() {
        let code = if n == 0 { OFFER_TERM.to_owned() } else { format!("{OFFER_TERM}{n}") };
        let amount = match product.kind {
            Kind::Real => padded(&row.amount),
            Kind::Free => padded("0"),
            Kind::Outposts => padded("9.87"),
        };
        let (_, location) = place(&row.region);
        let dimension = json!({
            "rateCode": format!("{sku}.{code}.{RATE}"),
            "description": format!("${} per {} in {location}", row.amount, row.usage),
            "unit": row.unit,
            "beginRange": "0",
            "endRange": "Inf",
            "appliesTo": [],
            "pricePerUnit": { row.currency.as_str(): amount },
        });
        let term = json!({
            "offerTermCode": code,
            "sku": sku,
            "effectiveDate": row.since,
            "priceDimensions": { format!("{sku}.{code}.{RATE}"): dimension },
            "termAttributes": {},
        });
        terms.insert(format!("{sku}.{code}"), term);
    }
    Value::Object(terms)
}

/// The usage type with the region's prefix.
pub(super) fn usage_type(region: &str, usage: &str) -> String {
    format!("{}-{usage}", place(region).0)
}

fn attributes(row: &Row, kind: Kind) -> Value {
    let (prefix, location) = place(&row.region);
    let location_type = if kind == Kind::Outposts { "AWS Outposts" } else { "AWS Region" };
    let mut attributes = json!({
        "servicecode": row.offer,
        "servicename": if row.offer == "AmazonVPC" { "Amazon Virtual Private Cloud" } else { "Amazon SageMaker" },
        "location": location,
        "locationType": location_type,
        "regionCode": row.region,
        "usagetype": format!("{prefix}-{}", row.usage),
        "operation": operation(row),
    });
    let Some(instance_type) = row.instance_type() else { return attributes };
    let component = row.usage.split("ml.").next().unwrap_or_default().trim_end_matches([':', '-']);
    let (plato, wrong) = named(component, instance_type);
    let free = if kind == Kind::Free { "Free" } else { "" };
    for (name, value) in [
        ("instanceName", instance_type.to_owned()),
        ("instanceType", wrong),
        ("platoinstancename", instance_type.trim_start_matches("ml.").to_owned()),
        ("platoinstancetype", format!("{free}{plato}")),
        ("component", format!("{free}{plato}")),
        ("computeType", "Standard Instances".to_owned()),
        ("currentGeneration", "Yes".to_owned()),
    ] {
        attributes[name] = json!(value);
    }
    attributes
}

/// What the component is called beside the usage type, and an instance type that is not to be trusted.
fn named(component: &str, instance_type: &str) -> (&'static str, String) {
    match component {
        "Studio:JupyterLab" => ("Studio-JupyterLab", instance_type.to_owned()),
        "Studio:CodeEditor" => ("studio-codeeditor", "NA".to_owned()),
        "Studio:KernelGateway" => ("Studio-Notebook", String::new()),
        "Notebk" => ("Notebook", instance_type.to_owned()),
        "Host" => ("Hosting", format!("{instance_type}-Hosting")),
        "AsyncInf" => ("AsyncInf", format!("{instance_type}-AsyncInf")),
        "Train" => ("Training", instance_type.to_owned()),
        "Processing" => ("Processing", instance_type.to_owned()),
        "Cluster" => ("Cluster", format!("{instance_type}-Cluster")),
        _ => ("Other", "NA".to_owned()),
    }
}

fn operation(row: &Row) -> &'static str {
    match row.usage.as_str() {
        usage if usage.ends_with("VolumeUsage.gp3") => "CreateVolume-Gp3",
        usage if usage.ends_with("VolumeUsage.gp2") => "CreateVolume-Gp2",
        usage if usage.contains("Serverless") || usage.contains("Concurrency") => "Invoke-Endpoint",
        usage if usage.contains("VpcEndpoint") => "VpcEndpoint",
        _ => "RunInstance",
    }
}

fn family(row: &Row) -> &'static str {
    match row.unit.as_str() {
        "GB-Mo" => "Storage",
        "Seconds" => "ML Serverless",
        _ if row.offer == "AmazonVPC" => "VpcEndpoint",
        _ => "ML Instance",
    }
}

fn place(region: &str) -> (String, &'static str) {
    match PREFIXES.iter().find(|(known, ..)| *known == region) {
        Some((_, prefix, location)) => ((*prefix).to_owned(), location),
        None => (region.replace('-', "").to_ascii_uppercase(), "Somewhere"),
    }
}

/// Sixteen capitals and digits, the same for the same product.
fn sku(row: &Row, kind: Kind) -> String {
    if let (Some(sku), Kind::Real) = (&row.sku, kind) {
        return sku.clone();
    }
    let mut hasher = DefaultHasher::new();
    (&row.offer, &row.region, &row.usage, &row.sku, kind as u8).hash(&mut hasher);
    format!("{:016X}", hasher.finish())
}

/// Ten digits after the point.
fn padded(amount: &str) -> String {
    let (whole, part) = amount.split_once('.').unwrap_or((amount, ""));
    format!("{whole}.{part:0<10}")
}
