//! `GetMetricData` for metrics as they are; expressions are refused, not ignored.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::store::{Metric, Metrics, Statistics};
use super::{datum, elements, text};
use crate::error::{Answer, ApiError};

const MOST_QUERIES: usize = 500;
const MOST_DATAPOINTS: u64 = 100_800;

/// A second after all data, which arithmetic bears.
const LATEST: f64 = 1e12;

/// One query, understood.
struct Query<'a> {
    id: &'a str,
    label: &'a str,
    metric: Metric,
    period: i64,
    stat: fn(&Statistics) -> f64,
    unit: Option<&'a str>,
}

/// Seconds of the epoch: from the first, to before the last.
struct Window {
    start: i64,
    end: i64,
    newest_first: bool,
}

/// A page of datapoints. A result that goes on in the next page is `PartialData`. With
/// a status that is `forced`, no result has any.
pub(super) fn get(metrics: &Metrics, forced: Option<&str>, request: &Value) -> Answer {
    let window = window(request)?;
    let queries = queries(request)?;
    let size = match &request["MaxDatapoints"] {
        Value::Null => MOST_DATAPOINTS,
        most => most
            .as_u64()
            .filter(|most| (1..=MOST_DATAPOINTS).contains(most))
            .ok_or_else(|| invalid(format!("The value {most} for parameter MaxDatapoints is invalid.")))?,
    };
    let start = match &request["NextToken"] {
        Value::Null => 0,
        token => token
            .as_str()
            .and_then(|token| token.parse().ok())
            .ok_or_else(|| ApiError::new("InvalidNextToken", "The next token is invalid."))?,
    };
    if let Some(status) = forced {
        return Ok(nothing(&queries, status));
    }
    let end = usize::try_from(size).unwrap_or(usize::MAX).saturating_add(start);
    let (mut results, mut before) = (Vec::new(), 0);
    for query in queries {
        let points = points(metrics, &query, &window);
        let after = before + points.len();
        let cut = |at: usize| at.clamp(before, after) - before;
        let (times, values): (Vec<i64>, Vec<f64>) = points[cut(start)..cut(end)].iter().copied().unzip();
        results.push(json!({
            "Id": query.id,
            "Label": query.label,
            "Timestamps": times,
            "Values": values,
            "StatusCode": if after > end && !points.is_empty() { "PartialData" } else { "Complete" },
        }));
        before = after;
    }
    let mut answer = json!({ "MetricDataResults": results, "Messages": [] });
    if before > end {
        answer["NextToken"] = json!(end.to_string());
    }
    Ok(answer)
}

fn nothing(queries: &[Query<'_>], status: &str) -> Value {
    let result = |Query { id, label, .. }: &Query<'_>| {
        let (id, label) = (*id, *label);
        json!({ "Id": id, "Label": label, "Timestamps": [], "Values": [], "StatusCode": status })
    };
    json!({ "MetricDataResults": queries.iter().map(result).collect::<Vec<_>>(), "Messages": [] })
}

/// Time and value of each period that has data. Periods begin at their multiples,
/// and the one that the window begins in counts whole.
fn points(metrics: &Metrics, query: &Query, window: &Window) -> Vec<(i64, f64)> {
    let mut periods: BTreeMap<i64, Statistics> = BTreeMap::new();
    let first = window.start.div_euclid(query.period) * query.period;
    for (second, unit, statistics) in metrics.points(&query.metric, first, window.end) {
        if query.unit.is_none_or(|wanted| wanted == unit) {
            let period = second.div_euclid(query.period) * query.period;
            periods.entry(period).and_modify(|stored| *stored = stored.with(statistics)).or_insert(statistics);
        }
    }
    let points = periods.iter().map(|(period, statistics)| (*period, (query.stat)(statistics)));
    if window.newest_first { points.rev().collect() } else { points.collect() }
}

