//! The rows of what was seen: every app, notebook instance and endpoint variant that runs.

use std::collections::HashMap;

use cost_planner::plan::{Decision, Heard, Plan, Prices, Resource, Row as Planned};
use cost_planner::policy::FleetPolicy;
use cost_planner::snapshot::{
    App, AppStatus, CloseUp, Endpoint, InferenceComponent, Kind, NotebookInstance, ScopeSeen, Series, Snapshot, Variant,
};
use idle_core::{AppOwner, InstanceType, Reason};
use jiff::{SignedDuration, Timestamp};

use super::row::{Next, Owner, Row, State};

/// Points of invocations are an hour wide and come late: within this an endpoint is in use.
const IN_USE: SignedDuration = SignedDuration::from_hours(2);

/// One for everything that runs, or is on its way to it or from it.
pub(super) fn rows(snapshot: &Snapshot, plan: &Plan, policy: &FleetPolicy, prices: &Prices) -> Vec<Row> {
    let planned = plan.rows.iter().map(|row| ((row.scope, row.resource), row)).collect();
    let ground = Ground { snapshot, policy, prices, planned, now: plan.made_at };
    let mut rows = Vec::new();
    for (index, scope) in (0..).zip(&snapshot.scopes) {
        rows.extend((0..).zip(&scope.apps).filter_map(|(at, app)| ground.app(index, scope, at, app)));
        let instances = (0..).zip(&scope.notebook_instances);
        rows.extend(instances.filter_map(|(at, instance)| ground.notebook_instance(index, scope, at, instance)));
        for (at, endpoint) in (0..).zip(&scope.endpoints) {
            ground.endpoint(index, scope, at, endpoint, &mut rows);
        }
    }
    rows
}

struct Ground<'a> {
    snapshot: &'a Snapshot,
    policy: &'a FleetPolicy,
    prices: &'a Prices,
    planned: HashMap<(u32, Resource), &'a Planned>,
    now: Timestamp,
}

/// What a resource tells of itself; the rest is the plan's.
struct Told {
    kind: Kind,
    short: String,
    on: String,
    state: State,
    idle: Option<u64>,
    created_at: Option<Timestamp>,
}

