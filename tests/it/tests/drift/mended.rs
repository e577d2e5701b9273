//! What is ours is mended, and nothing else.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::world::{World, found};

const FIX: [&str; 5] = ["--fix", "--execute", "--yes", "--output", "json"];

fn described(world: &World, id: &str) -> Value {
    let mut body = world.sandbox.call("DescribeDomain", &json!({ "DomainId": id })).unwrap();
    body.as_object_mut().unwrap().retain(|member, _| member != "LastModifiedTime");
    body
}

#[test]
fn a_rehearsal_changes_nothing_and_says_what_it_would() {
    let world = World::new();
    let before = described(&world, &world.strayed);
    let ran = world.drift(&["--fix"]).expect(3);
    assert_eq!((described(&world, &world.strayed), world.changes()), (before, Vec::<String>::new()));
    assert!(ran.stdout.contains("drift --fix") && ran.stderr.contains("--execute does it"), "{ran:?}");
    let words = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("built-in: none → idle-agent-jupyterlab-"), "{}", ran.stdout);
}

#[test]
fn what_is_ours_is_gone_after_it_and_the_rest_stays() {
    let world = World::new();
    let kept = described(&world, &world.kept);
    let before: BTreeSet<String> = found(&world.drift(&["--output", "json"]).expect(3).json()).into_iter().collect();
    world.sandbox.forget_calls().unwrap();
    let report = world.drift(&FIX).expect(3).json();
    world.assert_rights_are_documented(&[
        "`drift`",
        "`install`, to plan",
        "`install --execute`",
        "`allowlist apply --execute`",
    ]);
    let outcomes = report["fixed"].as_array().unwrap();
    assert!(!outcomes.is_empty() && outcomes.iter().all(|outcome| outcome["error"].is_null()), "{outcomes:?}");
    let after: BTreeSet<String> = found(&report).into_iter().collect();
    let gone: Vec<&String> = before.difference(&after).collect();
    let expected =
        ["hidden-instance-types", "idle-shutdown", "lifecycle-configuration", "lifecycle-configuration-content"];
    assert_eq!(gone, expected.map(|rule| format!("{rule} {}", world.strayed)).iter().collect::<Vec<_>>());
    assert!(after.is_subset(&before), "{after:?}");
    assert_eq!(described(&world, &world.kept), kept, "what is as desired is not touched");
    let body = described(&world, &world.strayed);
    let idle = &body["DefaultUserSettings"]["JupyterLabAppSettings"]["AppLifecycleManagement"]["IdleSettings"];
    assert_eq!((&idle["IdleTimeoutInMinutes"], &idle["MaxIdleTimeoutInMinutes"]), (&json!(120), &json!(480)));

    // Done once: the second time there is nothing to do.
    world.sandbox.forget_calls().unwrap();
    let again = world.drift(&FIX).expect(3).json();
    assert_eq!((&again["fixed"], world.changes()), (&Value::Null, Vec::<String>::new()));
    // And the way back is remembered.
    let back = world.run(&["allowlist", "rollback", "--domain", &world.strayed, "--execute", "--yes"]).expect(0);
    assert!(back.stdout.contains("done"), "{}", back.stdout);
    let hidden = &described(&world, &world.strayed)["DefaultUserSettings"]["StudioWebPortalSettings"];
    assert_eq!(hidden["HiddenInstanceTypes"], json!(["ml.p5.48xlarge"]));
}

#[test]
fn behind_a_project_of_unified_studio_all_is_told_and_nothing_written() {
    let world = World::new();
    let settings = json!({ "UnifiedStudioSettings": { "ProjectId": "p-1" } });
    world.update(&world.strayed, &json!({ "DomainSettingsForUpdate": settings }));
    world.sandbox.forget_calls().unwrap();
    let report = world.drift(&FIX).expect(3).json();
    assert_eq!((&report["fixed"], world.changes()), (&Value::Null, Vec::<String>::new()));
    let findings = report["regions"][0]["findings"].as_array().unwrap();
    assert!(findings.len() > 15);
    for finding in findings {
        assert!(finding["fix"]["how"].as_str().unwrap().starts_with("by the project profile"), "{finding}");
    }
}
