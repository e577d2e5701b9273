//! The seam for the rules of Unified Studio: what they find comes in here.

use cost_planner::drift::{Checked, Desired, Place, Rule, Unseen};

use crate::aws::Session;

const RULES: [Rule; 4] = [Rule::ProjectQuota, Rule::ToolingIdleShutdown, Rule::ToolingStorage, Rule::Blueprints];

/// What is found of the domains and projects of Unified Studio. Nobody looks at them yet,
/// and what was asked for and not looked at is told so.
pub(super) async fn check(session: &Session, desired: &Desired) -> Checked {
    let asked = desired.rules();
    let place = Place {
        account: session.scope.account.clone(),
        region: session.scope.region.clone(),
        domain: None,
        user_profile: None,
        space: None,
        unified_studio: None,
    };
    let why = "this version does not look at Unified Studio";
    let unseen = RULES.into_iter().filter(|rule| asked.contains(rule));
    let unseen = unseen.map(|rule| Unseen { rule: Some(rule), place: place.clone(), why: why.to_owned() });
    Checked { unseen: unseen.collect(), ..Checked::default() }
}
