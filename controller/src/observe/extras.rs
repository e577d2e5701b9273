//! What only money needs: tags for attribution, and VPC endpoints.

use cost_planner::snapshot::{Extras, Kind, ScopeSeen, Snapshot};
use futures_util::StreamExt;

use super::Watcher;
use super::attribution::tags_of_all;
use super::unified::names;
use super::vpc_endpoints::vpc_endpoints;
use crate::aws::Session;

const LIST_DOMAINS: &str = "ListDomains";

/// What of it is asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct ExtrasAsked {
    /// Tags of these keys.
    pub(crate) tag_keys: Vec<String>,
    /// Interface VPC endpoints of the domains' VPCs, which takes a call for each domain.
    pub(crate) vpc_endpoints: bool,
    /// Projects and people of Unified Studio, which takes a call for each domain, too.
    pub(crate) unified_studio: bool,
}

/// Adds it to the snapshot; nothing where nothing is asked for. What could not be seen is
/// said within, and makes nothing else of the snapshot less. `sessions` are those that the
/// snapshot was made with.
pub(crate) async fn look_for_extras(
    sessions: &[Session],
    snapshot: &mut Snapshot,
    asked: &ExtrasAsked,
    concurrency: usize,
    progress: &dyn Watcher,
) {
    if asked.tag_keys.is_empty() && !asked.vpc_endpoints && !asked.unified_studio {
        return;
    }
    let pairs = snapshot.scopes.iter_mut().filter_map(|scope| {
        // By name, so that what one account said is never noted for another.
        let session = sessions.iter().find(|session| session.scope == scope.scope)?;
        Some((session, scope))
    });
    let pairs: Vec<_> = pairs.collect();
    let mut looks = futures_util::stream::iter(pairs)
        .map(async |(session, scope)| scope.extras = Some(Box::new(extras(session, scope, asked, progress).await)))
        .buffer_unordered(concurrency);
    while looks.next().await.is_some() {}
}

async fn extras(session: &Session, seen: &ScopeSeen, asked: &ExtrasAsked, progress: &dyn Watcher) -> Extras {
    let region = session.scope.region.as_str();
    let mut extras = Extras { tag_keys: asked.tag_keys.clone(), ..Extras::default() };
    if !asked.tag_keys.is_empty() {
        progress.say(&format!("{region}: tags"));
        match tags_of_all(session, seen, &asked.tag_keys).await {
            Ok(tags) => extras.tags = tags,
            Err(error) => extras.tags_unread = Some(error.to_string()),
        }
    }
    let asked_for_domains = seen.kinds.contains(&Kind::Apps);
    if asked.unified_studio && asked_for_domains {
        progress.say(&format!("{region}: Unified Studio"));
        extras.unified_studio = Some(names(session, &seen.domains).await);
    }
    if !(asked.vpc_endpoints && asked_for_domains) {
        extras.vpc_unread = Some(Extras::NOT_ASKED.to_owned());
        return extras;
    }
    progress.say(&format!("{region}: VPC endpoints"));
    let (endpoints, unread) = vpc_endpoints(session, &seen.domains).await;
    extras.vpc_endpoints = endpoints;
    // A domain that was not listed may have a VPC of its own.
    let blind = seen.blind.iter().find(|blind| blind.operation == LIST_DOMAINS);
    extras.vpc_unread = unread.or_else(|| blind.map(ToString::to_string));
    extras
}
