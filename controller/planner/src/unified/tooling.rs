//! Idle shutdown and volumes by the Tooling blueprint: of project profiles, by which new
//! environments are made, and of the environments that stand.

use idle_core::{AccountId, Region};

use super::wish::{Stands, Wish, expected, of_profile, of_sagemaker, wishes};
use super::{Configuration, Project, ProjectProfile, Tooling, UnifiedDomain, UnifiedSeen, Unseen, fix};
use crate::drift::{DesiredUnifiedStudio, Finding, Level, Place, Rule};

const RULES: [Rule; 2] = [Rule::ToolingIdleShutdown, Rule::ToolingStorage];

/// Adds what is not as it should be.
pub(super) fn findings(
    wanted: &DesiredUnifiedStudio,
    seen: &UnifiedSeen,
    domain: &UnifiedDomain,
    findings: &mut Vec<Finding>,
) {
    for rule in RULES {
        let wishes = wishes(wanted, rule);
        if wishes.is_empty() {
            continue;
        }
        for profile in domain.profiles.iter().filter(|profile| profile.is_enabled()) {
            let tooling = profile.configurations.iter().filter(|of| domain.tooling_blueprints.contains(&of.blueprint));
            findings.extend(tooling.filter_map(|of| profile_finding(wanted, seen, domain, profile, of, &wishes)));
        }
        // A project may change its own environment, where it may.
        let bounds: Vec<Wish> = wishes.into_iter().filter(|wish| wish.has_bound()).collect();
        for (project, tooling) in standing(domain) {
            findings.extend(environment_finding(wanted, seen, domain, project, tooling, &bounds));
        }
    }
}

/// Adds the environments of which nobody knows what they have.
pub(super) fn unjudged(wanted: &DesiredUnifiedStudio, domain: &UnifiedDomain, unjudged: &mut Vec<Unseen>) {
    if RULES.iter().all(|rule| wishes(wanted, *rule).is_empty()) {
        return;
    }
    let is_asked = RULES.iter().any(|rule| wishes(wanted, *rule).iter().any(|wish| wish.has_bound()));
    let has_something = !(domain.profiles.is_empty() && domain.projects.is_empty());
    // Where the list could not be read at all that is said elsewhere.
    if has_something && domain.tooling_blueprints.is_empty() && domain.blueprints_whole {
        let why = "none of its blueprints is known to be Tooling, so that nothing is judged by it".to_owned();
        unjudged.push(Unseen { what: format!("{} blueprints", domain.id), why });
    }
    for (project, tooling) in standing(domain).filter(|_| is_asked) {
        if tooling.sagemaker.is_none() && tooling.parameters.is_empty() {
            let what = format!("{}/{} environment {}", domain.id, project.id, tooling.id);
            let why = "neither its parameters nor its SageMaker domain were seen".to_owned();
            unjudged.push(Unseen { what, why });
        }
    }
}

fn standing(domain: &UnifiedDomain) -> impl Iterator<Item = (&Project, &Tooling)> {
    let all = domain.projects.iter().flat_map(|project| project.tooling.iter().map(move |tooling| (project, tooling)));
    all.filter(|(_, tooling)| tooling.stands())
}

fn profile_finding(
    wanted: &DesiredUnifiedStudio,
    seen: &UnifiedSeen,
    domain: &UnifiedDomain,
    profile: &ProjectProfile,
    configuration: &Configuration,
    wishes: &[Wish],
) -> Option<Finding> {
    let Stands { as_wished, found } = of_profile(wishes, wanted.editable, domain, configuration, seen.region.as_str());
    if as_wished {
        return None;
    }
    Some(Finding {
        rule: wishes.first()?.rule,
        level: Level::Error,
        place: seen.place(format!("{} project profile {}", domain.id, profile.name)),
        setting: format!("environmentConfigurations.{}.configurationParameters", configuration.name),
        expected: expected(wishes, wanted.editable),
        found,
        since: None,
        changed_at: profile.updated_at,
        who: None,
        fix: fix::of_profile(domain, profile, configuration, wishes, wanted.editable),
    })
}

fn environment_finding(
    wanted: &DesiredUnifiedStudio,
    seen: &UnifiedSeen,
    domain: &UnifiedDomain,
    project: &Project,
    tooling: &Tooling,
    wishes: &[Wish],
) -> Option<Finding> {
    let rule = wishes.first()?.rule;
    let (setting, Stands { as_wished, found }) = match &tooling.sagemaker {
        Some(sagemaker) => {
            let setting = match rule {
                Rule::ToolingStorage => "DefaultUserSettings.SpaceStorageSettings.DefaultEbsStorageSettings",
                _ => "DefaultUserSettings.*AppSettings.AppLifecycleManagement.IdleSettings",
            };
            (setting, of_sagemaker(wishes, sagemaker))
        }
        // Told as not to be judged.
        None if tooling.parameters.is_empty() => return None,
        None => ("userParameters", of_parameters(wishes, tooling)),
    };
    if as_wished {
        return None;
    }
    Some(Finding {
        rule,
        level: Level::Error,
        place: place(seen, domain, project, tooling),
        setting: setting.to_owned(),
        expected: expected(wishes, None),
        found,
        since: None,
        changed_at: tooling.updated_at,
        who: None,
        fix: fix::of_environment(domain, &tooling.id, is_profile_right(wanted, seen, domain, project, rule)),
    })
}

fn of_parameters(wishes: &[Wish], tooling: &Tooling) -> Stands {
    let value = |wish: &Wish| tooling.parameters.get(wish.parameter).map(String::as_str);
    let found = wishes.iter().map(|wish| format!("{} {}", wish.parameter, value(wish).unwrap_or("not set")));
    Stands { found: found.collect::<Vec<_>>().join(", "), as_wished: wishes.iter().all(|wish| wish.holds(value(wish))) }
}

/// Whether the profile that the project is made by is as it should be, and there is one to look at.
fn is_profile_right(
    wanted: &DesiredUnifiedStudio,
    seen: &UnifiedSeen,
    domain: &UnifiedDomain,
    project: &Project,
    rule: Rule,
) -> bool {
    let Some(profile) = project.profile.as_deref().and_then(|id| domain.profile(id)) else { return false };
    let wishes = wishes(wanted, rule);
    let of = |configuration: &&Configuration| domain.tooling_blueprints.contains(&configuration.blueprint);
    let mut tooling = profile.configurations.iter().filter(of).peekable();
    tooling.peek().is_some()
        && tooling.all(|of| of_profile(&wishes, wanted.editable, domain, of, seen.region.as_str()).as_wished)
}

/// Where an environment stands, which may be another account.
fn place(seen: &UnifiedSeen, domain: &UnifiedDomain, project: &Project, tooling: &Tooling) -> Place {
    let account = tooling.account.as_deref().and_then(|id| AccountId::parse(id).ok());
    let region = tooling.region.as_deref().and_then(|name| Region::parse(name).ok());
    let own = seen.place(format!("{}/{}", domain.id, project.id));
    Place {
        account: account.unwrap_or(own.account),
        region: region.unwrap_or(own.region),
        domain: tooling.sagemaker.as_ref().map(|sagemaker| sagemaker.id.clone()),
        ..own
    }
}

impl UnifiedSeen {
    /// A place in Unified Studio above its projects' SageMaker domains.
    pub(super) fn place(&self, what: String) -> Place {
        Place {
            account: self.account.clone(),
            region: self.region.clone(),
            domain: None,
            user_profile: None,
            space: None,
            unified_studio: Some(what),
        }
    }
}
