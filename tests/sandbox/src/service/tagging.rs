//! The Resource Groups Tagging API: which resources have which tags.

use serde_json::{Value, json};

use super::required;
use crate::error::{Answer, ApiError};
use crate::page::{Sizes, page};
use crate::world::Region;

/// A hundred a page at most; what is not asked for is fifty.
const SIZES: Sizes = Sizes { least: 1, most: 100, default: 50 };

/// What cannot be asked together with a list of ARNs.
const NOT_WITH_ARNS: &[&str] =
    &["ResourceTypeFilters", "TagFilters", "ResourcesPerPage", "TagsPerPage", "PaginationToken"];

/// The answer of one operation.
///
/// # Errors
/// As the service answers it; `UnknownOperationException` for what is not built.
pub(crate) fn answer(region: &Region, operation: &str, request: &Value) -> Answer {
    match operation {
        "GetResources" => get_resources(region, request),
        other => Err(ApiError::unknown_operation(other)),
    }
}

/// `GetResources`. There is always a token; that of the last page is empty.
fn get_resources(region: &Region, request: &Value) -> Answer {
    let arns = list(request, "ResourceARNList")?;
    if !arns.is_empty() && NOT_WITH_ARNS.iter().any(|member| !request[*member].is_null()) {
        return Err(invalid("ResourceARNList cannot be combined with filters or pages"));
    }
    let (types, filters) = (list(request, "ResourceTypeFilters")?, list(request, "TagFilters")?);
    if types.iter().filter_map(Value::as_str).any(|name| name.split(':').next() != Some("sagemaker")) {
        return Err(invalid("the sandbox has tags of sagemaker alone"));
    }
    if filters.len() > 50 {
        return Err(invalid("more than 50 TagFilters"));
    }
    for filter in filters {
        required(filter, "Key").map_err(|error| invalid(&error.message))?;
    }
    let is_wanted = |arn: &str, tags: &Tags| {
        let by_name = arns.is_empty() || arns.iter().any(|wanted| wanted == arn);
        let by_type = types.is_empty() || types.iter().any(|wanted| wanted.as_str().is_some_and(|name| is(arn, name)));
        by_name && by_type && filters.iter().all(|filter| passes(filter, tags))
    };
    // What never had a tag is no part of the index.
    let found: Vec<(&String, &Tags)> =
        region.tags.iter().filter(|(arn, tags)| !tags.is_empty() && is_wanted(arn, tags)).collect();
    let mut paged = json!({});
    for (own, usual) in [("ResourcesPerPage", "MaxResults"), ("PaginationToken", "NextToken")] {
        // An empty token is that of the first page.
        if !request[own].is_null() && request[own] != "" {
            paged[usual] = request[own].clone();
        }
    }
    let element = |n: usize| {
        let (arn, tags) = found[n];
        let tags: Vec<Value> = tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
        json!({ "ResourceARN": arn, "Tags": tags })
    };
    let mut answer =
        page(&paged, SIZES, "ResourceTagMappingList", found.len(), element).map_err(|error| invalid(&error.message))?;
    let next = answer.as_object_mut().and_then(|answer| answer.remove("NextToken"));
    answer["PaginationToken"] = next.unwrap_or(json!(""));
    Ok(answer)
}

type Tags = std::collections::BTreeMap<String, String>;

/// Whether a resource is of a type: `service` or `service:type`, as its ARN has them.
fn is(arn: &str, name: &str) -> bool {
    let resource = arn.splitn(6, ':').nth(5).unwrap_or_default();
    name.split_once(':').is_none_or(|(_, kind)| resource.split('/').next() == Some(kind))
}

/// Whether the tags have the key of a filter, with one of its values where it has any.
fn passes(filter: &Value, tags: &Tags) -> bool {
    let value = filter["Key"].as_str().and_then(|key| tags.get(key));
    let values = filter["Values"].as_array().filter(|values| !values.is_empty());
    value.is_some_and(|value| values.is_none_or(|values| values.iter().any(|wanted| wanted == value.as_str())))
}

fn list<'a>(request: &'a Value, member: &str) -> Result<&'a [Value], ApiError> {
    match &request[member] {
        Value::Null => Ok(&[]),
        Value::Array(elements) => Ok(elements),
        _ => Err(invalid(&format!("{member} is not a list"))),
    }
}

fn invalid(message: &str) -> ApiError {
    ApiError::new("InvalidParameterException", message)
}
