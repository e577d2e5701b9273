//! The SageMaker domains of an account and region that stand behind projects.

use std::collections::BTreeMap;

use cost_planner::install::Holder;
use cost_planner::unified::{SageMakerDomain, UnifiedSeen};
use idle_core::DomainId;

use super::trouble::Trouble;
use crate::aws::Session;
use crate::observe::domains::{describe, list};
use crate::observe::{CallError, Kind, each_page};

const LIST_APPS: &str = "ListApps";
const LIST_SPACES: &str = "ListSpaces";

/// Every one of them, by what SageMaker says of each domain there is.
pub(super) async fn domains(session: &Session, trouble: &mut Trouble) -> Vec<SageMakerDomain> {
    let ids = match list(session).await {
        Ok(ids) => ids,
        Err(error) => {
            trouble.add("domains of SageMaker", &error);
            return Vec::new();
        }
    };
    let mut found = Vec::new();
    for id in ids {
        match of(session, &id).await {
            Ok(domain) => found.extend(domain),
            // Deleted since it was listed.
            Err(error) if error.kind == Kind::NotFound => {}
            Err(error) => trouble.add("domains of SageMaker", &error),
        }
    }
    found
}

/// The domain of this id; `None` where no project stands behind it.
///
/// # Errors
/// When it cannot be described.
pub(super) async fn of(session: &Session, id: &DomainId) -> Result<Option<SageMakerDomain>, CallError> {
    let described = describe(session, &Holder { domain: id.clone(), user_profile: None }).await?;
    Ok(SageMakerDomain::of(&session.scope.account, &session.scope.region, id, &described.body))
}

/// Tells of projects whose SageMaker domain is here and that DataZone did not list: it may
/// show a caller only the projects that it is a member of.
pub(super) fn not_listed(seen: &UnifiedSeen, trouble: &mut Trouble) {
    for sagemaker in &seen.sagemaker_domains {
        let project = &sagemaker.project;
        let is_ours = project.account.as_deref().is_none_or(|account| account == seen.account.as_str())
            && project.region.as_deref().is_none_or(|region| region == seen.region.as_str());
        let domain = seen.domains.iter().find(|domain| domain.id == project.domain);
        let is_listed = domain.is_some_and(|domain| domain.projects.iter().any(|one| one.id == project.project));
        // Where the listing itself failed, that is told already.
        let is_whole = domain.is_none_or(|domain| domain.projects_whole);
        if (is_ours || domain.is_some()) && !is_listed && is_whole {
            let what = format!("{}/{}", project.domain, project.project);
            trouble
                .add(what, &format!("DataZone does not list it to us, and its SageMaker domain is {}", sagemaker.id));
        }
    }
}

/// Adds how many spaces and running apps each of the SageMaker domains has.
pub(crate) async fn count(session: &Session, seen: &mut UnifiedSeen) {
    if seen.sagemaker_domains.is_empty() {
        return;
    }
    let mut trouble = Trouble::default();
    match spaces(session).await {
        Ok(counts) => seen.sagemaker_domains.iter_mut().for_each(|of| of.spaces = Some(counted(&counts, &of.id))),
        Err(error) => trouble.add(LIST_SPACES, &error),
    }
    match running_apps(session).await {
        Ok(counts) => seen.sagemaker_domains.iter_mut().for_each(|of| of.running_apps = Some(counted(&counts, &of.id))),
        Err(error) => trouble.add(LIST_APPS, &error),
    }
    seen.unseen.extend(trouble.told());
    let behind = seen.sagemaker_domains.clone();
    seen.join(&behind);
}

type Counts = BTreeMap<String, u64>;

fn counted(counts: &Counts, id: &DomainId) -> u64 {
    counts.get(id.as_str()).copied().unwrap_or_default()
}

async fn spaces(session: &Session) -> Result<Counts, CallError> {
    let ask = async |token: Option<String>| {
        let call = async || session.sagemaker.list_spaces().max_results(100).set_next_token(token.clone()).send().await;
        session.pace.read(LIST_SPACES, call).await
    };
    let mut counts = Counts::new();
    let next = |page: &aws_sdk_sagemaker::operation::list_spaces::ListSpacesOutput| page.next_token.clone();
    each_page(LIST_SPACES, ask, next, |page| {
        for space in page.spaces() {
            *counts.entry(space.domain_id().unwrap_or_default().to_owned()).or_default() += 1;
        }
    })
    .await?;
    Ok(counts)
}

async fn running_apps(session: &Session) -> Result<Counts, CallError> {
    let ask = async |token: Option<String>| {
        let call = async || session.sagemaker.list_apps().max_results(100).set_next_token(token.clone()).send().await;
        session.pace.read(LIST_APPS, call).await
    };
    let mut counts = Counts::new();
    let next = |page: &aws_sdk_sagemaker::operation::list_apps::ListAppsOutput| page.next_token.clone();
    each_page(LIST_APPS, ask, next, |page| {
        for app in page.apps().iter().filter(|app| app.status().is_some_and(|status| status.as_str() == "InService")) {
            *counts.entry(app.domain_id().unwrap_or_default().to_owned()).or_default() += 1;
        }
    })
    .await?;
    Ok(counts)
}
