//! A CloudWatch series over a window, read so that its silence can be told from its absence.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a series said of the window that was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Series {
    /// It could not be read to its end, and why.
    Unread(Arc<str>),
    /// CloudWatch knows no series of these dimensions. That is no evidence of anything.
    Absent,
    /// It exists, and this is what it held.
    Read {
        /// The begin of the window, UTC.
        from: Timestamp,
        /// Its end.
        to: Timestamp,
        /// The first point in the window; `None` where the series exists and had none.
        first_at: Option<Timestamp>,
        /// The last point above zero.
        last_above_zero_at: Option<Timestamp>,
        /// The sum over the window.
        sum: f64,
    },
}
