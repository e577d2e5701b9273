//! From what was seen of a fleet, and a policy, to a plan. Pure: what is seen
//! comes in as values, and nothing here asks AWS, a file, a clock or the environment.

pub mod allowlist;
pub mod coverage;
pub mod dashboard;
pub mod drift;
pub mod install;
mod methods;
pub mod plan;
pub mod policy;
pub mod prices;
pub mod rights;
pub mod snapshot;
pub mod unified;
pub mod vpc;
