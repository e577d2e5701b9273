//! The idle rule by table: one small world a test, told look by look.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod basics;
mod blindness;
mod limits;
mod story;
mod stuck;
mod telling;
mod traces;
