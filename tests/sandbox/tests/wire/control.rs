//! What tests put there, force and schedule.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::server::Server;

const OURS: &str = "AKIAIOSFODNN7EXAMPLE";
const THEIRS: &str = "AKIA444455556666AAAA";

#[test]
fn resources_are_seeded_as_they_are_given() {
    let server = Server::start(&[]);
    let app = json!({ "DomainId": "d-seed", "SpaceName": "s", "AppType": "JupyterLab", "AppName": "default" });
    let mut given = app.clone();
    given["ResourceSpec"] = json!({ "InstanceType": "ml.g5.xlarge" });
    given["CreationTime"] = json!(1000.5);
    given["Tags"] = json!([{ "Key": "Team", "Value": "ml" }]);
    let variants = json!([{ "VariantName": "v", "CurrentInstanceCount": 2 }]);
    let seeded = server.change(
        "seed",
        json!({
            "Account": "444455556666", "Region": "eu-west-1",
            "Domains": [{ "DomainId": "d-seed", "DomainName": "theirs" }],
            "UserProfiles": [{ "DomainId": "d-seed", "UserProfileName": "ada" }],
            "Spaces": [{ "DomainId": "d-seed", "SpaceName": "s" }],
            "Apps": [given],
            "EndpointConfigs": [{ "EndpointConfigName": "e", "ProductionVariants": [{ "VariantName": "v" }] }],
            "Endpoints": [{ "EndpointName": "e", "ProductionVariants": variants, "EndpointStatus": "Failed" }],
            "InferenceComponents": [{ "InferenceComponentName": "ic", "EndpointName": "e" }],
            "NotebookInstances": [{ "NotebookInstanceName": "nb", "LastModifiedTime": 7.0 }],
        }),
    );
    assert_eq!((&seeded["Apps"], &seeded["Endpoints"]), (&json!(1), &json!(1)));
    let ask = |operation: &str, request: Value| -> Value {
        let answer = server.signed(operation, &request, THEIRS, "eu-west-1");
        assert_eq!(answer.status(), 200, "{operation}: {}", answer.body());
        serde_json::from_str(answer.body()).unwrap()
    };
    let described = ask("DescribeApp", app);
    let arn = "arn:aws:sagemaker:eu-west-1:444455556666:app/d-seed/s/JupyterLab/default";
    assert_eq!((&described["AppArn"], &described["Status"]), (&json!(arn), &json!("InService")));
    assert_eq!((&described["CreationTime"], &described["LastModifiedTime"]), (&json!(1000.5), &Value::Null));
    assert_eq!(ask("ListTags", json!({ "ResourceArn": arn }))["Tags"], json!([{ "Key": "Team", "Value": "ml" }]));
    let endpoint = ask("DescribeEndpoint", json!({ "EndpointName": "e" }));
    assert_eq!((&endpoint["EndpointStatus"], &endpoint["ProductionVariants"]), (&json!("Failed"), &variants));
    let notebook = ask("DescribeNotebookInstance", json!({ "NotebookInstanceName": "nb" }));
    assert_eq!(
        (&notebook["NotebookInstanceStatus"], &notebook["LastModifiedTime"]),
        (&json!("InService"), &json!(7.0))
    );
    for (operation, member) in [
        ("ListDomains", "Domains"),
        ("ListUserProfiles", "UserProfiles"),
        ("ListSpaces", "Spaces"),
        ("ListEndpointConfigs", "EndpointConfigs"),
        ("ListInferenceComponents", "InferenceComponents"),
    ] {
        assert_eq!(ask(operation, json!({}))[member].as_array().unwrap().len(), 1, "{operation}");
    }
    for wrong in [json!({ "App": [] }), json!({ "Apps": [{ "AppName": "x" }] }), json!({ "Generate": { "Space": 1 } })]
    {
        server.unchanged("seed", wrong);
    }
}

#[test]
fn a_fleet_is_made_in_the_server() {
    let server = Server::start(&[]);
    let fleet = json!({ "Domains": 2, "Spaces": 25, "AppsPerSpace": 2, "InstanceType": "ml.g5.2xlarge" });
    let made = server.change("seed", json!({ "Region": "eu-west-1", "Generate": fleet }));
    assert_eq!(made["Generated"], json!({ "Domains": 2, "Spaces": 25, "Apps": 50 }));
    let ask = |operation: &str, request: Value| -> Value {
        let answer = server.signed(operation, &request, "AKIAIOSFODNN7EXAMPLE", "eu-west-1");
        serde_json::from_str(answer.body()).unwrap()
    };
    let apps = ask("ListApps", json!({ "MaxResults": 100 }))["Apps"].as_array().unwrap().clone();
    assert_eq!(apps.len(), 50);
    assert!(apps.iter().all(|app| app["ResourceSpec"]["InstanceType"] == "ml.g5.2xlarge"));
    let spaces = ask("ListSpaces", json!({ "DomainIdEquals": "d-fleet0002", "MaxResults": 100 }))["Spaces"].clone();
    assert_eq!((&spaces[0]["SpaceName"], spaces.as_array().unwrap().len()), (&json!("space-000014"), 12));
    let owner = spaces[0]["OwnershipSettingsSummary"]["OwnerUserProfileName"].clone();
    assert_eq!(owner, "user-0002");
    let profile = json!({ "DomainId": "d-fleet0002", "UserProfileName": owner });
    assert_eq!(ask("DescribeUserProfile", profile)["Status"], "InService");
}

