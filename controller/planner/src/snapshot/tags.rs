//! Tags of one resource, or why they are not known.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What `ListTags` said. Unread tags protect: they could hold an exemption.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TagsSeen {
    /// All of them.
    Read(BTreeMap<String, String>),
    /// Why they could not be read.
    Unread(String),
}
