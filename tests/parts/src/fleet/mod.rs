//! A fleet in words: what stands in the sandbox before a sweep, as a scenario's file
//! or the demo says it. All times are told as ages.

mod form;
mod seed;

pub use form::{Agent, App, Endpoint, Fleet, Invocations, NotebookInstance, Place};
