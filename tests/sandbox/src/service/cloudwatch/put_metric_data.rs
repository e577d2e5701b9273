//! `PutMetricData`: all of a request or nothing.

use serde_json::{Value, json};

use super::store::Metrics;
use super::{TWO_WEEKS, combination, datum, elements, invalid, missing, text};
use crate::error::{Answer, ApiError};

const MOST: usize = 1000;

/// Stores the data. Entities are not: they change nothing that metrics show.
pub(super) fn put(metrics: &mut Metrics, now: f64, request: &Value) -> Answer {
    let namespace = namespace(request)?;
    let data = data(request)?;
    if data.is_empty() {
        return Err(missing("The parameter MetricData is required."));
    }
    if data.len() > MOST {
        return Err(invalid(format!("The collection MetricData must not have a size greater than {MOST}.")));
    }
    let parsed = data.iter().map(|(path, datum)| datum::parsed(namespace, datum, path, now - TWO_WEEKS, now));
    for (metric, slot, statistics) in parsed.collect::<Result<Vec<_>, _>>()? {
        metrics.add(metric, slot, statistics);
    }
    Ok(json!({}))
}

fn namespace(request: &Value) -> Result<&str, ApiError> {
    let namespace = text(&request["Namespace"], "Namespace", 255)?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || ".-_/#: ".contains(c);
    if namespace.starts_with("AWS/") || namespace.starts_with(':') || !namespace.chars().all(allowed) {
        return Err(invalid(format!("The value {namespace} for parameter Namespace is invalid.")));
    }
    Ok(namespace)
}

/// Every datum, and where the request has it.
fn data(request: &Value) -> Result<Vec<(String, &Value)>, ApiError> {
    let numbered = |path: &str, data| {
        let path = path.to_owned();
        (1..).zip(data).map(move |(n, datum): (usize, _)| (format!("{path}.member.{n}"), datum))
    };
    let mut all: Vec<(String, &Value)> = numbered("MetricData", elements(request, "MetricData")?).collect();
    for (n, of_entity) in (1..).zip(elements(request, "EntityMetricData")?) {
        let data = elements(of_entity, "MetricData")?;
        if !of_entity.is_object() || data.is_empty() {
            return Err(combination(format!("EntityMetricData.member.{n} has no MetricData.")));
        }
        all.extend(numbered(&format!("EntityMetricData.member.{n}.MetricData"), data));
    }
    Ok(all)
}
