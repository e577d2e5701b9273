//! Evidence as an auditor gets it: sealed by sweeps, verified in its place and as an archive.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "evidence/auditor.rs"]
mod auditor;
#[path = "evidence/bucket.rs"]
mod bucket;
#[path = "evidence/world.rs"]
mod world;
