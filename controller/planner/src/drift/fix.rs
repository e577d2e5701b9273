//! What `drift --fix` writes beside what `install` and `allowlist apply` plan.

use serde_json::Value;

use super::desired::{Desired, OnOff};
use super::finding::{Finding, Rule};
use crate::install::{DomainSeen, Edit, Holder, Host, IdleSlot, Place, Section, Slots};

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
