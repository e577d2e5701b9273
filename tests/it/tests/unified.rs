//! Unified Studio: what `costctl` says of projects, whose apps it says they are, that idle
//! ones are stopped like all others, and that nothing behind a project profile is changed.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "unified/attribution.rs"]
mod attribution;
#[path = "unified/listing.rs"]
mod listing;
#[path = "unified/refused.rs"]
mod refused;
#[path = "unified/swept.rs"]
mod swept;
#[path = "unified/world.rs"]
mod world;
