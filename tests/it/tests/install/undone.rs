//! Taken back: by `uninstall` altogether, by `rollback` to what stood there before.

use serde_json::{Value, json};
use studio_parts::sandbox::SandboxOptions;

use crate::fleet::{Fleet, TEAM, THROTTLED};

fn small() -> Fleet {
    Fleet::with(SandboxOptions::default(), 6)
}

const ALL: &[&str] = &["--all-domains", "--execute", "--yes"];

/// Without what stands for nothing: the word that says so, and empty structures.
fn bare(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.iter().map(|(name, value)| (name.clone(), bare(value)));
            let kept: serde_json::Map<_, _> = kept.filter(|(_, value)| !is_nothing(value)).collect();
            Value::Object(kept)
        }
        other => other.clone(),
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.is_empty(),
        Value::Array(elements) => elements.is_empty(),
        other => *other == "None",
    }
}

fn assert_same(fleet: &Fleet, before: &std::collections::BTreeMap<String, Value>) {
    let after = fleet.state();
    for (name, body) in before {
        assert_eq!(bare(&after[name]), bare(body), "{name}");
    }
}

#[test]
fn an_uninstall_leaves_nothing_behind() {
    let fleet = small();
    let before = fleet.state();
    fleet.install(&[ALL, &["--native", "60m", "--replace-built-in", "--replace-default"]].concat()).expect(5);
    assert_ne!(fleet.state(), before);
    fleet.sandbox.set_faults(THROTTLED).unwrap();
    let planned = fleet.run(&["uninstall", "--all-domains"]).expect(0);
    planned.says(&["→ none", "delete idle-agent-jupyterlab-", "drop idle-agent-kernel-gateway-", "delete idle-agent"]);
    fleet.sandbox.forget_calls().unwrap();
    fleet.run(&[&["uninstall"], ALL].concat()).expect(0).says(&["0 failed"]);
    fleet.assert_rights_are_documented(&["`install`, to plan", "`uninstall`", "`uninstall --execute`"]);
    fleet.sandbox.set_faults("").unwrap();
    assert_eq!(fleet.configs().len(), 1, "only the team's is left: {:?}", fleet.configs());
    let mut after = fleet.state();
    // SageMaker's own idle shutdown cannot be removed, only switched off.
    for id in [&fleet.plain, &fleet.rich] {
        for (host, minutes) in [("JupyterLabAppSettings", 60), ("CodeEditorAppSettings", 60)] {
            let idle =
                &mut after.get_mut(id).unwrap()["DefaultUserSettings"][host]["AppLifecycleManagement"]["IdleSettings"];
            assert_eq!(
                (&idle["LifecycleManagement"], &idle["IdleTimeoutInMinutes"]),
                (&json!("DISABLED"), &json!(minutes))
            );
        }
    }
    let profile = &after[&format!("{}/user-02", fleet.rich)]["UserSettings"]["JupyterLabAppSettings"];
    assert_eq!(profile["BuiltInLifecycleConfigArn"], TEAM, "what gave way came back");
    fleet.run(&[&["uninstall"], ALL].concat()).expect(0).says(&["0 to change"]);
}

