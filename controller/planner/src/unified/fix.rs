//! What mends a finding of Unified Studio. None of it is ours to do: a project profile
//! makes the settings, and an update of its environment would undo what we wrote.

use serde_json::json;

use super::wish::Wish;
use super::{Configuration, ProjectProfile, UnifiedDomain};
use crate::drift::{Fix, OnOff};

/// What a person does.
pub(super) fn by_hand(how: String) -> Fix {
    Fix { owned: false, how }
}

/// The call that mends a project profile, with the overrides as they are to be.
pub(super) fn of_profile(
    domain: &UnifiedDomain,
    profile: &ProjectProfile,
    configuration: &Configuration,
    wishes: &[Wish],
    editable: Option<OnOff>,
) -> Fix {
    let overrides = wishes.iter().map(|wish| {
        let standing = configuration.parameters.get(wish.parameter).and_then(|own| own.value.clone());
        let value = wish.value().or(standing).map(|value| format!(", \"value\": {}", json!(value)));
        let editable = editable.map(|editable| format!(", \"isEditable\": {}", editable == OnOff::On));
        // With blanks, so that a narrow screen can break it.
        format!("{{\"name\": {}{}{}}}", json!(wish.parameter), value.unwrap_or_default(), editable.unwrap_or_default())
    });
    let overrides: Vec<String> = overrides.collect();
    by_hand(format!(
        "UpdateProjectProfile {} {}: in environmentConfigurations, of {}, configurationParameters.parameterOverrides \
         with [{}]; lists are replaced whole, so send the others as they are. Environments that were made before need \
         an update of their own",
        domain.id,
        profile.id,
        configuration.name,
        overrides.join(", ")
    ))
}

/// What mends an environment that was made before its project profile was mended, or is to be.
pub(super) fn of_environment(domain: &UnifiedDomain, environment: &str, profile_is_right: bool) -> Fix {
    let update = format!("update the environment (UpdateEnvironment {} {environment})", domain.id);
    by_hand(if profile_is_right {
        format!("its project profile is right, and it was made before: {update}")
    } else {
        format!("mend its project profile first, then {update}; editing the SageMaker domain does not last")
    })
}
