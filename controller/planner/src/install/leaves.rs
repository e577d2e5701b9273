//! An answer as leaves, so that two answers can be compared one by one.

use std::collections::BTreeMap;

use serde_json::Value;

use super::place::Place;
use super::slots::Slots;

/// What changes by itself.
const IGNORED: &[&str] = &["LastModifiedTime", "Status", "FailureReason"];

/// Where an ARN or the word `None` stands.
const ARNS: &[&str] = &["BuiltInLifecycleConfigArn", "LifecycleConfigArn"];

/// A leaf that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Such as `DefaultUserSettings.SecurityGroups[0]`.
    pub path: String,
    /// What should stand there.
    pub expected: Option<Value>,
    /// What stands there.
    pub found: Option<Value>,
}

/// Every leaf by its path. What stands for nothing (null, `None` for an ARN, empty
/// structures and lists) is no leaf, nor is what changes by itself.
#[must_use]
pub fn leaves(body: &Value) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for (member, value) in body.as_object().into_iter().flatten() {
        if !IGNORED.contains(&member.as_str()) {
            walk(member.clone(), member, value, &mut found);
        }
    }
    found
}

fn walk(path: String, member: &str, value: &Value, found: &mut BTreeMap<String, Value>) {
    match value {
        Value::Null => {}
        Value::String(none) if none == "None" && ARNS.contains(&member) => {}
        Value::Object(members) => {
            for (member, value) in members {
                walk(format!("{path}.{member}"), member, value, found);
            }
        }
        Value::Array(elements) => {
            for (n, value) in elements.iter().enumerate() {
                walk(format!("{path}[{n}]"), member, value, found);
            }
        }
        scalar => drop(found.insert(path, scalar.clone())),
    }
}

/// The answer as it should be after the slots of `place` were set to `after`.
#[must_use]
pub fn expected(before: &Value, place: &Place, after: &Slots) -> Value {
    let mut body = before.clone();
    let [section, structure] = place.path();
    after.put(&mut body[section][structure]);
    body
}

/// The leaves in which an answer differs from what was expected.
#[must_use]
pub fn changed(expected: &Value, found: &Value) -> Vec<Changed> {
    let (expected, found) = (leaves(expected), leaves(found));
    let paths: std::collections::BTreeSet<&String> = expected.keys().chain(found.keys()).collect();
    paths
        .into_iter()
        .filter(|path| expected.get(*path) != found.get(*path))
        .map(|path| Changed {
            path: path.clone(),
            expected: expected.get(path).cloned(),
            found: found.get(path).cloned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_and_the_word_none_are_the_same() {
        let one = json!({ "Status": "InService", "A": { "BuiltInLifecycleConfigArn": "None", "B": [], "C": null } });
        let other = json!({ "Status": "Updating", "LastModifiedTime": 3 });
        assert_eq!(changed(&one, &other), []);
        let named = json!({ "A": { "DomainName": "None" } });
        assert_eq!(changed(&named, &json!({})).len(), 1, "None is a name elsewhere");
    }

    #[test]
    fn every_leaf_that_differs_is_named() {
        let before = json!({ "L": [1, 2], "S": { "X": "a" }, "G": true });
        let after = json!({ "L": [2, 1], "S": { "X": "a", "Y": "b" } });
        let paths: Vec<String> = changed(&before, &after).into_iter().map(|changed| changed.path).collect();
        assert_eq!(paths, ["G", "L[0]", "L[1]", "S.Y"]);
    }
}
