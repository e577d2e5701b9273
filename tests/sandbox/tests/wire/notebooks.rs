//! Notebook instances and their lifecycle configurations over the wire.

use serde_json::{Value, json};

use crate::server::Server;

const ROLE: &str = "arn:aws:iam::111122223333:role/notebooks";

fn named(name: &str) -> Value {
    json!({ "NotebookInstanceName": name })
}

fn with(mut request: Value, members: &Value) -> Value {
    request.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    request
}

fn create(server: &Server, name: &str, members: &Value) {
    let request = json!({ "NotebookInstanceName": name, "InstanceType": "ml.t3.medium", "RoleArn": ROLE });
    let created = server.ok("CreateNotebookInstance", with(request, members));
    let arn = format!("arn:aws:sagemaker:us-east-1:111122223333:notebook-instance/{}", name.to_lowercase());
    assert_eq!(created["NotebookInstanceArn"], arn);
}

fn until(server: &Server, status: &str, name: &str) {
    server.until_member("NotebookInstanceStatus", status, "DescribeNotebookInstance", &named(name));
}

#[test]
fn a_notebook_instance_stops_starts_and_is_deleted_in_its_own_time() {
    let server = Server::start(&["--create-takes", "100ms", "--stop-takes", "100ms", "--update-takes", "100ms"]);
    create(&server, "Ada", &json!({ "Tags": [{ "Key": "Team", "Value": "ml" }], "SecurityGroupIds": ["sg-1"] }));
    let status = || server.ok("DescribeNotebookInstance", named("Ada"))["NotebookInstanceStatus"].clone();
    let refused = |operation: &str| server.refused(operation, named("Ada"));
    assert_eq!(status(), "Pending");
    let (kind, message) = refused("StopNotebookInstance");
    assert_eq!(kind, "ValidationException");
    assert!(message.contains("(Pending)") && message.contains("([InService])"), "{message}");
    until(&server, "InService", "Ada");
    for operation in ["StartNotebookInstance", "UpdateNotebookInstance", "DeleteNotebookInstance"] {
        assert_eq!(refused(operation).0, "ValidationException", "{operation}");
    }
    let described = server.ok("DescribeNotebookInstance", named("Ada"));
    assert_eq!(described["Status"], Value::Null, "this kind has its status under another name");
    assert_eq!((&described["SecurityGroups"], &described["VolumeSizeInGB"]), (&json!(["sg-1"]), &json!(5)));

    server.ok("StopNotebookInstance", named("Ada"));
    assert_eq!(status(), "Stopping");
    assert_eq!(refused("StopNotebookInstance").0, "ValidationException", "a second stop is refused");
    until(&server, "Stopped", "Ada");
    let stopped = server.ok("DescribeNotebookInstance", named("Ada"));
    assert!(stopped["LastModifiedTime"].as_f64() > stopped["CreationTime"].as_f64());
    server
        .ok("UpdateNotebookInstance", with(named("Ada"), &json!({ "InstanceType": "ml.g5.xlarge", "SubnetId": "s" })));
    assert_eq!(status(), "Updating");
    until(&server, "Stopped", "Ada");
    let updated = server.ok("DescribeNotebookInstance", named("Ada"));
    assert_eq!((&updated["InstanceType"], &updated["SubnetId"]), (&json!("ml.g5.xlarge"), &Value::Null));

    server.ok("StartNotebookInstance", named("Ada"));
    assert_eq!(status(), "Pending");
    until(&server, "InService", "Ada");
    server.ok("StopNotebookInstance", named("Ada"));
    until(&server, "Stopped", "Ada");
    let tags = json!({ "ResourceArn": stopped["NotebookInstanceArn"] });
    assert_eq!(server.ok("ListTags", tags.clone())["Tags"][0]["Key"], "Team");
    server.ok("DeleteNotebookInstance", named("Ada"));
    assert_eq!(status(), "Deleting");
    while server.signed("DescribeNotebookInstance", &named("Ada"), "AKIAIOSFODNN7EXAMPLE", "us-east-1").status() == 200
    {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    for operation in ["DescribeNotebookInstance", "StopNotebookInstance", "DeleteNotebookInstance"] {
        assert_eq!(refused(operation), ("ValidationException".to_owned(), "RecordNotFound".to_owned()), "{operation}");
    }
    assert_eq!(server.error("ListTags", tags), "ResourceNotFound");
}

#[test]
fn notebook_instances_are_listed_by_filter_order_and_page() {
    let server = Server::start(&["--stop-takes", "0s"]);
    for n in 0..12 {
        create(&server, &format!("nb-{n:02}"), &json!({}));
    }
    create(&server, "other", &json!({ "DefaultCodeRepository": "https://example.com/repo" }));
    server.ok("StopNotebookInstance", named("nb-05"));
    let list = |request: Value| server.ok("ListNotebookInstances", request);
    let names = |answer: &Value| -> Vec<String> {
        let all = answer["NotebookInstances"].as_array().unwrap();
        all.iter().map(|instance| instance["NotebookInstanceName"].as_str().unwrap().to_owned()).collect()
    };
    let first = list(json!({ "NameContains": "nb-" }));
    assert_eq!((names(&first).len(), names(&first)[0].as_str()), (10, "nb-00"));
    assert_eq!(names(&list(json!({ "NameContains": "nb-", "NextToken": first["NextToken"] }))), ["nb-10", "nb-11"]);
    let stopped = list(json!({ "StatusEquals": "Stopped" }));
    assert_eq!(names(&stopped), ["nb-05"]);
    assert_eq!(stopped["NotebookInstances"][0]["NotebookInstanceStatus"], "Stopped");
    assert_eq!(stopped["NotebookInstances"][0]["RoleArn"], Value::Null, "a summary");
    assert_eq!(names(&list(json!({ "SortBy": "Status", "SortOrder": "Descending", "MaxResults": 1 }))), ["nb-05"]);
    assert_eq!(names(&list(json!({ "SortOrder": "Descending", "MaxResults": 1 }))), ["other"]);
    assert_eq!(names(&list(json!({ "DefaultCodeRepositoryContains": "repo" }))), ["other"]);
    assert_eq!(names(&list(json!({ "CreationTimeAfter": 4_000_000_000_u64 }))), Vec::<String>::new());
    assert_eq!(server.error("ListNotebookInstances", json!({ "SortBy": "Size" })), "ValidationException");
    assert_eq!(server.error("ListNotebookInstances", json!({ "SortOrder": "Up" })), "ValidationException");
    for members in [json!({ "VolumeSizeInGB": 4 }), json!({ "LifecycleConfigName": "none" })] {
        let request = json!({ "NotebookInstanceName": "bad", "InstanceType": "ml.t3.medium", "RoleArn": ROLE });
        assert_eq!(server.error("CreateNotebookInstance", with(request, &members)), "ValidationException");
    }
    let again = json!({ "NotebookInstanceName": "other", "InstanceType": "ml.t3.medium", "RoleArn": ROLE });
    assert_eq!(server.error("CreateNotebookInstance", again), "ValidationException");
}

#[test]
fn their_lifecycle_configurations_are_updated_in_place() {
    let server = Server::start(&["--stop-takes", "0s"]);
    let config = |members: &Value| with(json!({ "NotebookInstanceLifecycleConfigName": "Idle" }), members);
    let hook = |content: &str| json!([{ "Content": content }]);
    for bad in [
        json!({ "OnStart": hook("no base64!") }),
        json!({ "OnStart": hook(&"A".repeat(16_388)) }),
        json!({ "OnCreate": [{ "Content": "QQ==" }, { "Content": "QQ==" }] }),
    ] {
        assert_eq!(server.error("CreateNotebookInstanceLifecycleConfig", config(&bad)), "ValidationException");
    }
    let both = json!({ "OnCreate": hook("QQ=="), "OnStart": hook("Qg==") });
    let arn =
        server.ok("CreateNotebookInstanceLifecycleConfig", config(&both))["NotebookInstanceLifecycleConfigArn"].clone();
    assert_eq!(arn, "arn:aws:sagemaker:us-east-1:111122223333:notebook-instance-lifecycle-config/idle");
    assert_eq!(server.error("CreateNotebookInstanceLifecycleConfig", config(&both)), "ValidationException");
    std::thread::sleep(std::time::Duration::from_millis(5));
    assert_eq!(
        server.ok("UpdateNotebookInstanceLifecycleConfig", config(&json!({ "OnStart": hook("Qw==") }))),
        json!({})
    );
    let described = server.ok("DescribeNotebookInstanceLifecycleConfig", config(&json!({})));
    assert_eq!((&described["OnCreate"], &described["OnStart"]), (&hook("QQ=="), &hook("Qw==")));
    assert!(described["LastModifiedTime"].as_f64() > described["CreationTime"].as_f64());
    let listed = server.ok("ListNotebookInstanceLifecycleConfigs", json!({ "NameContains": "dl" }));
    let summary = &listed["NotebookInstanceLifecycleConfigs"][0];
    assert_eq!((&summary["NotebookInstanceLifecycleConfigArn"], &summary["OnStart"]), (&arn, &Value::Null));

    create(&server, "nb", &json!({}));
    server.ok("StopNotebookInstance", named("nb"));
    let attached = || server.ok("DescribeNotebookInstance", named("nb"))["NotebookInstanceLifecycleConfigName"].clone();
    let update = |members: Value| with(named("nb"), &members);
    assert_eq!(
        server.error("UpdateNotebookInstance", update(json!({ "LifecycleConfigName": "none" }))),
        "ValidationException"
    );
    server.ok("UpdateNotebookInstance", update(json!({ "LifecycleConfigName": "Idle" })));
    assert_eq!(attached(), "Idle");
    let either = json!({ "LifecycleConfigName": "Idle", "DisassociateLifecycleConfig": true });
    assert_eq!(server.error("UpdateNotebookInstance", update(either)), "ValidationException");
    server.ok("UpdateNotebookInstance", update(json!({ "DisassociateLifecycleConfig": true })));
    assert_eq!(attached(), Value::Null);
    server.ok("DeleteNotebookInstanceLifecycleConfig", config(&json!({})));
    for operation in ["Describe", "Update", "Delete"] {
        let operation = format!("{operation}NotebookInstanceLifecycleConfig");
        assert_eq!(server.error(&operation, config(&json!({}))), "ValidationException");
    }
}

#[test]
fn a_denied_stop_names_the_notebook_instance() {
    let server = Server::start(&[]);
    create(&server, "Ada", &json!({}));
    server.faults("[[fault]]\noperation = \"StopNotebookInstance\"\nkind = \"deny\"\ntimes = 1\n");
    let (kind, message) = server.refused("StopNotebookInstance", named("Ada"));
    assert_eq!(kind, "AccessDeniedException");
    let wanted =
        "sagemaker:StopNotebookInstance on resource: arn:aws:sagemaker:us-east-1:111122223333:notebook-instance/ada ";
    assert!(message.contains(wanted), "{message}");
    server.ok("StopNotebookInstance", named("Ada"));
}
