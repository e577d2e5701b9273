//! Projects of a domain against their quota.

use std::collections::BTreeMap;

use super::{UnifiedDomain, UnifiedSeen, Unseen, fix};
use crate::drift::{DesiredUnifiedStudio, Finding, Level, Rule};

/// The quota of projects in a domain among those of DataZone. AWS publishes no code for it, so
/// that it is known by its name alone, and only where no other could be meant.
///
/// # Errors
/// Why it is not known.
pub fn quota_of_projects(quotas: &BTreeMap<String, f64>) -> Result<u64, String> {
    let mut found = quotas.iter().filter(|(name, _)| is_of_projects(name));
    match (found.next(), found.next()) {
        (None, _) => Err("Service Quotas has no quota of DataZone for projects in a domain".to_owned()),
        (Some(_), Some(_)) => Err("several quotas of DataZone could be that of projects in a domain".to_owned()),
        (Some((name, value)), None) => whole(*value).ok_or_else(|| format!("the quota {name:?} is {value}")),
    }
}

/// By its words: projects, per or in a domain, and nothing that projects or domains have.
fn is_of_projects(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let words: Vec<&str> = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let has = |word: &str| words.contains(&word);
    let others =
        ["profile", "profiles", "environment", "environments", "member", "members", "unit", "units", "account"];
    has("projects") && has("domain") && !others.iter().any(|word| has(word))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be a whole number in range")]
fn whole(value: f64) -> Option<u64> {
    ((0.0..=1e15).contains(&value) && value.fract() == 0.0).then_some(value as u64)
}

/// Adds a domain that comes near its quota.
pub(super) fn findings(
    wanted: &DesiredUnifiedStudio,
    seen: &UnifiedSeen,
    domain: &UnifiedDomain,
    findings: &mut Vec<Finding>,
) {
    let (Some(percent), Ok(quota)) = (wanted.projects_warn_percent, &seen.project_quota) else { return };
    let count = domain.projects.len() as u64;
    if count.saturating_mul(100) < quota.saturating_mul(u64::from(percent)) {
        return;
    }
    let at_least = if domain.projects_whole { "" } else { "at least " };
    findings.push(Finding {
        rule: Rule::ProjectQuota,
        level: if count >= *quota { Level::Error } else { Level::Warning },
        place: seen.place(domain.id.clone()),
        setting: "projects in the domain".to_owned(),
        expected: format!("less than {percent} % of the quota of {quota}"),
        found: format!("{at_least}{count}"),
        since: None,
        changed_at: None,
        who: None,
        fix: fix::by_hand("delete projects that nobody needs, or ask Service Quotas for more".to_owned()),
    });
}

/// Adds a domain of which nobody can say how near it is.
pub(super) fn unjudged(
    wanted: &DesiredUnifiedStudio,
    seen: &UnifiedSeen,
    domain: &UnifiedDomain,
    unjudged: &mut Vec<Unseen>,
) {
    if let (Some(_), Err(why)) = (wanted.projects_warn_percent, &seen.project_quota) {
        unjudged.push(Unseen { what: format!("{} projects against their quota", domain.id), why: why.clone() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quota_is_found_by_its_name_or_is_not_known() {
        let of = |names: &[(&str, f64)]| {
            quota_of_projects(&names.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect())
        };
        let others = [("Members per project", 50.0), ("Project profiles per domain", 20.0), ("Domains", 10.0)];
        assert!(of(&others).expect_err("not there").contains("no quota"));
        let one = [&others[..], &[("Projects per domain", 500.0)]].concat();
        assert_eq!(of(&one), Ok(500));
        let two = [&one[..], &[("Number of projects in a domain", 100.0)]].concat();
        assert!(of(&two).expect_err("which").contains("several"));
        for odd in [-1.0, 0.5, f64::NAN, f64::INFINITY] {
            assert!(of(&[("Projects per domain", odd)]).is_err(), "{odd}");
        }
    }
}
