//! The rules of Unified Studio. A project's environments may stand in other accounts than its
//! domain: they are judged once everything was looked at.

use cost_planner::drift::{Checked, Desired, Place, Rule, Unseen};
use cost_planner::unified::{self, SageMakerDomain, UnifiedSeen, findings, unjudged};

use super::look::Looked;

const RULES: [Rule; 4] = [Rule::ProjectQuota, Rule::ToolingIdleShutdown, Rule::ToolingStorage, Rule::Blueprints];

/// Whether a rule is about domains and projects of DataZone, which no SageMaker domain names.
pub(super) fn is_of_unified_studio(rule: Rule) -> bool {
    RULES.contains(&rule)
}

/// Adds what is found of the domains and projects of Unified Studio, where they were looked at.
pub(super) fn judge(desired: &Desired, looks: &mut [Looked<'_>]) {
    let seen = looks.iter().filter_map(|look| look.unified.as_ref());
    let behind: Vec<SageMakerDomain> = seen.flat_map(|seen| seen.sagemaker_domains.clone()).collect();
    for Looked { session, unified, seen } in looks {
        let (Some(unified), Ok((_, checked))) = (unified, seen) else { continue };
        unified.join(&behind);
        let place = Place {
            account: session.scope.account.clone(),
            region: session.scope.region.clone(),
            domain: None,
            user_profile: None,
            space: None,
            unified_studio: None,
        };
        checked.extend(checked_of(desired, unified, &place));
    }
}

fn checked_of(desired: &Desired, seen: &UnifiedSeen, place: &Place) -> Checked {
    let not_seen = seen.unseen.iter().cloned().chain(unjudged(desired, seen));
    let asked = desired.rules();
    let mut unseen = Vec::new();
    for unified::Unseen { what, why } in not_seen {
        // Any of the rules may have been judged by it.
        for rule in RULES.into_iter().filter(|rule| asked.contains(rule)) {
            unseen.push(Unseen { rule: Some(rule), place: place.clone(), why: format!("{what}: {why}") });
        }
    }
    Checked { findings: findings(desired, seen), unseen, ..Checked::default() }
}
