//! Sweeps in a made-up account, by a scripted clock.

mod calls;
mod clock;
mod cut_short;
mod last_moment;
mod looks;
mod property;
mod stories;
mod world;

use std::cell::Cell;
use std::time::Duration;

use cost_planner::install::Scope;
use cost_planner::plan::{Action, EndpointRef, Must, PlanDocument, Planned, Price, State, Target, Verb};
use idle_core::{
    AccountId, AppName, AppOwner, AppRef, AppType, DomainId, EndpointName, Explained, InferenceComponentName,
    NotebookInstanceName, NotebookInstanceRef, Partition, Reason, Region, SpaceName, VariantName,
};
use jiff::Timestamp;

use super::{Actuator, Limits, Looker, Outcome, Part, Run, Switch, apply};
use crate::act::Consent;
use crate::observe::Pace;
use crate::record::{Event, Line};
use world::World;

const CREATED: &str = "2026-11-01T08:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn scope(region: &str) -> Scope {
    Scope {
        partition: Partition::parse("aws").expect("a partition"),
        account: AccountId::parse("111122223333").expect("an account"),
        region: Region::parse(region).expect("a region"),
    }
}

fn scope_of(target: &Target) -> Scope {
    scope(target.region().as_str())
}

fn endpoint(name: &str) -> EndpointRef {
    let Scope { partition, account, region } = scope("eu-west-1");
    EndpointRef { partition, region, account, endpoint: EndpointName::parse(name).expect("a name") }
}

fn component(name: &str) -> Target {
    let inference_component = InferenceComponentName::parse(name).expect("a name");
    Target::InferenceComponent { of: endpoint("shared"), inference_component }
}

fn variant(name: &str) -> Target {
    Target::Variant { of: endpoint(name), variant: VariantName::parse("blue").expect("a name") }
}

fn notebook_instance(name: &str) -> Target {
    let Scope { partition, account, region } = scope("eu-west-1");
    let name = NotebookInstanceName::parse(name).expect("a name");
    Target::NotebookInstance(NotebookInstanceRef { partition, region, account, name })
}

fn app_in(region: &str, space: &str) -> Action {
    let Scope { partition, account, region } = scope(region);
    let target = Target::App(AppRef {
        partition,
        region,
        account,
        domain: DomainId::parse("d-abc").expect("a domain"),
        owner: AppOwner::Space(SpaceName::parse(space).expect("a space")),
        app_type: AppType::JupyterLab,
        name: AppName::parse("default").expect("a name"),
        created_at: Some(at(CREATED)),
    });
    action(Verb::DeleteApp, target)
}

pub(in crate::act) fn app(space: &str) -> Action {
    app_in("eu-west-1", space)
}

fn apps(count: usize) -> Vec<Action> {
    (0..count).map(|n| app(&format!("space-{n:03}"))).collect()
}

fn action(verb: Verb, target: Target) -> Action {
    Action {
        key: format!("{verb:?} {}", target.arn()),
        verb,
        target,
        reason: Explained { code: Reason::IdleTimeout, text: "idle for 3h".to_owned() },
        planned: Planned {
            status: "InService".to_owned(),
            created_at: at(CREATED),
            modified_at: None,
            space_modified_at: None,
            idle_since: None,
            idle_for_seconds: Some(10_800),
            heard_at: None,
        },
        must: Must::default(),
        owner: None,
        unified_studio: None,
        instance_type: None,
        price: Price::MicroUsdPerHour(1_000_000),
    }
}

fn plan(actions: Vec<Action>) -> PlanDocument {
    PlanDocument {
        schema_version: 1,
        made_at: at("2026-11-25T11:59:00Z"),
        expires_at: at("2026-11-25T13:00:00Z"),
        snapshot_taken_at: at("2026-11-25T11:58:00Z"),
        policy_sha256: "p".to_owned(),
        policy_text: None,
        scopes: Vec::new(),
        unreached: Vec::new(),
        refused: Vec::new(),
        actions,
        held_back: Vec::new(),
        reported: Vec::new(),
        kept: std::collections::BTreeMap::new(),
    }
}

fn limits() -> Limits {
    Limits { verify_within: Duration::from_secs(1_200), ..Limits::default() }
}

/// An app in service, created when it was planned.
fn in_service() -> State {
    State::There { status: "InService".to_owned(), created_at: Some(at(CREATED)), count: None }
}

impl World {
    /// A world in which everything that is planned stands as it was planned.
    fn with(actions: &[Action]) -> Self {
        let world = Self::new(crate::record::Store::in_memory());
        actions.iter().for_each(|action| world.put(&action.target, in_service()));
        world
    }
}

/// What a run came to, freed of what it borrowed.
#[derive(Debug)]
struct Came {
    outcomes: Vec<Outcome>,
    request_ids: Vec<Option<String>>,
    reconciled: Vec<super::Reconciled>,
    trouble: Vec<String>,
}

/// Lets a run of this id do the plan in two regions.
async fn go(world: &World, id: &str, plan: &PlanDocument, limits: Limits) -> Came {
    go_with(world, (id, world, world), plan, limits).await
}

async fn go_with(world: &World, who: (&str, &dyn Looker, &dyn Actuator), plan: &PlanDocument, limits: Limits) -> Came {
    go_unless(world, who, plan, limits, world).await
}

async fn go_unless(
    world: &World,
    (id, looker, actuator): (&str, &dyn Looker, &dyn Actuator),
    plan: &PlanDocument,
    limits: Limits,
    switch: &dyn Switch,
) -> Came {
    let consent = Consent::of_a_test();
    let run = Run {
        id,
        plan,
        plan_digest: "d",
        limits,
        consent: &consent,
        switch,
        clock: &world.clock,
        store: &world.store,
        watcher: world,
        failures: Cell::new(0),
    };
    let scopes = [scope("eu-west-1"), scope("us-east-1")];
    let paces = [Pace::new(1e6, 1e6), Pace::new(1e6, 1e6)];
    let parts: Vec<Part<'_>> = scopes
        .iter()
        .zip(&paces)
        .map(|(scope, pace)| Part { scope, role: "arn:aws:iam::111122223333:role/r", looker, actuator, pace })
        .collect();
    let applied = apply(&run, &parts).await;
    Came {
        outcomes: applied.done.iter().map(|done| done.outcome.clone()).collect(),
        request_ids: applied.done.iter().map(|done| done.request_id.clone()).collect(),
        reconciled: applied.reconciled,
        trouble: applied.trouble,
    }
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(work)
}

/// The kinds of a run's lines, in order.
fn kinds(lines: &[Line], run: &str) -> Vec<&'static str> {
    let of_run = lines.iter().filter(|line| line.run == run);
    of_run
        .map(|line| match &line.event {
            Event::RunStarted { .. } => "run-started",
            Event::Refused { .. } => "refused",
            Event::Requested { .. } => "requested",
            Event::Accepted { .. } => "accepted",
            Event::Verified { .. } => "verified",
            Event::Stuck { .. } => "stuck",
            Event::Failed { .. } => "failed",
            Event::Reconciled { .. } => "reconciled",
            Event::RunEnded { .. } => "run-ended",
        })
        .collect()
}

fn refusal(outcome: &Outcome) -> Option<Reason> {
    match outcome {
        Outcome::Refused(refusal) => Some(refusal.code),
        _ => None,
    }
}
