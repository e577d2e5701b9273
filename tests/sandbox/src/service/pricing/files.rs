//! The files of an offer: which regions there are, and all prices of one.

use serde_json::{Map, Value, json};

use super::book::PriceBook;
use super::record::{described, terms};
use crate::error::{Answer, ApiError};

/// `{"Offer", "Version", "Region"}`: the index where no region is named.
pub(super) fn offer(book: &PriceBook, request: &Value) -> Answer {
    let text = |member: &str| request[member].as_str().unwrap_or_default();
    let (offer, version) = (text("Offer"), text("Version"));
    if !book.offers().contains(offer) || ![book.version().as_str(), "current"].contains(&version) {
        return Err(not_there());
    }
    match text("Region") {
        "" => Ok(index(book, offer)),
        region if book.regions(offer).contains(region) => Ok(of_region(book, offer, region)),
        _ => Err(not_there()),
    }
}

/// What S3 says of what is not there to those who may not list.
pub(super) fn not_there() -> ApiError {
    ApiError::forbidden("AccessDenied", "Access Denied")
}

fn index(book: &PriceBook, offer: &str) -> Value {
    let region = |region: &str| {
        let url = format!("/offers/v1.0/aws/{offer}/{}/{region}/index.json", book.version());
        (region.to_owned(), json!({ "regionCode": region, "currentVersionUrl": url }))
    };
    let regions: Map<String, Value> = book.regions(offer).into_iter().map(region).collect();
    json!({
        "formatVersion": "v1.0",
        "disclaimer": "This pricing list is for informational purposes only.",
        "publicationDate": book.published,
        "regions": regions,
    })
}

fn of_region(book: &PriceBook, offer: &str, region: &str) -> Value {
    let (mut products, mut on_demand) = (Map::new(), Map::new());
    for product in book.products(offer) {
        if product.rows.first().is_none_or(|row| row.region != region) {
            continue;
        }
        let Some((sku, body)) = described(&product) else { continue };
        on_demand.insert(sku.clone(), terms(&product, &sku));
        products.insert(sku, body);
    }
    json!({
        "formatVersion": "v1.0",
        "disclaimer": "This pricing list is for informational purposes only.",
        "offerCode": offer,
        "version": book.version(),
        "publicationDate": book.published,
        "products": products,
        "terms": { "OnDemand": on_demand, "Reserved": {} },
        "attributesList": {},
    })
}
