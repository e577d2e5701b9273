//! Domains and their user profiles, as SageMaker describes them.

use aws_sdk_sagemaker::operation::describe_domain::DescribeDomainOutput;
use aws_sdk_sagemaker::operation::describe_user_profile::DescribeUserProfileOutput;
use cost_planner::install::{DomainSeen, Holder, HolderSeen, Tags};
use idle_core::{DomainId, UserProfileName};
use serde_json::Value;

use super::pages::pages;
use super::raw::Raw;
use super::{CallError, Watcher, tags};
use crate::aws::Session;

const LIST_DOMAINS: &str = "ListDomains";
const LIST_USER_PROFILES: &str = "ListUserProfiles";

/// An answer of Describe: the types to send back, and the body to compare.
#[derive(Debug, Clone)]
pub(crate) struct Described {
    pub(crate) typed: Typed,
    pub(crate) body: Value,
}

#[derive(Debug, Clone)]
pub(crate) enum Typed {
    Domain(Box<DescribeDomainOutput>),
    UserProfile(Box<DescribeUserProfileOutput>),
}

/// Which domains are wanted, and what of them.
#[derive(Debug, Clone)]
pub(crate) struct Wanted<'a> {
    /// These; all of the region where it is empty.
    pub(crate) domains: &'a [DomainId],
    /// Their tags, too.
    pub(crate) tags: bool,
}

/// What is there now.
///
/// # Errors
/// When it cannot be described.
pub(crate) async fn describe(session: &Session, holder: &Holder) -> Result<Described, CallError> {
    let raw = Raw::default();
    let typed = match &holder.user_profile {
        None => session
            .pace
            .read("DescribeDomain", async || {
                let call = session.sagemaker.describe_domain().domain_id(holder.domain.as_str());
                call.customize().interceptor(raw.clone()).send().await
            })
            .await
            .map(|output| Typed::Domain(Box::new(output))),
        Some(name) => session
            .pace
            .read("DescribeUserProfile", async || {
                let call = session.sagemaker.describe_user_profile().domain_id(holder.domain.as_str());
                call.user_profile_name(name.as_str()).customize().interceptor(raw.clone()).send().await
            })
            .await
            .map(|output| Typed::UserProfile(Box::new(output))),
    };
    Ok(Described { typed: typed.map_err(|error| error.of(holder))?, body: raw.body() })
}

/// Whether the region has this domain.
///
/// # Errors
/// When it cannot be described for another reason.
pub(crate) async fn is_there(session: &Session, domain: &DomainId) -> Result<bool, CallError> {
    match describe(session, &Holder { domain: domain.clone(), user_profile: None }).await {
        Ok(_) => Ok(true),
        Err(error) if error.kind == super::Kind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Every wanted domain with all of its user profiles. What could not be read in
/// whole says so within: nothing is planned for it.
///
/// # Errors
/// When the domains of the region could not all be listed.
pub(crate) async fn seen(
    session: &Session,
    wanted: &Wanted<'_>,
    progress: &dyn Watcher,
) -> Result<Vec<DomainSeen>, CallError> {
    let ids = if wanted.domains.is_empty() { list(session).await? } else { wanted.domains.to_vec() };
    let mut seen = Vec::new();
    for id in ids {
        progress.say(&format!("{} {id}", session.scope.region));
        let domain = holder(session, Holder { domain: id.clone(), user_profile: None }, wanted.tags).await;
        let user_profiles = match &domain {
            Ok(_) => user_profiles(session, &id, wanted.tags, progress).await,
            Err(_) => Ok(Vec::new()),
        };
        let told = |error: CallError| error.to_string();
        seen.push(DomainSeen { id, domain: domain.map_err(told), user_profiles: user_profiles.map_err(told) });
    }
    Ok(seen)
}

/// The id of every domain.
///
/// # Errors
/// When not all could be listed.
pub(super) async fn list(session: &Session) -> Result<Vec<DomainId>, CallError> {
    let ask = async |token: Option<String>| {
        let call =
            async || session.sagemaker.list_domains().max_results(100).set_next_token(token.clone()).send().await;
        session.pace.read(LIST_DOMAINS, call).await
    };
    let pages = pages(LIST_DOMAINS, ask, |page| page.next_token()).await?;
    let ids =
        pages.iter().flat_map(|page| page.domains()).map(|domain| DomainId::parse(domain.domain_id().unwrap_or("")));
    ids.collect::<Result<_, _>>().map_err(|error| CallError::unclear(LIST_DOMAINS, &error.to_string()))
}

async fn user_profiles(
    session: &Session,
    domain: &DomainId,
    with_tags: bool,
    progress: &dyn Watcher,
) -> Result<Vec<HolderSeen>, CallError> {
    let names = user_profile_names(session, domain).await.map_err(|error| error.of(domain))?;
    let mut seen = Vec::new();
    for (n, name) in names.iter().enumerate() {
        progress.say(&format!("{} {domain}: user profile {} of {}", session.scope.region, n + 1, names.len()));
        let user_profile = Holder { domain: domain.clone(), user_profile: Some(name.clone()) };
        match holder(session, user_profile, with_tags).await {
            Ok(profile) => seen.push(profile),
            // Deleted since it was listed.
            Err(error) if error.kind == super::Kind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(seen)
}

pub(super) async fn user_profile_names(
    session: &Session,
    domain: &DomainId,
) -> Result<Vec<UserProfileName>, CallError> {
    let ask = async |token: Option<String>| {
        let call = async || {
            let call = session.sagemaker.list_user_profiles().domain_id_equals(domain.as_str()).max_results(100);
            call.set_next_token(token.clone()).send().await
        };
        session.pace.read(LIST_USER_PROFILES, call).await
    };
    let pages = pages(LIST_USER_PROFILES, ask, |page| page.next_token()).await?;
    let listed = pages.iter().flat_map(|page| page.user_profiles());
    let names = listed.map(|profile| UserProfileName::parse(profile.user_profile_name().unwrap_or("")));
    names.collect::<Result<_, _>>().map_err(|error| CallError::unclear(LIST_USER_PROFILES, &error.to_string()))
}

pub(super) async fn holder(session: &Session, holder: Holder, with_tags: bool) -> Result<HolderSeen, CallError> {
    let body = describe(session, &holder).await?.body;
    let tags: Option<Tags> = match (with_tags, body["DomainArn"].as_str().or(body["UserProfileArn"].as_str())) {
        (true, Some(arn)) => Some(tags(session, arn).await.map_err(|error| error.to_string())),
        (true, None) => Some(Err("no ARN".to_owned())),
        (false, _) => None,
    };
    Ok(HolderSeen { holder, body, tags })
}
