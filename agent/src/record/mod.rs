//! The memory: state directory, decision records.

mod metrics;
mod sink;
mod state;
mod state_dir;
mod turns;

pub(crate) use metrics::Metrics;
pub(crate) use sink::Sink;
pub(crate) use state::{State, Watched};
pub(crate) use state_dir::{StateDir, StateError};
