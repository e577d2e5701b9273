//! What a sweep decides, by table, by property and as whole documents.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod apps;
mod attribution;
mod budgets;
mod documents;
mod endpoints;
mod fleet;
mod foreseen;
mod notebook_instances;
mod properties;
mod protections;
mod sizes;
mod still_due;
