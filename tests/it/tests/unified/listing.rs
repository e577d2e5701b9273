//! `costctl unified-studio`: what it shows, what it finds, and what it says of what it does not see.

use serde_json::{Value, json};

use crate::world::{OTHER, World, datazone, unified};

const BOTH: &str = "unified-studio --accounts 111122223333,444455556666";

fn kept(name: &str, text: &str) {
    for line in text.lines().filter(|line| !line.contains("UpdateProjectProfile")) {
        assert!(line.chars().count() <= 80 || !line.contains(' '), "{name}: wider than a terminal: {line}");
        assert_eq!(line, line.trim_end(), "{name}: ends in blanks");
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/unified/golden"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn projects_are_shown_with_what_stands_behind_them() {
    let world = World::new();
    kept("projects", &world.run(BOTH, &[]).expect(0).stdout);
    assert_eq!(world.changes(), Vec::<String>::new());
}

#[test]
fn what_differs_from_the_policy_is_found_with_the_way_to_mend_it() {
    let world = World::new();
    let ran = world.run(BOTH, &["--policy", "desired.toml"]).expect(3);
    kept("findings", &ran.stdout);
    let report = world.run(BOTH, &["--policy", "desired.toml", "--output", "json"]).expect(3).json();
    assert_eq!((&report["schema_version"], &report["unreached"]), (&json!(1), &json!([])));
    let findings = report["findings"].as_array().unwrap();
    assert!(findings.iter().all(|finding| finding["fix"]["owned"] == false), "{findings:?}");
    let of = |rule: &str| -> Vec<&Value> { findings.iter().filter(|finding| finding["rule"] == rule).collect() };
    // A profile that is right, and an environment of before; one in another account, whose parameters say another thing.
    let idle = of("tooling-idle-shutdown");
    let places: Vec<_> = idle.iter().map(|f| (&f["place"]["account"], &f["place"]["domain"])).collect();
    let own = json!("111122223333");
    assert_eq!(places, [(&own, &Value::Null), (&own, &json!("d-forecast")), (&json!(OTHER), &json!("d-search"))]);
    assert!(idle[1]["fix"]["how"].as_str().unwrap().contains("its project profile is right"), "{}", idle[1]);
    assert!(idle[2]["fix"]["how"].as_str().unwrap().contains("mend its project profile first"), "{}", idle[2]);
    assert!(idle[2]["found"].as_str().unwrap().contains("240"), "what the SageMaker domain has holds: {}", idle[2]);
    // Its volume's bound comes from the blueprint, which says nothing of who may change it.
    assert_eq!(of("tooling-storage").len(), 1);
    assert_eq!((of("project-quota")[0]["level"].as_str(), of("blueprints").len()), (Some("error"), 2));
}

#[test]
fn each_denial_is_told_and_the_rest_is_done() {
    let world = World::new();
    let (lists, gets, last): (&[&str], &[&str], &[&str]) = (
        &[
            "ListProjects",
            "ListProjectProfiles",
            "ListEnvironmentBlueprints",
            "ListEnvironmentBlueprintConfigurations",
            "SearchUserProfiles",
            "ListServiceQuotas",
            "DescribeDomain",
        ],
        &["GetProject", "GetProjectProfile", "ListEnvironments", "ListSpaces", "ListApps"],
        &["GetEnvironment"],
    );
    for denied in [lists, gets, last] {
        let faults: String =
            denied.iter().map(|name| format!("[[fault]]\noperation = \"{name}\"\nkind = \"deny\"\n")).collect();
        world.sandbox.set_faults(&faults).unwrap();
        let report = world.run("unified-studio", &["--policy", "desired.toml", "--output", "json"]).expect(4).json();
        let scope = &report["scopes"][0];
        let unseen = scope["unseen"].as_array().unwrap();
        for name in denied {
            let mut whys = unseen.iter().map(|one| one["why"].as_str().unwrap());
            let told = whys.any(|why| why.starts_with(&format!("{name} ")) && why.contains("hint: allow"));
            assert!(told, "{name}: {unseen:?}");
        }
        assert_eq!(scope["domains"][0]["name"], "corp");
    }
    // A part of the projects is no whole, and what stands there stays known.
    world.run("unified-studio", &[]).expect(4).says(&["Forecasting (p1forecast)", "not authorized", "hint: allow"]);
}

#[test]
fn pages_and_regions_are_gone_through_to_their_end() {
    let world = World::new();
    let mut domain = datazone();
    let project = |n: u32| json!({ "id": format!("p{n:03}"), "name": format!("Project {n}") });
    domain["projects"] = (0..120).map(project).collect();
    (domain["environments"], domain["id"]) = (json!([]), json!("dzd-large1"));
    let small = |n: u32| json!({ "id": format!("dzd-s{n}"), "domainVersion": if n == 0 { "V1" } else { "V2" } });
    let domains: Vec<Value> = std::iter::once(domain).chain((0..30).map(small)).collect();
    world.sandbox.datazone(&json!({ "Region": "eu-west-1", "Domains": domains })).unwrap();
    let report = world.run("unified-studio --region eu-west-1 --output json", &[]).expect(0).json();
    let scope = &report["scopes"][0];
    // The first version of DataZone has no Unified Studio.
    assert_eq!(scope["domains"].as_array().unwrap().len(), 30);
    assert_eq!(scope["domains"][0]["projects"].as_array().unwrap().len(), 120);
    let counts = world.sandbox.call_counts().unwrap();
    // Two pages of domains of DataZone, one of SageMaker's.
    assert_eq!((counts["ListDomains"], counts["ListProjects"]), (3, 3 + 29), "{counts:?}");
    assert!(scope["project_quota"]["Err"].as_str().unwrap().contains("no quota of DataZone"));
}

#[test]
fn a_project_that_is_not_listed_is_told_by_its_domain() {
    let world = World::new();
    let settings = json!({ "DomainId": "dzd-corp1", "ProjectId": "p9hidden", "EnvironmentId": "env9" });
    world.sandbox.seed(&json!({ "Domains": [unified("d-hidden", &settings, None)] })).unwrap();
    let ran = world.run("unified-studio", &[]).expect(4);
    ran.says(&["dzd-corp1/p9hidden", "does not list it to us", "p9hidden (not listed)"]);
}

#[test]
fn answers_of_other_forms_are_told_and_nothing_panics() {
    let world = World::new();
    let odd = json!({ "id": "dzd-odd1", "name": null, "managedAccountId": null, "status": null,
        "environmentBlueprints": [{ "id": 7, "name": "Tooling" }, { "id": "bp-t", "name": "Tooling" }, { "id": "bp-t2/../x", "name": "Tooling" }],
        "environmentBlueprintConfigurations": [{ "environmentBlueprintId": null, "enabledRegions": ["us-east-1", 3], "regionalParameters": "none" }],
        "projectProfiles": [{ "id": "pp", "name": null, "status": "LATER", "environmentConfigurations": "none" }, { "id": "../../x", "name": "y" }],
        "projects": [{ "id": "p1", "name": null, "projectStatus": "ASLEEP" }, { "id": null, "name": "z" }, { "id": "a?b", "name": "z" }],
        "environments": [
            { "id": "e1", "projectId": "p1", "environmentBlueprintId": "bp-t", "status": "ASLEEP", "awsAccountId": "no", "awsAccountRegion": "/",
              "updatedAt": "yesterday", "userParameters": [{ "keyName": "idleTimeoutInMinutes", "defaultValue": "a lot" }, null, 3] }],
        "userProfiles": [{ "id": null, "type": "SSO" }, { "id": "x", "type": "SSO", "details": { "sso": {} } }] });
    world.sandbox.datazone(&json!({ "Region": "eu-west-1", "Domains": [odd, { "id": "not-an-id" }] })).unwrap();
    let ran = world.run("unified-studio --region eu-west-1 --policy desired.toml", &[]).expect(4);
    ran.says(&["dzd-odd1 ListProjects, 2 times", "no usable id", "idleTimeoutInMinutes a lot", "ASLEEP"]);
    let asked = world.called("datazone");
    assert!(!asked.iter().any(|operation| operation.contains("/v2/")), "an id went into a path: {asked:?}");
}

#[test]
fn the_rights_that_it_takes_are_documented() {
    let world = World::new();
    world.run("unified-studio --policy desired.toml", &[]).expect(3);
    world.run("inventory --unified-studio", &[]).expect(0);
    let called = world.sandbox.calls().unwrap();
    let called = called.iter().map(|call| call["operation"].as_str().unwrap().to_owned());
    let rows = ["`unified-studio`", "`--unified-studio`", "`inventory`"];
    assert_eq!(studio_it::rights::missing(&rows, called).unwrap(), Vec::<String>::new());
}
