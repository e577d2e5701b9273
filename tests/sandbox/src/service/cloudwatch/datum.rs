//! One datum of `PutMetricData`: checked as CloudWatch checks it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::store::{Metric, Slot, Statistics};
use super::{combination, elements, invalid, missing, text};
use crate::error::ApiError;

const MOST_DIMENSIONS: usize = 30;
const MOST_VALUES: usize = 150;
const LATEST: f64 = 2.0 * 3600.0;

/// `StandardUnit`; the first is that of data without one.
const UNITS: &[&str] = &[
    "None",
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Percent",
    "Count",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
    "Count/Second",
];

/// Metric, slot and values of one datum, of which the time is not before `oldest`.
/// `path` is where the request has it.
///
/// # Errors
/// `InvalidParameterValue`, `InvalidParameterCombination` and `MissingParameter`.
pub(super) fn parsed(
    namespace: &str,
    datum: &Value,
    path: &str,
    oldest: f64,
    now: f64,
) -> Result<(Metric, Slot, Statistics), ApiError> {
    Ok((metric(namespace, datum, path)?, slot(datum, path, oldest, now)?, statistics(datum, path)?))
}

/// The metric that a datum is of.
///
/// # Errors
/// `InvalidParameterValue` and `MissingParameter`.
pub(super) fn metric(namespace: &str, datum: &Value, path: &str) -> Result<Metric, ApiError> {
    let name = text(&datum["MetricName"], &format!("{path}.MetricName"), 255)?.to_owned();
    Ok(Metric { namespace: namespace.to_owned(), name, dimensions: dimensions(datum, path)? })
}

/// The dimensions of a metric, by name.
///
/// # Errors
/// `InvalidParameterValue` for too many, one named twice, or text that is not allowed.
pub(super) fn dimensions(metric: &Value, path: &str) -> Result<BTreeMap<String, String>, ApiError> {
    let all = elements(metric, "Dimensions")?;
    if all.len() > MOST_DIMENSIONS {
        return Err(invalid(format!(
            "The collection {path}.Dimensions must not have a size greater than {MOST_DIMENSIONS}."
        )));
    }
    let mut dimensions = BTreeMap::new();
    for (n, dimension) in (1..).zip(all) {
        let path = format!("{path}.Dimensions.member.{n}");
        let name = plain(text(&dimension["Name"], &format!("{path}.Name"), 255)?, &path)?;
        let value = plain(text(&dimension["Value"], &format!("{path}.Value"), 1024)?, &path)?;
        if name.starts_with(':') {
            return Err(invalid(format!("The parameter {path}.Name must not begin with a colon.")));
        }
        if dimensions.insert(name, value).is_some() {
            return Err(invalid("No metric may specify the same dimension name twice."));
        }
    }
    Ok(dimensions)
}

fn plain(text: &str, path: &str) -> Result<String, ApiError> {
    let is_plain = text.bytes().all(|b| b.is_ascii() && !b.is_ascii_control());
    if is_plain && !text.trim().is_empty() {
        Ok(text.to_owned())
    } else {
        Err(invalid(format!("The parameter {path} must be ASCII without control characters, and not all blank.")))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "seconds within weeks of now fit")]
fn slot(datum: &Value, path: &str, oldest: f64, now: f64) -> Result<Slot, ApiError> {
    let time = match &datum["Timestamp"] {
        Value::Null => now,
        value => value.as_f64().ok_or_else(|| invalid(format!("The parameter {path}.Timestamp is no time.")))?,
    };
    if !(oldest..=now + LATEST).contains(&time) {
        return Err(invalid(format!(
            "The parameter {path}.Timestamp must specify a time within the past two weeks and the next two hours."
        )));
    }
    let resolution = match &datum["StorageResolution"] {
        Value::Null => 60.0,
        value if *value == 1 || *value == 60 => value.as_f64().unwrap_or_default(),
        _ => return Err(invalid(format!("The parameter {path}.StorageResolution must be 1 or 60."))),
    };
    Ok(Slot { second: ((time / resolution).floor() * resolution) as i64, unit: unit(datum, path)? })
}

