//! Who gets it first.

use std::str::FromStr;

use idle_core::DomainId;

use super::seen::HolderSeen;

/// Which part of what was asked for takes part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Canary {
    /// All of it.
    All,
    /// Domains and user profiles with this tag.
    Tag {
        /// Its key.
        key: String,
        /// Its value.
        value: String,
    },
    /// So many in a hundred domains: always the same ones, and a larger share only adds to them.
    DomainsPercent(u8),
}

/// A canary that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanaryError;

impl std::fmt::Display for CanaryError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a canary is written tag:Key=Value")
    }
}

impl std::error::Error for CanaryError {}

impl FromStr for Canary {
    type Err = CanaryError;

    fn from_str(text: &str) -> Result<Self, CanaryError> {
        let (key, value) = text.strip_prefix("tag:").and_then(|tag| tag.split_once('=')).ok_or(CanaryError)?;
        if key.is_empty() {
            return Err(CanaryError);
        }
        Ok(Self::Tag { key: key.to_owned(), value: value.to_owned() })
    }
}

/// Whether something takes part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Yes,
    No,
    /// Its tags could not be read: it does not.
    Unknown(String),
}

impl Canary {
    /// Whether the whole domain takes part.
    pub(super) fn takes_domain(&self, id: &DomainId, seen: &HolderSeen) -> Part {
        match self {
            Self::All => Part::Yes,
            Self::DomainsPercent(percent) if bucket(id.as_str()) < *percent => Part::Yes,
            Self::DomainsPercent(_) => Part::No,
            Self::Tag { .. } => self.takes_tagged(seen),
        }
    }

    /// Whether this user profile takes part where its domain does not.
    pub(super) fn takes_tagged(&self, seen: &HolderSeen) -> Part {
        let Self::Tag { key, value } = self else { return Part::No };
        match &seen.tags {
            Some(Ok(tags)) if tags.get(key) == Some(value) => Part::Yes,
            Some(Ok(_)) => Part::No,
            Some(Err(error)) => Part::Unknown(error.clone()),
            None => Part::Unknown("nobody asked".to_owned()),
        }
    }
}

/// 0 to 99, the same for an id for ever (FNV-1a).
fn bucket(id: &str) -> u8 {
    let hash = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    // The low bits of this hash hardly mix.
    u8::try_from((hash >> 32) % 100).expect("below 100")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_larger_share_only_adds_domains() {
        let buckets: Vec<u8> = (0..10_000).map(|n| bucket(&format!("d-{n:012x}"))).collect();
        let share = |percent| buckets.iter().filter(|bucket| **bucket < percent).count();
        assert!((700..1300).contains(&share(10)), "{}", share(10));
        assert!((4500..5500).contains(&share(50)), "{}", share(50));
        assert_eq!((share(0), share(100)), (0, 10_000));
        assert_eq!(bucket("d-000000000001"), bucket("d-000000000001"));
    }

    #[test]
    fn a_canary_names_a_tag() {
        assert_eq!("tag:Team=ml".parse(), Ok(Canary::Tag { key: "Team".into(), value: "ml".into() }));
        for bad in ["Team=ml", "tag:Team", "tag:=ml", ""] {
            assert_eq!(bad.parse::<Canary>(), Err(CanaryError), "{bad}");
        }
    }
}
