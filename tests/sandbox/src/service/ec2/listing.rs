//! What EC2's listings have in common: ids, filters, pages.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::error::{Answer, ApiError};
use crate::page::{Sizes, page};

/// A kind of resource as it is listed.
pub(super) struct Listing {
    /// The member of the answer.
    pub(super) set: &'static str,
    /// What lists of ids are called in requests.
    pub(super) ids: &'static str,
    /// The error of an id that there is none of, and what is told of it.
    pub(super) not_found: (&'static str, fn(&str) -> String),
    pub(super) sizes: Sizes,
    /// What can be filtered by, and where it stands: in lists `member.member`.
    pub(super) filters: &'static [(&'static str, &'static str)],
}

impl Listing {
    /// A page of those that were asked for.
    ///
    /// # Errors
    /// As EC2 refuses it.
    pub(super) fn page(&self, all: &BTreeMap<String, Value>, request: &Value) -> Answer {
        let ids = numbered(request, self.ids);
        if let Some(unknown) = ids.iter().find(|id| !all.contains_key(*id)) {
            let (code, told) = self.not_found;
            return Err(ApiError::new(code, told(unknown)));
        }
        let filters = self.filters(request)?;
        let is_wanted = |(id, body): &(&String, &Value)| {
            (ids.is_empty() || ids.contains(id))
                && filters.iter().all(|(path, wanted)| values(body, path).iter().any(|value| wanted.contains(value)))
        };
        let found: Vec<&Value> = all.iter().filter(is_wanted).map(|(_, body)| body).collect();
        let mut paged = json!({ "NextToken": request["NextToken"] });
        if let Some(size) = request["MaxResults"].as_str() {
            let size =
                size.parse::<u64>().map_err(|_| invalid(format!("Value ({size}) for MaxResults is invalid.")))?;
            paged["MaxResults"] = json!(size.min(self.sizes.most));
        }
        let page = page(&paged, self.sizes, self.set, found.len(), |n| found[n].clone());
        let mut answer = page.map_err(|error| invalid(error.message))?;
        if let Some(next) = answer.as_object_mut().and_then(|answer| answer.remove("NextToken")) {
            answer["nextToken"] = next;
        }
        Ok(answer)
    }

    fn filters(&self, request: &Value) -> Result<Vec<(&'static str, Vec<String>)>, ApiError> {
        let mut filters = Vec::new();
        for n in (1..).take_while(|n| request[format!("Filter.{n}.Name")].is_string()) {
            let name = request[format!("Filter.{n}.Name")].as_str().unwrap_or_default();
            let known = self.filters.iter().find(|(known, _)| *known == name);
            let (_, path) = known.ok_or_else(|| invalid(format!("The filter '{name}' is invalid")))?;
            let values = numbered(request, &format!("Filter.{n}.Value"));
            if values.len() > 200 {
                return Err(invalid("The maximum number of filter values specified on a single call is 200"));
            }
            filters.push((*path, values));
        }
        Ok(filters)
    }
}

/// What stands at this path, of each element of the lists on it.
fn values(body: &Value, path: &str) -> Vec<String> {
    let (member, rest) = path.split_once('.').map_or((path, None), |(member, rest)| (member, Some(rest)));
    match (&body[member], rest) {
        (Value::Array(elements), Some(rest)) => elements.iter().flat_map(|element| values(element, rest)).collect(),
        (Value::String(text), None) => vec![text.clone()],
        (Value::Bool(yes), None) => vec![yes.to_string()],
        _ => Vec::new(),
    }
}

/// The elements of a list, which come as `name.1` and so on.
pub(super) fn numbered(request: &Value, name: &str) -> Vec<String> {
    (1..).map_while(|n| request[format!("{name}.{n}")].as_str().map(str::to_owned)).collect()
}

pub(super) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new("InvalidParameterValue", message)
}
