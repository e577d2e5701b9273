//! Bodies that lack something: never a panic, and never "no drift" of what was not there to read.

use std::collections::BTreeSet;

use cost_planner::drift::Rule;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::seen::{ALL, Fleet};

/// The rules of a domain in which each of them finds something.
fn strayed() -> Fleet {
    let mut fleet = Fleet::right();
    fleet.domain["AppNetworkAccessType"] = json!("PublicInternetOnly");
    for member in ["KmsKeyId", "TagPropagation", "DomainSettings"] {
        fleet.domain.as_object_mut().unwrap().remove(member);
    }
    let settings = &mut fleet.domain["DefaultUserSettings"];
    settings["SharingSettings"]["NotebookOutputOption"] = json!("Allowed");
    for member in ["JupyterLabAppSettings", "StudioWebPortalSettings", "SpaceStorageSettings"] {
        settings.as_object_mut().unwrap().remove(member);
    }
    fleet.tags[0] = Ok(Default::default());
    fleet.attached = Ok(vec!["AdministratorFullAccess".to_owned()]);
    fleet
}

/// By SageMaker's default it is off: an answer without it says that there is no drift.
const BY_DEFAULT: Rule = Rule::NotebookSharing;

fn judged(fleet: &Fleet) -> (BTreeSet<Rule>, bool) {
    let (found, unseen) = fleet.told(ALL);
    let found = found.into_iter().map(|(rule, _)| rule);
    let all_unseen = unseen.iter().any(|(rule, place)| rule.is_none() && place == "d-one");
    (found.chain(unseen.iter().filter_map(|(rule, _)| *rule)).collect(), all_unseen)
}

/// Every path of members in a body.
fn paths(value: &Value, at: &[String], found: &mut Vec<Vec<String>>) {
    for (member, value) in value.as_object().into_iter().flatten() {
        let path = [at, std::slice::from_ref(member)].concat();
        paths(value, &path, found);
        found.push(path);
    }
}

fn remove(body: &mut Value, path: &[String]) {
    let (last, rest) = path.split_last().unwrap();
    let holder = rest.iter().try_fold(body, |value, member| value.get_mut(member));
    if let Some(members) = holder.and_then(Value::as_object_mut) {
        members.remove(last);
    }
}

proptest! {
    #[test]
    fn what_a_torn_answer_lacks_is_never_taken_for_fine(torn in prop::collection::vec(any::<prop::sample::Index>(), 1..6)) {
        let whole = strayed();
        let (before, _) = judged(&whole);
        let mut fleet = whole.clone();
        let mut all = Vec::new();
        paths(&whole.domain, &[], &mut all);
        for index in &torn {
            let path: &Vec<String> = index.get(&all);
            remove(&mut fleet.domain, path);
        }
        let (after, nothing_seen) = judged(&fleet);
        for rule in before.iter().filter(|rule| **rule != BY_DEFAULT && **rule != Rule::LifecycleConfigurationContent) {
            prop_assert!(nothing_seen || after.contains(rule), "{rule} is fine in {}", fleet.domain);
        }
    }

    #[test]
    fn no_answer_makes_it_panic(domain in any_json(), profile in any_json(), space in any_json()) {
        let fleet = Fleet { domain, profile, space, ..Fleet::right() };
        let (_, unseen) = fleet.told(ALL);
        prop_assert!(unseen.iter().any(|(rule, _)| rule.is_none()), "an answer of another form was not read");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z]{0,8}".prop_map(Value::from),
    ];
    let name = prop_oneof!["DomainSettings|DefaultUserSettings|UserSettings|SpaceSettings|KmsKeyId", "[A-Z][a-z]{0,5}"];
    leaf.prop_recursive(3, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name.clone(), inner, 0..4)
                .prop_map(|members| members.into_iter().collect::<Value>()),
        ]
    })
}