#[test]
fn members_of_every_kind_can_be_forced() {
    let server = Server::start(&[]);
    server.change(
        "seed",
        json!({ "Endpoints": [{ "EndpointName": "e" }], "NotebookInstances": [{ "NotebookInstanceName": "nb" }] }),
    );
    let force = |kind: &str, key: Value, set: Value| {
        let mut request = server.in_domain(key);
        request["Kind"] = json!(kind);
        request["Set"] = set;
        server.send("PATCH", "/_sandbox/resource", &[], &request.to_string()).unwrap().status().as_u16()
    };
    let old = || json!({ "LastModifiedTime": 5.5 });
    let lab = || json!({ "SpaceName": "lab" });
    assert_eq!(force("space", lab(), old()), 200);
    assert_eq!(server.ok("DescribeSpace", server.in_domain(lab()))["LastModifiedTime"], 5.5);
    assert_eq!(force("user-profile", json!({ "UserProfileName": "ada" }), json!({ "Status": "Failed" })), 200);
    let ada = server.in_domain(json!({ "UserProfileName": "ada" }));
    assert_eq!(server.ok("DescribeUserProfile", ada)["Status"], "Failed");
    assert_eq!(force("notebook-instance", json!({ "NotebookInstanceName": "nb" }), old()), 200);
    assert_eq!(force("endpoint", json!({ "EndpointName": "e" }), json!({ "Status": "SystemUpdating" })), 200);
    let (kind, message) = server.refused("DeleteEndpoint", json!({ "EndpointName": "e" }));
    assert!(kind == "ValidationException" && message.contains("SystemUpdating"), "{message}");
    assert_eq!(force("endpoint", json!({ "EndpointName": "e" }), json!({ "Statuss": "Failed" })), 400);
    assert_eq!(force("space", json!({ "SpaceName": "none" }), old()), 404);
    assert_eq!(force("spaceship", lab(), old()), 400);
}

#[test]
fn calls_are_counted_by_operation_until_they_are_forgotten() {
    let server = Server::start(&[]);
    let counts = || -> Value {
        let answer = server.send("GET", "/_sandbox/call-counts", &[], "").unwrap();
        serde_json::from_str(answer.body()).unwrap()
    };
    assert_eq!(counts()["CreateDomain"], 1);
    server.send("DELETE", "/_sandbox/calls", &[], "").unwrap();
    server.error("DescribeDomain", json!({ "DomainId": "d-none" }));
    (0..3).for_each(|_| drop(server.ok("ListApps", json!({}))));
    assert_eq!(counts(), json!({ "DescribeDomain": 1, "ListApps": 3 }));
}

#[test]
fn metrics_of_aws_itself_and_of_last_year_can_be_put() {
    let server = Server::start(&[]);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64();
    let hour = (now / 3600.0).floor() * 3600.0;
    let of = |endpoint: &str| {
        let variant = json!({ "Name": "VariantName", "Value": "v" });
        json!([{ "Name": "EndpointName", "Value": endpoint }, variant])
    };
    let ago = now - 3600.0;
    let (namespace, name) = ("AWS/SageMaker", "Invocations");
    let year = 365.0 * 86_400.0;
    server.change(
        "metrics",
        json!({ "Data": [
        { "Namespace": namespace, "MetricName": name, "Dimensions": of("a"), "Timestamp": hour - year,
            "Value": 3.0, "Unit": "None" },
        { "Namespace": namespace, "MetricName": name, "Dimensions": of("b"), "Every": 300, "From": hour - 7200.0,
            "To": hour, "Value": 0.0 },
    ] }),
    );
    let ask = |endpoint: &str, start: f64, end: f64, period: u64, stat: &str| -> Value {
        let metric = json!({ "Namespace": namespace, "MetricName": name, "Dimensions": of(endpoint) });
        let query = json!({ "Id": "q", "MetricStat": { "Metric": metric, "Period": period, "Stat": stat } });
        let request = json!({ "MetricDataQueries": [query], "StartTime": start, "EndTime": end });
        let answer =
            server.target("GraniteServiceVersion20100801.GetMetricData", &request, (OURS, "us-east-1", "monitoring"));
        let answer: Value = serde_json::from_str(answer.body()).unwrap();
        answer["MetricDataResults"][0].clone()
    };
    assert_eq!(ask("a", hour - year - 60.0, hour - year + 3600.0, 60, "Sum")["Values"], json!([3.0]));
    let counts = ask("b", hour - 86_400.0, hour + 60.0, 3600, "SampleCount");
    assert_eq!(counts["Values"], json!([1.0, 12.0, 12.0]), "newest first");
    let listed =
        server.target("GraniteServiceVersion20100801.ListMetrics", &json!({}), (OURS, "us-east-1", "monitoring"));
    assert!(listed.body().contains("\"b\"") && !listed.body().contains("\"a\""), "{}", listed.body());
    for wrong in [
        json!({}),
        json!({ "Data": [{ "Namespace": "N", "MetricName": "m", "Timestamp": now - 456.0 * 86_400.0, "Value": 1.0 }] }),
        json!({ "Data": [{ "Namespace": "N", "MetricName": "m", "Every": 90, "From": now, "To": now, "Value": 1.0 }] }),
        json!({ "Data": [{ "Namespace": "N", "MetricName": "m", "Every": 60, "From": now, "To": ago, "Value": 1.0 }] }),
    ] {
        server.unchanged("metrics", wrong);
    }
}

