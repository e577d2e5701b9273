//! AWS as the agent needs it: six calls, each one signed JSON request, with
//! nothing in it that a user of the app can bend.
//!
//! Region and partition come from the resource's own ARN and credentials from
//! its container alone: a profile, key, proxy or endpoint in the user's `~/.aws` is
//! never read. There are no retries, because idleness is judged again before each one.
//!
//! The SDK's clients would do the same with three times the memory, more than twice the
//! binary and a build of many minutes; the signature itself is AWS's own crate.

mod client;
mod credentials;
mod error;
pub(crate) mod request;
mod service;
mod tls;

pub(crate) use client::{Answer, Client};
pub(crate) use error::CallError;
pub(crate) use service::Service;
