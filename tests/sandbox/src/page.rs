//! Pages as AWS cuts them: ten elements unless asked, a hundred at most.

use serde_json::{Value, json};

use crate::error::ApiError;

/// The sizes of pages that an operation allows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    pub(crate) least: u64,
    pub(crate) most: u64,
    pub(crate) default: u64,
}

/// What nearly every operation allows.
pub(crate) const USUAL: Sizes = Sizes { least: 1, most: 100, default: 10 };

/// One page of `all` under `member`, each element as `summary` makes it, with
/// `NextToken` where there is more.
///
/// # Errors
/// `ValidationException` for a page size or token that SageMaker would refuse.
pub(crate) fn page(
    request: &Value,
    sizes: Sizes,
    member: &str,
    all: &[&Value],
    summary: impl Fn(&Value) -> Value,
) -> Result<Value, ApiError> {
    let Sizes { least, most, default } = sizes;
    let size = match &request["MaxResults"] {
        Value::Null => default,
        value => value.as_u64().filter(|n| (least..=most).contains(n)).ok_or_else(|| {
            ApiError::validation(format!(
                "Value '{value}' at 'maxResults' failed to satisfy constraint: at least {least}, at most {most}"
            ))
        })?,
    };
    let start = match &request["NextToken"] {
        Value::Null => 0,
        value => value
            .as_str()
            .and_then(|token| token.strip_prefix(TOKEN))
            .and_then(|n| usize::from_str_radix(n, 16).ok())
            .ok_or_else(|| ApiError::validation("Invalid NextToken"))?,
    };
    // Elements may have gone since the token was given out.
    let start = start.min(all.len());
    let end = all.len().min(start.saturating_add(usize::try_from(size).unwrap_or(usize::MAX)));
    let elements: Vec<Value> = all[start..end].iter().map(|body| summary(body)).collect();
    let mut answer = json!({ member: elements });
    if end < all.len() {
        answer["NextToken"] = json!(format!("{TOKEN}{end:08x}"));
    }
    Ok(answer)
}

const TOKEN: &str = "c2FuZGJveA-";

/// The elements sorted as `SortBy` and `SortOrder` ask; by creation time, newest
/// last, unless asked. `name` is the member that `SortBy: Name` means.
///
/// # Errors
/// `ValidationException` for another order.
pub(crate) fn sorted<'a>(
    request: &Value,
    name: &str,
    all: impl Iterator<Item = &'a Value>,
) -> Result<Vec<&'a Value>, ApiError> {
    match request["SortBy"].as_str().unwrap_or("CreationTime") {
        "Status" => Err(no_key("Status")),
        by => sorted_by(by, request, name, all),
    }
}

/// The request with the order that some operations have unless asked: newest first.
pub(crate) fn newest_first(request: &Value) -> Value {
    let mut request = request.clone();
    if request["SortOrder"].is_null() {
        request["SortOrder"] = json!("Descending");
    }
    request
}

fn no_key(by: &str) -> ApiError {
    ApiError::validation(format!("Value '{by}' at 'sortBy' is not a sort key"))
}

/// The elements sorted by this key, which of some resources may be their status, in the order that `SortOrder` asks for.
///
/// # Errors
/// `ValidationException` for another key or order.
pub(crate) fn sorted_by<'a>(
    by: &str,
    request: &Value,
    name: &str,
    all: impl Iterator<Item = &'a Value>,
) -> Result<Vec<&'a Value>, ApiError> {
    let mut all: Vec<&Value> = all.collect();
    match by {
        "Status" => all.sort_by_key(|body| body["Status"].as_str()),
        "Name" => all.sort_by_cached_key(|body| body[name].as_str().unwrap_or_default().to_owned()),
        by @ ("CreationTime" | "LastModifiedTime") => all.sort_by_cached_key(|body| milliseconds(&body[by])),
        other => return Err(no_key(other)),
    }
    in_order(request, all)
}

/// Elements that are sorted already, turned round if `SortOrder` asks for it.
///
/// # Errors
/// `ValidationException` for another order.
fn in_order<'a>(request: &Value, mut all: Vec<&'a Value>) -> Result<Vec<&'a Value>, ApiError> {
    match request["SortOrder"].as_str().unwrap_or("Ascending") {
        "Ascending" => {}
        "Descending" => all.reverse(),
        other => return Err(ApiError::validation(format!("Value '{other}' at 'sortOrder' is not an order"))),
    }
    Ok(all)
}

#[expect(clippy::cast_possible_truncation, reason = "milliseconds of this age fit")]
fn milliseconds(seconds: &Value) -> i64 {
    (seconds.as_f64().unwrap_or_default() * 1000.0).round() as i64
}
