//! The one place that reads the time; everything else is told it.

use std::time::{SystemTime, UNIX_EPOCH};

/// Epoch seconds with milliseconds, as SageMaker's JSON carries them.
pub(crate) fn epoch_seconds() -> f64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    whole_milliseconds(now.as_secs_f64())
}

/// The same time without what is finer than a millisecond.
pub(crate) fn whole_milliseconds(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}
