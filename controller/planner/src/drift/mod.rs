//! Where what stands in AWS is not what the policy's `[desired]` says that it should be.

mod check;
mod desired;
mod finding;
mod fix;
mod how;
mod rules;
mod seen;
mod view;

pub use check::{Checked, Unseen, Wish, check};
pub use desired::{Desired, DesiredIdle, DesiredUnifiedStudio, Network, OnOff, RoleDenied};
pub use finding::{Finding, Fix, Level, Place, Rule, Who};
pub use fix::{idle_shutdown_of_ours, with_idle_shutdown};
pub(crate) use rules::CUSTOMER_MANAGED;
pub use seen::{ConfigSeen, DomainLook, ProfileLook, Seen, SpaceLook};
