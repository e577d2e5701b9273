//! `costctl doctor` and the VPCs of domains: what is missing, what does not do, what nobody can tell.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "vpc/moto.rs"]
mod moto;
#[path = "vpc/screens.rs"]
mod screens;
#[path = "vpc/unseen.rs"]
mod unseen;
#[path = "vpc/world.rs"]
mod world;