/// The unit of a datum.
///
/// # Errors
/// `InvalidParameterValue`.
pub(super) fn unit(datum: &Value, path: &str) -> Result<String, ApiError> {
    let unit = datum["Unit"].as_str().unwrap_or(UNITS[0]);
    if !UNITS.contains(&unit) {
        return Err(invalid(format!("The parameter {path}.Unit must be a value in the set {UNITS:?}.")));
    }
    Ok(unit.to_owned())
}

fn statistics(datum: &Value, path: &str) -> Result<Statistics, ApiError> {
    let given: Vec<&str> =
        ["Value", "Values", "StatisticValues"].into_iter().filter(|member| !datum[*member].is_null()).collect();
    if !datum["Counts"].is_null() && datum["Values"].is_null() {
        return Err(combination(format!("The parameter {path}.Counts needs {path}.Values.")));
    }
    match given[..] {
        ["Value"] => {
            let value = number(&datum["Value"], &format!("{path}.Value"))?;
            Ok(Statistics { count: 1.0, sum: value, minimum: value, maximum: value })
        }
        ["Values"] => values(datum, path),
        [_] => statistic_values(&datum["StatisticValues"], &format!("{path}.StatisticValues")),
        [first, second, ..] => Err(combination(format!(
            "The parameters {path}.{first} and {path}.{second} are mutually exclusive and you have specified both."
        ))),
        [] => Err(combination(format!(
            "At least one of the parameters {path}.Value, {path}.Values and {path}.StatisticValues must be specified."
        ))),
    }
}

fn values(datum: &Value, path: &str) -> Result<Statistics, ApiError> {
    let (values, counts) = (elements(datum, "Values")?, elements(datum, "Counts")?);
    if values.is_empty() || values.len() > MOST_VALUES {
        return Err(invalid(format!("The collection {path}.Values must have 1 to {MOST_VALUES} values.")));
    }
    if !datum["Counts"].is_null() && counts.len() != values.len() {
        return Err(invalid(format!("The parameters {path}.Values and {path}.Counts must be of the same size.")));
    }
    let mut all = Statistics { count: 0.0, sum: 0.0, minimum: f64::INFINITY, maximum: f64::NEG_INFINITY };
    for (n, value) in values.iter().enumerate() {
        let value = number(value, &format!("{path}.Values.member.{}", n + 1))?;
        let count = counts.get(n).map_or(Ok(1.0), |count| number(count, &format!("{path}.Counts.member.{}", n + 1)))?;
        if count < 0.0 {
            return Err(invalid(format!("The parameter {path}.Counts.member.{} must not be negative.", n + 1)));
        }
        all = all.with(Statistics { count, sum: value * count, minimum: value, maximum: value });
    }
    Ok(all)
}

fn statistic_values(set: &Value, path: &str) -> Result<Statistics, ApiError> {
    let empty = Map::new();
    let set = set.as_object().unwrap_or(&empty);
    let part = |name: &str| {
        let path = format!("{path}.{name}");
        let value = set.get(name).ok_or_else(|| missing(format!("The parameter {path} is required.")))?;
        number(value, &path)
    };
    let (minimum, maximum) = (part("Minimum")?, part("Maximum")?);
    if minimum > maximum {
        return Err(invalid(format!("The parameter {path}.Maximum must not be less than {path}.Minimum.")));
    }
    Ok(Statistics { count: part("SampleCount")?, sum: part("Sum")?, minimum, maximum })
}

/// A number that CloudWatch takes: NaN and the infinities arrive as text.
///
/// # Errors
/// `InvalidParameterValue`.
pub(super) fn number(value: &Value, path: &str) -> Result<f64, ApiError> {
    let largest = 2.0_f64.powi(360);
    value.as_f64().filter(|number| number.abs() <= largest).ok_or_else(|| {
        invalid(format!("The value {value} for parameter {path} is invalid: a number from -2^360 to 2^360."))
    })
}
