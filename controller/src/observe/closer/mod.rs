//! A closer look at what came into question: each app described, and the tags of it
//! and of all that it stands in.

mod apps;
mod fresh;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use cost_planner::plan::{Candidate, Resource};
use cost_planner::snapshot::{AppCloseUp, ScopeSeen, Snapshot, Space, TagsSeen, UserProfile};
use futures_util::StreamExt;
use idle_core::{DomainId, SpaceName, UserProfileName};

use super::{CallError, Kind, Watcher, tags};
use crate::aws::Session;

pub(crate) use fresh::look;

/// So many are looked at side by side; the pace is the region's all the same.
const AT_ONCE: usize = 8;

/// Adds to the snapshot what only a look at each of these shows, space, user profile and
/// domain once each. `sessions` are those that the snapshot was made with.
pub(crate) async fn look_closer(
    sessions: &[Session],
    snapshot: &mut Snapshot,
    candidates: &[Candidate],
    concurrency: usize,
    progress: &dyn Watcher,
) {
    let mut by_scope: BTreeMap<usize, Vec<Resource>> = BTreeMap::new();
    for Candidate { scope, resource } in candidates {
        by_scope.entry(*scope as usize).or_default().push(*resource);
    }
    let scopes = snapshot.scopes.iter_mut().enumerate().filter_map(|(n, scope)| Some((by_scope.remove(&n)?, scope)));
    // By name, so that what one account said is never noted for another.
    let pairs = scopes.filter_map(|(resources, scope)| {
        let session = sessions.iter().find(|session| session.scope == scope.scope)?;
        Some((session, scope, resources))
    });
    let pairs: Vec<_> = pairs.collect();
    let mut looks = futures_util::stream::iter(pairs)
        .map(async |(session, scope, resources)| of_scope(session, scope, &resources, progress).await)
        .buffer_unordered(concurrency);
    while looks.next().await.is_some() {}
}

/// What is looked at, by its index in the scope's listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Thing {
    App(usize),
    NotebookInstance(usize),
    Space(usize),
    UserProfile(usize),
    Domain(usize),
}

/// What was found there.
enum Found {
    App(Result<AppCloseUp, CallError>),
    Tags(TagsSeen),
}

async fn of_scope(session: &Session, scope: &mut ScopeSeen, resources: &[Resource], progress: &dyn Watcher) {
    let things: BTreeSet<Thing> = resources.iter().flat_map(|resource| things(scope, *resource)).collect();
    let (count, seen) = (things.len(), &*scope);
    let mut looks = futures_util::stream::iter(things)
        .map(async |thing| (thing, find(session, seen, thing).await))
        .buffer_unordered(AT_ONCE);
    let mut found = Vec::with_capacity(count);
    while let Some(one) = looks.next().await {
        found.push(one);
        progress.say(&format!("{}: a closer look at {} of {count}", session.scope.region, found.len()));
    }
    drop(looks);
    found.into_iter().for_each(|(thing, found)| note(scope, thing, found));
}

/// A resource, and all whose tags protect it.
fn things(scope: &ScopeSeen, resource: Resource) -> Vec<Thing> {
    let (mut found, domain, space, profile) = match resource {
        Resource::App(n) => {
            let Some(app) = scope.apps.get(n as usize) else { return Vec::new() };
            let space = scope.space_of(app).map(|space| &space.name);
            (vec![Thing::App(n as usize)], &app.domain, space, scope.user_profile_of(app))
        }
        Resource::Volume(n) => {
            let Some(space) = scope.spaces.get(n as usize) else { return Vec::new() };
            (Vec::new(), &space.domain, Some(&space.name), space.owner.as_ref())
        }
        Resource::NotebookInstance(n) => return vec![Thing::NotebookInstance(n as usize)],
        // They are described as they are listed.
        Resource::Endpoint(_) | Resource::Variant(..) | Resource::InferenceComponent(..) => return Vec::new(),
    };
    found.extend(space.and_then(|name| space_at(scope, domain, name)).map(Thing::Space));
    found.extend(profile.and_then(|name| user_profile_at(scope, domain, name)).map(Thing::UserProfile));
    found.extend(scope.domains.binary_search_by(|one| one.id.cmp(domain)).ok().map(Thing::Domain));
    found
}

