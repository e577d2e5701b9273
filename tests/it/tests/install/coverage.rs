//! Which running apps an agent watches, seen from outside.

use std::process::Command;

use serde_json::{Value, json};
use studio_parts::python;
use studio_parts::sandbox::SandboxOptions;

use crate::fleet::Fleet;

/// One heartbeat so many minutes ago, put by boto3.
fn heartbeat(fleet: &Fleet, owner: &str, app_type: &str, minutes: u32) {
    let put = format!(
        "import boto3, datetime\n\
         at = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes={minutes})\n\
         dimensions = dict(DomainId='{}', Owner='{owner}', AppType='{app_type}', AppName='default')\n\
         boto3.client('cloudwatch').put_metric_data(Namespace='IdleAgent', MetricData=[dict(MetricName='IdleSeconds',\
          Value=7, Timestamp=at, Dimensions=[dict(Name=n, Value=v) for n, v in dimensions.items()])])",
        fleet.plain
    );
    let output =
        Command::new(python::venv("boto3").unwrap()).args(["-c", &put]).envs(fleet.sandbox.aws_env()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn app(fleet: &Fleet, name: &str, app_type: &str) {
    let domain = &fleet.plain;
    let owner = if ["JupyterLab", "CodeEditor"].contains(&app_type) {
        let space = json!({ "DomainId": domain, "SpaceName": name, "SpaceSettings": { "AppType": app_type },
            "OwnershipSettings": { "OwnerUserProfileName": "user-00" }, "SpaceSharingSettings": { "SharingType": "Private" } });
        fleet.sandbox.call("CreateSpace", &space).unwrap();
        "SpaceName"
    } else {
        "UserProfileName"
    };
    let app = json!({ "DomainId": domain, owner: name, "AppType": app_type, "AppName": "default" });
    fleet.sandbox.call("CreateApp", &app).unwrap();
}

fn created_long_ago(fleet: &Fleet, space: &str, app_type: &str) {
    let set = json!({ "CreationTime": 1_700_000_000 });
    let app =
        json!({ "DomainId": fleet.plain, "SpaceName": space, "AppType": app_type, "AppName": "default", "Set": set });
    fleet.sandbox.force_app(&app).unwrap();
}

#[test]
fn coverage_says_of_each_app_whether_and_why_not() {
    let fleet = Fleet::with(SandboxOptions::default(), 6);
    app(&fleet, "before", "JupyterLab");
    fleet.install(&["--domain", &fleet.plain, "--execute", "--yes"]).expect(0);
    app(&fleet, "heard", "JupyterLab");
    app(&fleet, "by-hand", "CodeEditor");
    app(&fleet, "user-01", "Canvas");
    app(&fleet, "silent", "CodeEditor");
    heartbeat(&fleet, "heard", "JupyterLab", 1);
    heartbeat(&fleet, "silent", "CodeEditor", 20);
    created_long_ago(&fleet, "heard", "JupyterLab");
    created_long_ago(&fleet, "silent", "CodeEditor");

    fleet.sandbox.forget_calls().unwrap();
    let ran = fleet.run(&["coverage", "--all-domains"]).expect(0);
    fleet.assert_rights_are_documented(&["`coverage`"]);
    let domain = &fleet.plain;
    ran.says(&[
        "25 % covered: 1 covered, 2 not, 1 unknown; 1 cannot host one",
        "just started, not heard yet",
        "started without ours",
        "not heard; hint: cloudwatch:PutMetricData",
        "20m ago",
        "Canvas runs no lifecycle configuration",
    ]);
    let document = fleet.run(&["coverage", "--domain", domain, "--output", "json"]).expect(0).json();
    assert_eq!((&document["schema_version"], &document["totals"]["percent"]), (&json!(1), &json!(25)));
    let states: Vec<(&Value, &Value)> =
        document["apps"].as_array().unwrap().iter().map(|row| (&row["app"]["space"], &row["state"])).collect();
    assert!(states.contains(&(&json!("heard"), &json!("covered"))), "{states:?}");

    let heard = |document: &Value| {
        let row = document["apps"].as_array().unwrap().iter().find(|row| row["app"]["space"] == "heard").unwrap();
        (row["version"].clone(), row["current"].clone())
    };
    let version = heard(&document).0.as_str().unwrap().to_owned();
    assert_eq!(heard(&document), (json!(version), json!(true)));
    ran.says(&[&format!("{version} current")]);
    // What started with an older one keeps it until its next start.
    let mut update = fleet.install_command(&["--domain", domain, "--execute", "--yes"]);
    let update = update.env("COSTCTL_BINARY", fleet.dir().join("idle-agent-2")).output().unwrap();
    assert_eq!(update.status.code(), Some(0), "{update:?}");
    let old = fleet.run(&["coverage", "--all-domains"]).expect(0);
    old.says(&[&format!("{version} old")]);
    fleet.sandbox.set_faults("[[fault]]\noperation = \"ListTags\"\nkind = \"deny\"\n").unwrap();
    let untold = fleet.run(&["coverage", "--all-domains", "--output", "json"]).expect(0).json();
    assert_eq!(heard(&untold), (json!(null), json!(false)));

    // Denied is not absent, and absent is not covered: only what can host no agent was seen.
    fleet.sandbox.set_faults("[[fault]]\noperation = \"GetMetricData\"\nkind = \"deny\"\n").unwrap();
    fleet.run(&["coverage", "--all-domains"]).expect(4).says(&["0 % covered", "heartbeat not known", "4 unknown"]);
    fleet.sandbox.set_faults("[[fault]]\noperation = \"ListApps\"\nkind = \"deny\"\n").unwrap();
    fleet.run(&["coverage", "--all-domains"]).expect(1).says(&["NOT READ", "in no count: us-east-1: ListApps"]);
}

#[test]
fn a_heartbeat_of_an_earlier_app_of_that_name_covers_nothing() {
    let fleet = Fleet::with(SandboxOptions::default(), 6);
    app(&fleet, "again", "JupyterLab");
    heartbeat(&fleet, "again", "JupyterLab", 10);
    fleet
        .run(&["coverage", "--all-domains"])
        .expect(0)
        .says(&["0 % covered: 0 covered, 1 not", "started without ours"]);
    created_long_ago(&fleet, "again", "JupyterLab");
    fleet.run(&["coverage", "--all-domains"]).expect(0).says(&["100 % covered", "not started by our lifecycle"]);

    // What could not be seen is said, not guessed.
    fleet.sandbox.set_faults("[[fault]]\noperation = \"DescribeApp\"\nkind = \"deny\"\n").unwrap();
    let ran = fleet.run(&["coverage", "--all-domains"]).expect(1);
    ran.says(&["100 % covered", "lifecycle configuration not known: DescribeApp"]);
    assert!(!ran.stdout.split_whitespace().collect::<String>().contains("notstartedbyour"), "{}", ran.stdout);
}

#[test]
fn a_domain_that_is_not_there_is_an_error() {
    let fleet = Fleet::with(SandboxOptions::default(), 6);
    fleet.run(&["coverage", "--domain", &fleet.plain]).expect(0).says(&["no app could host an agent"]);
    let none = fleet.run(&["coverage", "--domain", "d-doesnotexist"]).expect(1);
    none.says(&["NOT READ", "d-doesnotexist: there is no such domain"]);
    fleet.run(&["coverage", "--domain", &fleet.plain, "--domain", "d-doesnotexist"]).expect(4);
}
