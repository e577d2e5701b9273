//! DataZone, which Unified Studio is made of: domains and what is in them, as tests put it
//! there. Nothing here makes anything.

mod kinds;
mod seed;

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::error::{Answer, ApiError};
use crate::page::{Sizes, page};
use crate::world::Context;
use kinds::{Kind, OF_DOMAIN};

pub(crate) use seed::add;

/// `ListDomains` (model: `MaxResultsForListDomains`).
const SIZES_OF_DOMAINS: Sizes = Sizes { least: 1, most: 25, default: 25 };
/// Everything else (model: `MaxResults`).
const SIZES: Sizes = Sizes { least: 1, most: 50, default: 50 };

/// Domains by id.
pub(crate) type Domains = BTreeMap<String, Domain>;

/// A domain, and its lists by their names.
#[derive(Debug, Default)]
pub(crate) struct Domain {
    body: Value,
    lists: BTreeMap<&'static str, Vec<Value>>,
}

/// The answer of one operation. Members of a path and a query are members of the request.
///
/// # Errors
/// As DataZone answers it; `UnknownOperationException` for what is not built.
pub(crate) fn answer(domains: &Domains, context: &Context, operation: &str, request: &Value) -> Answer {
    if operation == "ListDomains" {
        let is_wanted = |domain: &&Domain| request["status"].is_null() || domain.body["status"] == request["status"];
        let found: Vec<&Value> = domains.values().filter(is_wanted).map(|domain| &domain.body).collect();
        return listed(request, SIZES_OF_DOMAINS, &found, |domain| domain.clone());
    }
    let id = request["domainIdentifier"].as_str().or(request["identifier"].as_str()).unwrap_or_default();
    let domain = domains.get(id).ok_or_else(|| no_domain(context, operation, id))?;
    if operation == "GetDomain" {
        return Ok(domain.body.clone());
    }
    if let Some(kind) = OF_DOMAIN.iter().find(|kind| kind.list_operation == operation) {
        let found: Vec<&Value> = domain.list(kind).filter(|one| kind.is_wanted(one, request)).collect();
        return listed(request, SIZES, &found, |one| kind.summary(one));
    }
    let kind = OF_DOMAIN.iter().find(|kind| kind.get_operation == operation);
    let kind = kind.ok_or_else(|| ApiError::unknown_operation(operation))?;
    let wanted = request[kind.get_by].as_str().unwrap_or_default();
    let found = domain.list(kind).find(|one| one[kind.id] == wanted);
    found.cloned().ok_or_else(|| not_found(&format!("{} {wanted}", kind.list)))
}

impl Domain {
    fn list(&self, kind: &Kind) -> impl Iterator<Item = &Value> {
        self.lists.get(kind.list).into_iter().flatten()
    }
}

/// One page, in DataZone's words.
fn listed(request: &Value, sizes: Sizes, found: &[&Value], summary: impl Fn(&Value) -> Value) -> Answer {
    let mut asked = Map::new();
    for (ours, theirs) in [("MaxResults", "maxResults"), ("NextToken", "nextToken")] {
        let given = &request[theirs];
        // In a query all is text.
        let number = given.as_str().filter(|_| ours == "MaxResults").and_then(|text| text.parse::<u64>().ok());
        asked.insert(ours.to_owned(), number.map_or_else(|| given.clone(), |number| json!(number)));
    }
    let mut answer = page(&Value::Object(asked), sizes, "items", found.len(), |n| summary(found[n]))?;
    if let Some(next) = answer.as_object_mut().and_then(|answer| answer.remove("NextToken")) {
        answer["nextToken"] = next;
    }
    Ok(answer)
}

/// A domain of nobody, or of others: which, is not said, except by what gets the domain itself.
fn no_domain(context: &Context, operation: &str, id: &str) -> ApiError {
    if operation == "GetDomain" {
        return not_found(&format!("domain {id}"));
    }
    let message = format!("User {} is not permitted to perform operation: {operation}", context.caller_arn);
    ApiError::forbidden("AccessDeniedException", message)
}

fn not_found(what: &str) -> ApiError {
    let error = ApiError::new("ResourceNotFoundException", format!("There is no {what}."));
    ApiError { status: StatusCode::NOT_FOUND, ..error }
}
