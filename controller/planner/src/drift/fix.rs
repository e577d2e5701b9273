//! What `drift --fix` writes beside what `install` and `allowlist apply` plan.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::desired::{Desired, OnOff};
use super::finding::{Finding, Rule};
use super::seen::DomainLook;
use crate::install::{DomainSeen, Edit, Entry, Holder, Host, IdleSlot, Place, Scope, Section, Slots};

/// Where an install of ours wrote SageMaker's own idle shutdown in this domain, by its before-images,
/// and still has to say what it is. A way back leaves no image: where none of our lifecycle
/// configurations stands in the domain any more, or just what stood before, it is somebody else's.
#[must_use]
pub fn idle_shutdown_of_ours(look: &DomainLook, scope: &Scope, entries: &[Entry]) -> BTreeSet<Place> {
    if look.configs(scope).is_empty() {
        return BTreeSet::new();
    }
    let wrote = entries.iter().filter(|entry| entry.after.idle != entry.before.idle);
    let last: BTreeMap<&Place, &Entry> = wrote.map(|entry| (&entry.place, entry)).collect();
    let is_ours = |(place, entry): &(&Place, &Entry)| {
        let is_on = entry.after.idle.management.as_deref() == Some("ENABLED");
        let body = look.holders().find(|seen| seen.holder == place.holder).map(|seen| &seen.body);
        is_on && body.is_some_and(|body| Slots::at(place, body).idle != entry.before.idle)
    };
    last.into_iter().filter(is_ours).map(|(place, _)| place.clone()).collect()
}

/// The edits with SageMaker's own idle shutdown as it is desired, wherever these findings say that it
/// is ours to write. One edit a structure: one that is planned already is added to.
#[must_use]
pub fn with_idle_shutdown(
    mut edits: Vec<Edit>,
    desired: &Desired,
    seen: &DomainSeen,
    findings: &[Finding],
) -> Vec<Edit> {
    let Some(idle) = desired.idle_shutdown.as_ref().filter(|idle| idle.state == OnOff::On) else { return edits };
    let minutes = idle.timeout.and_then(|timeout| i32::try_from(timeout.get().as_secs() / 60).ok());
    let (Some(minutes), Ok(domain), Ok(profiles)) = (minutes, &seen.domain, &seen.user_profiles) else { return edits };
    let is_ours = |finding: &&Finding| {
        finding.rule == Rule::IdleShutdown && finding.fix.owned && finding.place.domain.as_ref() == Some(&seen.id)
    };
    for finding in findings.iter().filter(is_ours) {
        let user_profile = finding.place.user_profile.clone();
        let Some((section, host)) = structure(&finding.setting) else { continue };
        let holder = Holder { domain: seen.id.clone(), user_profile };
        let mut holders = [domain].into_iter().chain(profiles);
        let Some(holder_seen) = holders.find(|seen| seen.holder == holder) else { continue };
        let place = Place { holder, section, host };
        let wanted = IdleSlot { management: Some("ENABLED".to_owned()), minutes: Some(minutes) };
        put(&mut edits, place, wanted, &holder_seen.body, holder_seen.last_modified());
    }
    edits
}

fn put(edits: &mut Vec<Edit>, place: Place, wanted: IdleSlot, body: &Value, last_modified: String) {
    if let Some(edit) = edits.iter_mut().find(|edit| edit.place == place) {
        edit.after.idle = wanted;
        return;
    }
    let before = Slots::at(&place, body);
    let after = Slots { idle: wanted, ..before.clone() };
    edits.push(Edit { place, before, after, last_modified });
}

/// The structure that a setting is of.
fn structure(setting: &str) -> Option<(Section, Host)> {
    let (section, rest) = setting.split_once('.')?;
    let section = if section == "DefaultSpaceSettings" { Section::SharedSpaces } else { Section::User };
    let structure = rest.split('.').next()?;
    let host = Host::ALL.into_iter().find(|host| structure == format!("{}AppSettings", host.app_type()))?;
    Some((section, host))
}

#[cfg(test)]
mod tests {
    use idle_core::{AccountId, DomainId, Partition, Region};
    use serde_json::json;

    use super::*;
    use crate::install::HolderSeen;

    const OURS: &str =
        "arn:aws:sagemaker:us-east-1:111122223333:studio-lifecycle-config/idle-agent-jupyterlab-0123456789ab";

    fn ours(config: &str, idle: (&str, i32)) -> usize {
        let holder = Holder { domain: DomainId::parse("d-000000000001").expect("an id"), user_profile: None };
        let settings = json!({ "BuiltInLifecycleConfigArn": config, "AppLifecycleManagement": { "IdleSettings":
            { "LifecycleManagement": idle.0, "IdleTimeoutInMinutes": idle.1 } } });
        let body = json!({ "DefaultUserSettings": { "JupyterLabAppSettings": settings } });
        let look = DomainLook {
            id: holder.domain.clone(),
            domain: Ok(HolderSeen { holder: holder.clone(), body, tags: None }),
            user_profiles: Ok(Vec::new()),
            spaces: Ok(Vec::new()),
        };
        let scope = Scope {
            partition: Partition::parse("aws").expect("a partition"),
            account: AccountId::parse("111122223333").expect("an account"),
            region: Region::parse("us-east-1").expect("a region"),
        };
        let slot =
            |management: &str, minutes| IdleSlot { management: Some(management.to_owned()), minutes: Some(minutes) };
        let entry = |before, after| Entry {
            install: "i".to_owned(),
            at: "2026-11-25T12:00:00Z".to_owned(),
            place: Place { holder: holder.clone(), section: Section::User, host: Host::JupyterLab },
            before: Slots { idle: before, ..Slots::default() },
            after: Slots { idle: after, ..Slots::default() },
        };
        let entries = [entry(slot("DISABLED", 480), slot("ENABLED", 120))];
        idle_shutdown_of_ours(&look, &scope, &entries).len()
    }

    #[test]
    fn what_was_uninstalled_or_rolled_back_is_not_ours_to_write() {
        assert_eq!(ours(OURS, ("ENABLED", 120)), 1);
        assert_eq!(ours(OURS, ("ENABLED", 600)), 1, "somebody changed what an install wrote");
        assert_eq!(ours(OURS, ("DISABLED", 480)), 0, "a rollback brought back what stood before");
        assert_eq!(ours("None", ("ENABLED", 600)), 0, "an uninstall took out ours, and somebody set their own");
    }
}
