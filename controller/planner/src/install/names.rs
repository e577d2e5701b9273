//! The names of our lifecycle configurations: immutable ones carry the hash of their content.

use idle_core::{AccountId, Partition, Region};
use serde::{Deserialize, Serialize};

use super::place::Host;

/// What every name begins with.
const PREFIX: &str = "idle-agent-";
/// Hexadecimal digits of the content's SHA-256 in a name: 48 bits.
const HASH_DIGITS: usize = 12;

/// One account in one region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// The partition, such as `aws`.
    pub partition: Partition,
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: Region,
}

/// The name of one of our Studio lifecycle configurations.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConfigName {
    /// What it is for.
    pub host: Host,
    /// The first digits of its content's SHA-256.
    pub hash: String,
}

/// The digits of a SHA-256 that a name carries.
#[must_use]
pub fn short_hash(sha256: &str) -> &str {
    sha256.get(..HASH_DIGITS).unwrap_or(sha256)
}

impl ConfigName {
    /// The name, if it is one of ours.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let (slug, hash) = name.strip_prefix(PREFIX)?.rsplit_once('-')?;
        let host = Host::ALL.into_iter().find(|host| host.slug() == slug)?;
        let hex = hash.len() == HASH_DIGITS && hash.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        hex.then(|| Self { host, hash: hash.to_owned() })
    }

    /// The name that an ARN of this scope ends in, if it is one of ours.
    #[must_use]
    pub fn of_arn(arn: &str, scope: &Scope) -> Option<Self> {
        Self::parse(arn.strip_prefix(&arn_prefix(scope))?)
    }

    /// The name as SageMaker knows it; 63 characters at most.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{PREFIX}{}-{}", self.host.slug(), self.hash)
    }

    /// The ARN that SageMaker gives a lifecycle configuration of this name.
    #[must_use]
    pub fn arn(&self, scope: &Scope) -> String {
        format!("{}{}", arn_prefix(scope), self.name())
    }
}

fn arn_prefix(Scope { partition, account, region }: &Scope) -> String {
    format!("arn:{partition}:sagemaker:{region}:{account}:studio-lifecycle-config/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_others_are_not_ours() {
        for host in Host::ALL {
            let name = ConfigName { host, hash: "0123456789ab".to_owned() };
            assert_eq!(ConfigName::parse(&name.name()), Some(name.clone()));
            assert!(name.name().len() <= 63);
        }
        for other in ["idle-agent", "idle-agent-jupyterlab-", "idle-agent-jupyterlab-0123456789AB", "team-0123456789ab"]
        {
            assert_eq!(ConfigName::parse(other), None, "{other}");
        }
    }
}
