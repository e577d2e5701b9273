//! The loop: observe, judge, act, record, and again.

mod cycle;
mod scene;
mod signals;
mod studio_facts;
mod subject;

pub(crate) use cycle::Watcher;
pub(crate) use signals::Signals;