impl Ground<'_> {
    fn app(&self, index: u32, scope: &ScopeSeen, at: u32, app: &App) -> Option<Row> {
        let planned = self.planned.get(&(index, Resource::App(at)))?;
        let (state, idle) = match app.status {
            AppStatus::Failed | AppStatus::Deleted => return None,
            AppStatus::Pending => (State::Starting, None),
            AppStatus::Deleting => (State::Stopping, None),
            AppStatus::Unknown => (State::Unread, None),
            AppStatus::InService => self.heard(planned),
        };
        let name = if app.name.as_str() == "default" { String::new() } else { format!("/{}", app.name) };
        let short = format!("{}/{}{name}", app.owner.name(), app.app_type);
        let on = on(app.instance_type.as_ref());
        let told = Told { kind: Kind::Apps, short, on, state, idle, created_at: app.created_at };
        let mut row = self.row(planned, scope, told)?;
        // Of a space that was not listed, whose it is is not known.
        if matches!(app.owner, AppOwner::Space(_)) && scope.space_of(app).is_none() {
            row.owner = Owner::NotKnown;
        }
        Some(row)
    }

    fn notebook_instance(&self, index: u32, scope: &ScopeSeen, at: u32, instance: &NotebookInstance) -> Option<Row> {
        let planned = self.planned.get(&(index, Resource::NotebookInstance(at)))?;
        let (state, idle) = match instance.status.as_str() {
            "Stopped" | "Failed" => return None,
            "InService" => self.heard(planned),
            "Pending" => (State::Starting, None),
            "Stopping" | "Deleting" => (State::Stopping, None),
            _ => (State::Changing, None),
        };
        let short = instance.name.to_string();
        let on = on(instance.instance_type.as_ref());
        let created_at = instance.created_at;
        self.row(planned, scope, Told { kind: Kind::NotebookInstances, short, on, state, idle, created_at })
    }

    /// A row for each variant that bills by the hour; one for the whole where its variants are not known.
    fn endpoint(&self, index: u32, scope: &ScopeSeen, at: u32, endpoint: &Endpoint, rows: &mut Vec<Row>) {
        let whole = self.planned.get(&(index, Resource::Endpoint(at))).copied();
        let told = |short: String, on: String, (state, idle): (State, Option<u64>)| Told {
            kind: Kind::Endpoints,
            short,
            on,
            state,
            idle,
            created_at: endpoint.created_at,
        };
        let Ok(close_up) = &endpoint.close_up else {
            let told = told(endpoint.name.to_string(), "?".to_owned(), (State::Unread, None));
            rows.extend(whole.and_then(|planned| self.row(planned, scope, told)));
            return;
        };
        for (of, variant) in (0..).zip(&close_up.variants).filter(|(_, variant)| bills(variant)) {
            let resource = Resource::Variant(at, of);
            let Some(planned) = self.planned.get(&(index, resource)).copied().or(whole) else { continue };
            let planned = Planned { resource, ..planned.clone() };
            let short = format!("{}/{}", endpoint.name, variant.name);
            let used = match endpoint.status.as_str() {
                "Creating" => (State::Starting, None),
                "Deleting" => (State::Stopping, None),
                _ => used(close_up, variant, self.now),
            };
            rows.extend(self.row(&planned, scope, told(short, of_variant(variant), used)));
        }
    }

    /// What the agent says, as the methods judge it.
    fn heard(&self, planned: &Planned) -> (State, Option<u64>) {
        match planned.heard(self.snapshot, self.now) {
            None => (State::CannotSay, None),
            Some(Heard::Unread(_)) => (State::Unread, None),
            Some(Heard::Silent) => (State::Unheard, None),
            Some(Heard::Ended { at }) => (State::Silent { since: at }, None),
            Some(Heard::Alive { idle, .. }) if idle.is_zero() => (State::AtWork, Some(0)),
            Some(Heard::Alive { idle, .. }) => (State::Idle, u64::try_from(idle.as_secs()).ok()),
        }
    }

    fn row(&self, planned: &Planned, scope: &ScopeSeen, told: Told) -> Option<Row> {
        let Told { kind, short, on, state, idle, created_at } = told;
        let listed = planned.listed(self.snapshot)?;
        let owner = match (listed.owner, kind) {
            (Some(name), _) => Owner::UserProfile(name),
            (None, Kind::Apps) => Owner::Unattributed,
            (None, Kind::Endpoints | Kind::NotebookInstances) => Owner::None,
        };
        Some(Row {
            account: scope.scope.account.clone(),
            region: scope.scope.region.clone(),
            kind,
            name: listed.target.to_string(),
            short,
            owner,
            on,
            price: planned.billed(self.snapshot, self.prices),
            state,
            idle,
            next: self.next(planned),
            why: planned.text().to_owned(),
            created_at,
            seen_at: scope.taken_at,
            is_stale: false,
        })
    }

    fn next(&self, planned: &Planned) -> Next {
        match (planned.decision, planned.code) {
            (Decision::Act(verb), _) => Next::Due(verb),
            (Decision::HoldBack, why) => Next::HeldBack(why),
            (Decision::Report, why) => Next::LeftAlone(why),
            (Decision::Keep, why @ Reason::RecentActivity) => {
                planned.due_at(self.snapshot, self.policy, self.now).map_or(Next::Kept(why), Next::DueAt)
            }
            (Decision::Keep, why) => Next::Kept(why),
        }
    }
}

fn on(instance_type: Option<&InstanceType>) -> String {
    instance_type.map_or("?".to_owned(), ToString::to_string)
}

fn bills(variant: &Variant) -> bool {
    match &variant.serverless {
        Some(serverless) => serverless.provisioned_concurrency > 0,
        None => variant.instances > 0 || variant.desired_instances > 0,
    }
}

fn of_variant(variant: &Variant) -> String {
    match &variant.serverless {
        Some(serverless) => format!("serverless × {}", serverless.provisioned_concurrency),
        None => format!("{} × {}", variant.instances, on(variant.instance_type.as_ref())),
    }
}

/// How a variant is used, by its own series or those of the inference components on it. Only
/// series that were all read, and held points, say since when nobody invoked it.
fn used(close_up: &CloseUp, variant: &Variant, now: Timestamp) -> (State, Option<u64>) {
    let is_on_it = |of: &&InferenceComponent| of.variant.as_ref().is_none_or(|name| *name == variant.name);
    let mut series: Vec<&Series> =
        close_up.inference_components.iter().filter(is_on_it).map(|of| &of.invocations).collect();
    if series.is_empty() {
        series.push(&variant.invocations);
    }
    let mut last = None;
    for series in series {
        let since = match series {
            Series::Unread(_) => return (State::Unread, None),
            Series::Read { first_at, last_above_zero_at, .. } => last_above_zero_at.or(*first_at),
            Series::Absent => None,
        };
        let Some(since) = since else { return (State::Unmeasured, None) };
        last = last.max(Some(since));
    }
    let idle = last.map(|last| now.duration_since(last));
    let state = if idle.is_some_and(|idle| idle > IN_USE) { State::NotInvoked } else { State::Invoked };
    (state, idle.and_then(|idle| u64::try_from(idle.as_secs()).ok()))
}
