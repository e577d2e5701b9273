//! What is found, as a table, as JSON and as SARIF.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::world::{World, found};

/// The text without days, which are of the same width.
fn timeless(text: &str) -> String {
    let is_day = |word: &str| {
        let form: Vec<bool> = word.chars().map(|c| c.is_ascii_digit()).collect();
        word.len() == 10 && word.matches('-').count() == 2 && form.iter().filter(|digit| **digit).count() == 8
    };
    let words = text.split_inclusive([' ', '\n']).map(|word| {
        let bare = word.trim_end();
        if is_day(bare) { word.replace(bare, "YYYY-MM-DD") } else { word.to_owned() }
    });
    words.collect()
}

#[test]
fn every_kind_of_drift_is_found_and_what_is_desired_is_not() {
    let world = World::new();
    let ran = world.drift(&["--output", "json"]).expect(3);
    world.assert_rights_are_documented(&["`drift`"]);
    assert_eq!(world.changes(), [] as [String; 0]);
    let report = ran.json();
    assert_eq!((&report["schema_version"], &report["regions"][0]["unseen"]), (&json!(1), &json!([])));
    let names = found(&report);
    let strayed = &world.strayed;
    let expected = [
        "lifecycle-configuration {}",
        "lifecycle-configuration {} slow",
        "lifecycle-configuration-content {}",
        "idle-shutdown {}",
        "idle-shutdown {} slow",
        "hidden-instance-types {}",
        "network-mode {}",
        "kms-key {}",
        "tags {}",
        "tags {} bob",
        "tags {} lab",
        "execution-role {}",
        "execution-role {} ann",
        "notebook-sharing {}",
        "notebook-sharing {} ann",
        "storage {}",
        "storage {} ann",
        "storage {} lab",
        "tag-propagation {}",
        "source-identity {}",
    ];
    let expected: BTreeSet<String> = expected.iter().map(|name| name.replace("{}", strayed)).collect();
    assert_eq!(names.into_iter().collect::<BTreeSet<_>>(), expected, "nothing of {}", world.kept);
    for finding in report["regions"][0]["findings"].as_array().unwrap() {
        assert!(!finding["fix"]["how"].as_str().unwrap().is_empty(), "{finding}");
    }
    world.drift(&["--domain", &world.kept]).expect(0);
    let table = world.drift(&[]).expect(3).stdout;
    let is_word = |line: &str| line.split_whitespace().filter(|word| *word != "\\").count() == 1;
    assert!(table.lines().all(|line| line.chars().count() <= 80 || is_word(line)), "{table}");
    insta::assert_snapshot!("table", timeless(&table));
}

#[test]
fn sarif_is_whole_and_its_fingerprints_stay() {
    let world = World::new();
    let out = world.path("drift.sarif");
    let ran = world.drift(&["--output", "sarif", "--out", out.to_str().unwrap()]).expect(3);
    assert_eq!(ran.stdout, "");
    let sarif: Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    let run = &sarif["runs"][0];
    let results = run["results"].as_array().unwrap();
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let mut prints = BTreeSet::new();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!((&rules[index]["id"], &result["level"]), (&result["ruleId"], &json!("error")));
        assert!(!rules[index]["help"]["text"].as_str().unwrap().is_empty());
        assert!(result["message"]["text"].as_str().unwrap().contains("To mend it: "));
        prints.insert(result["partialFingerprints"]["costctl/v1"].as_str().unwrap().to_owned());
    }
    assert_eq!(prints.len(), results.len(), "no two are the same");
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
    insta::assert_snapshot!("sarif-result", serde_json::to_string_pretty(&timed(&results[0])).unwrap());
    // Another change of the same thing makes no other finding of what is wrong with it still.
    world.update(&world.strayed, &json!({ "DefaultUserSettings": { "SecurityGroups": ["sg-0123456789abcdef0"] } }));
    let again = world.drift(&["--output", "sarif"]).expect(3).json();
    let again = again["runs"][0]["results"].as_array().unwrap().iter();
    let again: BTreeSet<String> =
        again.map(|result| result["partialFingerprints"]["costctl/v1"].as_str().unwrap().to_owned()).collect();
    assert_eq!(again, prints);
}

/// The same without the time of the change.
fn timed(result: &Value) -> Value {
    let mut result = result.clone();
    result["properties"]["changedAt"] = json!("…");
    result
}

#[test]
fn the_numbers_are_published_and_a_policy_that_asks_for_nothing_is_refused() {
    let world = World::new();
    world.drift(&["--metrics", "--output", "json"]).expect(3);
    world.assert_rights_are_documented(&["`drift`", "`sweep --metrics`"]);
    let puts = world.sandbox.calls_of("PutMetricData").unwrap();
    let data = puts[0]["request"]["MetricData"].as_array().unwrap();
    let value = |name: &str, rule: Option<&str>| {
        let dimensions = rule.map_or(json!([]), |rule| json!([{ "Name": "Rule", "Value": rule }]));
        let is = |datum: &&Value| {
            let own = if datum["Dimensions"].is_null() { json!([]) } else { datum["Dimensions"].clone() };
            datum["MetricName"] == name && own == dimensions
        };
        data.iter().find(is).unwrap_or_else(|| panic!("no {name} {rule:?} in {data:?}"))["Value"].as_f64().unwrap()
    };
    assert!((value("DriftFindings", Some("kms-key")) - 1.0).abs() < f64::EPSILON);
    assert!((value("DriftUnseen", None)).abs() < f64::EPSILON);
    assert!(value("DriftFindings", None) > 19.0);
    std::fs::write(world.path("costctl.toml"), "schema_version = 1\n").unwrap();
    let refused = world.drift(&[]).expect(2);
    assert!(refused.stderr.contains("asks for nothing; hint: [desired]"), "{}", refused.stderr);
}
