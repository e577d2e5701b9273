//! What mends a finding, in words that can be pasted.

use super::finding::{Fix, Place};

/// A command of the AWS CLI, or what a person does.
pub(super) fn by_hand(how: impl Into<String>) -> Fix {
    Fix { owned: false, how: how.into() }
}

/// A command of ours on this place's domain; `owned` where `drift --fix` does it, too.
pub(super) fn by_us(owned: bool, command: &str, place: &Place, flags: &str) -> Fix {
    let domain = place.domain.as_ref().map(|id| format!(" --domain {id}")).unwrap_or_default();
    let flags = if flags.is_empty() { String::new() } else { format!(" {flags}") };
    let how =
        format!("costctl {command} --region {}{domain}{flags} --artifacts s3://BUCKET/PREFIX --execute", place.region);
    Fix { owned, how }
}

/// `aws sagemaker update-domain` or `update-user-profile` of this place with these flags.
pub(super) fn by_update(place: &Place, flags: &str) -> Fix {
    let domain = place.domain.as_ref().map_or("", |id| id.as_str());
    let (verb, profile) = match &place.user_profile {
        None => ("update-domain", String::new()),
        Some(name) => ("update-user-profile", format!(" --user-profile-name {name}")),
    };
    by_hand(format!("aws sagemaker {verb} --region {} --domain-id {domain}{profile} {flags}", place.region))
}

/// The flag of the AWS CLI that changes these settings.
pub(super) fn settings_flag(settings: &str) -> &'static str {
    match settings {
        "DefaultUserSettings" => "--default-user-settings",
        "DefaultSpaceSettings" => "--default-space-settings",
        _ => "--user-settings",
    }
}
