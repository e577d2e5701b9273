//! The policy documents: what the binary prints, what the suite called by them, and what an
//! evaluator that nobody here wrote says to all else.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "policy/called.rs"]
mod called;
#[path = "policy/conditions.rs"]
mod conditions;
#[path = "policy/documents.rs"]
mod documents;
#[path = "policy/others.rs"]
mod others;
#[path = "policy/persons.rs"]
mod persons;
#[path = "policy/world.rs"]
mod world;