#[expect(clippy::cast_possible_truncation, reason = "it is clamped")]
fn window(request: &Value) -> Result<Window, ApiError> {
    let time =
        |member: &str| request[member].as_f64().ok_or_else(|| invalid(format!("The parameter {member} is required.")));
    let (start, end) = (time("StartTime")?, time("EndTime")?);
    if start >= end {
        return Err(invalid("The parameter StartTime must be less than the parameter EndTime."));
    }
    let newest_first = match request["ScanBy"].as_str().unwrap_or("TimestampDescending") {
        "TimestampDescending" => true,
        "TimestampAscending" => false,
        other => return Err(invalid(format!("The value {other} for parameter ScanBy is invalid."))),
    };
    let (start, end) = (start.floor().clamp(0.0, LATEST) as i64, end.ceil().clamp(0.0, LATEST) as i64);
    Ok(Window { start, end, newest_first })
}

fn queries(request: &Value) -> Result<Vec<Query<'_>>, ApiError> {
    let all = elements(request, "MetricDataQueries")?;
    if all.is_empty() || all.len() > MOST_QUERIES {
        return Err(invalid(format!("The collection MetricDataQueries must have 1 to {MOST_QUERIES} elements.")));
    }
    let mut ids = BTreeSet::new();
    let mut queries = Vec::new();
    for (n, query) in (1..).zip(all) {
        let path = format!("MetricDataQueries.member.{n}");
        let parsed = parsed(query, &path).map_err(of_this_operation)?;
        if !ids.insert(parsed.id) {
            return Err(invalid(format!("The values for parameter {path}.Id are not unique.")));
        }
        if query["ReturnData"] != false {
            queries.push(parsed);
        }
    }
    Ok(queries)
}

fn parsed<'a>(query: &'a Value, path: &str) -> Result<Query<'a>, ApiError> {
    let id = text(&query["Id"], &format!("{path}.Id"), 255)?;
    let in_id = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !id.starts_with(|c: char| c.is_ascii_lowercase()) || !id.chars().all(in_id) {
        return Err(invalid(format!("The value {id} for parameter {path}.Id is not matching the expected pattern.")));
    }
    let stat = &query["MetricStat"];
    if !query["Expression"].is_null() || stat.is_null() {
        return Err(invalid(format!("{path} has no MetricStat alone, and the sandbox evaluates no Expression.")));
    }
    let (metric, path) = (&stat["Metric"], format!("{path}.MetricStat"));
    let name = text(&metric["MetricName"], &format!("{path}.Metric.MetricName"), 255)?;
    Ok(Query {
        id,
        label: query["Label"].as_str().unwrap_or(name),
        metric: Metric {
            namespace: text(&metric["Namespace"], &format!("{path}.Metric.Namespace"), 255)?.to_owned(),
            name: name.to_owned(),
            dimensions: datum::dimensions(metric, &format!("{path}.Metric"))?,
        },
        period: period(&stat["Period"], &path)?,
        stat: statistic(text(&stat["Stat"], &format!("{path}.Stat"), 255)?, &path)?,
        unit: stat["Unit"].as_str(),
    })
}

fn period(period: &Value, path: &str) -> Result<i64, ApiError> {
    let allowed = |seconds: &i64| matches!(seconds, 1 | 5 | 10 | 20 | 30) || (*seconds > 0 && seconds % 60 == 0);
    period
        .as_i64()
        .filter(allowed)
        .ok_or_else(|| invalid(format!("The value {period} for parameter {path}.Period must be a multiple of 60.")))
}

fn statistic(name: &str, path: &str) -> Result<fn(&Statistics) -> f64, ApiError> {
    Ok(match name {
        "SampleCount" => |s| s.count,
        "Sum" => |s| s.sum,
        // A statistic set may say that it counts nothing.
        "Average" => |s| if s.count > 0.0 { s.sum / s.count } else { 0.0 },
        "Minimum" => |s| s.minimum,
        "Maximum" => |s| s.maximum,
        _ => {
            return Err(invalid(format!("The value {name} for parameter {path}.Stat is not a valid statistic here.")));
        }
    })
}

/// This operation has one name for whatever is wrong with a query.
fn of_this_operation(error: ApiError) -> ApiError {
    ApiError { kind: "ValidationException".to_owned(), ..error }
}

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::validation(message)
}
