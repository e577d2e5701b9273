//! Dashboards: `PutDashboard` and what reads and deletes them. They belong to the account.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{dashboard_body, elements, invalid, start, text};
use crate::error::{Answer, ApiError};
use crate::world::Context;

/// Names of one page of `ListDashboards`.
const PAGE: usize = 1000;

/// More than any test puts.
const MOST: usize = 2000;

/// The dashboards of one account, by name.
#[derive(Debug, Default)]
pub(crate) struct Dashboards {
    stored: BTreeMap<String, Stored>,
}

#[derive(Debug)]
struct Stored {
    body: String,
    /// Epoch seconds.
    modified: f64,
}

impl Dashboards {
    /// Stores the body as it came, in the place of any other. What is odd about it and
    /// bearable is told.
    pub(super) fn put(&mut self, context: &Context, request: &Value) -> Answer {
        let name = name(&request["DashboardName"], "DashboardName")?;
        let body = text(&request["DashboardBody"], "DashboardBody", 1 << 20)?;
        let warnings = dashboard_body::warnings(body)?;
        if self.stored.len() >= MOST && !self.stored.contains_key(name) {
            return Err(ApiError::new("LimitExceeded", "too many dashboards"));
        }
        self.stored.insert(name.to_owned(), Stored { body: body.to_owned(), modified: context.now });
        Ok(json!({ "DashboardValidationMessages": warnings }))
    }

    pub(super) fn get(&self, context: &Context, request: &Value) -> Answer {
        let name = name(&request["DashboardName"], "DashboardName")?;
        let stored = self.stored.get(name).ok_or_else(|| not_found(name))?;
        Ok(json!({ "DashboardArn": arn(context, name), "DashboardBody": stored.body, "DashboardName": name }))
    }

    pub(super) fn list(&self, context: &Context, request: &Value) -> Answer {
        let prefix = match &request["DashboardNamePrefix"] {
            Value::Null => "",
            prefix => name(prefix, "DashboardNamePrefix")?,
        };
        let start = start(request)?;
        let found = self.stored.iter().filter(|(name, _)| name.starts_with(prefix));
        let mut rest = found.skip(start);
        let entry = |(name, stored): (&String, &Stored)| {
            let (arn, size) = (arn(context, name), stored.body.len());
            json!({ "DashboardName": name, "DashboardArn": arn, "LastModified": stored.modified, "Size": size })
        };
        let page: Vec<Value> = rest.by_ref().take(PAGE).map(entry).collect();
        let mut answer = json!({ "DashboardEntries": page });
        if rest.next().is_some() {
            answer["NextToken"] = json!((start + PAGE).to_string());
        }
        Ok(answer)
    }

    /// All of them or none.
    pub(super) fn delete(&mut self, request: &Value) -> Answer {
        let names = elements(request, "DashboardNames")?;
        let names = names.iter().map(|found| name(found, "DashboardNames")).collect::<Result<Vec<_>, _>>()?;
        if let Some(missing) = names.iter().find(|name| !self.stored.contains_key(**name)) {
            return Err(not_found(missing));
        }
        for name in names {
            self.stored.remove(name);
        }
        Ok(json!({}))
    }
}

fn name<'a>(value: &'a Value, path: &str) -> Result<&'a str, ApiError> {
    let name = text(value, path, 255)?;
    let in_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.chars().all(in_name) {
        Ok(name)
    } else {
        Err(invalid(format!("The value {name} for field {path} contains invalid characters.")))
    }
}

fn arn(context: &Context, name: &str) -> String {
    let (partition, account) = (context.caller.partition(), &context.caller.account);
    format!("arn:{partition}:cloudwatch::{account}:dashboard/{name}")
}

fn not_found(name: &str) -> ApiError {
    let message = format!("Dashboard {name} does not exist");
    ApiError { status: StatusCode::NOT_FOUND, ..ApiError::new("DashboardNotFoundError", message) }
}
