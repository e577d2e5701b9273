//! An install reaches every place, and changes nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::{Value, json};
use studio_parts::{python, workspace};

use crate::fleet::{Fleet, TEAM, THROTTLED};

/// Every answer of Describe as boto3 reads it, which nobody here wrote.
fn read_by_boto3(fleet: &Fleet) -> BTreeMap<String, Value> {
    let script = workspace::workspace_root().join("tests/it/tests/install/read_back.py");
    let output = Command::new(python::venv("boto3").unwrap())
        .arg(script)
        .envs(fleet.sandbox.aws_env())
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn an_install_reaches_every_place_and_keeps_everything_else() {
    let fleet = Fleet::new();
    let before = read_by_boto3(&fleet);
    assert_eq!(before.len(), 153);
    fleet.sandbox.set_faults(THROTTLED).unwrap();

    let planned = fleet.install(&["--all-domains"]).expect(5);
    let (rich, updating) = (fleet.rich.as_str(), fleet.updating.as_str());
    planned.says(&[
        updating,
        "REFUSED: status Updating; hint: run again when it is InService",
        &format!("{rich}/user-02 UserSettings.JupyterLabAppSettings"),
        "its built-in slot holds team-setup; hint: --replace-built-in",
        "REFUSED: its default is team-setup; hint: --replace-default",
        &format!("{rich} JupyterLab, shared spaces"),
        "built-in: none → idle-agent-jupyterlab-",
        "create lifecycle configuration idle-agent",
        "shared Code Editor spaces: SageMaker has no default settings",
    ]);
    assert!(planned.stderr.contains("account 111122223333, region us-east-1, as arn:aws:sts::"), "{}", planned.stderr);
    assert!(planned.stderr.contains("nothing was changed; hint: --execute"), "{}", planned.stderr);
    assert_eq!(fleet.changing_calls(), Vec::<Value>::new(), "a plan sends nothing that changes");
    assert!(!fleet.artifacts().join("idle-agent").exists(), "a plan stores nothing");

    let done = fleet.install(&["--all-domains", "--execute", "--yes", "--output", "json"]).expect(5).json();
    let outcomes = done["regions"][0]["outcomes"].as_array().unwrap();
    assert!(outcomes.iter().all(|outcome| outcome["error"].is_null()), "{outcomes:?}");
    fleet.sandbox.set_faults("").unwrap();
    let after = read_by_boto3(&fleet);

    let [lab, editor, server, kernel] =
        ["jupyterlab", "code-editor", "jupyter-server", "kernel-gateway"].map(|slug| fleet.ours(slug));
    let mut expected = before.clone();
    for id in [&fleet.plain, &fleet.rich] {
        let settings = &mut expected.get_mut(id).unwrap()["DefaultUserSettings"];
        settings["JupyterLabAppSettings"]["BuiltInLifecycleConfigArn"] = json!(lab);
        settings["CodeEditorAppSettings"]["BuiltInLifecycleConfigArn"] = json!(editor);
        settings["JupyterServerAppSettings"]["DefaultResourceSpec"]["LifecycleConfigArn"] = json!(server);
        settings["JupyterServerAppSettings"]["LifecycleConfigArns"] = json!([server]);
        settings["KernelGatewayAppSettings"]["DefaultResourceSpec"]["LifecycleConfigArn"] = json!(kernel);
        let rich = *id == fleet.rich;
        let kernels = if rich { json!([TEAM, kernel]) } else { json!([kernel]) };
        settings["KernelGatewayAppSettings"]["LifecycleConfigArns"] = kernels;
    }
    let shared = &mut expected.get_mut(&fleet.rich).unwrap()["DefaultSpaceSettings"];
    shared["JupyterLabAppSettings"]["BuiltInLifecycleConfigArn"] = json!(lab);
    for (structure, arn) in [("JupyterServerAppSettings", &server), ("KernelGatewayAppSettings", &kernel)] {
        shared[structure] =
            json!({ "DefaultResourceSpec": { "LifecycleConfigArn": arn }, "LifecycleConfigArns": [arn] });
    }
    let mut profile = |n: &str, structure: &str, member: &str, value: Value| {
        expected.get_mut(&format!("{rich}/user-{n}")).unwrap()["UserSettings"][structure][member] = value;
    };
    profile("01", "JupyterLabAppSettings", "BuiltInLifecycleConfigArn", json!(lab));
    profile("03", "CodeEditorAppSettings", "BuiltInLifecycleConfigArn", json!(editor));
    profile("04", "JupyterServerAppSettings", "DefaultResourceSpec", json!({ "LifecycleConfigArn": server }));
    profile("04", "JupyterServerAppSettings", "LifecycleConfigArns", json!([TEAM, server]));
    for (name, body) in &expected {
        assert_eq!(&after[name], body, "{name}");
    }
    assert_eq!(after.len(), before.len());
}

#[test]
fn each_update_carries_one_structure_and_a_second_install_sends_none() {
    let fleet = Fleet::with(studio_parts::sandbox::SandboxOptions::default(), 6);
    let installed = fleet.install(&["--all-domains", "--execute", "--yes"]).expect(5);
    installed.says(&["0 failed"]);
    let updates: Vec<Value> = fleet.changing_calls();
    let mut kinds = BTreeSet::new();
    for call in updates.iter().filter(|call| call["operation"].as_str().unwrap().starts_with("Update")) {
        let request = call["request"].as_object().unwrap();
        let members: Vec<&String> =
            request.keys().filter(|key| !["DomainId", "UserProfileName"].contains(&key.as_str())).collect();
        let [member] = members[..] else { panic!("not one settings member: {request:?}") };
        let structures: Vec<&String> = request[member].as_object().unwrap().keys().collect();
        let [structure] = structures[..] else { panic!("not one structure: {request:?}") };
        kinds.insert(format!("{} {member}.{structure}", call["operation"].as_str().unwrap()));
    }
    assert_eq!(kinds.len(), 10, "{kinds:?}");
    fleet.assert_rights_are_documented(&["`install`, to plan", "`install --execute`"]);
    let tags = fleet.sandbox.call("ListTags", &json!({ "ResourceArn": fleet.ours("jupyterlab") })).unwrap();
    assert!(tags.to_string().contains(r#"{"Key":"costctl:managed","Value":"idle-agent"}"#), "{tags}");
    let notebook = json!({ "NotebookInstanceLifecycleConfigName": "idle-agent" });
    fleet.sandbox.call("DescribeNotebookInstanceLifecycleConfig", &notebook).unwrap();

    let state = fleet.state();
    fleet.sandbox.forget_calls().unwrap();
    fleet.install(&["--all-domains", "--execute", "--yes"]).expect(5).says(&["0 to change"]);
    assert_eq!((fleet.changing_calls(), fleet.state()), (Vec::new(), state));

    // The domain that was busy is free, and what is new is put in place of what is old.
    fleet.sandbox.force_domain(&fleet.updating, "InService").unwrap();
    let new = fleet.dir().join("idle-agent-2").display().to_string();
    let mut upgrade = fleet.install_command(&["--all-domains", "--execute", "--yes"]);
    assert_eq!(upgrade.env("COSTCTL_BINARY", new).output().unwrap().status.code(), Some(5));
    let names: Vec<String> = fleet.configs().iter().map(|c| c["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(names.iter().filter(|name| name.starts_with("idle-agent-jupyterlab-")).count(), 2, "{names:?}");
    let domain = fleet.sandbox.call("DescribeDomain", &json!({ "DomainId": fleet.rich })).unwrap();
    let kernels = &domain["DefaultUserSettings"]["KernelGatewayAppSettings"];
    assert_eq!(kernels["LifecycleConfigArns"].as_array().unwrap().len(), 2, "the old one went: {kernels}");
    assert_eq!(kernels["LifecycleConfigArns"][0], TEAM);
    let busy = fleet.sandbox.call("DescribeDomain", &json!({ "DomainId": fleet.updating })).unwrap();
    assert!(busy["DefaultUserSettings"]["CodeEditorAppSettings"]["BuiltInLifecycleConfigArn"].is_string());
}
