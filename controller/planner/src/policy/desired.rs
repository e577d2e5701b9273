//! What `[desired]` may not say although it can be read.

use jiff::SignedDuration;

use super::at::At;
use super::error::{Blame, PolicyError};
use super::file::File;
use super::pattern::Pattern;
use super::values::Length;
use crate::drift::{Desired, DesiredIdle, DesiredUnifiedStudio, OnOff, RoleDenied};

/// SageMaker takes whole minutes from an hour to a year.
const IDLE_MINUTES: std::ops::RangeInclusive<i64> = 60..=525_600;
/// SageMaker makes volumes of these sizes.
const VOLUME_GIB: std::ops::RangeInclusive<u32> = 5..=16_384;

/// Whether all of it makes sense.
///
/// # Errors
/// [`PolicyError`] for the first that does not.
pub(super) fn check(file: &File, blame: &Blame<'_>) -> Result<(), PolicyError> {
    let wrong = |key: &str, what: &str| Err(blame.at(blame.lines.holding(&format!("desired.{key}")), what));
    let Desired {
        agent: _,
        idle_shutdown,
        hidden_instance_types,
        network: _,
        kms_key,
        tags,
        execution_role,
        notebook_sharing: _,
        max_storage_gib,
        tag_propagation: _,
        source_identity: _,
        unified_studio,
    } = &file.desired;
    if let Some(what) = idle_shutdown.as_ref().and_then(idle) {
        return wrong("idle-shutdown", what);
    }
    if *hidden_instance_types == Some(OnOff::On) && !has_allowlist(file) {
        return wrong("hidden-instance-types", "there is no allowlist; hint: allowed-instance-types in [apps]");
    }
    let is_key = |key: &String| {
        key == crate::drift::CUSTOMER_MANAGED
            || (key.starts_with("arn:") && key.contains(":kms:"))
            || key.starts_with("alias/")
    };
    if kms_key.as_ref().is_some_and(|key| !is_key(key)) {
        return wrong("kms-key", "is no key; hint: \"customer-managed\", the ARN of a key, or alias/NAME");
    }
    if tags.iter().any(|key| key.trim().is_empty() || key.contains('=')) {
        return wrong("tags", "holds what is no tag key; hint: keys alone, any value will do");
    }
    if let Some(what) = execution_role.as_ref().and_then(role) {
        return wrong("execution-role", what);
    }
    let is_size = |gib: &Option<u32>| gib.is_none_or(|gib| VOLUME_GIB.contains(&gib));
    if !is_size(max_storage_gib) {
        return wrong("max-storage-gib", "is out of bounds; hint: 5 to 16384");
    }
    let DesiredUnifiedStudio { idle_timeout, editable: _, max_storage_gib, allowed_blueprints, projects_warn_percent } =
        unified_studio.clone().unwrap_or_default();
    let is_percent = projects_warn_percent.is_none_or(|percent| (1..=100).contains(&percent));
    let are_names = allowed_blueprints.iter().all(|name| !name.trim().is_empty());
    if !(idle_timeout.is_none_or(is_idle) && is_size(&max_storage_gib) && is_percent && are_names) {
        return wrong(
            "unified-studio",
            "is out of bounds; hint: idle-timeout 60m to 365d, max-storage-gib 5 to 16384, projects-warn-percent 1 to \
             100, and names of blueprints",
        );
    }
    Ok(())
}

/// What is wrong with it, if anything.
fn idle(DesiredIdle { state, timeout, max }: &DesiredIdle) -> Option<&'static str> {
    if *state == OnOff::Off && (timeout.is_some() || max.is_some()) {
        return Some("is off with a time; hint: state = \"off\" alone");
    }
    if [timeout, max].into_iter().flatten().any(|length| !is_idle(*length)) {
        return Some("is out of bounds; hint: whole minutes from 60m to 365d");
    }
    if timeout.zip(*max).is_some_and(|(timeout, max)| timeout > max) {
        return Some("has a timeout above what users may set; hint: max at least as long as timeout");
    }
    None
}

fn is_idle(length: Length) -> bool {
    let minutes = length.get().as_mins();
    length.get() == SignedDuration::from_mins(minutes) && IDLE_MINUTES.contains(&minutes)
}

/// What is wrong with it, if anything.
fn role(RoleDenied { policies, names }: &RoleDenied) -> Option<&'static str> {
    if policies.is_empty() && names.is_empty() {
        return Some("denies nothing; hint: policies = [\"*FullAccess\"]");
    }
    let is_name = |text: &String| Pattern::try_from(text.clone()).is_ok();
    let all = policies.iter().chain(names).all(is_name);
    if all { None } else { Some("holds what is no name; hint: a name, with * for any run of characters") }
}

fn has_allowlist(file: &File) -> bool {
    let of_overrides = file.overrides.iter().map(|At { value, .. }| &value.apps.allowed_instance_types);
    of_overrides.chain([&file.apps.allowed_instance_types]).any(Option::is_some)
}
