//! `costctl allowlist`: what its documents deny by an evaluator that is not ours, what
//! it hides in Studio, and what it says of quotas, over real sockets.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "allowlist/hidden_types.rs"]
mod hidden_types;
#[path = "allowlist/policies.rs"]
mod policies;
#[path = "allowlist/quotas.rs"]
mod quotas;
#[path = "allowlist/region.rs"]
mod region;