#[test]
fn what_is_still_in_use_is_named_and_stays() {
    let fleet = small();
    fleet.install(ALL).expect(5);
    let space = json!({ "DomainId": fleet.plain, "SpaceName": "lab", "SpaceSettings": { "AppType": "JupyterLab" },
        "OwnershipSettings": { "OwnerUserProfileName": "user-00" }, "SpaceSharingSettings": { "SharingType": "Private" } });
    fleet.sandbox.call("CreateSpace", &space).unwrap();
    let app = json!({ "DomainId": fleet.plain, "SpaceName": "lab", "AppType": "JupyterLab", "AppName": "default" });
    fleet.sandbox.call("CreateApp", &app).unwrap();
    let instance = json!({ "NotebookInstanceName": "nb", "InstanceType": "ml.t3.medium",
        "RoleArn": "arn:aws:iam::111122223333:role/r", "LifecycleConfigName": "idle-agent" });
    fleet.sandbox.call("CreateNotebookInstance", &instance).unwrap();

    let ran = fleet.run(&[&["uninstall"], ALL].concat()).expect(5);
    ran.says(&[
        &format!("still used by app {}/lab/JupyterLab/default", fleet.plain),
        "still used by notebook instance nb (InService)",
    ]);
    let left: Vec<String> = fleet.configs().iter().map(|c| c["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
    assert!(left.iter().any(|name| name.starts_with("idle-agent-jupyterlab-")), "{left:?}");
    fleet.sandbox.call("DeleteApp", &app).unwrap();
    fleet.sandbox.call("StopNotebookInstance", &json!({ "NotebookInstanceName": "nb" })).unwrap();
    let end = std::time::Instant::now() + studio_it::PATIENCE;
    while fleet.run(&[&["uninstall"], ALL].concat()).code != Some(0) {
        assert!(std::time::Instant::now() < end, "the app and the instance never stopped");
    }
    assert_eq!(fleet.configs().len(), 1, "{:?}", fleet.configs());
    let instance = fleet.sandbox.call("DescribeNotebookInstance", &json!({ "NotebookInstanceName": "nb" })).unwrap();
    assert!(instance["NotebookInstanceLifecycleConfigName"].is_null(), "{instance}");
}

#[test]
fn a_lifecycle_config_that_only_looks_like_ours_is_not_deleted() {
    let fleet = small();
    let lcc = json!({ "StudioLifecycleConfigName": "idle-agent-jupyterlab-0123456789ab",
        "StudioLifecycleConfigContent": "QQ==", "StudioLifecycleConfigAppType": "JupyterLab" });
    fleet.sandbox.call("CreateStudioLifecycleConfig", &lcc).unwrap();
    std::fs::create_dir(fleet.artifacts()).unwrap();
    let ran = fleet.run(&[&["uninstall"], ALL].concat()).expect(5);
    ran.says(&["does not carry the tag costctl:managed=idle-agent"]);
    fleet.install(ALL).expect(5);
    fleet.sandbox.set_faults("[[fault]]\noperation = \"ListTags\"\nkind = \"deny\"\n").unwrap();
    fleet.run(&[&["uninstall"], ALL].concat()).expect(5).says(&["does not carry the tag", "ListTags"]);
    assert_eq!(fleet.configs().len(), 6, "{:?}", fleet.configs());
}

#[test]
fn a_rollback_brings_back_what_stood_there() {
    let fleet = small();
    let before = fleet.state();
    std::fs::create_dir(fleet.artifacts()).unwrap();
    fleet.run(&["rollback", "--domain", &fleet.plain]).expect(5).says(&["no before-image", "--artifacts"]);
    fleet.install(&[ALL, &["--replace-built-in", "--replace-default"]].concat()).expect(5);
    let first = fleet.state();
    let new = fleet.dir().join("idle-agent-2");
    let mut upgrade = fleet.install_command(&[ALL, &["--replace-built-in", "--replace-default"]].concat());
    assert_eq!(upgrade.env("COSTCTL_BINARY", new).output().unwrap().status.code(), Some(5));
    assert_ne!(fleet.state(), first);

    fleet.sandbox.set_faults(THROTTLED).unwrap();
    fleet.sandbox.forget_calls().unwrap();
    fleet.run(&[&["rollback"], ALL].concat()).expect(0).says(&["0 failed"]);
    fleet.assert_rights_are_documented(&["`install`, to plan", "`rollback`", "`rollback --execute`"]);
    fleet.sandbox.set_faults("").unwrap();
    for (name, body) in &first {
        assert_eq!(&fleet.state()[name], body, "{name}: back to the first install");
    }
    fleet.run(&[&["rollback"], ALL].concat()).expect(0).says(&["0 to change"]);
    let one = Fleet::with(SandboxOptions::default(), 6);
    one.install(&[ALL, &["--replace-built-in", "--replace-default"]].concat()).expect(5);
    one.run(&[&["rollback"], ALL].concat()).expect(0);
    assert_same(&one, &before);
}

#[test]
fn a_rollback_leaves_alone_what_somebody_changed_since() {
    let fleet = small();
    fleet.install(&[ALL, &["--replace-built-in"]].concat()).expect(5);
    let other = json!({ "StudioLifecycleConfigName": "other", "StudioLifecycleConfigContent": "QQ==",
        "StudioLifecycleConfigAppType": "CodeEditor" });
    let arn = fleet.sandbox.call("CreateStudioLifecycleConfig", &other).unwrap()["StudioLifecycleConfigArn"].clone();
    // Another built-in, and one more in a list that ours stands in.
    let kernel = fleet.ours("kernel-gateway");
    let theirs = json!({ "CodeEditorAppSettings": { "BuiltInLifecycleConfigArn": arn },
        "KernelGatewayAppSettings": { "LifecycleConfigArns": [TEAM, kernel, arn] } });
    let update = json!({ "DomainId": fleet.rich, "DefaultUserSettings": theirs });
    fleet.sandbox.call("UpdateDomain", &update).unwrap();
    fleet.run(&[&["rollback"], ALL].concat()).expect(5).says(&["somebody changed it since (other stands there)"]);
    let domain = fleet.sandbox.call("DescribeDomain", &json!({ "DomainId": fleet.rich })).unwrap();
    let settings = &domain["DefaultUserSettings"];
    assert_eq!(settings["CodeEditorAppSettings"]["BuiltInLifecycleConfigArn"], arn);
    assert_eq!(settings["KernelGatewayAppSettings"]["LifecycleConfigArns"], json!([TEAM, arn]));
    assert_eq!(settings["JupyterLabAppSettings"]["BuiltInLifecycleConfigArn"], "None");
}
