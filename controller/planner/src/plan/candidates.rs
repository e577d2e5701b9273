//! What has to be looked at closely before anything can be done to it.

use jiff::Timestamp;

use super::Resource;
use super::shared::Shared;
use crate::methods::{self, AppCase, Finding, NotebookInstanceCase};
use crate::policy::{FleetPolicy, Subject};
use crate::snapshot::{ScopeSeen, Snapshot};

/// A resource that could come to be acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Candidate {
    /// The index of the scope in the snapshot.
    pub scope: u32,
    /// Which of the scope's resources: an app or a notebook instance.
    pub resource: Resource,
}

/// All that could be acted on, whatever their tags turn out to be. Endpoints are described as
/// they are listed and are none. In a scope that was not wholly seen nothing is acted on, so
/// nothing needs a closer look.
#[must_use]
pub fn candidates(policy: &FleetPolicy, snapshot: &Snapshot, now: Timestamp) -> Vec<Candidate> {
    let seen = (0..).zip(&snapshot.scopes).filter(|(_, scope)| scope.blind.is_empty());
    seen.flat_map(|(index, scope)| of_scope(policy, index, scope, now)).collect()
}

fn of_scope(policy: &FleetPolicy, index: u32, scope: &ScopeSeen, now: Timestamp) -> Vec<Candidate> {
    let shared = Shared::of(scope);
    let apps = (0..).zip(&scope.apps).filter(|(_, app)| {
        let subject = Subject::app(scope, app, None);
        let settings = policy.eager_apps(&subject);
        let case = AppCase { scope, app, settings: &settings, is_shared: shared.contains(app), now };
        app.created_at.is_some() && matches!(methods::app(&case), Finding::Act(_))
    });
    let instances = (0..).zip(&scope.notebook_instances).filter(|(_, instance)| {
        let subject = Subject::notebook_instance(scope, instance, None);
        let settings = policy.eager_notebook_instances(&subject);
        let case = NotebookInstanceCase { instance, settings: &settings, now };
        matches!(methods::notebook_instance(&case), Finding::Act(_))
    });
    let apps = apps.map(|(at, _)| Resource::App(at));
    let all = apps.chain(instances.map(|(at, _)| Resource::NotebookInstance(at)));
    all.map(|resource| Candidate { scope: index, resource }).collect()
}
