//! The Terraform module with the AWS provider: valid, applied for real, seen by costctl as its
//! own, the same when it is planned again, and gone when it is destroyed.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "terraform/app.rs"]
mod app;
#[path = "terraform/applied.rs"]
mod applied;
#[path = "terraform/bucket.rs"]
mod bucket;
#[path = "terraform/day.rs"]
mod day;
#[path = "terraform/documents.rs"]
mod documents;
#[path = "terraform/elsewhere.rs"]
mod elsewhere;
#[path = "terraform/world.rs"]
mod world;
