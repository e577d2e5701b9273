//! Pages as AWS cuts them: ten elements unless asked, a hundred at most.

use serde_json::{Value, json};

use crate::error::ApiError;

/// One page of `all` under `member`, with `NextToken` where there is more.
///
/// # Errors
/// `ValidationException` for a page size or token that SageMaker would refuse.
pub(crate) fn page(request: &Value, member: &str, all: &[Value]) -> Result<Value, ApiError> {
    page_of(request, member, all, 1, 10)
}

/// The same with another smallest and default size (`ListTags`: 50).
///
/// # Errors
/// As [`page`].
pub(crate) fn page_of(
    request: &Value,
    member: &str,
    all: &[Value],
    least: u64,
    default: u64,
) -> Result<Value, ApiError> {
    let size = match &request["MaxResults"] {
        Value::Null => default,
        value => value.as_u64().filter(|n| (least..=100).contains(n)).ok_or_else(|| {
            ApiError::validation(format!(
                "Value '{value}' at 'maxResults' failed to satisfy constraint: {least} to 100"
            ))
        })?,
    };
    let start = match &request["NextToken"] {
        Value::Null => 0,
        value => value
            .as_str()
            .and_then(|token| token.strip_prefix(TOKEN))
            .and_then(|n| n.parse::<usize>().ok())
            .filter(|n| *n <= all.len())
            .ok_or_else(|| ApiError::validation("Invalid NextToken"))?,
    };
    let end = all.len().min(start + usize::try_from(size).unwrap_or(100));
    let mut answer = json!({ member: all[start..end] });
    if end < all.len() {
        answer["NextToken"] = json!(format!("{TOKEN}{end}"));
    }
    Ok(answer)
}

const TOKEN: &str = "c2FuZGJveA-";

/// The elements sorted as `SortBy` and `SortOrder` ask; by creation time, newest last, unless asked.
pub(crate) fn sorted(request: &Value, mut all: Vec<Value>) -> Vec<Value> {
    let by = request["SortBy"].as_str().unwrap_or("CreationTime").to_owned();
    all.sort_by(|a, b| a[&by].as_f64().unwrap_or(0.0).total_cmp(&b[&by].as_f64().unwrap_or(0.0)));
    if request["SortOrder"] == "Descending" {
        all.reverse();
    }
    all
}
