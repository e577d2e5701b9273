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

/// One page of `count` elements under `member`, with `NextToken` where there is more.
/// The token says where the next page begins, so that it is good for a second try.
///
/// # Errors
/// `ValidationException` for a page size or token that SageMaker would refuse.
pub(crate) fn page(
    request: &Value,
    sizes: Sizes,
    member: &str,
    count: usize,
    element: impl Fn(usize) -> Value,
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
    let start = start.min(count);
    let end = count.min(start.saturating_add(usize::try_from(size).unwrap_or(usize::MAX)));
    let elements: Vec<Value> = (start..end).map(element).collect();
    let mut answer = json!({ member: elements });
    if end < count {
        answer["NextToken"] = json!(format!("{TOKEN}{end:08x}"));
    }
    Ok(answer)
}

const TOKEN: &str = "c2FuZGJveA-";
