//! The whole of what bills in every account and region, seen in as few calls as AWS
//! has pages, and without a look at each app.

mod apps;
mod close_up;
mod components;
mod endpoints;
mod heard;
mod notebook_instances;
mod series;
mod studio;

pub(super) use apps::app_status;
pub(super) use endpoints::fresh as fresh_endpoint;
pub(super) use heard::{of_app as heartbeat_of_app, of_notebook_instance as heartbeat_of_notebook_instance};
pub(super) use studio::sharing;

use cost_planner::snapshot::{Blind, Kind, SCHEMA_VERSION, ScopeSeen, Snapshot, Unreached};
use futures_util::StreamExt;
use jiff::{SignedDuration, Timestamp};

use super::{CallError, Watcher};
use crate::aws::Session;

/// What is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) kinds: Vec<Kind>,
    /// So many accounts and regions at once.
    pub(crate) concurrency: usize,
    /// So far back heartbeats are looked for.
    pub(crate) heartbeats: SignedDuration,
    /// Whether times of idleness are told, too: only a ledger wants them.
    pub(crate) idle_times: bool,
    /// So far back invocations are looked for.
    pub(crate) invocations: SignedDuration,
}

/// What is there, in the order of the sessions. What could not be seen is named
/// within; nothing of it stops the rest.
pub(crate) async fn snapshot(
    sessions: &[Session],
    unreached: Vec<Unreached>,
    asked: &Asked,
    progress: &dyn Watcher,
) -> Snapshot {
    let taken_at = Timestamp::now();
    progress.step(0, sessions.len());
    let mut looks = futures_util::stream::iter(sessions.iter().enumerate())
        .map(async |(n, session)| (n, scope(session, asked, progress).await))
        .buffer_unordered(asked.concurrency);
    let mut scopes = Vec::with_capacity(sessions.len());
    while let Some(seen) = looks.next().await {
        scopes.push(seen);
        progress.step(scopes.len(), sessions.len());
    }
    scopes.sort_unstable_by_key(|(n, _)| *n);
    let scopes = scopes.into_iter().map(|(_, seen)| seen).collect();
    Snapshot { schema_version: SCHEMA_VERSION, taken_at, scopes, unreached }
}

async fn scope(session: &Session, asked: &Asked, progress: &dyn Watcher) -> ScopeSeen {
    let mut seen = ScopeSeen {
        scope: session.scope.clone(),
        role: session.role.clone(),
        taken_at: Timestamp::now(),
        kinds: asked.kinds.clone(),
        blind: Vec::new(),
        domains: Vec::new(),
        user_profiles: Vec::new(),
        spaces: Vec::new(),
        apps: Vec::new(),
        heartbeats_since: None,
        idle_times: Vec::new(),
        unclear: Vec::new(),
        endpoints: Vec::new(),
        notebook_instances: Vec::new(),
        extras: None,
    };
    if asked.kinds.contains(&Kind::Apps) {
        studio::look(session, &mut seen, progress).await;
        apps::look(session, &mut seen, progress).await;
        let (within, with_idle_times) = (asked.heartbeats, asked.idle_times);
        seen.idle_times = heard::of_apps(session, &mut seen.apps, within, with_idle_times, progress).await;
        // Not earlier than the first was asked for.
        seen.heartbeats_since = Some(Timestamp::now() - asked.heartbeats);
    }
    if asked.kinds.contains(&Kind::Endpoints) {
        endpoints::look(session, &mut seen, asked.invocations, progress).await;
    }
    if asked.kinds.contains(&Kind::NotebookInstances) {
        notebook_instances::look(session, &mut seen).await;
        heard::of_notebook_instances(session, &mut seen.notebook_instances, asked.heartbeats).await;
    }
    seen.sort();
    seen
}

/// A listing that came to no end.
fn blind(error: &CallError) -> Blind {
    Blind { operation: error.operation().to_owned(), why: error.to_string() }
}

/// A listing that came to its end, but of which something is not understood.
fn not_understood(operation: &'static str, why: &str) -> Blind {
    blind(&CallError::unclear(operation, why))
}

/// A time of AWS.
pub(super) fn time(at: Option<aws_smithy_types::DateTime>) -> Option<Timestamp> {
    Timestamp::from_millisecond(at?.to_millis().ok()?).ok()
}