#[test]
fn a_change_is_made_between_two_calls() {
    let server = Server::start(&[]);
    server.ok("CreateApp", server.app());
    let created = server.ok("DescribeApp", server.app())["CreationTime"].clone();
    let app = || {
        let mut app = server.app();
        app["Set"] = json!({ "CreationTime": 1.5 });
        app
    };
    server.change("when", json!({ "Operation": "DescribeApp", "Skip": 1, "Do": { "app": app() } }));
    let described = || server.ok("DescribeApp", server.app())["CreationTime"].clone();
    assert_eq!([described(), described(), described()], [created, json!(1.5), json!(1.5)]);

    // After a list, somebody deletes what it showed.
    let delete = json!({ "call": { "Operation": "DeleteApp", "Request": server.app() } });
    server.change("when", json!({ "Operation": "ListApps", "Before": false, "Do": delete }));
    assert_eq!(server.ok("ListApps", json!({}))["Apps"][0]["Status"], "InService");
    assert_ne!(server.ok("ListApps", json!({}))["Apps"][0]["Status"], "InService");
    assert!(!server.calls().iter().any(|call| call["operation"] == "DeleteApp"), "the client sent nothing");

    // Calls of another account or region do not count.
    let mut app = app();
    app["Set"] = json!({ "CreationTime": 2.5 });
    server.change("when", json!({ "Operation": "DescribeApp", "Account": "444455556666", "Do": { "app": app } }));
    server.change("when", json!({ "Operation": "DescribeApp", "Region": "us-east-2", "Do": { "app": app } }));
    assert_eq!(described(), 1.5);
    server.signed("DescribeApp", &json!({}), THEIRS, "eu-west-1");
    assert_eq!(described(), 2.5);

    // A change that cannot be made does not pass unseen.
    let none = json!({ "resource": { "Kind": "space", "DomainId": "d", "SpaceName": "none", "Set": {} } });
    server.change("when", json!({ "Operation": "ListSpaces", "Do": none }));
    let (kind, message) = server.refused("ListSpaces", json!({}));
    assert!(kind == "InternalFailure" && message.contains("no such space"), "{message}");
    server.ok("ListSpaces", json!({}));
    for wrong in [
        json!({ "Operation": "ListApps" }),
        json!({ "Operation": "ListApps", "Do": { "when": {} } }),
        json!({ "Operation": "ListApps", "Do": { "app": {}, "seed": {} } }),
        json!({ "Do": { "app": {} } }),
        json!({ "Operation": "ListApps", "Skpi": 1, "Do": { "app": {} } }),
    ] {
        server.unchanged("when", wrong);
    }
}

#[test]
fn metric_data_can_stay_away_in_an_answer_that_succeeds() {
    let server = Server::start(&[]);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64();
    let metric = json!({ "Namespace": "N", "MetricName": "m" });
    let mut datum = metric.clone();
    datum["Timestamp"] = json!(now - 600.0);
    datum["Value"] = json!(1.0);
    server.change("metrics", json!({ "Data": [datum] }));
    let query = json!({ "Id": "q", "MetricStat": { "Metric": metric, "Period": 60, "Stat": "Sum" } });
    let request = json!({ "MetricDataQueries": [query], "StartTime": now - 3600.0, "EndTime": now });
    let ask = || -> Value {
        let target = "GraniteServiceVersion20100801.GetMetricData";
        let answer = server.target(target, &request, (OURS, "us-east-1", "monitoring"));
        assert_eq!(answer.status(), 200);
        serde_json::from_str(answer.body()).unwrap()
    };
    for (kind, status) in [("partial-data", "PartialData"), ("forbidden-data", "Forbidden")] {
        server.faults(&format!("[[fault]]\noperation = \"*\"\nkind = \"{kind}\"\ntimes = 1\n"));
        server.ok("ListApps", json!({}));
        let nothing = ask();
        let result = &nothing["MetricDataResults"][0];
        assert_eq!((&result["StatusCode"], &result["Values"]), (&json!(status), &json!([])));
        assert!(nothing["NextToken"].is_null());
        let result = ask()["MetricDataResults"][0].clone();
        assert_eq!((&result["StatusCode"], &result["Values"]), (&json!("Complete"), &json!([1.0])));
    }
}
