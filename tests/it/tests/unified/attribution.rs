//! Whose apps are, where user profiles have only ids.

use serde_json::{Value, json};
use studio_parts::fleet::Fleet;

use crate::world::{ADA, World, unified};

#[test]
fn an_app_of_a_project_is_its_users_by_name() {
    let world = World::new();
    let ran = world.run("inventory --all --unified-studio", &[]).expect(0);
    ran.says(&["ada@example.com (project Forecasting)"]);
    // Anybody may name a domain as AWS does: that makes it nobody's project.
    let snapshot = world.run("inventory --unified-studio --output json", &[]).expect(0).json();
    let names = &snapshot["scopes"][0]["extras"]["unified_studio"];
    let projects = names["projects"].as_object().unwrap();
    assert_eq!(projects.keys().collect::<Vec<_>>(), ["d-forecast"]);
    assert_eq!(
        (&projects["d-forecast"]["project"], &projects["d-forecast"]["name"]),
        (&json!("p1forecast"), &json!("Forecasting"))
    );
    assert_eq!(names["users"][ADA], "ada@example.com");
    assert_eq!(world.changes(), Vec::<String>::new());
}

#[test]
fn without_the_flag_datazone_is_not_asked_and_tags_tell_the_project() {
    let world = World::new();
    let plain = world.run("inventory --all", &[]).expect(0);
    assert!(plain.stdout.contains("11111111") && !plain.stdout.contains("project"), "{}", plain.stdout);
    let tagged = world.run("inventory --all --tag-keys AmazonDataZoneProject", &[]).expect(0);
    tagged.says(&[&format!("{ADA} (project p1forecast)")]);
    assert_eq!(world.called("datazone"), Vec::<String>::new());
}

#[test]
fn what_datazone_denies_fails_no_sweep() {
    let world = World::new();
    let deny = |operation: &str| format!("[[fault]]\noperation = \"{operation}\"\nkind = \"deny\"\n");
    world.sandbox.set_faults(&(deny("ListProjects") + &deny("SearchUserProfiles"))).unwrap();
    // It is told, and the project is known by SageMaker's own word.
    let ran = world.run("inventory --all --unified-studio", &[]).expect(4);
    ran.says(&[
        "dzd-corp1 ListProjects",
        "dzd-corp1 SearchUserProfiles, 2 times",
        &format!("{ADA} (project p1forecast)"),
    ]);
    let idle = format!("[[app]]\ndomain = \"d-idle\"\nspace = \"lab\"\nowner = \"{ADA}\"\nidle = \"3h\"\n");
    toml::from_str::<Fleet>(&idle).unwrap().seed(&world.sandbox).unwrap();
    let settings = json!({ "DomainId": "dzd-corp1", "ProjectId": "p1forecast", "EnvironmentId": "env1" });
    world.sandbox.seed(&json!({ "Domains": [unified("d-idle", &settings, None)] })).unwrap();
    let plan = world.run("sweep --unified-studio --policy built-in --output json", &[]).expect(0).json();
    let action = &plan["plan"]["actions"][0];
    assert_eq!((&action["owner"], &action["target"]["domain"]), (&json!(ADA), &json!("d-idle")));
    assert_eq!(action["unified_studio"], json!({ "project": "p1forecast", "project_name": null, "user": null }));
}

#[test]
fn spend_is_counted_by_project() {
    let world = World::new();
    let ledger = world.dir.path().join("ledger");
    let ledger = ledger.to_str().unwrap();
    let noted = ["--ledger", ledger, "--tag-keys", "AmazonDataZoneProject"];
    world.run("inventory", &noted).expect(0);
    // A report counts whole seconds.
    std::thread::sleep(std::time::Duration::from_secs(2));
    world.run("inventory", &noted).expect(0);
    let report = world.run("report spend --no-look --by project --output json", &["--ledger", ledger]).expect(0).json();
    let groups: Vec<&Value> = report["rows"].as_array().unwrap().iter().map(|group| &group["group"]).collect();
    assert!(groups.contains(&&json!("p1forecast")) && groups.contains(&&json!("unattributed")), "{groups:?}");
}