fn space_at(scope: &ScopeSeen, domain: &DomainId, name: &SpaceName) -> Option<usize> {
    let key = |space: &Space| space.domain.cmp(domain).then_with(|| space.name.cmp(name));
    scope.spaces.binary_search_by(key).ok()
}

fn user_profile_at(scope: &ScopeSeen, domain: &DomainId, name: &UserProfileName) -> Option<usize> {
    let key = |profile: &UserProfile| profile.domain.cmp(domain).then_with(|| profile.name.cmp(name));
    scope.user_profiles.binary_search_by(key).ok()
}

async fn find(session: &Session, scope: &ScopeSeen, thing: Thing) -> Found {
    let of = |rest: String| {
        let scope = &session.scope;
        format!("arn:{}:sagemaker:{}:{}:{rest}", scope.partition, scope.region, scope.account)
    };
    let arn = match thing {
        Thing::App(n) => {
            let app = scope.apps[n].app_ref(&session.scope);
            return Found::App(apps::described(session, &app).await.map(|described| described.close_up));
        }
        Thing::NotebookInstance(n) => of(format!("notebook-instance/{}", scope.notebook_instances[n].name)),
        Thing::Space(n) => of(format!("space/{}/{}", scope.spaces[n].domain, scope.spaces[n].name)),
        Thing::UserProfile(n) => {
            of(format!("user-profile/{}/{}", scope.user_profiles[n].domain, scope.user_profiles[n].name))
        }
        Thing::Domain(n) => of(format!("domain/{}", scope.domains[n].id)),
    };
    Found::Tags(in_either_case(session, &arn).await)
}

/// The tags of the resource of this ARN, which SageMaker may write in lower case: what
/// is found by either form counts.
pub(super) async fn in_either_case(session: &Session, arn: &str) -> TagsSeen {
    let lower = arn.to_ascii_lowercase();
    let given = tags(session, arn).await;
    if lower == arn {
        return seen(given);
    }
    let is_other = |error: &CallError| matches!(error.kind, Kind::NotFound | Kind::Invalid);
    match (given, tags(session, &lower).await) {
        (Ok(mut given), Ok(lower)) => {
            given.extend(lower);
            TagsSeen::Read(given)
        }
        (Ok(found), Err(error)) | (Err(error), Ok(found)) if is_other(&error) => TagsSeen::Read(found),
        (Err(error), _) | (Ok(_), Err(error)) => TagsSeen::Unread(error.to_string()),
    }
}

fn seen(tags: Result<BTreeMap<String, String>, CallError>) -> TagsSeen {
    tags.map_or_else(|error| TagsSeen::Unread(error.to_string()), TagsSeen::Read)
}

fn note(scope: &mut ScopeSeen, thing: Thing, found: Found) {
    match (thing, found) {
        (Thing::App(n), Found::App(close_up)) => {
            scope.apps[n].close_up = Some(Box::new(close_up.map_err(|error| error.to_string())));
        }
        (Thing::NotebookInstance(n), Found::Tags(tags)) => scope.notebook_instances[n].tags = Some(Box::new(tags)),
        (Thing::Space(n), Found::Tags(tags)) => scope.spaces[n].tags = Some(Box::new(tags)),
        (Thing::UserProfile(n), Found::Tags(tags)) => scope.user_profiles[n].tags = Some(Box::new(tags)),
        (Thing::Domain(n), Found::Tags(tags)) => scope.domains[n].tags = Some(Box::new(tags)),
        (Thing::App(_), Found::Tags(_)) | (_, Found::App(_)) => {}
    }
}
