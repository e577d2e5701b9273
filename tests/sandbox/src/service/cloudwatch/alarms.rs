//! Alarms: `PutMetricAlarm` and what reads and deletes them. None is ever evaluated.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{alarm, elements, invalid, start, text};
use crate::error::{Answer, ApiError};
use crate::world::Context;

/// Names in one request.
const MOST_NAMES: usize = 100;

/// Alarms of one page, if nobody says.
const PAGE: usize = 50;

/// More than any test puts.
const MOST: usize = 2000;

/// The alarms of one account and region, by name.
#[derive(Debug, Default)]
pub(crate) struct Alarms {
    stored: BTreeMap<String, Value>,
}

impl Alarms {
    /// Replaces the whole alarm; its state stays.
    pub(super) fn put(&mut self, context: &Context, request: &Value) -> Answer {
        let mut alarm = alarm::parsed(request)?;
        let name = text(&request["AlarmName"], "AlarmName", 255)?;
        if self.stored.len() >= MOST && !self.stored.contains_key(name) {
            return Err(ApiError::new("LimitExceeded", "too many alarms"));
        }
        let before = self.stored.get(name);
        let kept = |member: &str, new: Value| before.map_or(new, |before| before[member].clone());
        alarm["AlarmArn"] = json!(context.arn_of("cloudwatch", &format!("alarm:{name}")));
        alarm["AlarmConfigurationUpdatedTimestamp"] = json!(context.now);
        alarm["StateValue"] = kept("StateValue", json!("INSUFFICIENT_DATA"));
        alarm["StateReason"] = kept("StateReason", json!("Unchecked: Initial alarm creation"));
        alarm["StateUpdatedTimestamp"] = kept("StateUpdatedTimestamp", json!(context.now));
        self.stored.insert(name.to_owned(), alarm);
        Ok(json!({}))
    }

    /// A page of the alarms of these names, or that begin like this.
    pub(super) fn describe(&self, request: &Value) -> Answer {
        let names = elements(request, "AlarmNames")?;
        if names.len() > MOST_NAMES {
            return Err(invalid(format!("The collection AlarmNames must not have a size greater than {MOST_NAMES}.")));
        }
        let prefix = request["AlarmNamePrefix"].as_str();
        if prefix.is_some() && !names.is_empty() {
            let says = "AlarmNamePrefix and AlarmNames are mutually exclusive.";
            return Err(ApiError::validation(says));
        }
        let types = elements(request, "AlarmTypes")?;
        let asks_for_metrics = types.is_empty() || types.contains(&json!("MetricAlarm"));
        let size = match &request["MaxRecords"] {
            Value::Null => PAGE,
            size => size
                .as_u64()
                .filter(|size| (1..=100).contains(size))
                .and_then(|size| usize::try_from(size).ok())
                .ok_or_else(|| ApiError::validation("MaxRecords must be from 1 to 100"))?,
        };
        let start = start(request)?;
        let is_asked = |name: &str| {
            let is_named = names.is_empty() || names.iter().any(|asked| asked == name);
            asks_for_metrics && is_named && prefix.is_none_or(|prefix| name.starts_with(prefix))
        };
        let mut rest = self.stored.iter().filter(|(name, _)| is_asked(name)).map(|(_, alarm)| alarm).skip(start);
        let page: Vec<&Value> = rest.by_ref().take(size).collect();
        let mut answer = json!({ "MetricAlarms": page, "CompositeAlarms": [] });
        if rest.next().is_some() {
            answer["NextToken"] = json!((start + size).to_string());
        }
        Ok(answer)
    }

    /// All of them or none.
    pub(super) fn delete(&mut self, request: &Value) -> Answer {
        let names = elements(request, "AlarmNames")?;
        let names = names.iter().map(|name| text(name, "AlarmNames", 255)).collect::<Result<Vec<_>, _>>()?;
        if names.iter().any(|name| !self.stored.contains_key(*name)) {
            let error = ApiError::new("ResourceNotFound", "an alarm does not exist");
            return Err(ApiError { status: StatusCode::NOT_FOUND, ..error });
        }
        for name in names {
            self.stored.remove(name);
        }
        Ok(json!({}))
    }
}
