//! What was seen of a fleet, and what could not be seen: all that a plan is made of.
//!
//! A snapshot is data. It can be saved and planned from again, and it holds for a
//! hundred thousand apps what a plan needs of them in less than 300 bytes each.

mod app;
mod endpoint;
mod extras;
mod idle_time;
mod notebook_instance;
mod series;
mod studio;
mod tags;
mod unified;

use idle_core::AccountId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::coverage::AppUnclear;
use crate::install::Scope;

pub use app::{App, AppCloseUp, AppStatus, Heartbeat};
pub use endpoint::{CloseUp, Endpoint, InferenceComponent, ScalableTarget, Serverless, Variant};
pub use extras::{Extras, VpcEndpointSeen};
pub use idle_time::IdleTime;
pub use notebook_instance::NotebookInstance;
pub use series::Series;
pub use studio::{Domain, Sharing, Space, UserProfile};
pub use tags::TagsSeen;
pub use unified::{ProjectNamed, UnifiedNames, UnifiedOwner};

/// The version that this code writes. Old ones are read for ever.
pub const SCHEMA_VERSION: u32 = 1;

/// What was seen of all scopes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// [`SCHEMA_VERSION`] of the writer.
    pub schema_version: u32,
    /// When the first scope was begun, UTC.
    pub taken_at: Timestamp,
    /// One account in one region each.
    pub scopes: Vec<ScopeSeen>,
    /// Accounts and regions of which nothing was seen.
    #[serde(default)]
    pub unreached: Vec<Unreached>,
}

/// An account or region that refused, is suspended, disabled or did not answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreached {
    /// The account; `None` where it is the caller's own and even that is not known.
    pub account: Option<AccountId>,
    /// The region; `None` for all of the account's.
    pub region: Option<String>,
    /// Why, in one line.
    pub why: String,
}

/// What was seen of one account in one region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScopeSeen {
    /// Which.
    #[serde(flatten)]
    pub scope: Scope,
    /// The ARN that looked.
    pub role: String,
    /// When the look began, UTC.
    pub taken_at: Timestamp,
    /// The kinds of resources that were asked for.
    pub kinds: Vec<Kind>,
    /// Listings that could not be read to their end. Where there is one, nothing in
    /// this scope is acted on.
    pub blind: Vec<Blind>,
    /// By id.
    pub domains: Vec<Domain>,
    /// By domain and name.
    pub user_profiles: Vec<UserProfile>,
    /// By domain and name.
    pub spaces: Vec<Space>,
    /// Those that are listed, deleted ones left out.
    pub apps: Vec<App>,
    /// The begin of the window in which heartbeats were asked for, UTC; `None` where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heartbeats_since: Option<Timestamp>,
    /// Times of idleness of 10 minutes and more within that window, by the heartbeats themselves.
    /// Nothing is planned on them: the ledger tells of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub idle_times: Vec<IdleTime>,
    /// Apps whose names or app type are not understood.
    pub unclear: Vec<AppUnclear>,
    /// By name.
    pub endpoints: Vec<Endpoint>,
    /// By name.
    pub notebook_instances: Vec<NotebookInstance>,
    /// What only money needs, where that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extras: Option<Box<Extras>>,
}

/// A kind of resource that bills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Studio apps, with domains, user profiles and spaces.
    Apps,
    /// Endpoints with their variants and inference components.
    Endpoints,
    /// Notebook instances.
    NotebookInstances,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Apps, Self::Endpoints, Self::NotebookInstances];
}

/// A listing that could not be read to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blind {
    /// The operation, such as `ListApps`.
    pub operation: String,
    /// Why, in one line.
    pub why: String,
}

impl std::fmt::Display for Blind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Most reasons begin with the operation themselves.
        match self.why.starts_with(&self.operation) {
            true => f.write_str(&self.why),
            false => write!(f, "{}: {}", self.operation, self.why),
        }
    }
}

impl Snapshot {
    /// When the last of it was seen, UTC: a plan that is made again is made as of then.
    #[must_use]
    pub fn seen_at(&self) -> Timestamp {
        let of_scope = |scope: &ScopeSeen| {
            let close_ups = scope.apps.iter().filter_map(|app| app.close_up.as_deref()?.as_ref().ok());
            close_ups.map(|close_up| close_up.seen_at).fold(scope.taken_at, Timestamp::max)
        };
        self.scopes.iter().map(of_scope).fold(self.taken_at, Timestamp::max)
    }
}

impl ScopeSeen {
    /// The domain of this id.
    #[must_use]
    pub fn domain(&self, id: &idle_core::DomainId) -> Option<&Domain> {
        let at = self.domains.binary_search_by(|domain| domain.id.cmp(id)).ok()?;
        self.domains.get(at)
    }

    /// The user profile of this name.
    #[must_use]
    pub fn user_profile(
        &self,
        domain: &idle_core::DomainId,
        name: &idle_core::UserProfileName,
    ) -> Option<&UserProfile> {
        let key = |profile: &UserProfile| profile.domain.cmp(domain).then_with(|| profile.name.cmp(name));
        self.user_profiles.get(self.user_profiles.binary_search_by(key).ok()?)
    }

    /// The space of this name.
    #[must_use]
    pub fn space(&self, domain: &idle_core::DomainId, name: &idle_core::SpaceName) -> Option<&Space> {
        let key = |space: &Space| space.domain.cmp(domain).then_with(|| space.name.cmp(name));
        self.spaces.get(self.spaces.binary_search_by(key).ok()?)
    }

    /// The space that an app stands in; `None` for an app of a user profile, and for one whose
    /// space was not listed.
    #[must_use]
    pub fn space_of(&self, app: &App) -> Option<&Space> {
        match &app.owner {
            idle_core::AppOwner::Space(name) => self.space(&app.domain, name),
            idle_core::AppOwner::UserProfile(_) => None,
        }
    }

    /// Whose app it is: its user profile, or the owner of its space; `None` is "unattributed".
    #[must_use]
    pub fn user_profile_of<'a>(&'a self, app: &'a App) -> Option<&'a idle_core::UserProfileName> {
        match &app.owner {
            idle_core::AppOwner::UserProfile(name) => Some(name),
            idle_core::AppOwner::Space(_) => self.space_of(app)?.owner.as_ref(),
        }
    }

    /// Puts the listings into the order that the look-ups above need.
    pub fn sort(&mut self) {
        self.domains.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        self.user_profiles.sort_unstable_by(|a, b| (&a.domain, &a.name).cmp(&(&b.domain, &b.name)));
        self.spaces.sort_unstable_by(|a, b| (&a.domain, &a.name).cmp(&(&b.domain, &b.name)));
        self.endpoints.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        self.notebook_instances.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    }
}
