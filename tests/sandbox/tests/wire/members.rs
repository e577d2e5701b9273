//! Members that the planner and the agent read, given back as they were given.

use serde_json::{Value, json};

use crate::server::Server;

#[test]
fn an_app_gives_back_its_resource_spec() {
    let server = Server::start(&[]);
    let arn = |name: &str| {
        let lcc = json!({ "StudioLifecycleConfigName": name, "StudioLifecycleConfigContent": "QQ==",
            "StudioLifecycleConfigAppType": "JupyterLab" });
        server.ok("CreateStudioLifecycleConfig", lcc)["StudioLifecycleConfigArn"].clone()
    };
    let (own, built_in) = (arn("own"), arn("built-in"));
    let settings = json!({ "JupyterLabAppSettings": { "BuiltInLifecycleConfigArn": built_in } });
    server.ok("UpdateDomain", server.in_domain(json!({ "DefaultUserSettings": settings })));
    let spec = json!({
        "InstanceType": "ml.p4d.24xlarge",
        "LifecycleConfigArn": own,
        "TrainingPlanArn": "arn:aws:sagemaker:us-east-1:111122223333:training-plan/reserved",
        "SageMakerImageArn": "arn:aws:sagemaker:us-east-1:111122223333:image/distribution",
        "SageMakerImageVersionAlias": "3.1",
    });
    let mut app = server.app();
    app["ResourceSpec"] = spec.clone();
    let before = now();
    server.ok("CreateApp", app);
    let described = server.ok("DescribeApp", server.app());
    assert_eq!((&described["ResourceSpec"], &described["BuiltInLifecycleConfigArn"]), (&spec, &built_in));
    let created = described["CreationTime"].as_f64().unwrap();
    assert!((before - 1.0..=now() + 1.0).contains(&created), "{created}");
    let listed = &server.ok("ListApps", json!({}))["Apps"][0];
    assert_eq!((&listed["ResourceSpec"], &listed["CreationTime"]), (&spec, &described["CreationTime"]));
}

#[test]
fn a_space_gives_back_its_idle_timeouts() {
    let server = Server::start(&[]);
    let idle =
        |minutes: u64| json!({ "AppLifecycleManagement": { "IdleSettings": { "IdleTimeoutInMinutes": minutes } } });
    let both =
        |lab: u64, editor: u64| json!({ "JupyterLabAppSettings": idle(lab), "CodeEditorAppSettings": idle(editor) });
    let space = |settings: Value| server.in_domain(json!({ "SpaceName": "timed", "SpaceSettings": settings }));
    server.ok("CreateSpace", space(both(60, 120)));
    let described = || server.ok("DescribeSpace", space(Value::Null))["SpaceSettings"].clone();
    assert_eq!(described(), both(60, 120));
    server.ok("UpdateSpace", space(json!({ "CodeEditorAppSettings": idle(525_600) })));
    assert_eq!(described(), both(60, 525_600), "what an update leaves out is kept");
    for minutes in [59, 525_601] {
        assert_eq!(server.error("UpdateSpace", space(both(minutes, 60))), "ValidationException");
    }
}

#[test]
fn apps_are_listed_by_domain_and_owner() {
    let server = Server::start(&[]);
    server.ok("CreateApp", server.app());
    let of_profile = json!({ "UserProfileName": "ada", "AppType": "JupyterServer", "AppName": "default" });
    server.ok("CreateApp", server.in_domain(of_profile));
    let types = |filter: Value| -> Vec<String> {
        let apps = server.ok("ListApps", filter)["Apps"].clone();
        apps.as_array().unwrap().iter().map(|app| app["AppType"].as_str().unwrap().to_owned()).collect()
    };
    let here = json!(server.domain);
    assert_eq!(types(json!({ "DomainIdEquals": here })).len(), 2);
    assert_eq!(types(json!({ "DomainIdEquals": here, "SpaceNameEquals": "lab" })), ["JupyterLab"]);
    assert_eq!(types(json!({ "DomainIdEquals": here, "UserProfileNameEquals": "ada" })), ["JupyterServer"]);
    assert_eq!(types(json!({ "DomainIdEquals": "d-other", "SpaceNameEquals": "lab" })), Vec::<String>::new());
    assert_eq!(types(json!({ "DomainIdEquals": here, "UserProfileNameEquals": "bob" })), Vec::<String>::new());
}

fn now() -> f64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.unwrap().as_secs_f64()
}
