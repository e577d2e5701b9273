//! `costctl drift`: a fleet with one drift of every kind, over real sockets.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "drift/found.rs"]
mod found;
#[path = "drift/mended.rs"]
mod mended;
#[path = "drift/remembered.rs"]
mod remembered;
#[path = "drift/unseen.rs"]
mod unseen;
#[path = "drift/world.rs"]
mod world;
