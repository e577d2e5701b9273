//! The ways back: out altogether, or to what stood there before the last install.

use std::collections::{BTreeMap, BTreeSet};

use idle_core::DomainId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::edit::{Edit, Note, Plan, Why};
use super::leaves::{expected, leaves};
use super::names::{ConfigName, Scope};
use super::place::{Host, Place, Section};
use super::seen::{DomainSeen, HolderSeen};
use super::slots::{IdleSlot, Slots};

/// One before-image: written before the change that it speaks of, so the change
/// may never have come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Which install this belongs to: the same one run again has the same id.
    pub install: String,
    /// When it was written, in UTC.
    pub at: String,
    /// Which structure.
    pub place: Place,
    /// What stood in its slots.
    pub before: Slots,
    /// What was to stand there.
    pub after: Slots,
}

/// Every place of a domain with what stands there; or why nothing may be done.
fn places(seen: &DomainSeen) -> Result<Vec<(Place, &HolderSeen)>, Why> {
    let unseen = |error: &String| Why::Unseen { error: error.clone() };
    let domain = seen.domain.as_ref().map_err(unseen)?;
    let user_profiles = seen.user_profiles.as_ref().map_err(unseen)?;
    let mut places = Vec::new();
    for holder in std::iter::once(domain).chain(user_profiles) {
        for host in Host::ALL {
            places.push((Place { holder: holder.holder.clone(), section: Section::User, host }, holder));
            if holder.holder.user_profile.is_none() && host != Host::CodeEditor {
                places.push((Place { holder: holder.holder.clone(), section: Section::SharedSpaces, host }, holder));
            }
        }
    }
    Ok(places)
}

/// Where our lifecycle configurations are named, with their ARNs.
#[must_use]
pub fn references(scope: &Scope, seen: &DomainSeen) -> Vec<(String, Place)> {
    let mut found = Vec::new();
    for (place, holder) in places(seen).unwrap_or_default() {
        let slots = Slots::at(&place, &holder.body);
        let ours = slots.named().filter(|arn| ConfigName::of_arn(arn, scope).is_some());
        found.extend(ours.map(|arn| (arn.to_owned(), place.clone())));
    }
    found
}

/// The plan that takes every one of our lifecycle configurations out of a domain.
/// What gave way to ours comes back, as a before-image says. Where none does it is
/// refused, unless `without_before_images` gives leave: then nothing comes back.
#[must_use]
pub fn plan_uninstall(scope: &Scope, seen: &DomainSeen, entries: &[Entry], without_before_images: bool) -> Plan {
    let mut unknown: Vec<Place> = Vec::new();
    let mut plan = undo(seen, |place, before| {
        let ours = |arn: &&String| ConfigName::of_arn(arn, scope).is_some();
        // The last time that ours came where none of ours stood.
        let first = entries.iter().rfind(|entry| {
            let slots = &entry.before;
            entry.place == *place && !slots.built_in.iter().chain(&slots.default).any(|arn| ours(&arn))
        });
        let stands = before.built_in.iter().chain(&before.default).any(|arn| ours(&arn));
        if stands && first.is_none() {
            if !without_before_images {
                return Err(Why::NoBeforeImage);
            }
            unknown.push(place.clone());
        }
        let was = first.map(|entry| entry.before.clone()).unwrap_or_default();
        let theirs = |arn: &Option<String>| arn.clone().filter(|arn| !ours(&arn));
        let mut after = before.clone();
        if before.built_in.iter().any(|arn| ours(&arn)) {
            after.built_in = theirs(&was.built_in);
        }
        if before.default.iter().any(|arn| ours(&arn)) {
            after.default = theirs(&was.default);
        }
        after.arns.retain(|arn| !ours(&arn));
        let set = entries.iter().rfind(|entry| entry.place == *place && entry.after.idle != entry.before.idle);
        if let Some(entry) = set.filter(|entry| entry.after.idle == before.idle) {
            after.idle = idle_before(first.unwrap_or(entry), before);
        }
        Ok(after)
    });
    for place in unknown.iter().filter(|place| plan.edits.iter().any(|edit| edit.place == **place)) {
        let text = format!("{}: no before-image, so nothing comes back", place.path().join("."));
        plan.notes.push(Note { what: place.holder.to_string(), text });
    }
    plan
}

/// The plan that undoes the last install in a domain: only the slots that it
/// wrote, and only where what it wrote still stands.
#[must_use]
pub fn plan_rollback(seen: &DomainSeen, entries: &[Entry]) -> Plan {
    let written = last_install(&seen.id, entries);
    if written.is_empty() {
        let mut plan = Plan::default();
        let why = if is_managed(seen) { Why::UnifiedStudio } else { Why::NoBeforeImage };
        plan.refuse(&seen.id, places(seen).err().unwrap_or(why));
        return plan;
    }
    undo(seen, |place, present| match written.get(place) {
        Some(entry) => back(entry, present),
        None => Ok(present.clone()),
    })
}

