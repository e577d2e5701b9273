//! What was seen of a domain.

use std::collections::BTreeMap;

use idle_core::DomainId;
use serde_json::Value;

use super::place::Holder;

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

    /// Whether a project of Unified Studio manages this domain.
    #[must_use]
    pub fn is_unified_studio(&self) -> bool {
        let settings = self.body["DomainSettings"]["UnifiedStudioSettings"].as_object();
        let name = self.body["DomainName"].as_str().unwrap_or_default();
        settings.is_some_and(|settings| !settings.is_empty()) || name.starts_with("SageMakerUnifiedStudio-")
    }
}
