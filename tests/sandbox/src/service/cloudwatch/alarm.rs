//! One alarm of `PutMetricAlarm`: checked as CloudWatch checks it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{combination, datum, elements, missing, text};
use crate::error::ApiError;

const MOST_METRICS: usize = 10;
const MOST_ACTIONS: usize = 5;
const DAY: u64 = 86_400;
const WEEK: u64 = 7 * DAY;

const OPERATORS: [&str; 7] = [
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
    "LessThanLowerOrGreaterThanUpperThreshold",
    "LessThanLowerThreshold",
    "GreaterThanUpperThreshold",
];
const STATISTICS: [&str; 5] = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"];
const MISSING: [&str; 4] = ["breaching", "notBreaching", "ignore", "missing"];
const ACTIONS: [&str; 3] = ["OKActions", "AlarmActions", "InsufficientDataActions"];

/// Members that are kept as they come.
const KEPT: [&str; 9] = [
    "AlarmName",
    "AlarmDescription",
    "MetricName",
    "Namespace",
    "Statistic",
    "Dimensions",
    "Period",
    "Unit",
    "Metrics",
];

/// The alarm as `DescribeAlarms` shows it.
///
/// # Errors
/// `ValidationException` and others, by what is wrong.
pub(super) fn parsed(request: &Value) -> Result<Value, ApiError> {
    text(&request["AlarmName"], "AlarmName", 255)?;
    one_of(request, "ComparisonOperator", &OPERATORS, true)?;
    one_of(request, "TreatMissingData", &MISSING, false)?;
    let points = whole(&request["EvaluationPeriods"], "EvaluationPeriods")?;
    let beyond = match &request["DatapointsToAlarm"] {
        Value::Null => points,
        beyond => whole(beyond, "DatapointsToAlarm")?,
    };
    if beyond > points {
        return Err(ApiError::validation("DatapointsToAlarm must be less than or equal to EvaluationPeriods"));
    }
    let threshold = datum::number(&request["Threshold"], "Threshold")?;
    let metrics = elements(request, "Metrics")?;
    let periods = match (metrics, &request["MetricName"]) {
        ([], Value::Null) => return Err(missing("One of MetricName and Metrics is required.")),
        ([], _) => vec![of_one_metric(request)?],
        (metrics, Value::Null) => of_metrics(metrics)?,
        _ => return Err(combination("MetricName and Metrics are mutually exclusive.")),
    };
    for period in periods {
        let most = if period < 3600 { DAY } else { WEEK };
        if period * points > most {
            return Err(ApiError::validation(format!(
                "Metrics cannot be checked across more than {most} seconds (EvaluationPeriods * Period)"
            )));
        }
    }
    let mut alarm = json!({
        "EvaluationPeriods": points, "DatapointsToAlarm": beyond, "Threshold": threshold,
        "ComparisonOperator": request["ComparisonOperator"],
        "TreatMissingData": request["TreatMissingData"].as_str().unwrap_or("missing"),
        "ActionsEnabled": request["ActionsEnabled"].as_bool().unwrap_or(true),
    });
    for member in KEPT.iter().filter(|member| !request[**member].is_null()) {
        alarm[*member] = request[*member].clone();
    }
    for member in ACTIONS {
        alarm[member] = actions(request, member)?;
    }
    Ok(alarm)
}

fn of_one_metric(request: &Value) -> Result<u64, ApiError> {
    text(&request["Namespace"], "Namespace", 255)?;
    datum::dimensions(request, "PutMetricAlarm")?;
    if request["ExtendedStatistic"].is_null() {
        one_of(request, "Statistic", &STATISTICS, true)?;
    }
    period(&request["Period"])
}

/// The periods of all metrics, of which exactly one query is what is compared.
fn of_metrics(queries: &[Value]) -> Result<Vec<u64>, ApiError> {
    let (mut ids, mut periods, mut returned) = (BTreeSet::new(), Vec::new(), 0);
    for query in queries {
        let id = text(&query["Id"], "Metrics.Id", 255)?;
        let in_id = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let is_id = id.starts_with(|c: char| c.is_ascii_lowercase()) && id.chars().all(in_id);
        if !is_id || !ids.insert(id) {
            return Err(ApiError::validation(format!("The Id {id} is not valid or is there twice")));
        }
        let stat = &query["MetricStat"];
        match (stat.is_object(), query["Expression"].as_str()) {
            (true, None) => {
                let metric = &stat["Metric"];
                text(&metric["Namespace"], "Metrics.MetricStat.Metric.Namespace", 255)?;
                text(&metric["MetricName"], "Metrics.MetricStat.Metric.MetricName", 255)?;
                datum::dimensions(metric, "Metrics.MetricStat.Metric")?;
                text(&stat["Stat"], "Metrics.MetricStat.Stat", 255)?;
                periods.push(period(&stat["Period"])?);
            }
            (false, Some(text)) if text.contains("SEARCH(") => {
                return Err(ApiError::validation("SEARCH is not supported in alarms"));
            }
            (false, Some(_)) => {}
            _ => return Err(ApiError::validation("Exactly one of MetricStat and Expression is required")),
        }
        returned += usize::from(query["ReturnData"].as_bool().unwrap_or(true));
    }
    if periods.is_empty() || periods.len() > MOST_METRICS {
        return Err(ApiError::validation(format!("An alarm has 1 to {MOST_METRICS} metrics")));
    }
    if returned != 1 {
        return Err(ApiError::validation("Exactly one element of the metrics list should return data"));
    }
    Ok(periods)
}

fn actions(request: &Value, member: &str) -> Result<Value, ApiError> {
    let actions = elements(request, member)?;
    let is_arn = |action: &Value| action.as_str().is_some_and(|arn| arn.starts_with("arn:"));
    if actions.len() > MOST_ACTIONS || !actions.iter().all(is_arn) {
        return Err(ApiError::validation(format!("{member} must be at most {MOST_ACTIONS} ARNs")));
    }
    Ok(json!(actions))
}

fn one_of(request: &Value, member: &str, allowed: &[&str], is_required: bool) -> Result<(), ApiError> {
    match &request[member] {
        Value::Null if is_required => Err(missing(format!("The parameter {member} is required."))),
        Value::Null => Ok(()),
        value if value.as_str().is_some_and(|value| allowed.contains(&value)) => Ok(()),
        value => Err(ApiError::validation(format!("Value {value} at '{member}' must be one of {allowed:?}"))),
    }
}

fn whole(value: &Value, member: &str) -> Result<u64, ApiError> {
    if value.is_null() {
        return Err(missing(format!("The parameter {member} is required.")));
    }
    let whole = value.as_u64().filter(|number| *number > 0);
    whole.ok_or_else(|| ApiError::validation(format!("{member} must be a number above 0")))
}

fn period(value: &Value) -> Result<u64, ApiError> {
    let seconds = whole(value, "Period")?;
    if seconds % 60 == 0 || [10, 20, 30].contains(&seconds) {
        Ok(seconds)
    } else {
        Err(ApiError::validation("Period must be 10, 20, 30 or a multiple of 60"))
    }
}
