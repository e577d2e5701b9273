//! What endpoint policies say, and what a domain's VPC comes to.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "vpc/domains.rs"]
mod domains;
#[path = "vpc/policies.rs"]
mod policies;
