//! CloudWatch, as far as metrics of one's own need it: one file an operation, or what belongs together.

mod alarm;
mod alarms;
mod dashboard_body;
mod dashboards;
mod datum;
mod get_metric_data;
mod list_metrics;
mod put_metric_data;
mod seed;
mod store;

use serde_json::Value;

use crate::error::{Answer, ApiError};
use crate::world::{Context, Region};

pub(crate) use alarms::Alarms;
pub(crate) use dashboards::Dashboards;
pub(crate) use seed::seed;
pub(crate) use store::Metrics;

/// Metrics without data for this long are no longer listed, and data older than
/// this is refused.
const TWO_WEEKS: f64 = 14.0 * 86_400.0;

/// The answer of one operation.
///
/// # Errors
/// As CloudWatch answers it; `UnknownOperationException` for what is not built.
pub(crate) fn answer(region: &mut Region, context: &Context, operation: &str, request: &Value) -> Answer {
    let Region { metrics, alarms, dashboards, .. } = region;
    match operation {
        "PutMetricData" => put_metric_data::put(metrics, context.now, request),
        "GetMetricData" => get_metric_data::get(metrics, context.metric_data, request),
        "ListMetrics" => list_metrics::list(metrics, context.now, request),
        "PutMetricAlarm" => alarms.put(context, request),
        "DescribeAlarms" => alarms.describe(request),
        "DeleteAlarms" => alarms.delete(request),
        "PutDashboard" => dashboards.put(context, request),
        "GetDashboard" => dashboards.get(context, request),
        "ListDashboards" => dashboards.list(context, request),
        "DeleteDashboards" => dashboards.delete(request),
        other => Err(ApiError::unknown_operation(other)),
    }
}

/// Whether this operation is about what an account has in no region.
pub(crate) fn is_of_the_account(operation: &str) -> bool {
    operation.contains("Dashboard")
}

/// Where a page begins, by the token that names it.
///
/// # Errors
/// For a token that is none.
fn start(request: &Value) -> Result<usize, ApiError> {
    match &request["NextToken"] {
        Value::Null => Ok(0),
        token => {
            let start = token.as_str().and_then(|token| token.parse().ok());
            start.ok_or_else(|| invalid("The value for parameter NextToken is invalid."))
        }
    }
}

/// The elements of a list, which may be absent.
///
/// # Errors
/// `SerializationException` for what is no list.
fn elements<'a>(request: &'a Value, member: &str) -> Result<&'a [Value], ApiError> {
    match &request[member] {
        Value::Null => Ok(&[]),
        Value::Array(elements) => Ok(elements),
        _ => Err(ApiError::new("SerializationException", format!("{member} is not a list"))),
    }
}

/// A text that must be there, of at most so many characters. `path` is where the
/// request has it, for the refusal.
fn text<'a>(value: &'a Value, path: &str, most: usize) -> Result<&'a str, ApiError> {
    match value {
        Value::Null => Err(missing(format!("The parameter {path} is required."))),
        Value::String(text) if (1..=most).contains(&text.chars().count()) => Ok(text),
        Value::String(_) => Err(invalid(format!("The parameter {path} must be of 1 to {most} characters."))),
        _ => Err(ApiError::new("SerializationException", format!("{path} is not a string"))),
    }
}

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new("InvalidParameterValueException", message)
}

fn missing(message: impl Into<String>) -> ApiError {
    ApiError::new("MissingRequiredParameterException", message)
}

fn combination(message: impl Into<String>) -> ApiError {
    ApiError::new("InvalidParameterCombinationException", message)
}
