//! A row in words that stand alone: what it is, whose, for how long idle.

use idle_core::{AppOwner, InstanceType, NotebookInstanceRef};
use jiff::Timestamp;

use super::{Action, EndpointRef, Listed, Planned, Price, Resource, Row, Target, Verb};
use crate::coverage::ALIVE_WITHIN;
use crate::snapshot::{App, Endpoint, Heartbeat, NotebookInstance, ScopeSeen, Series, Snapshot, Space, UnifiedOwner};

/// The resource of a row.
enum Seen<'a> {
    App(&'a App),
    NotebookInstance(&'a NotebookInstance),
    Endpoint(&'a Endpoint),
    Volume(&'a Space),
}

fn seen<'a>(snapshot: &'a Snapshot, row: &Row) -> Option<(&'a ScopeSeen, Seen<'a>)> {
    let scope = snapshot.scopes.get(index(row.scope))?;
    let seen = match row.resource {
        Resource::App(at) => Seen::App(scope.apps.get(index(at))?),
        Resource::NotebookInstance(at) => Seen::NotebookInstance(scope.notebook_instances.get(index(at))?),
        Resource::Endpoint(at) | Resource::Variant(at, _) | Resource::InferenceComponent(at, _) => {
            Seen::Endpoint(scope.endpoints.get(index(at))?)
        }
        Resource::Volume(at) => Seen::Volume(scope.spaces.get(index(at))?),
    };
    Some((scope, seen))
}

fn index(at: u32) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

/// What a row is about; `None` where the snapshot is not the one that it was made from.
pub(super) fn target(snapshot: &Snapshot, row: &Row) -> Option<Target> {
    let (scope, seen) = seen(snapshot, row)?;
    let scope = &scope.scope;
    let (partition, region, account) = (scope.partition.clone(), scope.region.clone(), scope.account.clone());
    Some(match seen {
        Seen::App(app) => Target::App(app.app_ref(scope)),
        Seen::NotebookInstance(instance) => {
            let name = instance.name.clone();
            Target::NotebookInstance(NotebookInstanceRef { partition, region, account, name })
        }
        Seen::Endpoint(endpoint) => {
            let of = EndpointRef { partition, region, account, endpoint: endpoint.name.clone() };
            part(endpoint, row.resource, of)?
        }
        Seen::Volume(space) => {
            let (domain, space) = (space.domain.clone(), space.name.clone());
            Target::Volume { partition, region, account, domain, space }
        }
    })
}

fn part(endpoint: &Endpoint, resource: Resource, of: EndpointRef) -> Option<Target> {
    let close_up = endpoint.close_up.as_ref().ok();
    match resource {
        Resource::Variant(_, at) => {
            let variant = close_up?.variants.get(index(at))?.name.clone();
            Some(Target::Variant { of, variant })
        }
        Resource::InferenceComponent(_, at) => {
            let inference_component = close_up?.inference_components.get(index(at))?.name.clone();
            Some(Target::InferenceComponent { of, inference_component })
        }
        _ => Some(Target::Endpoint(of)),
    }
}

/// The same for the same thing done to the same resource, in every run. What can be started
/// again has another key then: an app by its creation time, all else by when it was changed.
pub(super) fn action_key(snapshot: &Snapshot, row: &Row, verb: Verb) -> Option<String> {
    let target = target(snapshot, row)?;
    let (_, seen) = seen(snapshot, row)?;
    let (kind, life) = match seen {
        // The ARN does not tell a space from a user profile.
        Seen::App(app) => match app.owner {
            AppOwner::Space(_) => ("-in-space", app.created_at),
            AppOwner::UserProfile(_) => ("-of-user-profile", app.created_at),
        },
        Seen::NotebookInstance(instance) => ("", instance.modified_at),
        Seen::Endpoint(endpoint) => ("", endpoint.modified_at),
        Seen::Volume(_) => ("", None),
    };
    let verb = match verb {
        Verb::DeleteApp => "delete-app",
        Verb::StopNotebookInstance => "stop",
        Verb::ScaleVariantToZero | Verb::ScaleInferenceComponentToZero => "scale-to-zero",
        Verb::DeleteEndpoint => "delete",
    };
    let part = match &target {
        Target::Variant { variant, .. } => format!("/variant/{variant}"),
        _ => String::new(),
    };
    let life = life.map_or_else(|| "-".to_owned(), |at| at.to_string());
    Some(format!("{verb}{kind} {}{part} {life}", target.arn()))
}

/// For how long it has been idle, at least, where that is known.
pub(super) fn idle_for_seconds(snapshot: &Snapshot, row: &Row) -> Option<u64> {
    let (scope, seen) = seen(snapshot, row)?;
    match seen {
        Seen::App(App { heartbeat, .. }) | Seen::NotebookInstance(NotebookInstance { heartbeat, .. }) => {
            // What a silent agent said last is no news of now.
            match heartbeat {
                Heartbeat::Heard { at, idle_seconds } if scope.taken_at.duration_since(*at) <= ALIVE_WITHIN => {
                    Some(*idle_seconds)
                }
                _ => None,
            }
        }
        Seen::Endpoint(endpoint) => {
            let idle = snapshot_end(endpoint, row.resource)?.duration_since(not_invoked_since(endpoint, row.resource)?);
            u64::try_from(idle.as_secs()).ok()
        }
        Seen::Volume(_) => None,
    }
}

/// The series that speak for a part of an endpoint.
fn series(endpoint: &Endpoint, resource: Resource) -> Vec<&Series> {
    let Ok(close_up) = &endpoint.close_up else { return Vec::new() };
    match resource {
        Resource::Variant(_, at) if close_up.inference_components.is_empty() => {
            close_up.variants.get(index(at)).map(|variant| &variant.invocations).into_iter().collect()
        }
        Resource::InferenceComponent(_, at) => {
            close_up.inference_components.get(index(at)).map(|of| &of.invocations).into_iter().collect()
        }
        _ if close_up.inference_components.is_empty() => close_up.variants.iter().map(|v| &v.invocations).collect(),
        _ => close_up.inference_components.iter().map(|of| &of.invocations).collect(),
    }
}

fn not_invoked_since(endpoint: &Endpoint, resource: Resource) -> Option<Timestamp> {
    let since = |series: &&Series| match series {
        Series::Read { from, last_above_zero_at, .. } => Some(last_above_zero_at.unwrap_or(*from)),
        _ => None,
    };
    let latest = series(endpoint, resource).iter().map(since).collect::<Option<Vec<_>>>()?.into_iter().max()?;
    Some(endpoint.created_at.map_or(latest, |created| latest.max(created)))
}

fn snapshot_end(endpoint: &Endpoint, resource: Resource) -> Option<Timestamp> {
    let end = |series: &&Series| match series {
        Series::Read { to, .. } => Some(*to),
        _ => None,
    };
    series(endpoint, resource).iter().filter_map(end).min()
}

/// An action that stands alone; `None` where what it needs was not seen, which no action lacks.
pub(super) fn action(snapshot: &Snapshot, row: &Row, verb: Verb) -> Option<Action> {
    let (scope, seen) = seen(snapshot, row)?;
    Some(Action {
        key: action_key(snapshot, row, verb)?,
        verb,
        target: target(snapshot, row)?,
        reason: row.why(),
        planned: planned(snapshot, row)?,
        must: row.must()?.clone(),
        owner: owner(scope, &seen),
        unified_studio: unified_owner(scope, &seen),
        instance_type: instance_type(&seen, row.resource),
        price: price(row),
    })
}

/// A line of what is not acted on.
pub(super) fn listed(snapshot: &Snapshot, row: &Row) -> Option<Listed> {
    let (scope, seen) = seen(snapshot, row)?;
    Some(Listed {
        target: target(snapshot, row)?,
        reason: row.why(),
        owner: owner(scope, &seen),
        unified_studio: unified_owner(scope, &seen),
        instance_type: instance_type(&seen, row.resource),
        idle_for_seconds: idle_for_seconds(snapshot, row),
        price: price(row),
    })
}

fn planned(snapshot: &Snapshot, row: &Row) -> Option<Planned> {
    let (scope, seen) = seen(snapshot, row)?;
    let idle_for_seconds = idle_for_seconds(snapshot, row);
    let (status, created_at, modified_at, heartbeat) = match &seen {
        Seen::App(app) => (format!("{:?}", app.status), app.created_at?, None, Some(&app.heartbeat)),
        Seen::NotebookInstance(of) => (of.status.clone(), of.created_at?, of.modified_at, Some(&of.heartbeat)),
        Seen::Endpoint(of) => (of.status.clone(), of.created_at?, of.modified_at, None),
        Seen::Volume(_) => return None,
    };
    let space_modified_at = match &seen {
        Seen::App(app) => scope.space_of(app).and_then(|space| space.modified_at),
        _ => None,
    };
    let heard_at = match heartbeat {
        Some(Heartbeat::Heard { at, .. }) => Some(*at),
        _ => None,
    };
    let by_heartbeat = || heard_at?.checked_sub(super::protect::seconds(idle_for_seconds?)).ok();
    let idle_since = match &seen {
        Seen::Endpoint(endpoint) => not_invoked_since(endpoint, row.resource),
        _ => by_heartbeat(),
    };
    Some(Planned { status, created_at, modified_at, space_modified_at, idle_since, idle_for_seconds, heard_at })
}

fn owner(scope: &ScopeSeen, seen: &Seen<'_>) -> Option<String> {
    let name = match seen {
        Seen::App(app) => scope.user_profile_of(app),
        Seen::Volume(space) => space.owner.as_ref(),
        Seen::NotebookInstance(_) | Seen::Endpoint(_) => None,
    };
    name.map(|name| name.as_str().to_owned())
}

fn unified_owner(scope: &ScopeSeen, seen: &Seen<'_>) -> Option<UnifiedOwner> {
    match seen {
        Seen::App(app) => scope.unified_owner_of_app(app),
        Seen::Volume(space) => scope.unified_owner_of_space(space),
        Seen::NotebookInstance(_) | Seen::Endpoint(_) => None,
    }
}

/// What it runs on, where that is one type.
fn instance_type(seen: &Seen<'_>, resource: Resource) -> Option<InstanceType> {
    match (seen, resource) {
        (Seen::App(app), _) => app.instance_type.clone(),
        (Seen::NotebookInstance(instance), _) => instance.instance_type.clone(),
        (Seen::Endpoint(endpoint), Resource::Variant(_, at)) => {
            endpoint.close_up.as_ref().ok()?.variants.get(index(at))?.instance_type.clone()
        }
        (Seen::Endpoint(endpoint), Resource::Endpoint(_)) => {
            let mut types = endpoint.close_up.as_ref().ok()?.variants.iter().map(|variant| &variant.instance_type);
            let first = types.next()?;
            types.all(|other| other == first).then(|| first.clone())?
        }
        (Seen::Endpoint(_) | Seen::Volume(_), _) => None,
    }
}

fn price(row: &Row) -> Price {
    row.price().cloned().unwrap_or_else(|| Price::Unpriced("nobody asked".to_owned()))
}