/// Every lifecycle configuration that a rollback of this domain would bring back.
#[must_use]
pub fn last_before(domain: &DomainId, entries: &[Entry]) -> BTreeSet<String> {
    let written = last_install(domain, entries);
    written.values().flat_map(|entry| entry.before.named().map(str::to_owned)).collect()
}

/// The before-images of the last install in a domain. The same install may have
/// been run before, when other things stood there: the last one of a place counts.
fn last_install<'a>(domain: &DomainId, entries: &'a [Entry]) -> BTreeMap<&'a Place, &'a Entry> {
    let Some(last) = last_install_id(domain, entries) else { return BTreeMap::new() };
    let of_last = entries.iter().filter(|entry| entry.place.holder.domain == *domain && entry.install == last);
    of_last.map(|entry| (&entry.place, entry)).collect()
}

/// The id of the install that was the last in a domain.
#[must_use]
pub fn last_install_id<'a>(domain: &DomainId, entries: &'a [Entry]) -> Option<&'a str> {
    let here = entries.iter().filter(|entry| entry.place.holder.domain == *domain);
    // Texts of times do not compare as the times do: fractions are left out where they are zero.
    let at = |entry: &&Entry| entry.at.parse::<Timestamp>().unwrap_or(Timestamp::MIN);
    here.max_by_key(at).map(|entry| entry.install.as_str())
}

/// Whether a project of Unified Studio manages this domain.
fn is_managed(seen: &DomainSeen) -> bool {
    seen.domain.as_ref().is_ok_and(HolderSeen::is_unified_studio)
}

fn undo(seen: &DomainSeen, mut after: impl FnMut(&Place, &Slots) -> Result<Slots, Why>) -> Plan {
    let mut plan = Plan::default();
    let places = match places(seen) {
        Ok(places) => places,
        Err(why) => {
            plan.refuse(&seen.id, why);
            return plan;
        }
    };
    let mut refused: Option<DomainId> = None;
    for (place, holder) in places {
        let before = Slots::at(&place, &holder.body);
        match after(&place, &before) {
            Ok(after) if after == before => plan.unchanged += 1,
            // Once for the domain, as everything in it is its project's.
            _ if is_managed(seen) => {
                if refused.replace(seen.id.clone()).is_none() {
                    plan.refuse(&seen.id, Why::UnifiedStudio);
                }
            }
            Ok(_) if holder.status() != "InService" => {
                if place.holder.user_profile.is_some() {
                    plan.refuse(&place, Why::Status { status: holder.status().to_owned() });
                } else if refused.replace(seen.id.clone()).is_none() {
                    plan.refuse(&seen.id, Why::Status { status: holder.status().to_owned() });
                }
            }
            Ok(after) => {
                if leaves_only_words(&place, holder, &after) {
                    let text = format!(
                        "{}: an explicit none stays where the profile had no settings, and may hide the domain's",
                        place.path().join(".")
                    );
                    plan.note(&place.holder, text);
                }
                plan.edits.push(Edit { place, before, after, last_modified: holder.last_modified() });
            }
            Err(why) => plan.refuse(&place, why),
        }
    }
    plan
}

/// Whether a user profile had no such settings before, and now keeps some that say
/// nothing: an update cannot remove a member.
fn leaves_only_words(place: &Place, holder: &HolderSeen, after: &Slots) -> bool {
    let [section, structure] = place.path();
    let body = expected(&holder.body, place, after);
    place.holder.user_profile.is_some() && leaves(&body[section][structure]).is_empty()
}

fn back(entry: &Entry, present: &Slots) -> Result<Slots, Why> {
    let conflict = || Why::Conflict { found: present.clone() };
    let arn = |was: &Option<String>, ours: &Option<String>, present: &Option<String>| {
        if present == was || ours == was {
            Ok(present.clone())
        } else if present == ours {
            Ok(was.clone())
        } else {
            Err(conflict())
        }
    };
    let (was, ours) = (&entry.before, &entry.after);
    let mut after = present.clone();
    after.built_in = arn(&was.built_in, &ours.built_in, &present.built_in)?;
    after.default = arn(&was.default, &ours.default, &present.default)?;
    if present.arns == ours.arns {
        after.arns.clone_from(&was.arns);
    } else if present.arns != was.arns {
        // Others changed the list since: only what was added goes, only what was taken comes back.
        after.arns.retain(|arn| was.arns.contains(arn) || !ours.arns.contains(arn));
        let taken = was.arns.iter().filter(|arn| !ours.arns.contains(arn) && !present.arns.contains(arn));
        after.arns.extend(taken.cloned());
    }
    if ours.idle != was.idle && present.idle == ours.idle {
        after.idle = idle_before(entry, present);
    } else if ours.idle != was.idle && present.idle != was.idle && present.idle != idle_before(entry, ours) {
        return Err(conflict());
    }
    Ok(after)
}

/// An update cannot remove a leaf: SageMaker's own idle shutdown is switched off
/// where there was none.
fn idle_before(entry: &Entry, present: &Slots) -> IdleSlot {
    let IdleSlot { management, minutes } = entry.before.idle.clone();
    IdleSlot {
        management: management.or_else(|| Some("DISABLED".to_owned())),
        minutes: minutes.or(present.idle.minutes),
    }
}
