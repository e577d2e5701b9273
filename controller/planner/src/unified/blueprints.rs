//! Blueprints that the policy does not allow.

use std::collections::BTreeSet;

use super::{UnifiedDomain, UnifiedSeen, fix};
use crate::drift::{DesiredUnifiedStudio, Finding, Level, Rule};

/// Adds the blueprints of project profiles, and those that are enabled in this account.
pub(super) fn findings(
    wanted: &DesiredUnifiedStudio,
    seen: &UnifiedSeen,
    domain: &UnifiedDomain,
    findings: &mut Vec<Finding>,
) {
    let allowed = &wanted.allowed_blueprints;
    if allowed.is_empty() {
        return;
    }
    // One without a known name could be an allowed one where not all names were read.
    let name = |id: &str| domain.blueprints.get(id).cloned();
    let is_allowed = |id: &str| match name(id) {
        Some(name) => allowed.iter().any(|one| one.eq_ignore_ascii_case(&name)),
        None => !domain.blueprints_whole,
    };
    let said = |id: &str| name(id).unwrap_or_else(|| format!("{id}, which has no name in the list of blueprints"));
    let finding = |what: String, setting: &str, found: String, changed_at, how: String| Finding {
        rule: Rule::Blueprints,
        level: Level::Error,
        place: seen.place(what),
        setting: setting.to_owned(),
        expected: format!("only {}", allowed.join(", ")),
        found,
        since: None,
        changed_at,
        who: None,
        fix: fix::by_hand(how),
    };
    for profile in domain.profiles.iter().filter(|profile| profile.is_enabled()) {
        let used: BTreeSet<&str> = profile.configurations.iter().map(|of| of.blueprint.as_str()).collect();
        for id in used.into_iter().filter(|id| !is_allowed(id)) {
            let what = format!("{} project profile {}", domain.id, profile.name);
            let how = format!(
                "UpdateProjectProfile {} {}: environmentConfigurations without {}, or disable the profile; environments \
                 that were made by it stay",
                domain.id,
                profile.id,
                said(id)
            );
            findings.push(finding(what, "environmentConfigurations", said(id), profile.updated_at, how));
        }
    }
    for one in domain.configurations.iter().filter(|one| !one.regions.is_empty() && !is_allowed(&one.blueprint)) {
        let found = format!("{} in {}", said(&one.blueprint), one.regions.join(", "));
        let how = format!("DeleteEnvironmentBlueprintConfiguration {} {}", domain.id, one.blueprint);
        findings.push(finding(domain.id.clone(), "enabledRegions", found, None, how));
    }
}
