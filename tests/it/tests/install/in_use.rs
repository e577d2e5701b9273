//! What something still uses, or may come to need, is not deleted.

use serde_json::json;
use studio_parts::sandbox::SandboxOptions;

use crate::fleet::Fleet;
use crate::meanwhile::{late, meanwhile};

const ALL: &[&str] = &["--all-domains", "--execute", "--yes"];

fn installed() -> Fleet {
    let fleet = Fleet::with(SandboxOptions::default(), 6);
    fleet.install(ALL).expect(5);
    fleet
}

fn space(fleet: &Fleet, name: &str, settings: &serde_json::Value) {
    let space = json!({ "DomainId": fleet.plain, "SpaceName": name, "SpaceSettings": settings,
        "OwnershipSettings": { "OwnerUserProfileName": "user-00" }, "SpaceSharingSettings": { "SharingType": "Private" } });
    fleet.sandbox.call("CreateSpace", &space).unwrap();
}

/// An app in a space of its own, which starts with ours while ours is in the settings.
fn app(fleet: &Fleet, name: &str) -> serde_json::Value {
    let app = json!({ "DomainId": fleet.plain, "SpaceName": name, "AppType": "JupyterLab", "AppName": "default" });
    fleet.sandbox.call("CreateApp", &app).unwrap();
    app
}

fn is_there(fleet: &Fleet, slug: &str) -> bool {
    let prefix = format!("idle-agent-{slug}-");
    fleet.configs().iter().any(|config| config["name"].as_str().unwrap().starts_with(&prefix))
}

#[test]
fn an_app_that_starts_counts() {
    let fleet = installed();
    space(&fleet, "lab", &json!({ "AppType": "JupyterLab" }));
    let mut app = app(&fleet, "lab");
    app["Set"] = json!({ "Status": "Pending" });
    fleet.sandbox.force_app(&app).unwrap();
    let ran = fleet.run(&["uninstall", "--all-domains"]).expect(5);
    ran.says(&[&format!("still used by app {}/lab/JupyterLab/default", fleet.plain)]);
}

#[test]
fn an_app_that_started_since_the_plan_counts() {
    let fleet = installed();
    space(&fleet, "lab", &json!({ "AppType": "JupyterLab" }));
    late(&fleet, "ListTags");
    let command = fleet.command(&[&["uninstall", "--output", "json"], ALL].concat());
    let ran = meanwhile(&fleet, command, "ListTags", || drop(app(&fleet, "lab"))).expect(4).json();
    let outcomes = ran["regions"][0]["outcomes"].as_array().unwrap();
    let failed: Vec<&str> = outcomes.iter().filter_map(|outcome| outcome["error"].as_str()).collect();
    assert_eq!(failed, [format!("left, because still used by app {}/lab/JupyterLab/default", fleet.plain)]);
    assert!(is_there(&fleet, "jupyterlab") && !is_there(&fleet, "code-editor"));
}

#[test]
fn a_space_that_names_ours_counts_and_so_does_one_that_cannot_be_read() {
    let fleet = installed();
    let kernel = fleet.ours("kernel-gateway");
    let spec = json!({ "InstanceType": "ml.t3.medium", "LifecycleConfigArn": kernel });
    let settings = json!({ "DefaultResourceSpec": spec, "LifecycleConfigArns": [kernel] });
    space(&fleet, "classic", &json!({ "AppType": "KernelGateway", "KernelGatewayAppSettings": settings }));
    fleet.sandbox.set_faults("[[fault]]\noperation = \"DescribeSpace\"\nkind = \"deny\"\n").unwrap();
    let unread = fleet.run(&["uninstall", "--all-domains"]).expect(5);
    let name = format!("still used by space {}/classic", fleet.plain);
    unread.says(&[&name, "perhaps: DescribeSpace", "hint: allow DescribeSpace"]);
    fleet.sandbox.set_faults("").unwrap();
    let ran = fleet.run(&[&["uninstall"], ALL].concat()).expect(5);
    ran.says(&[&name]);
    assert_eq!(ran.stdout.matches("still used by").count(), 1, "named once: {}", ran.stdout);
    assert!(is_there(&fleet, "kernel-gateway") && !is_there(&fleet, "jupyterlab"));
}

#[test]
fn what_a_rollback_of_another_domain_would_bring_back_counts() {
    let fleet = installed();
    let old = fleet.ours("jupyterlab");
    let mut upgrade = fleet.install_command(ALL);
    let output = upgrade.env("COSTCTL_BINARY", fleet.dir().join("idle-agent-2")).output().unwrap();
    assert_eq!(output.status.code(), Some(5));
    let ran = fleet.run(&["uninstall", "--domain", &fleet.updating, "--execute", "--yes"]).expect(5);
    ran.says(&[&format!("still used by a rollback of {}", fleet.plain)]);
    fleet.run(&["rollback", "--domain", &fleet.plain, "--execute", "--yes"]).expect(0);
    let domain = fleet.sandbox.call("DescribeDomain", &json!({ "DomainId": fleet.plain })).unwrap();
    assert_eq!(domain["DefaultUserSettings"]["JupyterLabAppSettings"]["BuiltInLifecycleConfigArn"], old);
}
