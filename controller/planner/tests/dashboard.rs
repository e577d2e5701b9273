//! Metrics, dashboards and alarms: one sweep in numbers, and bodies within CloudWatch's limits.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "sweep/fleet.rs"]
#[expect(dead_code, reason = "made for the tests of a sweep, too")]
mod fleet;

#[path = "dashboard/bodies.rs"]
mod bodies;
#[path = "dashboard/numbers.rs"]
mod numbers;
