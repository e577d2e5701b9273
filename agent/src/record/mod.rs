//! The memory: state directory, decision records.

mod sink;
mod state;
mod state_dir;

pub(crate) use sink::Sink;
pub(crate) use state::State;
pub(crate) use state_dir::{StateDir, StateError};
