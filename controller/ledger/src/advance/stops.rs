//! Who stopped what is gone, and what of that is told.

use std::collections::BTreeMap;

use cost_planner::plan::{EndpointRef, Target};
use jiff::Timestamp;

use super::GoneRun;
use super::known::Known;
use crate::fold::Run;
use crate::line::{Grade, Kind, Native, RunKey, Stopped, StoppedBy};
use crate::resource::Resource;

/// The reason of every agent's stop: `idle_core::Reason::IdleTimeout`.
const IDLE_TIMEOUT: &str = "idle-timeout";

/// By what agents count their stops: `DomainId`, `AppType`, `InstanceType`.
pub type AgentGroup = [String; 3];

/// What an agent that may not describe its app counts its instance type as.
const UNKNOWN: &str = "unknown";

/// The group in which the agent of this run counts its stop; `None` where no agent can run.
#[must_use]
pub fn group(run: &GoneRun) -> Option<AgentGroup> {
    let instance_type = run.instance_type.clone().unwrap_or_else(|| UNKNOWN.to_owned());
    match &run.resource {
        Resource::App { domain, app_type, .. } => Some([domain.to_string(), app_type.to_string(), instance_type]),
        Resource::NotebookInstance(_) => Some(["-".to_owned(), "NotebookInstance".to_owned(), instance_type]),
        _ => None,
    }
}

/// The stops of agents among what is gone at `at`, by how many each group counted since the look
/// before. Runs that were not heard to be idle were stopped by somebody else, and so were those
/// of which `stopped` tells. `native` says how SageMaker's own idle shutdown was set for a run.
#[must_use]
pub fn agents_stops(
    gone: &[GoneRun],
    counts: &BTreeMap<AgentGroup, u64>,
    stopped: &[Stopped],
    native: impl Fn(&GoneRun) -> Native,
    at: Timestamp,
) -> Vec<Stopped> {
    let is_free = |run: &&GoneRun| run.idle_since.is_some() && !stopped.iter().any(|other| other.key == run.key);
    let mut groups: BTreeMap<AgentGroup, Vec<&GoneRun>> = BTreeMap::new();
    for run in gone.iter().filter(is_free) {
        if let Some(group) = group(run) {
            groups.entry(group).or_default().push(run);
        }
    }
    let mut chosen = Vec::new();
    let mut left: BTreeMap<AgentGroup, Vec<&GoneRun>> = BTreeMap::new();
    for (group, runs) in groups {
        let [domain, app_type, instance_type] = &group;
        let counted = if instance_type == UNKNOWN { 0 } else { counts.get(&group).copied().unwrap_or_default() };
        let rest = choose(runs, counted, &mut chosen);
        left.entry([domain.clone(), app_type.clone(), UNKNOWN.to_owned()]).or_default().extend(rest);
    }
    for (group, runs) in left {
        choose(runs, counts.get(&group).copied().unwrap_or_default(), &mut chosen);
    }
    let stop = |(run, grade): (&GoneRun, Grade)| Stopped {
        key: run.key.clone(),
        gone_at: at,
        by: StoppedBy::IdleAgent,
        reason: IDLE_TIMEOUT.to_owned(),
        grade,
        idle_since: run.idle_since,
        native: native(run),
    };
    chosen.into_iter().map(stop).collect()
}

/// Takes so many of the runs, the longest idle first, and leaves the others.
fn choose<'a>(mut runs: Vec<&'a GoneRun>, counted: u64, chosen: &mut Vec<(&'a GoneRun, Grade)>) -> Vec<&'a GoneRun> {
    let counted = usize::try_from(counted).unwrap_or(usize::MAX);
    let grade = if counted >= runs.len() { Grade::Measured } else { Grade::Inferred };
    runs.sort_by(|a, b| (a.idle_since, &a.key).cmp(&(b.idle_since, &b.key)));
    let rest = runs.split_off(counted.min(runs.len()));
    chosen.extend(runs.into_iter().map(|run| (run, grade)));
    rest
}

/// A stop of a sweep, as its evidence tells of it.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepStop {
    /// What was stopped.
    pub target: Target,
    /// Its creation time.
    pub created_at: Timestamp,
    /// `LastModifiedTime` of a notebook instance when it was planned for.
    pub modified_at: Option<Timestamp>,
    /// When it was verified to be gone.
    pub gone_at: Timestamp,
    /// Why, by the code of `idle_core::Reason`.
    pub reason: String,
    /// Since when it had been idle.
    pub idle_since: Option<Timestamp>,
}

/// What of the sweeps' stops the ledger does not know yet. `native` says how SageMaker's own idle
/// shutdown was set for an app.
#[must_use]
pub fn sweeps_stops(stops: &[SweepStop], known: &Known, native: impl Fn(&Resource) -> Native) -> Vec<Stopped> {
    let mut told = Vec::new();
    for stop in stops {
        for (resource, began) in stopped_by(stop, known) {
            let key = RunKey { resource: resource.to_string(), began };
            if known.has_told(&key, StoppedBy::Costctl) {
                continue;
            }
            told.push(Stopped {
                key,
                gone_at: stop.gone_at,
                by: StoppedBy::Costctl,
                reason: stop.reason.clone(),
                grade: Grade::Measured,
                idle_since: stop.idle_since,
                native: if resource.kind() == Kind::App { native(&resource) } else { Native::Off },
            });
        }
    }
    told
}

/// What a stop ended, each with the begin of its run. An endpoint ends with all that bills on it:
/// what was scaled to zero before was ended by somebody else.
fn stopped_by(stop: &SweepStop, known: &Known) -> Vec<(Resource, Timestamp)> {
    let ran_on = |run: &Run<'_>| {
        let looked_last = run.kind().and_then(|kind| known.looked_last(kind, stop.gone_at));
        run.is_open() || looked_last.is_none_or(|looked| looked <= run.end())
    };
    let of_endpoint = |of: &EndpointRef, is_it: &dyn Fn(&Resource) -> bool| {
        let runs = known.runs().filter(|run| run.began() == stop.created_at && ran_on(run));
        let resources = runs.filter_map(|run| run.resource().ok());
        let mut those: Vec<_> =
            resources.filter(|resource| resource.endpoint() == Some(&of.endpoint) && is_it(resource)).collect();
        those.dedup();
        those.into_iter().map(|resource| (resource, stop.created_at)).collect()
    };
    match &stop.target {
        Target::App(app) => {
            let (domain, owner) = (app.domain.clone(), app.owner.clone());
            vec![(Resource::App { domain, owner, app_type: app.app_type, name: app.name.clone() }, stop.created_at)]
        }
        Target::NotebookInstance(instance) => {
            let began = stop.modified_at.map_or(stop.created_at, |modified| modified.max(stop.created_at));
            vec![(Resource::NotebookInstance(instance.name.clone()), began)]
        }
        Target::Endpoint(of) => of_endpoint(of, &|_| true),
        Target::Variant { of, variant } => {
            of_endpoint(of, &|resource| matches!(resource, Resource::Variant(_, name) if name == variant))
        }
        // They bill nothing of their own.
        Target::InferenceComponent { .. } | Target::Volume { .. } => Vec::new(),
    }
}
