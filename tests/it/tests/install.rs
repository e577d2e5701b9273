//! `costctl` and three domains with fifty user profiles each: installed, killed,
//! taken back, over real sockets, with a sandbox that throttles.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "install/bucket.rs"]
mod bucket;
#[path = "install/coverage.rs"]
mod coverage;
#[path = "install/everywhere.rs"]
mod everywhere;
#[path = "install/fleet.rs"]
mod fleet;
#[path = "install/in_use.rs"]
mod in_use;
#[path = "install/killed.rs"]
mod killed;
#[path = "install/meanwhile.rs"]
mod meanwhile;
#[path = "install/notebooks.rs"]
mod notebooks;
#[path = "install/refused.rs"]
mod refused;
#[path = "install/remembered.rs"]
mod remembered;
#[path = "install/scripted_aws.rs"]
mod scripted_aws;
#[path = "install/unclear.rs"]
mod unclear;
#[path = "install/undone.rs"]
mod undone;
