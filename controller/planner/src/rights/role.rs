//! Who calls.

use std::fmt;

/// A role that the product's programs have, each with rights of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The execution role of an app or a notebook instance: the agent calls with it.
    Agent,
    /// Looks, in each account.
    Reader,
    /// Stops what a sweep stops, in each account.
    Actor,
    /// Installs, takes back and hides, in each account.
    Installer,
    /// The caller: assumes the others, and keeps evidence, ledger, metrics and notices.
    Central,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [Self::Agent, Self::Reader, Self::Actor, Self::Installer, Self::Central];

    /// The name of its document, and of `costctl-…` the role's.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Reader => "reader",
            Self::Actor => "actor",
            Self::Installer => "installer",
            Self::Central => "central",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
