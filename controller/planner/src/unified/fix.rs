//! What mends a finding of Unified Studio. None of it is ours to do: a project profile
//! makes the settings, and an update of its environment would undo what we wrote.

use serde_json::{Map, json};

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
    let overrides: Vec<_> = wishes
        .iter()
        .map(|wish| {
            let standing = configuration.parameters.get(wish.parameter).and_then(|own| own.value.clone());
            let mut one = Map::new();
            one.insert("name".to_owned(), json!(wish.parameter));
            if let Some(value) = wish.value().or(standing) {
                one.insert("value".to_owned(), json!(value));
            }
            if let Some(editable) = editable {
                one.insert("isEditable".to_owned(), json!(editable == OnOff::On));
            }
            one
        })
        .collect();
    by_hand(format!(
        "UpdateProjectProfile {} {}: in environmentConfigurations, of {}, configurationParameters.parameterOverrides \
         with {}; lists are replaced whole, so send the others as they are. Environments that were made before need \
         an update of their own",
        domain.id,
        profile.id,
        configuration.name,
        json!(overrides)
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
