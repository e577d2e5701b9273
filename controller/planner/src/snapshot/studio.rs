//! Domains, user profiles and spaces: where apps stand and whose they are.

use idle_core::{DomainId, SpaceName, UserProfileName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::TagsSeen;

/// A domain as it was listed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Domain {
    /// Its id.
    pub id: DomainId,
    /// `DomainName`.
    pub name: String,
    /// `InService`, `Updating`, ….
    pub status: String,
    /// Its tags, where they were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Box<TagsSeen>>,
}

/// A user profile as it was listed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserProfile {
    /// Its domain.
    pub domain: DomainId,
    /// Its name.
    pub name: UserProfileName,
    /// `InService`, `Updating`, ….
    pub status: String,
    /// `LastModifiedTime`, UTC.
    pub modified_at: Option<Timestamp>,
    /// Its tags, where they were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Box<TagsSeen>>,
}

/// A space as it was listed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Space {
    /// Its domain.
    pub domain: DomainId,
    /// Its name.
    pub name: SpaceName,
    /// `OwnerUserProfileName`; a space made from a presigned URL can have none.
    pub owner: Option<UserProfileName>,
    /// Whose it is.
    pub sharing: Sharing,
    /// Whether its status is `InService`; otherwise it is changing or has failed.
    pub in_service: bool,
    /// `LastModifiedTime`, UTC.
    pub modified_at: Option<Timestamp>,
    /// The size of its EBS volume, in GB.
    pub volume_gb: Option<u32>,
    /// Its tags, where they were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Box<TagsSeen>>,
}

/// `SharingType` of a space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sharing {
    /// One user profile's.
    Private,
    /// Everybody's of the domain.
    Shared,
    /// AWS did not say.
    Unknown,
}
