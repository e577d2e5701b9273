//! What DataZone's answers say, taken as they come: a member that is missing is not known.

use std::collections::BTreeMap;

use cost_planner::unified::{BlueprintConfiguration, Configuration, Parameter, ProjectProfile, Tooling};
use jiff::Timestamp;
use serde_json::Value;

/// A text that is there and not empty.
pub(super) fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A time, as a text or in seconds since the epoch: the model has both.
pub(super) fn time(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => text.parse().ok(),
        #[expect(clippy::cast_possible_truncation, reason = "a time that does not fit is none")]
        Value::Number(seconds) => Timestamp::from_second(seconds.as_f64()?.floor() as i64).ok(),
        _ => None,
    }
}

/// The elements of a list, none where it is no list.
pub(super) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A project profile by the answer that gets it.
pub(super) fn profile(answer: &Value) -> ProjectProfile {
    ProjectProfile {
        id: text(&answer["id"]).unwrap_or_default(),
        name: text(&answer["name"]).unwrap_or_default(),
        status: text(&answer["status"]),
        updated_at: time(&answer["lastUpdatedAt"]),
        configurations: list(&answer["environmentConfigurations"]).map(configuration).collect(),
    }
}

/// What is overridden wins over what was resolved of a path.
fn configuration(answer: &Value) -> Configuration {
    let given = &answer["configurationParameters"];
    let both = list(&given["resolvedParameters"]).chain(list(&given["parameterOverrides"]));
    let mut parameters: BTreeMap<String, Parameter> = BTreeMap::new();
    for one in both {
        let Some(name) = text(&one["name"]) else { continue };
        let known = parameters.entry(name).or_default();
        known.value = text(&one["value"]).or_else(|| known.value.take());
        known.editable = one["isEditable"].as_bool().or(known.editable);
    }
    Configuration {
        name: text(&answer["name"]).unwrap_or_default(),
        blueprint: text(&answer["environmentBlueprintId"]).unwrap_or_default(),
        region: text(&answer["awsRegion"]["regionName"]),
        parameters,
    }
}

/// How a blueprint is set up.
pub(super) fn blueprint_configuration(answer: &Value) -> BlueprintConfiguration {
    let parameters = answer["regionalParameters"].as_object().into_iter().flatten();
    let of_region = |named: &Value| {
        let pairs = named.as_object().into_iter().flatten();
        pairs.filter_map(|(name, value)| Some((name.clone(), text(value)?))).collect()
    };
    BlueprintConfiguration {
        blueprint: text(&answer["environmentBlueprintId"]).unwrap_or_default(),
        regions: list(&answer["enabledRegions"]).filter_map(text).collect(),
        parameters: parameters.map(|(region, named)| (region.clone(), of_region(named))).collect(),
    }
}

/// A Tooling environment by the answer that gets it.
pub(super) fn tooling(answer: &Value) -> Tooling {
    let parameter = |one: &Value| Some((text(&one["keyName"])?, text(&one["defaultValue"])?));
    Tooling {
        id: text(&answer["id"]).unwrap_or_default(),
        account: text(&answer["awsAccountId"]),
        region: text(&answer["awsAccountRegion"]),
        status: text(&answer["status"]),
        updated_at: time(&answer["updatedAt"]),
        parameters: list(&answer["userParameters"]).filter_map(parameter).collect(),
        sagemaker: None,
    }
}

/// A user's id in lower case, and the name.
pub(super) fn user(answer: &Value) -> Option<(String, String)> {
    let details = &answer["details"];
    let iam = &details["iam"];
    let of_arn = || Some(text(&iam["arn"])?.rsplit('/').next()?.to_owned());
    let name = text(&details["sso"]["username"]).or_else(|| text(&iam["sessionName"])).or_else(of_arn)?;
    Some((text(&answer["id"])?.to_ascii_lowercase(), name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn answers_of_any_form_are_taken_for_what_they_say_and_no_more() {
        for odd in [json!(null), json!([1]), json!("x"), json!({ "id": 7, "environmentConfigurations": [null, 3] })] {
            assert_eq!(profile(&odd).id, "");
            assert_eq!(
                (tooling(&odd).id.as_str(), user(&odd), blueprint_configuration(&odd).regions.len()),
                ("", None, 0)
            );
        }
        assert_eq!(time(&json!(1e300)), None);
        assert_eq!(time(&json!(1_767_225_600.5)), time(&json!("2026-01-01T00:00:00Z")));
    }

    #[test]
    fn an_override_wins_over_what_was_resolved() {
        let given = json!({ "environmentConfigurations": [{ "name": "Tooling", "environmentBlueprintId": "b1",
            "configurationParameters": {
                "parameterOverrides": [{ "name": "idleTimeoutInMinutes", "value": "60", "isEditable": false }],
                "resolvedParameters": [{ "name": "idleTimeoutInMinutes", "value": "120" }, { "name": "x", "value": "y" }] } }] });
        let configuration = &profile(&given).configurations[0];
        let timeout = &configuration.parameters["idleTimeoutInMinutes"];
        assert_eq!((timeout.value.as_deref(), timeout.editable), (Some("60"), Some(false)));
        assert_eq!(configuration.parameters["x"].editable, None);
    }

    #[test]
    fn a_user_has_the_name_that_people_know() {
        let of = |details: Value| user(&json!({ "id": "ABC-1", "details": details })).map(|(_, name)| name);
        let arn = "arn:aws:iam::111122223333:role/DataScience";
        assert_eq!(of(json!({ "sso": { "username": "ada@example.com" } })).as_deref(), Some("ada@example.com"));
        assert_eq!(of(json!({ "iam": { "arn": arn, "sessionName": "ada" } })).as_deref(), Some("ada"));
        assert_eq!(of(json!({ "iam": { "arn": arn } })).as_deref(), Some("DataScience"));
        assert_eq!(of(json!({})), None);
    }
}
