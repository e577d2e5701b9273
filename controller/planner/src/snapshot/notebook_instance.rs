//! A notebook instance as it was listed and heard.

use idle_core::{InstanceType, NotebookInstanceName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Heartbeat, TagsSeen};

/// A notebook instance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NotebookInstance {
    /// Its name.
    pub name: NotebookInstanceName,
    /// `NotebookInstanceStatus`, in SageMaker's words.
    pub status: String,
    /// Its instance type.
    pub instance_type: Option<InstanceType>,
    /// `CreationTime`, UTC.
    pub created_at: Option<Timestamp>,
    /// `LastModifiedTime`, UTC: it moves when the instance is started.
    pub modified_at: Option<Timestamp>,
    /// What was heard of its agent since it was last started.
    pub heartbeat: Heartbeat,
    /// Its tags; `None` while it did not come into question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Box<TagsSeen>>,
}
