//! `POST /_sandbox/metrics`: data that only AWS itself could put, such as of
//! `AWS/SageMaker`, and of any time for which CloudWatch keeps data.

use serde_json::{Value, json};

use super::{Changed, Refusal, elements};
use crate::sandbox::Inner;
use crate::service::cloudwatch;
use crate::world::Context;

/// Stores `{"Data": [{"Namespace", "MetricName", "Dimensions", "Timestamp", "Value",
/// "Unit"}]}`. Instead of a `Timestamp`, `"Every": seconds, "From", "To"` is a value
/// that does not change, which takes no more room than one.
pub(super) fn put(inner: &mut Inner, context: &Context, request: &Value) -> Changed {
    let data = elements(request, "Data")?;
    if data.is_empty() {
        return Err(Refusal::new("there is no Data"));
    }
    let metrics = &mut inner.world.region(&context.caller, context.now).metrics;
    for (n, datum) in data.iter().enumerate() {
        cloudwatch::seed(metrics, context.now, datum)
            .map_err(|error| Refusal::new(format!("Data[{n}]: {}", error.message)))?;
    }
    Ok(json!({ "Data": data.len() }))
}
