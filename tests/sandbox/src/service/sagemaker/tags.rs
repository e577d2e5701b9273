//! Tags, by the ARN of a resource that exists.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::required;
use crate::error::{Answer, ApiError};
use crate::page::{Sizes, page};
use crate::world::Region;

const MOST: usize = 50;

/// Fifty a page at least, and no upper bound.
const SIZES: Sizes = Sizes { least: 50, most: u64::MAX, default: 50 };

/// `AddTags`.
pub(super) fn add(region: &mut Region, request: &Value) -> Answer {
    let stored = of(region, request)?;
    *stored = with(stored, &request["Tags"])?;
    Ok(json!({ "Tags": as_list(stored) }))
}

/// `ListTags`.
pub(super) fn list(region: &mut Region, request: &Value) -> Answer {
    let all = as_list(of(region, request)?);
    page(request, SIZES, "Tags", all.len(), |n| all[n].clone())
}

/// `DeleteTags`.
pub(super) fn remove(region: &mut Region, request: &Value) -> Answer {
    let stored = of(region, request)?;
    for key in request["TagKeys"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        stored.remove(key);
    }
    Ok(json!({}))
}

/// Stores the tags that a resource is created with, and forgets those of an
/// earlier one of its name.
///
/// # Errors
/// `ValidationException` for tags of another form, or more than fifty.
pub(super) fn create(region: &mut Region, arn: &str, tags: &Value) -> Result<(), ApiError> {
    let tags = with(&BTreeMap::new(), tags)?;
    region.tags.insert(arn.to_owned(), tags);
    Ok(())
}

type Tags = BTreeMap<String, String>;

fn of<'a>(region: &'a mut Region, request: &Value) -> Result<&'a mut Tags, ApiError> {
    let arn = required(request, "ResourceArn")?;
    region.tags.get_mut(arn).ok_or_else(|| ApiError::not_found(&format!("Resource [{arn}]")))
}

fn with(stored: &Tags, tags: &Value) -> Result<Tags, ApiError> {
    let mut stored = stored.clone();
    for tag in tags.as_array().into_iter().flatten() {
        stored.insert(required(tag, "Key")?.to_owned(), required(tag, "Value")?.to_owned());
    }
    if stored.len() > MOST { Err(ApiError::validation("more than 50 tags")) } else { Ok(stored) }
}

fn as_list(tags: &Tags) -> Vec<Value> {
    tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect()
}
