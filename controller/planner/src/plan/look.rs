//! What is seen of a target right before the act.

use crate::snapshot::{App, Domain, Endpoint, NotebookInstance, Space, UserProfile};

/// A fresh look at one target.
#[derive(Debug, Clone, PartialEq)]
pub enum Look {
    /// It is not there.
    Gone,
    /// It could not be looked at, wholly or in part, and why.
    Unseen(String),
    /// At an app.
    App(Box<AppLook>),
    /// At a notebook instance, with its heartbeat and tags.
    NotebookInstance(Box<NotebookInstance>),
    /// At an endpoint, also for a variant or inference component of it: described anew, with
    /// its tags, scalable targets and backlog, and with the invocations of at least
    /// `must.no_invocations_within_seconds`.
    Endpoint(Box<Endpoint>),
}

/// A fresh look at an app: described anew, with its heartbeat (since at least `planned.heard_at`
/// where `must.silent_at_least_seconds` is given) and with the tags of everything.
#[derive(Debug, Clone, PartialEq)]
pub struct AppLook {
    /// The app, with its close-up.
    pub app: App,
    /// Its space; `None` where it stands in none, or there is none of that name.
    pub space: Option<Space>,
    /// Its user profile, or its space's owner; `None` where it has none.
    pub user_profile: Option<UserProfile>,
    /// Its domain.
    pub domain: Option<Domain>,
}
