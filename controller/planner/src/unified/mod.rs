//! Unified Studio: domains and projects of DataZone, the SageMaker domains behind them,
//! and where they are not what the policy's `[desired.unified-studio]` says.

mod blueprints;
mod fix;
mod quota;
mod sagemaker;
mod seen;
mod tooling;
mod wish;

use crate::drift::{Desired, DesiredUnifiedStudio, Finding};

pub use quota::quota_of_projects;
pub use sagemaker::{AppIdle, ProjectRef, SageMakerDomain, is_unified_studio, project_ref};
pub use seen::{
    BlueprintConfiguration, Configuration, Parameter, Project, ProjectProfile, Tooling, UnifiedDomain, UnifiedSeen,
    Unseen,
};

/// Every finding of Unified Studio in one account and region; none where the policy does not
/// speak of it. A domain is judged from the account that manages it, and from there alone.
#[must_use]
pub fn findings(desired: &Desired, seen: &UnifiedSeen) -> Vec<Finding> {
    judged(desired, seen, |wanted, domain, findings, _| {
        quota::findings(wanted, seen, domain, findings);
        tooling::findings(wanted, seen, domain, findings);
        blueprints::findings(wanted, seen, domain, findings);
    })
    .0
}

/// What the policy asks and nobody can judge by what was seen, each with the reason.
#[must_use]
pub fn unjudged(desired: &Desired, seen: &UnifiedSeen) -> Vec<Unseen> {
    judged(desired, seen, |wanted, domain, _, unjudged| {
        quota::unjudged(wanted, seen, domain, unjudged);
        tooling::unjudged(wanted, domain, unjudged);
    })
    .1
}

fn judged(
    desired: &Desired,
    seen: &UnifiedSeen,
    mut judge: impl FnMut(&DesiredUnifiedStudio, &UnifiedDomain, &mut Vec<Finding>, &mut Vec<Unseen>),
) -> (Vec<Finding>, Vec<Unseen>) {
    let (mut findings, mut unjudged) = (Vec::new(), Vec::new());
    if let Some(wanted) = &desired.unified_studio {
        for domain in seen.domains.iter().filter(|domain| seen.manages(domain)) {
            judge(wanted, domain, &mut findings, &mut unjudged);
        }
    }
    (findings, unjudged)
}
