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

/// A word as a shell takes it for itself: what is in it gives no orders, and braces stay braces.
pub(super) fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.:/=,@%+".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The flag of the AWS CLI that changes these settings.
pub(super) fn settings_flag(settings: &str) -> &'static str {
    match settings {
        "DefaultUserSettings" => "--default-user-settings",
        "DefaultSpaceSettings" => "--default-space-settings",
        _ => "--user-settings",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stays_one_word_of_a_shell() {
        for (text, expected) in [
            (
                "arn:aws:sagemaker:us-east-1:111122223333:domain/d-1",
                "arn:aws:sagemaker:us-east-1:111122223333:domain/d-1",
            ),
            ("A={B=1,C=2}", "'A={B=1,C=2}'"),
            ("Key=Cost Center", "'Key=Cost Center'"),
            ("x; rm $HOME `id`", "'x; rm $HOME `id`'"),
            ("it's", r"'it'\''s'"),
            ("", "''"),
        ] {
            assert_eq!(word(text), expected);
        }
    }
}
