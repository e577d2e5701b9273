//! The Price List API and the files that hold the same: what was put there, in AWS's
//! shape and with the lines around it that a careless reader takes for prices.

mod book;
mod files;
mod filters;
mod record;
mod savings_plans;

use std::collections::BTreeSet;

use serde_json::{Value, json};

pub(crate) use book::PriceBook;

use super::{refused_as, required};
use crate::error::{Answer, ApiError};
use crate::page::{Sizes, page};
use crate::world::Context;

/// What files are asked as: no signature names it.
pub(crate) const FILES: &str = "price-files";

/// Products, a hundred a page at most, which is also what is not asked for.
const PRODUCTS: Sizes = Sizes { least: 1, most: 100, default: 100 };
/// Values of an attribute.
const VALUES: Sizes = Sizes { least: 1, most: 10_000, default: 10_000 };

/// Where the API is, and which regions it answers for.
const HOMES: &[(&str, &str)] = &[
    ("us-east-1", "aws"),
    ("ap-south-1", "aws"),
    ("eu-central-1", "aws"),
    ("cn-northwest-1", "aws-cn"),
    ("eusc-de-east-1", "aws-eusc"),
    ("us-iso-east-1", "aws-iso"),
    ("us-isob-east-1", "aws-iso-b"),
];

/// The answer of one operation.
///
/// # Errors
/// As the Price List API answers it; `UnknownOperationException` for what is not built.
pub(crate) fn answer(book: &PriceBook, context: &Context, operation: &str, request: &Value) -> Answer {
    let home = HOMES.iter().find(|(region, _)| *region == context.caller.region);
    let Some((_, partition)) = home else {
        // There is no such host.
        return Err(ApiError::forbidden("InvalidSignatureException", "Credential should be scoped to a valid region."));
    };
    let answer = match operation {
        "GetProducts" => products(book, partition, request),
        "GetAttributeValues" => attribute_values(book, partition, request),
        "DescribeServices" => services(book, partition, request),
        other => return Err(ApiError::unknown_operation(other)),
    };
    refused_as("InvalidParameterException", answer)
}

/// The content of a file, as [`FILES`].
///
/// # Errors
/// `AccessDenied` for what is not there, as S3 answers it.
pub(crate) fn file(book: &PriceBook, operation: &str, request: &Value) -> Answer {
    match operation {
        "GetOfferFile" => files::offer(book, request),
        "GetSavingsPlanFile" => savings_plans::file(book, request),
        other => Err(ApiError::unknown_operation(other)),
    }
}

/// `GetProducts`: each product is a text.
fn products(book: &PriceBook, partition: &str, request: &Value) -> Answer {
    let service = required(request, "ServiceCode")?;
    let filters = filters::of(request)?;
    let found: Vec<Value> = records(book, partition, service).filter(|record| filters.accept(record)).collect();
    let mut answer = page(request, PRODUCTS, "PriceList", found.len(), |n| Value::String(found[n].to_string()))?;
    answer["FormatVersion"] = json!("aws_v1");
    Ok(answer)
}

fn attribute_values(book: &PriceBook, partition: &str, request: &Value) -> Answer {
    let (service, name) = (required(request, "ServiceCode")?, required(request, "AttributeName")?);
    let value = |record: Value| record["product"]["attributes"][name].as_str().map(str::to_owned);
    let values: BTreeSet<String> = records(book, partition, service).filter_map(value).collect();
    let values: Vec<String> = values.into_iter().collect();
    page(request, VALUES, "AttributeValues", values.len(), |n| json!({ "Value": values[n] }))
}

fn services(book: &PriceBook, partition: &str, request: &Value) -> Answer {
    let wanted = request["ServiceCode"].as_str();
    let codes: Vec<&str> =
        book.offers().into_iter().filter(|code| wanted.is_none_or(|wanted| wanted == *code)).collect();
    let service = |n: usize| {
        let mut names = BTreeSet::new();
        for record in records(book, partition, codes[n]) {
            names.extend(record["product"]["attributes"].as_object().into_iter().flat_map(|all| all.keys().cloned()));
        }
        json!({ "ServiceCode": codes[n], "AttributeNames": names })
    };
    let mut answer = page(request, PRODUCTS, "Services", codes.len(), service)?;
    answer["FormatVersion"] = json!("aws_v1");
    Ok(answer)
}

fn records<'a>(book: &'a PriceBook, partition: &'a str, service: &'a str) -> impl Iterator<Item = Value> + 'a {
    book.products(service).filter(move |product| product.is_in(partition)).map(|product| record::of(book, &product))
}
