//! Unified Studio: what DataZone says of domains, projects and people, and the SageMaker
//! domains that stand behind projects.

mod datazone;
mod domain;
mod names;
mod parts;
mod projects;
mod sagemaker;
mod trouble;

use cost_planner::unified::{UnifiedSeen, quota_of_projects};

use super::Watcher;
use super::quotas::datazone_quotas;
use crate::aws::Session;
use datazone::DataZone;
use trouble::Trouble;

pub(super) use names::names;
pub(crate) use sagemaker::count;

/// What there is of Unified Studio in this account and region. What could not be seen is
/// said within; nothing of it stops the rest.
pub(crate) async fn look(session: &Session, progress: &dyn Watcher) -> UnifiedSeen {
    let region = &session.scope.region;
    let mut trouble = Trouble::default();
    progress.say(&format!("{region}: domains of SageMaker"));
    let sagemaker_domains = sagemaker::domains(session, &mut trouble).await;
    let domains = match DataZone::of(session, region.as_str()) {
        Ok(datazone) => domain::all(&datazone, &mut trouble, progress).await,
        Err(error) => {
            trouble.add(datazone::LIST_DOMAINS, &error);
            Vec::new()
        }
    };
    let project_quota = match datazone_quotas(session).await {
        Ok(quotas) => quota_of_projects(&quotas),
        Err(error) => {
            trouble.add("the quota of projects", &error);
            Err(error.to_string())
        }
    };
    let mut seen = UnifiedSeen {
        account: session.scope.account.clone(),
        region: region.clone(),
        domains,
        sagemaker_domains,
        project_quota,
        unseen: Vec::new(),
    };
    let behind = seen.sagemaker_domains.clone();
    seen.join(&behind);
    sagemaker::not_listed(&seen, &mut trouble);
    seen.unseen = trouble.told();
    seen
}
