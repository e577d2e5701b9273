//! What ran, what was stopped, and what that cost and saved. Pure: lines come in as
//! values, and nothing here asks AWS, a file, a clock or the environment.
//!
//! The ledger is a set of [`line::Line`]s. What they come to does not depend on their
//! order, and a line that is there twice counts once: so writers need not know of each
//! other, and one that was cut short is simply run again.

pub mod advance;
mod fold;
pub mod line;
pub mod report;
mod resource;
mod saving;

pub use fold::{Charge, ConfigId, Episode, Folded, Ledger, LineError, Looks, Run, ScopeName, Span, Stop, Tags};
pub use resource::{Resource, ResourceError};
pub use saving::{CAP, Saving, saving};
