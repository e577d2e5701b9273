//! Idle apps of projects are stopped by the same rules as all others.

use serde_json::json;
use studio_parts::fleet::Fleet;

use crate::world::{ADA, World, unified};

/// An idle app in a project's domain, one in a domain that its user named as AWS would, and one at work.
const FLEET: &str = r#"
[[app]]
domain = "d-idle"
space = "default-1"
owner = "11111111-aaaa-4bbb-8ccc-000000000001"
idle = "3h"

[[app]]
domain = "d-hiding"
space = "hidden"
owner = "mallory"
idle = "3h"

[[app]]
domain = "d-idle"
space = "default-2"
owner = "11111111-aaaa-4bbb-8ccc-000000000002"
"#;

#[test]
fn an_idle_app_is_stopped_whosever_domain_it_is_and_settings_stay() {
    let world = World::new();
    toml::from_str::<Fleet>(FLEET).unwrap().seed(&world.sandbox).unwrap();
    let settings = json!({ "DomainId": "dzd-corp1", "ProjectId": "p1forecast", "EnvironmentId": "env1" });
    let mut hiding = json!({ "DomainId": "d-hiding", "DomainName": "SageMakerUnifiedStudio-p1forecast-env1-dev" });
    hiding["DefaultUserSettings"] = json!({});
    world.sandbox.seed(&json!({ "Domains": [unified("d-idle", &settings, Some(60)), hiding] })).unwrap();
    world.sandbox.forget_calls().unwrap();
    let evidence = world.dir.path().join("evidence");
    let more = ["--evidence", evidence.to_str().unwrap(), "--execute", "--yes"];
    let ran = world.run("sweep --unified-studio --policy desired.toml", &more);
    ran.says(&["ada@example.com (project Forecasting)", "mallory", "2 done"]);
    assert_eq!(world.changes(), ["DeleteApp", "DeleteApp"], "{}\n{}", ran.stdout, ran.stderr);
    let gone = world.sandbox.calls_of("DeleteApp").unwrap();
    let mut spaces: Vec<&str> = gone.iter().map(|call| call["request"]["SpaceName"].as_str().unwrap()).collect();
    spaces.sort_unstable();
    assert_eq!(spaces, ["default-1", "hidden"]);
    assert!(!ran.stdout.contains(&format!("{ADA} ")), "a person has a name: {}", ran.stdout);
}
