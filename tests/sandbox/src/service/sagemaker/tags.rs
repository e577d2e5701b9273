//! Tags, by ARN.

use serde_json::{Value, json};

use super::required;
use crate::error::{Answer, ApiError};
use crate::page::page_of;
use crate::world::Region;

const MOST: usize = 50;

/// `AddTags`.
pub(super) fn add(region: &mut Region, request: &Value) -> Answer {
    let arn = required(request, "ResourceArn")?.to_owned();
    store(region, &arn, &request["Tags"])?;
    Ok(json!({ "Tags": all(region, &arn) }))
}

/// `ListTags`: fifty a page at least.
pub(super) fn list(region: &Region, request: &Value) -> Answer {
    page_of(request, "Tags", &all(region, required(request, "ResourceArn")?), 50, 50)
}

/// `DeleteTags`.
pub(super) fn remove(region: &mut Region, request: &Value) -> Answer {
    if let Some(tags) = region.tags.get_mut(required(request, "ResourceArn")?) {
        for key in request["TagKeys"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            tags.remove(key);
        }
    }
    Ok(json!({}))
}

/// Stores the tags that a resource is created with.
///
/// # Errors
/// `ValidationException` for tags of another form, or more than fifty.
pub(super) fn store(region: &mut Region, arn: &str, tags: &Value) -> Result<(), ApiError> {
    let stored = region.tags.entry(arn.to_owned()).or_default();
    for tag in tags.as_array().into_iter().flatten() {
        stored.insert(required(tag, "Key")?.to_owned(), tag["Value"].as_str().unwrap_or_default().to_owned());
    }
    if stored.len() > MOST { Err(ApiError::validation("more than 50 tags")) } else { Ok(()) }
}

fn all(region: &Region, arn: &str) -> Vec<Value> {
    let tags = region.tags.get(arn).into_iter().flatten();
    tags.map(|(key, value)| json!({ "Key": key, "Value": value })).collect()
}
