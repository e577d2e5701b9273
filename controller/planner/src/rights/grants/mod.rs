//! The table of rights: which role calls what, on what, for what.

mod actor;
mod agent;
mod central;
mod installer;
mod reader;

use super::feature::Feature;
use super::on::On;
use super::role::Role;

/// Calls of one kind of resource that one feature makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// What they are for.
    pub feature: Feature,
    /// What they are on.
    pub on: On,
    /// The actions, as IAM names them.
    pub actions: &'static [&'static str],
}

/// All that a role calls. `sts:GetCallerIdentity`, which every command of `costctl` calls, needs no right.
#[must_use]
pub fn grants(role: Role) -> &'static [Grant] {
    match role {
        Role::Agent => agent::GRANTS,
        Role::Reader => reader::GRANTS,
        Role::Actor => actor::GRANTS,
        Role::Installer => installer::GRANTS,
        Role::Central => central::GRANTS,
    }
}

const fn grant(feature: Feature, on: On, actions: &'static [&'static str]) -> Grant {
    Grant { feature, on, actions }
}
