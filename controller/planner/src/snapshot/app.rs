//! A Studio app as it was listed, heard and, if it came into question, looked at.

use std::sync::Arc;

use idle_core::{AppName, AppOwner, AppRef, AppType, DomainId, InstanceType};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::TagsSeen;
use crate::install::Scope;

/// An app of one account and region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct App {
    /// The domain.
    pub domain: DomainId,
    /// The space or user profile that it stands in.
    #[serde(flatten)]
    pub owner: AppOwner,
    /// The app type.
    pub app_type: AppType,
    /// Its name, nearly always `default`.
    pub name: AppName,
    /// Its status when it was listed.
    pub status: AppStatus,
    /// `CreationTime`, UTC; `None` where AWS did not say: such an app is never acted on.
    pub created_at: Option<Timestamp>,
    /// `ResourceSpec.InstanceType`.
    pub instance_type: Option<InstanceType>,
    /// What was heard of its agent.
    pub heartbeat: Heartbeat,
    /// What only a look at this one app shows; `None` while it did not come into question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub close_up: Option<Box<Result<AppCloseUp, String>>>,
}

impl App {
    /// The name that every part of the product uses.
    #[must_use]
    pub fn app_ref(&self, scope: &Scope) -> AppRef {
        AppRef {
            partition: scope.partition.clone(),
            region: scope.region.clone(),
            account: scope.account.clone(),
            domain: self.domain.clone(),
            owner: self.owner.clone(),
            app_type: self.app_type,
            name: self.name.clone(),
            created_at: self.created_at,
        }
    }
}

/// `AppStatus` of the API model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AppStatus {
    /// It runs and bills.
    InService,
    /// It starts.
    Pending,
    /// It is being deleted.
    Deleting,
    /// It was deleted, within the last day.
    Deleted,
    /// It failed and bills nothing.
    Failed,
    /// A status that this version does not know.
    Unknown,
}

/// What was heard of an agent: the latest value of `IdleSeconds`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Heartbeat {
    /// Not asked for: no agent can run in such an app, or it does not run.
    NotAsked,
    /// It could not be read, and why. Never the same as silence.
    Unread(Arc<str>),
    /// Nothing within the window that was asked for, since the app was created.
    Silent,
    /// The latest value.
    Heard {
        /// When it was published, UTC, to the minute.
        at: Timestamp,
        /// For how long the app had been idle then, with nothing that held it up; 0 while at work.
        idle_seconds: u64,
    },
}

/// What `DescribeApp` and `ListTags` say of one app.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AppCloseUp {
    /// When it was looked at, UTC.
    pub seen_at: Timestamp,
    /// Its status then.
    pub status: AppStatus,
    /// Its creation time then: another one is another app.
    pub created_at: Option<Timestamp>,
    /// SageMaker recovers it itself.
    pub recovery_mode: bool,
    /// Reserved capacity that is paid for already.
    pub training_plan: Option<String>,
    /// `LastUserActivityTimestamp`, which health checks move, too: it can speak for activity, never for idleness.
    pub last_user_activity_at: Option<Timestamp>,
    /// `LastHealthCheckTimestamp`.
    pub last_health_check_at: Option<Timestamp>,
    /// The built-in lifecycle configuration that it started with.
    pub built_in_lifecycle_config: Option<String>,
    /// The app's own tags.
    pub tags: TagsSeen,
}
