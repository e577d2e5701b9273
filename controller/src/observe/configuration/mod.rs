//! Everything that drift is looked for in: domains, user profiles and spaces as they are
//! described, and what they name. What could not be read says so where it would stand.

mod named;

use std::collections::BTreeMap;

use cost_planner::drift::{DomainLook, ProfileLook, Seen, SpaceLook};
use cost_planner::install::{Holder, HolderSeen, Tags};
use cost_planner::snapshot::TagsSeen;
use futures_util::StreamExt;
use idle_core::{DomainId, SpaceName, UserProfileName};
use serde_json::Value;

use super::closer::in_either_case;
use super::domains::{holder, list, user_profile_names};
use super::spaces::{describe_space, list as list_spaces};
use super::{CallError, Kind, Watcher};
use crate::aws::Session;

/// So many are looked at side by side; the pace is the region's all the same.
const AT_ONCE: usize = 8;

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ConfigurationAsked<'a> {
    /// These domains; all of the region where it is empty.
    pub(crate) domains: &'a [DomainId],
    /// The tags of each thing.
    pub(crate) tags: bool,
    /// Spaces, too.
    pub(crate) spaces: bool,
    /// Our lifecycle configurations that are named.
    pub(crate) configs: bool,
    /// The policies that are attached to execution roles.
    pub(crate) roles: bool,
}

/// What stands in this account and region.
///
/// # Errors
/// When its domains could not all be listed.
pub(crate) async fn configuration(
    session: &Session,
    asked: ConfigurationAsked<'_>,
    progress: &dyn Watcher,
) -> Result<Seen, CallError> {
    let ids = if asked.domains.is_empty() { list(session).await? } else { asked.domains.to_vec() };
    let mut spaces = spaces_by_domain(session, asked).await;
    let mut domains = Vec::new();
    for id in ids {
        progress.say(&format!("{} {}: {id}", session.scope.account, session.scope.region));
        let of_domain = match &mut spaces {
            Ok(spaces) => Ok(spaces.remove(&id).unwrap_or_default()),
            Err(why) => Err(why.clone()),
        };
        domains.extend(domain(session, asked, id, of_domain).await);
    }
    progress.say(&format!("{} {}: what they name", session.scope.account, session.scope.region));
    let configs = if asked.configs { named::configs(session, &domains).await } else { BTreeMap::new() };
    let roles = if asked.roles { named::roles(session, &domains).await } else { BTreeMap::new() };
    Ok(Seen { scope: session.scope.clone(), domains, configs, roles, native_ours: Default::default() })
}

/// The names of all spaces by domain; or why they could not all be listed.
async fn spaces_by_domain(
    session: &Session,
    asked: ConfigurationAsked<'_>,
) -> Result<BTreeMap<DomainId, Vec<SpaceName>>, String> {
    let mut by_domain: BTreeMap<DomainId, Vec<SpaceName>> = BTreeMap::new();
    if asked.spaces {
        for (domain, name) in list_spaces(session).await.map_err(|error| error.to_string())? {
            by_domain.entry(domain).or_default().push(name);
        }
    }
    Ok(by_domain)
}

/// One domain with everything in it; `None` where it was deleted since it was listed.
async fn domain(
    session: &Session,
    asked: ConfigurationAsked<'_>,
    id: DomainId,
    spaces: Result<Vec<SpaceName>, String>,
) -> Option<DomainLook> {
    let seen = with_tags(session, asked, Holder { domain: id.clone(), user_profile: None }).await;
    if matches!(&seen, Err(error) if error.kind == Kind::NotFound && asked.domains.is_empty()) {
        return None;
    }
    let seen = seen.map_err(|error| error.to_string());
    if seen.is_err() {
        return Some(DomainLook { id, domain: seen, user_profiles: Ok(Vec::new()), spaces: Ok(Vec::new()) });
    }
    let user_profiles = match user_profile_names(session, &id).await {
        Ok(names) => Ok(profiles(session, asked, &id, names).await),
        Err(error) => Err(error.of(&id).to_string()),
    };
    let spaces = match spaces {
        Ok(names) => Ok(spaces_of(session, asked, &id, names).await),
        Err(why) => Err(why),
    };
    Some(DomainLook { id, domain: seen, user_profiles, spaces })
}

async fn profiles(
    session: &Session,
    asked: ConfigurationAsked<'_>,
    domain: &DomainId,
    names: Vec<UserProfileName>,
) -> Vec<ProfileLook> {
    let looks = futures_util::stream::iter(names).map(async |name| {
        let holder = Holder { domain: domain.clone(), user_profile: Some(name.clone()) };
        match with_tags(session, asked, holder).await {
            // Deleted since it was listed.
            Err(error) if error.kind == Kind::NotFound => None,
            seen => Some(ProfileLook { name, seen: seen.map_err(|error| error.to_string()) }),
        }
    });
    looks.buffer_unordered(AT_ONCE).filter_map(std::future::ready).collect().await
}

async fn spaces_of(
    session: &Session,
    asked: ConfigurationAsked<'_>,
    domain: &DomainId,
    names: Vec<SpaceName>,
) -> Vec<SpaceLook> {
    let looks = futures_util::stream::iter(names).map(async |name| {
        let body = match describe_space(session, domain, &name).await {
            // Deleted since it was listed.
            Err(error) if error.kind == Kind::NotFound => return None,
            body => body.map_err(|error| error.to_string()),
        };
        let tags = match &body {
            Ok(body) if asked.tags => Some(tags(session, &body["SpaceArn"]).await),
            _ => None,
        };
        Some(SpaceLook { name, body, tags })
    });
    looks.buffer_unordered(AT_ONCE).filter_map(std::future::ready).collect().await
}

async fn with_tags(session: &Session, asked: ConfigurationAsked<'_>, of: Holder) -> Result<HolderSeen, CallError> {
    let mut seen = holder(session, of, false).await?;
    if asked.tags {
        let member = if seen.holder.user_profile.is_some() { "UserProfileArn" } else { "DomainArn" };
        seen.tags = Some(tags(session, &seen.body[member]).await);
    }
    Ok(seen)
}

async fn tags(session: &Session, arn: &Value) -> Tags {
    let Some(arn) = arn.as_str() else { return Err("its tags: the answer names no ARN".to_owned()) };
    match in_either_case(session, arn).await {
        TagsSeen::Read(tags) => Ok(tags),
        TagsSeen::Unread(why) => Err(why),
    }
}
