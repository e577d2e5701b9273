//! What is to be said of every row, those that are kept included: whose it is, what it bills,
//! what is heard of it, and when it comes into question.

use idle_core::Reason;
use jiff::{SignedDuration, Timestamp};

use super::around::read;
use super::describe::listed;
use super::part_price::part_price;
use super::{Around, Decision, Listed, Price, Prices, Resource, Row};
use crate::install::Host;
use crate::methods::heard::{Heard, heard};
use crate::methods::{Part, started_at};
use crate::policy::{FleetPolicy, Subject};
use crate::prices::Component;
use crate::snapshot::{App, NotebookInstance, ScopeSeen, Snapshot};

impl Row {
    /// The row in words that stand alone, whatever is decided; `None` where the snapshot is not
    /// the one that it was made from. Of what is kept the price is asked by [`Row::billed`].
    #[must_use]
    pub fn listed(&self, snapshot: &Snapshot) -> Option<Listed> {
        listed(snapshot, self)
    }

    /// What it bills, also where it is kept.
    #[must_use]
    pub fn billed(&self, snapshot: &Snapshot, prices: &Prices) -> Price {
        self.price_of(snapshot, prices).unwrap_or_else(|| Price::Unpriced("it was not seen".to_owned()))
    }

    fn price_of(&self, snapshot: &Snapshot, prices: &Prices) -> Option<Price> {
        let scope = snapshot.scopes.get(index(self.scope))?;
        let region = &scope.scope.region;
        let of_part = |at: u32, part| {
            let close_up = scope.endpoints.get(index(at))?.close_up.as_ref().ok();
            Some(part_price(prices, region, close_up, part))
        };
        match self.resource {
            Resource::App(at) => {
                let app = scope.apps.get(index(at))?;
                Some(prices.app(region, app.app_type, app.instance_type.as_ref()).into())
            }
            Resource::NotebookInstance(at) => {
                let instance = scope.notebook_instances.get(index(at))?;
                Some(prices.instance(region, Component::Notebook, instance.instance_type.as_ref()).into())
            }
            Resource::Endpoint(at) => of_part(at, Part::Whole),
            Resource::Variant(at, of) => of_part(at, Part::Variant(of)),
            Resource::InferenceComponent(at, of) => of_part(at, Part::InferenceComponent(of)),
            Resource::Volume(at) => Some(prices.volume(region, scope.spaces.get(index(at))?.volume_gb).into()),
        }
    }

    /// What its agent says, as a method judges it; `None` for what no agent runs in, or is not in service.
    #[must_use]
    pub fn heard(&self, snapshot: &Snapshot, now: Timestamp) -> Option<Heard> {
        match subject(snapshot, self)? {
            Heardable::App(_, app) => {
                Host::of(app.app_type)?;
                Some(heard(&app.heartbeat, app.created_at, now))
            }
            Heardable::NotebookInstance(_, of) => Some(heard(&of.heartbeat, of.created_at.and(started_at(of)), now)),
        }
    }

    /// When its idle time comes to what the policy lets it, UTC, if no work returns; `None` unless it
    /// is kept for no other reason than that it has not.
    #[must_use]
    pub fn due_at(&self, snapshot: &Snapshot, policy: &FleetPolicy, now: Timestamp) -> Option<Timestamp> {
        if (self.decision, self.code) != (Decision::Keep, Reason::RecentActivity) {
            return None;
        }
        let Heard::Alive { at, idle } = self.heard(snapshot, now)? else { return None };
        let limit = match subject(snapshot, self)? {
            Heardable::App(scope, app) => limit_of_app(policy, scope, app),
            Heardable::NotebookInstance(scope, instance) => limit_of_instance(policy, scope, instance),
        }?;
        at.checked_add(limit).ok()?.checked_sub(idle).ok()
    }
}

/// What an agent can run in.
enum Heardable<'a> {
    App(&'a ScopeSeen, &'a App),
    NotebookInstance(&'a ScopeSeen, &'a NotebookInstance),
}

fn subject<'a>(snapshot: &'a Snapshot, row: &Row) -> Option<Heardable<'a>> {
    let scope = snapshot.scopes.get(index(row.scope))?;
    match row.resource {
        Resource::App(at) => Some(Heardable::App(scope, scope.apps.get(index(at))?)),
        Resource::NotebookInstance(at) => {
            Some(Heardable::NotebookInstance(scope, scope.notebook_instances.get(index(at))?))
        }
        _ => None,
    }
}

fn limit_of_app(policy: &FleetPolicy, scope: &ScopeSeen, app: &App) -> Option<SignedDuration> {
    // As a plan is made: while nobody has looked closely, no override by tag holds.
    let tags = app.close_up.as_ref().and_then(|_| read(&Around::of(scope, app).tags()));
    policy.apps(&Subject::app(scope, app, tags.as_deref())).idle_timeout.value.get()
}

fn limit_of_instance(policy: &FleetPolicy, scope: &ScopeSeen, instance: &NotebookInstance) -> Option<SignedDuration> {
    let tags = read(&[("the notebook instance", instance.tags.as_deref())]);
    let subject = Subject::notebook_instance(scope, instance, tags.as_deref());
    policy.notebook_instances(&subject).idle_timeout.value.get()
}

fn index(at: u32) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}
