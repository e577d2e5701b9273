//! What was seen of a domain.

use std::collections::BTreeMap;

use idle_core::DomainId;
use serde_json::Value;

use super::place::Holder;
use crate::unified::is_unified_studio;

/// What the keys of the tags begin with that `DataZone` gives what it makes.
const DATAZONE_TAGS: &str = "AmazonDataZone";

/// Tags, or why they could not be read.
pub type Tags = Result<BTreeMap<String, String>, String>;

/// A domain or user profile as SageMaker describes it.
#[derive(Debug, Clone)]
pub struct HolderSeen {
    /// Which.
    pub holder: Holder,
    /// The whole answer of Describe.
    pub body: Value,
    /// Its tags; `None` where nobody asked.
    pub tags: Option<Tags>,
}

/// A domain with all of its user profiles.
#[derive(Debug, Clone)]
pub struct DomainSeen {
    /// Its id.
    pub id: DomainId,
    /// The domain itself; or why it could not be read.
    pub domain: Result<HolderSeen, String>,
    /// Every user profile; or why not all could be read.
    pub user_profiles: Result<Vec<HolderSeen>, String>,
}

impl HolderSeen {
    /// `Status`.
    #[must_use]
    pub fn status(&self) -> &str {
        self.body["Status"].as_str().unwrap_or("unknown")
    }

    /// `LastModifiedTime` as it was written: there is no other sign of a change.
    #[must_use]
    pub fn last_modified(&self) -> String {
        self.body["LastModifiedTime"].to_string()
    }

    /// Whether a project of Unified Studio manages this domain: as its description says, or a
    /// tag of `DataZone`'s where tags were read. Anybody may set either, and is left alone then.
    #[must_use]
    pub fn is_unified_studio(&self) -> bool {
        let tagged = |tags: &BTreeMap<String, String>| tags.keys().any(|key| key.starts_with(DATAZONE_TAGS));
        is_unified_studio(&self.body) || matches!(&self.tags, Some(Ok(tags)) if tagged(tags))
    }
}
