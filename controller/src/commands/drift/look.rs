//! One account and region, looked at and judged.

use cost_planner::drift::{Checked, Desired, check, idle_shutdown_of_ours};
use cost_planner::unified::UnifiedSeen;

use super::unified::is_of_unified_studio;
use super::{Judge, Seen};
use crate::aws::Session;
use crate::cli::Drift;
use crate::observe::{ConfigurationAsked, Watcher, configuration, unified};
use crate::record::{BeforeImages, Store, StoreError};

/// What was seen, and what is not as it should be.
pub(super) struct Looked<'a> {
    pub(super) session: &'a Session,
    /// Unified Studio, where the policy speaks of it and all domains are looked at.
    pub(super) unified: Option<UnifiedSeen>,
    /// Why nothing was seen, otherwise.
    pub(super) seen: Result<(Seen, Checked), String>,
}

pub(super) async fn look<'a>(args: &Drift, judge: &Judge, session: &'a Session, progress: &dyn Watcher) -> Looked<'a> {
    let desired = judge.policy.rules.desired();
    let mut seen = match configuration(session, asked(args, judge), progress).await {
        Ok(seen) => seen,
        Err(error) => return Looked { session, unified: None, seen: Err(error.to_string()) },
    };
    if let Some(store) = judge.artifacts.as_ref().filter(|_| desired.idle_shutdown.is_some())
        && let Err(error) = note_ours(store, &mut seen).await
    {
        return Looked { session, unified: None, seen: Err(format!("{:#}", anyhow::Error::from(error))) };
    }
    let is_asked = judge.rules.iter().copied().any(is_of_unified_studio);
    let unified = if is_asked { Some(unified::look(session, progress).await) } else { None };
    let checked = check(&judge.wish(), &seen);
    Looked { session, unified, seen: Ok((seen, checked)) }
}

/// What the rules of the policy need to see.
fn asked<'a>(args: &'a Drift, judge: &Judge) -> ConfigurationAsked<'a> {
    let Desired { agent, idle_shutdown, hidden_instance_types, tags, execution_role, max_storage_gib, .. } =
        judge.policy.rules.desired();
    let has_rules_by_tag = hidden_instance_types.is_some() && judge.allowlist.has_tags();
    ConfigurationAsked {
        domains: &args.domain,
        tags: !tags.is_empty() || has_rules_by_tag,
        spaces: agent.is_some() || idle_shutdown.is_some() || !tags.is_empty() || max_storage_gib.is_some(),
        configs: agent.is_some(),
        roles: execution_role.as_ref().is_some_and(|denied| !denied.policies.is_empty()),
    }
}

/// Notes where an install of ours wrote SageMaker's own idle shutdown, by its before-images.
///
/// # Errors
/// When they could not be read: what is ours is then not known.
async fn note_ours(store: &Store, seen: &mut Seen) -> Result<(), StoreError> {
    let mut images = BeforeImages::new(store, &seen.scope);
    for domain in &seen.domains {
        let entries = images.of(&domain.id).await?;
        seen.native_ours.extend(idle_shutdown_of_ours(domain, &seen.scope, &entries));
    }
    Ok(())
}
