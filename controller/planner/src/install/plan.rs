//! From what is seen to what is to be changed.

use std::collections::BTreeMap;

use serde_json::Value;

use super::canary::{Canary, Part};
use super::edit::{Edit, Plan, Why};
use super::leaves::leaves;
use super::names::{ConfigName, Scope};
use super::place::{Holder, Host, Place, Section};
use super::seen::{DomainSeen, HolderSeen};
use super::slots::{IdleSlot, Slots};

/// What is to stand everywhere.
#[derive(Debug, Clone)]
pub struct Desired {
    /// Account and region.
    pub scope: Scope,
    /// The ARN of the lifecycle configuration of each app type that gets one.
    pub configs: BTreeMap<Host, String>,
    /// Whether somebody else's built-in lifecycle configuration gives way.
    pub replace_built_in: bool,
    /// Whether somebody else's default lifecycle configuration (Studio Classic) gives way.
    pub replace_default: bool,
    /// Minutes of SageMaker's own idle shutdown, where it is asked for.
    pub native_minutes: Option<i32>,
    /// Whether an idle shutdown that is switched on with another time gives way.
    pub replace_native: bool,
    /// Who takes part.
    pub canary: Canary,
}

/// The plan for one domain. Its edits come in the order domain, user profiles.
#[must_use]
pub fn plan(desired: &Desired, seen: &DomainSeen) -> Plan {
    let mut plan = Plan::default();
    let (domain, user_profiles) = match (&seen.domain, &seen.user_profiles) {
        (Ok(domain), Ok(user_profiles)) => (domain, user_profiles),
        (Err(error), _) | (_, Err(error)) => {
            plan.refuse(&seen.id, Why::Unseen { error: error.clone() });
            return plan;
        }
    };
    if domain.is_unified_studio() {
        plan.refuse(&seen.id, Why::UnifiedStudio);
        return plan;
    }
    let whole = match desired.canary.takes_domain(&seen.id, domain) {
        Part::Yes => true,
        Part::No => false,
        Part::Unknown(error) => {
            plan.refuse(&seen.id, Why::Unseen { error: format!("its tags: {error}") });
            return plan;
        }
    };
    let wanted: Vec<&HolderSeen> =
        user_profiles.iter().filter(|profile| whole || takes_part(desired, profile, &mut plan)).collect();
    if !whole {
        plan.note(&domain.holder, "not in the canary as a whole");
    }
    if !whole && wanted.is_empty() {
        return plan;
    }
    if domain.status() != "InService" {
        plan.refuse(&seen.id, Why::Status { status: domain.status().to_owned() });
        return plan;
    }
    if whole {
        of_domain(desired, domain, &mut plan);
    }
    for user_profile in wanted {
        of_user_profile(desired, whole, domain, user_profile, &mut plan);
    }
    plan
}

fn takes_part(desired: &Desired, user_profile: &HolderSeen, plan: &mut Plan) -> bool {
    match desired.canary.takes_tagged(user_profile) {
        Part::Yes => true,
        Part::No => false,
        Part::Unknown(error) => {
            if matches!(desired.canary, Canary::Tag { .. }) {
                plan.refuse(&user_profile.holder, Why::Unseen { error: format!("its tags: {error}") });
            }
            false
        }
    }
}

fn of_domain(desired: &Desired, domain: &HolderSeen, plan: &mut Plan) {
    let has_shared = domain.body["DefaultSpaceSettings"].as_object().is_some_and(|settings| !settings.is_empty());
    for host in desired.configs.keys().copied() {
        add(desired, domain, Section::User, host, plan);
        if has_shared && host != Host::CodeEditor {
            add(desired, domain, Section::SharedSpaces, host, plan);
        }
    }
    if has_shared && desired.configs.contains_key(&Host::CodeEditor) {
        plan.note(&domain.holder, "shared Code Editor spaces: SageMaker has no default settings for them");
    }
    if !has_shared {
        plan.note(&domain.holder, "no DefaultSpaceSettings: nothing is set for shared spaces");
    }
}

/// A profile's own settings of an app type may hide the domain's, as nothing
/// documents that they are merged: wherever it has any, it gets ours, too. That is
/// right whether they are merged or not.
fn of_user_profile(desired: &Desired, whole: bool, domain: &HolderSeen, profile: &HolderSeen, plan: &mut Plan) {
    let has = |host: Host| {
        let structure = &profile.body["UserSettings"][format!("{}AppSettings", host.app_type())];
        structure.as_object().is_some_and(|members| !members.is_empty())
    };
    let hosts: Vec<Host> = desired.configs.keys().copied().filter(|host| !whole || has(*host)).collect();
    if hosts.is_empty() {
        return;
    }
    if profile.status() != "InService" {
        plan.refuse(&profile.holder, Why::Status { status: profile.status().to_owned() });
        return;
    }
    for host in hosts {
        let hides = !has(host) && {
            let structure = &domain.body["DefaultUserSettings"][format!("{}AppSettings", host.app_type())];
            !leaves(structure).is_empty()
        };
        if hides {
            plan.refuse(place(&profile.holder, Section::User, host), Why::WouldHideDomain);
        } else {
            add(desired, profile, Section::User, host, plan);
        }
    }
}

fn place(holder: &Holder, section: Section, host: Host) -> Place {
    Place { holder: holder.clone(), section, host }
}

fn add(desired: &Desired, seen: &HolderSeen, section: Section, host: Host, plan: &mut Plan) {
    let place = place(&seen.holder, section, host);
    match slots(desired, &place, &seen.body) {
        Ok((before, after)) if before == after => plan.unchanged += 1,
        Ok((before, after)) => plan.edits.push(Edit { place, before, after, last_modified: seen.last_modified() }),
        Err(why) => plan.refuse(place, why),
    }
}

/// What stands at a place, and what is to stand there.
fn slots(desired: &Desired, place: &Place, body: &Value) -> Result<(Slots, Slots), Why> {
    let before = Slots::at(place, body);
    let mut after = before.clone();
    let Some(arn) = desired.configs.get(&place.host) else { return Ok((before, after)) };
    let theirs = |arn: &&String| ConfigName::of_arn(arn, &desired.scope).is_none();
    if place.host.has_built_in() {
        if let Some(taken) = before.built_in.as_ref().filter(theirs).filter(|_| !desired.replace_built_in) {
            return Err(Why::BuiltInTaken { arn: taken.clone() });
        }
        after.built_in = Some(arn.clone());
        if let Some(minutes) = desired.native_minutes {
            let is_on = before.idle.management.as_deref() == Some("ENABLED");
            if is_on && before.idle.minutes != Some(minutes) && !desired.replace_native {
                return Err(Why::NativeTaken { minutes: before.idle.minutes });
            }
            after.idle = IdleSlot { management: Some("ENABLED".to_owned()), minutes: Some(minutes) };
        }
        return Ok((before, after));
    }
    if let Some(taken) = before.default.as_ref().filter(theirs).filter(|_| !desired.replace_default) {
        return Err(Why::DefaultTaken { arn: taken.clone() });
    }
    after.default = Some(arn.clone());
    // Lists are replaced whole: everybody else's stay, in their order.
    after.arns.retain(|other| other == arn || theirs(&other));
    if !after.arns.contains(arn) {
        after.arns.push(arn.clone());
    }
    Ok((before, after))
}
