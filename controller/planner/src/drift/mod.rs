//! Where what stands in AWS is not what the policy's `[desired]` says that it should be.

mod desired;
mod finding;

pub use desired::{Desired, DesiredIdle, DesiredUnifiedStudio, Network, OnOff, RoleDenied};
pub use finding::{Finding, Fix, Level, Place, Rule, Who};
