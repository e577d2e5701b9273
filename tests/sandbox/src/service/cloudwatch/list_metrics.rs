//! `ListMetrics`: metrics with data of the last two weeks. New ones are listed at
//! once, where CloudWatch takes up to a quarter of an hour.

use serde_json::{Value, json};

use super::store::{Metric, Metrics};
use super::{TWO_WEEKS, elements, invalid, start, text};
use crate::error::{Answer, ApiError};

const PAGE: usize = 500;
const MOST_FILTERS: usize = 10;
const THREE_HOURS: f64 = 3.0 * 3600.0;

/// One page of the metrics that pass the filters.
pub(super) fn list(metrics: &Metrics, now: f64, request: &Value) -> Answer {
    let since = match request["RecentlyActive"].as_str() {
        None => now - TWO_WEEKS,
        Some("PT3H") => now - THREE_HOURS,
        Some(other) => return Err(invalid(format!("The value {other} for parameter RecentlyActive is invalid."))),
    };
    let filters = filters(request)?;
    let passes = |metric: &Metric| {
        let equals = |filter: &str, value: &str| request[filter].as_str().is_none_or(|wanted| wanted == value);
        equals("Namespace", &metric.namespace)
            && equals("MetricName", &metric.name)
            && filters.iter().all(|(name, value)| {
                metric.dimensions.get(*name).is_some_and(|has| value.is_none_or(|wanted| wanted == has))
            })
    };
    let start = start(request)?;
    let mut rest = metrics.latest().filter(|(metric, second)| *second as f64 >= since && passes(metric)).skip(start);
    let page: Vec<Value> = rest.by_ref().take(PAGE).map(|(metric, _)| body(metric)).collect();
    let mut answer = json!({ "Metrics": page });
    if rest.next().is_some() {
        answer["NextToken"] = json!((start + PAGE).to_string());
    }
    Ok(answer)
}

/// Names that a metric's dimensions must have, and values where the filter gives them.
fn filters(request: &Value) -> Result<Vec<(&str, Option<&str>)>, ApiError> {
    let filters = elements(request, "Dimensions")?;
    if filters.len() > MOST_FILTERS {
        return Err(invalid(format!("The collection Dimensions must not have a size greater than {MOST_FILTERS}.")));
    }
    let filters = (1..).zip(filters).map(|(n, filter): (usize, _)| {
        let name = text(&filter["Name"], &format!("Dimensions.member.{n}.Name"), 255)?;
        Ok((name, filter["Value"].as_str()))
    });
    filters.collect()
}

fn body(metric: &Metric) -> Value {
    let Metric { namespace, name, dimensions } = metric;
    let dimensions: Vec<Value> =
        dimensions.iter().map(|(name, value)| json!({ "Name": name, "Value": value })).collect();
    json!({ "Namespace": namespace, "MetricName": name, "Dimensions": dimensions })
}
