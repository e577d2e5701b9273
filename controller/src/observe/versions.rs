//! Which versions of ours the running apps started with, and which are attached now.

use std::collections::BTreeSet;

use cost_planner::coverage::{AppSeen, ConfigsSeen};
use cost_planner::install::{ConfigName, DomainSeen, Holder, HolderSeen, references};

use super::{describe, tags};
use crate::aws::Session;

/// What is known of our lifecycle configurations that these apps started with. What
/// cannot be read is left out: it decides nothing.
pub(crate) async fn configs_seen(session: &Session, apps: &[AppSeen]) -> ConfigsSeen {
    let scope = &session.scope;
    let started = apps.iter().flat_map(|seen| {
        let ours = seen.configs.iter().flatten().filter(|arn| ConfigName::of_arn(arn, scope).is_some());
        ours.map(|arn| (&seen.app.domain, arn))
    });
    let (domains, arns): (BTreeSet<_>, BTreeSet<_>) = started.unzip();
    let mut seen = ConfigsSeen::default();
    for arn in arns {
        let tags = tags(session, arn).await.unwrap_or_default();
        seen.versions.extend(tags.get("costctl:version").map(|version| (arn.clone(), version.clone())));
    }
    for domain in domains {
        let holder = Holder { domain: domain.clone(), user_profile: None };
        let Ok(described) = describe(session, &holder).await else { continue };
        let domain_itself = HolderSeen { holder, body: described.body, tags: None };
        let whole = DomainSeen { id: domain.clone(), domain: Ok(domain_itself), user_profiles: Ok(Vec::new()) };
        let attached = references(scope, &whole).into_iter().map(|(arn, _)| arn).collect();
        seen.attached.insert(domain.clone(), attached);
    }
    seen
}
