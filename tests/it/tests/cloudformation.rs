//! The CloudFormation templates and the Service Catalog portfolio: clean, of one mind with the
//! documents that they carry, and made as far as anything here makes them.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "cloudformation/catalog.rs"]
mod catalog;
#[path = "cloudformation/cloud.rs"]
mod cloud;
#[path = "cloudformation/refused.rs"]
mod refused;
#[path = "cloudformation/stacks.rs"]
mod stacks;
#[path = "cloudformation/sweep.rs"]
mod sweep;
#[path = "cloudformation/templates.rs"]
mod templates;
