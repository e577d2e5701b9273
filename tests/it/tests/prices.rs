//! `costctl prices`, over real sockets: every published price point by the API and by the
//! public file, whose prices are whose, and what is said of what is not there.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "prices/lists.rs"]
mod lists;
#[path = "prices/points.rs"]
mod points;
#[path = "prices/refresh.rs"]
mod refresh;
#[path = "prices/sweep.rs"]
mod sweep;
