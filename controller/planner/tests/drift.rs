//! Every rule by table: drift, none, not readable, inherited; and that what is not there to
//! read is never taken for fine.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "drift/rules.rs"]
mod rules;
#[path = "drift/seen.rs"]
mod seen;
#[path = "drift/torn.rs"]
mod torn;
