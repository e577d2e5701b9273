//! How SageMaker's lists are sorted and cut.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::error::{Answer, ApiError};
use crate::page::{USUAL, page};
use crate::resource::Resource;
use crate::shelf::Shelf;

/// What one list operation does unless asked otherwise.
#[derive(Debug, Clone, Copy)]
pub(super) struct Listing<'a> {
    /// The member of the answer.
    pub(super) member: &'a str,
    /// The member that `SortBy: Name` means.
    pub(super) name: &'a str,
    /// The key that it sorts by.
    pub(super) by: &'a str,
    /// Its order.
    pub(super) order: &'a str,
    /// Whether it can be sorted by status.
    pub(super) sorts_by_status: bool,
}

impl<'a> Listing<'a> {
    /// Oldest first.
    pub(super) fn usual(member: &'a str, name: &'a str) -> Self {
        Self { member, name, by: "CreationTime", order: "Ascending", sorts_by_status: false }
    }

    /// One page of those that are `wanted`, each as `summary` makes it. Only the first
    /// page of a list looks at all of them.
    ///
    /// # Errors
    /// `ValidationException` for another key, order, page size or token.
    pub(super) fn page<K: Ord + Clone>(
        &self,
        request: &Value,
        shelf: &Shelf<K>,
        wanted: impl Fn(&Value) -> bool,
        summary: impl Fn(&Value) -> Value,
    ) -> Answer {
        let mut question = request.clone();
        for member in ["MaxResults", "NextToken"] {
            question[member] = json!(null);
        }
        question["List"] = json!(self.member);
        let order = shelf.order(&question, |resources| self.sorted(request, resources, wanted))?;
        page(request, USUAL, self.member, order.len(), |n| summary(&shelf[&order[n]].body))
    }

    fn sorted<K: Ord + Clone>(
        &self,
        request: &Value,
        resources: &BTreeMap<K, Resource>,
        wanted: impl Fn(&Value) -> bool,
    ) -> Result<Vec<K>, ApiError> {
        let mut all: Vec<(&K, &Value)> =
            resources.iter().map(|(key, resource)| (key, &resource.body)).filter(|(_, body)| wanted(body)).collect();
        match request["SortBy"].as_str().unwrap_or(self.by) {
            "Name" => all.sort_by_key(|(_, body)| body[self.name].as_str().unwrap_or_default()),
            "Status" if self.sorts_by_status => all.sort_by_key(|(_, body)| body["Status"].as_str()),
            by @ ("CreationTime" | "LastModifiedTime") => all.sort_by_cached_key(|(_, body)| milliseconds(&body[by])),
            other => return Err(ApiError::validation(format!("Value '{other}' at 'sortBy' is not a sort key"))),
        }
        match request["SortOrder"].as_str().unwrap_or(self.order) {
            "Ascending" => {}
            "Descending" => all.reverse(),
            other => return Err(ApiError::validation(format!("Value '{other}' at 'sortOrder' is not an order"))),
        }
        Ok(all.into_iter().map(|(key, _)| key.clone()).collect())
    }
}

#[expect(clippy::cast_possible_truncation, reason = "milliseconds of this age fit")]
fn milliseconds(seconds: &Value) -> i64 {
    (seconds.as_f64().unwrap_or_default() * 1000.0).round() as i64
}
