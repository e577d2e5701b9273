//! Data that tests put there: no namespace and no age within what CloudWatch keeps is refused.

use serde_json::Value;

use super::store::{Metrics, Run, Statistics};
use super::{datum, invalid, text};
use crate::error::ApiError;

/// As long as CloudWatch keeps anything.
const KEPT: f64 = 455.0 * 86_400.0;

/// Stores one datum: with a `Timestamp`, or with `Every`, `From` and `To` for a value
/// that does not change.
///
/// # Errors
/// As `PutMetricData` refuses it.
pub(crate) fn seed(metrics: &mut Metrics, now: f64, datum: &Value) -> Result<(), ApiError> {
    let namespace = text(&datum["Namespace"], "Namespace", 255)?;
    if datum["Every"].is_null() {
        let (metric, slot, statistics) = datum::parsed(namespace, datum, "Data", now - KEPT, now)?;
        metrics.add(metric, slot, statistics);
        return Ok(());
    }
    let metric = datum::metric(namespace, datum, "Data")?;
    let every = datum["Every"].as_i64().filter(|seconds| *seconds > 0 && seconds % 60 == 0);
    let every = every.ok_or_else(|| invalid("Every must be a multiple of 60 seconds"))?;
    let (from, to) = (minute(datum, "From", now)?, minute(datum, "To", now)?);
    if from > to {
        return Err(invalid("From must not be after To"));
    }
    let value = datum::number(&datum["Value"], "Value")?;
    let statistics = Statistics { count: 1.0, sum: value, minimum: value, maximum: value };
    metrics.add_run(metric, Run { from, to, every, unit: datum::unit(datum, "Data")?, statistics });
    Ok(())
}

#[expect(clippy::cast_possible_truncation, reason = "seconds within years of now fit")]
fn minute(datum: &Value, member: &str, now: f64) -> Result<i64, ApiError> {
    let time = datum[member].as_f64().filter(|time| (now - KEPT..=now + 7200.0).contains(time));
    let time = time.ok_or_else(|| invalid(format!("{member} must be a time for which CloudWatch keeps data")))?;
    Ok((time / 60.0).floor() as i64 * 60)
}
