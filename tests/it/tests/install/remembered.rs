//! The ways back need what was remembered: without it they refuse instead of losing it.

use serde_json::{Value, json};
use studio_parts::sandbox::SandboxOptions;

use crate::fleet::{Fleet, TEAM};

fn small() -> Fleet {
    Fleet::with(SandboxOptions::default(), 6)
}

const ALL: &[&str] = &["--all-domains", "--execute", "--yes"];

/// What the built-in slot of the profile holds whose own one gave way.
fn replaced(fleet: &Fleet) -> Value {
    let request = json!({ "DomainId": fleet.rich, "UserProfileName": "user-02" });
    let profile = fleet.sandbox.call("DescribeUserProfile", &request).unwrap();
    profile["UserSettings"]["JupyterLabAppSettings"]["BuiltInLifecycleConfigArn"].clone()
}

#[test]
fn with_other_artifacts_nothing_is_lost() {
    let fleet = small();
    fleet.install(&[ALL, &["--replace-built-in"]].concat()).expect(5);
    let other = fleet.dir().join("other");
    let other = other.to_str().unwrap();
    let elsewhere = |command: &'static str| [&[command, "--artifacts", other], ALL].concat();

    // A folder that is not there is not made.
    fleet.sandbox.forget_calls().unwrap();
    for command in ["uninstall", "rollback"] {
        let ran = fleet.run(&elsewhere(command)).expect(2);
        assert!(ran.stderr.contains("there is no such folder; hint: the same place as before"), "{}", ran.stderr);
    }
    assert_eq!(fleet.sandbox.calls().unwrap(), Vec::<Value>::new());
    assert!(!fleet.dir().join("other").exists());

    // One that is there, but is another.
    std::fs::create_dir(fleet.dir().join("other")).unwrap();
    let before = fleet.state();
    fleet.run(&elsewhere("rollback")).expect(5).says(&[&fleet.rich, &fleet.plain, "no before-image; hint"]);
    let planned = fleet.run(&["uninstall", "--all-domains", "--artifacts", other]).expect(5);
    planned.says(&["UserSettings.JupyterLabAppSettings", "REFUSED: no before-image; hint: the same --artifacts"]);
    fleet.run(&[&["uninstall", "--domain", &fleet.rich, "--artifacts", other], &ALL[1..]].concat()).expect(5);
    assert_eq!(replaced(&fleet), fleet.ours("jupyterlab"));
    assert_eq!(fleet.state()[&fleet.rich], before[&fleet.rich]);

    let allowed = [&["uninstall", "--without-before-images", "--artifacts", other], &ALL[..1]].concat();
    fleet.run(&allowed).expect(5).says(&["no before-image, so nothing comes back"]);
    fleet.run(&[&["uninstall"], ALL].concat()).expect(0);
    assert_eq!(replaced(&fleet), TEAM, "with the right ones it comes back");
}

#[test]
fn a_plan_makes_no_folder() {
    let fleet = small();
    fleet.install(&["--all-domains"]).expect(5);
    assert!(!fleet.artifacts().exists());
}

#[test]
fn a_region_that_failed_is_left_alone_as_a_whole() {
    let fleet = small();
    fleet.install(ALL).expect(5);
    for (command, operation) in [("uninstall", "ListApps"), ("rollback", "ListNotebookInstances")] {
        let fault = format!("[[fault]]\noperation = \"{operation}\"\nkind = \"deny\"\n");
        fleet.sandbox.set_faults(&fault).unwrap();
        fleet.sandbox.forget_calls().unwrap();
        let ran = fleet.run(&[&[command], ALL].concat()).expect(1);
        ran.says(&["FAILED", operation, "0 to change, 0 refused"]);
        assert_eq!(fleet.changing_calls(), Vec::<Value>::new(), "{command}");
    }
}

#[test]
fn what_the_team_deleted_meanwhile_is_not_named_again() {
    let fleet = small();
    fleet.install(&[ALL, &["--replace-built-in", "--replace-default"]].concat()).expect(5);
    // The team takes its own out wherever it still stands, and deletes it.
    let (server, kernel) = (fleet.ours("jupyter-server"), fleet.ours("kernel-gateway"));
    let lab = json!({ "DefaultResourceSpec": { "InstanceType": "ml.t3.medium", "LifecycleConfigArn": "None" },
        "LifecycleConfigArns": [] });
    let kernels = json!({ "LifecycleConfigArns": [kernel] });
    let domain = json!({ "JupyterLabAppSettings": lab, "KernelGatewayAppSettings": kernels });
    let update = json!({ "DomainId": fleet.rich, "DefaultUserSettings": domain });
    fleet.sandbox.call("UpdateDomain", &update).unwrap();
    let servers = json!({ "LifecycleConfigArns": [server] });
    let profile = json!({ "JupyterServerAppSettings": servers, "KernelGatewayAppSettings": kernels });
    let update = json!({ "DomainId": fleet.rich, "UserProfileName": "user-04", "UserSettings": profile });
    fleet.sandbox.call("UpdateUserProfile", &update).unwrap();
    let deletion = json!({ "StudioLifecycleConfigName": "team-setup" });
    let end = std::time::Instant::now() + studio_it::PATIENCE;
    while fleet.sandbox.call("DeleteStudioLifecycleConfig", &deletion).is_err() {
        assert!(std::time::Instant::now() < end, "it was never unused");
    }
    while fleet.run(&["uninstall", "--all-domains"]).code != Some(0) {
        assert!(std::time::Instant::now() < end, "the domain never came to rest");
    }
    let ran = fleet.run(&[&["uninstall"], ALL].concat()).expect(0);
    ran.says(&["team-setup is deleted, so it does not come back", "0 failed"]);
    assert_eq!(fleet.configs(), Vec::<Value>::new());
    assert_eq!(replaced(&fleet), "None");
}

#[test]
fn the_same_install_after_another_one_is_the_last_one_again() {
    let fleet = small();
    let domain = ["--domain", &fleet.plain, "--execute", "--yes"];
    let before = fleet.state();
    let rollback = || drop(fleet.run(&[&["rollback"], &domain[..]].concat()).expect(0));
    fleet.install(&domain).expect(0);
    rollback();
    let arn = format!("arn:aws:sagemaker:us-east-1:111122223333:user-profile/{}/user-03", fleet.plain);
    let tags = json!({ "ResourceArn": arn, "Tags": [{ "Key": "Team", "Value": "ml" }] });
    fleet.sandbox.call("AddTags", &tags).unwrap();
    let mut canary = fleet.install_command(&[&domain[..], &["--canary", "tag:Team=ml"]].concat());
    let output = canary.env("COSTCTL_BINARY", fleet.dir().join("idle-agent-2")).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let planned = fleet.run(&["rollback", "--domain", &fleet.plain]).expect(0);
    planned.says(&["an explicit none stays where the profile had no settings"]);
    rollback();
    fleet.install(&domain).expect(0);
    assert!(fleet.state()[&fleet.plain].to_string().contains("idle-agent-"));
    rollback();
    let after = &fleet.state()[&fleet.plain];
    assert!(!after.to_string().contains("idle-agent-"), "{after}");
    assert_eq!(after["Status"], before[&fleet.plain]["Status"]);
}
