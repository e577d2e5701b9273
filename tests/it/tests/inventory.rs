//! `costctl inventory` over real sockets: what it sees, what it says of what it does
//! not see, and that it asks no more than AWS has pages.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "inventory/accounts.rs"]
mod accounts;
#[path = "inventory/endpoints.rs"]
mod endpoints;
#[path = "inventory/heartbeats.rs"]
mod heartbeats;
#[path = "inventory/ledger.rs"]
mod ledger;
#[path = "inventory/moto.rs"]
mod moto;
#[path = "inventory/pages.rs"]
mod pages;
#[path = "inventory/region.rs"]
mod region;
#[path = "inventory/snapshots.rs"]
mod snapshots;
