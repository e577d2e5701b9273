//! The sandbox over real sockets: its protocol, and the semantics that clients trip over.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "wire/accounts.rs"]
mod accounts;
#[path = "wire/cloudwatch.rs"]
mod cloudwatch;
#[path = "wire/control.rs"]
mod control;
#[path = "wire/endpoints.rs"]
mod endpoints;
#[path = "wire/large.rs"]
mod large;
#[path = "wire/members.rs"]
mod members;
#[path = "wire/notebooks.rs"]
mod notebooks;
#[path = "wire/server.rs"]
mod server;
#[path = "wire/services.rs"]
mod services;
#[path = "wire/updates.rs"]
mod updates;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use server::{Server, authorization};

#[test]
fn what_is_not_signed_or_not_known_is_refused() {
    let server = Server::start(&[]);
    let target = ("x-amz-target", "SageMaker.ListApps");
    for authorization in [None, Some("Bearer x"), Some("AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host")] {
        let mut headers = vec![target];
        headers.extend(authorization.map(|value| ("authorization", value)));
        let answer = server.send("POST", "/", &headers, "{}").unwrap();
        assert_eq!(answer.status(), 403, "{authorization:?}");
        assert_eq!(answer.headers()["x-amzn-errortype"], "MissingAuthenticationToken");
    }
    assert_eq!(server.error("CreateTrainingJob", json!({})), "UnknownOperationException");
    assert_eq!(server.error("ListApps", json!([])), "SerializationException");
    let mut app = server.app();
    app["ResourceSpec"] = json!("ml.t3.medium");
    assert_eq!(server.error("CreateApp", app), "SerializationException");
    let named = json!({ "DomainName": "-d", "DefaultUserSettings": {} });
    assert_eq!(server.error("CreateDomain", named), "ValidationException");
    let signed = authorization("AKIAIOSFODNN7EXAMPLE", "us-east-1", "sagemaker");
    let answer = server.send("POST", "/", &[target, ("authorization", &signed)], "{").unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["x-amzn-errortype"]),
        (400, &"SerializationException".parse().unwrap())
    );
    let expired = [target, ("authorization", &signed), ("x-amz-security-token", "expired")];
    let answer = server.send("POST", "/", &expired, "{}").unwrap();
    assert_eq!(answer.headers()["x-amzn-errortype"], "ExpiredTokenException");
    let elsewhere = authorization("AKIAIOSFODNN7EXAMPLE", "us-east-1", "monitoring");
    let answer = server.send("POST", "/", &[target, ("authorization", &elsewhere)], "{}").unwrap();
    assert_eq!(answer.headers()["x-amzn-errortype"], "InvalidSignatureException");
}

#[test]
fn callers_are_told_apart_by_account_and_region() {
    let server = Server::start(&[]);
    let sts = |key: &str, region: &str| {
        let headers = [("authorization", authorization(key, region, "sts"))];
        let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
        server.send("POST", "/", &headers, "Action=GetCallerIdentity&Version=2011-06-15").unwrap().into_body()
    };
    let body = sts("AKIAIOSFODNN7EXAMPLE", "us-east-1");
    assert!(body.contains("<Arn>arn:aws:sts::111122223333:assumed-role/StudioExecutionRole/SageMaker</Arn>"), "{body}");
    assert!(sts("AKIA444455556666AAAA", "cn-north-1").contains("arn:aws-cn:sts::444455556666:"));
    for (key, region) in [("AKIA444455556666AAAA", "us-east-1"), ("AKIAIOSFODNN7EXAMPLE", "eu-west-1")] {
        let answer = server.signed("ListDomains", &json!({}), key, region);
        assert_eq!(answer.body(), r#"{"Domains":[]}"#, "{key} {region}");
    }
    // A refusal, too, is in the caller's protocol, whatever it quotes.
    let signed = authorization("AKIAIOSFODNN7EXAMPLE", "us-east-1", "sts");
    let expired = [("authorization", signed.as_str()), ("x-amz-security-token", "expired")];
    for (headers, form, code) in [
        (&expired[..], "Action=GetCallerIdentity", "ExpiredToken"),
        (&[], "Action=GetCallerIdentity", "MissingAuthenticationToken"),
        (&expired[..1], "Action=<&>", "InvalidAction"),
    ] {
        let answer = server.send("POST", "/", headers, form).unwrap();
        assert_eq!(answer.headers()["content-type"], "text/xml");
        assert!(answer.body().contains(&format!("<Code>{code}</Code>")), "{}", answer.body());
        assert!(!answer.body().contains("<&>"), "{}", answer.body());
    }
    let lcc = json!({ "StudioLifecycleConfigName": "a", "StudioLifecycleConfigContent": "QQ==",
        "StudioLifecycleConfigAppType": "JupyterLab" });
    let answer = server.signed("CreateStudioLifecycleConfig", &lcc, "AKIAIOSFODNN7EXAMPLE", "us-gov-west-1");
    assert!(answer.body().contains("arn:aws-us-gov:sagemaker:us-gov-west-1:111122223333:"), "{}", answer.body());
}

#[test]
fn pages_are_ten_unless_asked_and_a_hundred_at_most() {
    let server = Server::start(&[]);
    for n in 0..25 {
        server.ok("CreateSpace", server.in_domain(json!({ "SpaceName": format!("s-{n:02}") })));
    }
    let page = |request: Value| server.ok("ListSpaces", request);
    let length = |answer: &Value| answer["Spaces"].as_array().unwrap().len();
    assert_eq!(length(&page(json!({}))), 10);
    let (mut seen, mut token) = (Vec::new(), Value::Null);
    loop {
        let answer =
            page(json!({ "SpaceNameContains": "s-", "MaxResults": 7, "NextToken": token, "SortOrder": "Descending" }));
        seen.extend(answer["Spaces"].as_array().unwrap().iter().map(|s| s["SpaceName"].as_str().unwrap().to_owned()));
        token = answer["NextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!((seen.len(), seen[0].as_str(), seen[24].as_str()), (25, "s-24", "s-00"));
    for bad in [
        json!({ "MaxResults": 0 }),
        json!({ "MaxResults": 101 }),
        json!({ "NextToken": "x" }),
        json!({ "SortBy": "Size" }),
    ] {
        assert_eq!(server.error("ListSpaces", bad), "ValidationException");
    }
    let domain = server.ok("DescribeDomain", server.in_domain(json!({})));
    let tags = |most: u64| json!({ "ResourceArn": domain["DomainArn"], "MaxResults": most });
    assert_eq!(server.error("ListTags", tags(49)), "ValidationException");
    assert_eq!(server.ok("ListTags", tags(500)), json!({ "Tags": [] }));
    assert_eq!(server.error("ListTags", json!({ "ResourceArn": "arn:aws:sagemaker:::space/x/y" })), "ResourceNotFound");
}

#[test]
fn an_app_is_deleted_in_its_own_time_and_its_name_used_again() {
    let server = Server::start(&["--create-takes", "100ms"]);
    server.ok("CreateApp", server.app());
    let app = server.ok("DescribeApp", server.app());
    assert_eq!(
        (&app["Status"], &app["UserProfileName"], &app["RecoveryMode"]),
        (&json!("Pending"), &Value::Null, &json!(false))
    );
    assert_eq!(
        app["AppArn"],
        format!("arn:aws:sagemaker:us-east-1:111122223333:app/{}/lab/JupyterLab/default", server.domain)
    );
    server.until("InService", "DescribeApp", &server.app());
    assert_eq!(server.error("CreateApp", server.app()), "ResourceInUse");
    assert_eq!(server.error("DeleteSpace", server.in_domain(json!({ "SpaceName": "lab" }))), "ResourceInUse");

    server.ok("DeleteApp", server.app());
    assert_eq!(server.ok("DescribeApp", server.app())["Status"], "Deleting");
    assert_eq!(server.error("CreateApp", server.app()), "ResourceInUse");
    server.until("Deleted", "DescribeApp", &server.app());
    assert_eq!(server.ok("ListApps", json!({}))["Apps"][0]["Status"], "Deleted");
    assert_eq!(server.error("DeleteApp", server.app()), "ResourceNotFound");
    server.ok("CreateApp", server.app());
    let again = server.ok("DescribeApp", server.app());
    assert!(again["CreationTime"].as_f64() > app["CreationTime"].as_f64());

    let mut failed = server.app();
    failed["Set"] = json!({ "Status": "Failed" });
    assert_eq!(server.send("PATCH", "/_sandbox/app", &[], &failed.to_string()).unwrap().status(), 200);
    assert_eq!(server.error("DeleteApp", server.app()), "ValidationException");
    server.ok("DeleteSpace", server.in_domain(json!({ "SpaceName": "lab" })));
}

#[test]
fn a_health_check_moves_the_time_of_user_activity() {
    let server = Server::start(&[]);
    server.ok("CreateApp", server.app());
    let before = server.ok("DescribeApp", server.app());
    std::thread::sleep(Duration::from_millis(5));
    server.send("POST", "/_sandbox/health-check", &[], &server.app().to_string()).unwrap();
    let after = server.ok("DescribeApp", server.app());
    assert!(after["LastUserActivityTimestamp"].as_f64() > before["LastUserActivityTimestamp"].as_f64());
    assert_eq!(after["LastUserActivityTimestamp"], after["LastHealthCheckTimestamp"]);
    assert_eq!(server.send("POST", "/_sandbox/health-check", &[], "{}").unwrap().status(), 400);
    let credentials = server.send("GET", "/container-credentials", &[], "").unwrap();
    assert!(credentials.body().contains("\"Expiration\":\"20"), "{}", credentials.body());
}

#[test]
fn members_of_an_app_can_be_forced() {
    let server = Server::start(&[]);
    server.ok("CreateApp", server.app());
    let force = |set: Value| {
        let mut request = server.app();
        request["Set"] = set;
        server.send("PATCH", "/_sandbox/app", &[], &request.to_string()).unwrap().status().as_u16()
    };
    assert_eq!(force(json!({ "TrainingPlanArn": "plan", "RecoveryMode": true, "CreationTime": 1.5 })), 200);
    let app = server.ok("DescribeApp", server.app());
    assert_eq!(app["ResourceSpec"], json!({ "InstanceType": "ml.t3.medium", "TrainingPlanArn": "plan" }));
    assert_eq!((&app["RecoveryMode"], &app["CreationTime"]), (&json!(true), &json!(1.5)));
    assert_eq!((force(json!({ "Statuss": "Failed" })), force(Value::Null)), (400, 400), "a slip is not ignored");
}

#[test]
fn lifecycle_configurations_are_immutable_and_kept_while_in_use() {
    let server = Server::start(&[]);
    let lcc = |name: &str, content: &str| {
        json!({ "StudioLifecycleConfigName": name, "StudioLifecycleConfigContent": content,
            "StudioLifecycleConfigAppType": "JupyterLab" })
    };
    for content in ["", "no base64!", &"A".repeat(16_388)] {
        assert_eq!(server.error("CreateStudioLifecycleConfig", lcc("bad", content)), "ValidationException");
    }
    let arn = |name: &str| {
        server.ok("CreateStudioLifecycleConfig", lcc(name, &"A".repeat(16_384)))["StudioLifecycleConfigArn"].clone()
    };
    let (of_domain, of_profile) = (arn("v1"), arn("v2"));
    assert_eq!(server.error("CreateStudioLifecycleConfig", lcc("v1", "QQ==")), "ResourceInUse");
    assert_eq!(server.error("UpdateStudioLifecycleConfig", lcc("v1", "QQ==")), "UnknownOperationException");
    let built_in = |arn: &Value| json!({ "JupyterLabAppSettings": { "BuiltInLifecycleConfigArn": arn } });
    let domain = |settings: Value| server.in_domain(json!({ "DefaultUserSettings": settings }));
    let nothing = json!("arn:aws:sagemaker:us-east-1:111122223333:studio-lifecycle-config/none");
    assert_eq!(server.error("UpdateDomain", domain(built_in(&nothing))), "ValidationException");

    server.ok("UpdateDomain", domain(built_in(&of_domain)));
    server.ok("CreateApp", server.app());
    let app = || server.ok("DescribeApp", server.app())["BuiltInLifecycleConfigArn"].clone();
    assert_eq!(app(), of_domain);
    let ada = json!({ "UserProfileName": "ada", "UserSettings": built_in(&of_profile) });
    server.ok("UpdateUserProfile", server.in_domain(ada));
    assert_eq!(app(), of_domain, "resolved when the app was launched");
    server.ok("UpdateDomain", domain(built_in(&of_profile)));
    let delete = json!({ "StudioLifecycleConfigName": "v1" });
    assert_eq!(server.error("DeleteStudioLifecycleConfig", delete.clone()), "ResourceInUse", "an app runs it");
    server.ok("DeleteApp", server.app());
    server.until("Deleted", "DescribeApp", &server.app());
    server.ok("DeleteStudioLifecycleConfig", delete);
    server.ok("CreateApp", server.app());
    assert_eq!(app(), of_profile);
    server.ok("DeleteApp", server.app());
    server.until("Deleted", "DescribeApp", &server.app());
    let delete = json!({ "StudioLifecycleConfigName": "v2" });
    assert_eq!(server.error("DeleteStudioLifecycleConfig", delete), "ResourceInUse", "settings name it");
}

#[test]
fn shared_spaces_take_their_built_in_from_the_domains_space_settings() {
    let server = Server::start(&[]);
    let arn = |name: &str| {
        let lcc = json!({ "StudioLifecycleConfigName": name, "StudioLifecycleConfigContent": "QQ==",
            "StudioLifecycleConfigAppType": "JupyterLab" });
        server.ok("CreateStudioLifecycleConfig", lcc)["StudioLifecycleConfigArn"].clone()
    };
    let (of_users, of_spaces) = (arn("users"), arn("spaces"));
    let built_in = |arn: &Value| json!({ "JupyterLabAppSettings": { "BuiltInLifecycleConfigArn": arn } });
    let settings = json!({ "DefaultUserSettings": built_in(&of_users), "DefaultSpaceSettings": built_in(&of_spaces) });
    server.ok("UpdateDomain", server.in_domain(settings));
    for (space, sharing, expected) in [("private", "Private", of_users), ("shared", "Shared", of_spaces)] {
        let request = json!({ "SpaceName": space, "OwnershipSettings": { "OwnerUserProfileName": "ada" },
            "SpaceSharingSettings": { "SharingType": sharing } });
        server.ok("CreateSpace", server.in_domain(request));
        let mut app = server.app();
        app["SpaceName"] = json!(space);
        server.ok("CreateApp", app.clone());
        assert_eq!(server.ok("DescribeApp", app)["BuiltInLifecycleConfigArn"], expected, "{space}");
    }
}

#[test]
fn updates_merge_structures_replace_lists_and_take_their_time() {
    let server = Server::start(&["--update-takes", "100ms"]);
    let update = |settings: Value| server.in_domain(json!({ "DefaultUserSettings": settings }));
    let done = || server.until("InService", "DescribeDomain", &server.in_domain(json!({})));
    server.ok("UpdateDomain", update(json!({ "ExecutionRole": "r", "SecurityGroups": ["a", "b"], "StudioWebPortalSettings": { "HiddenAppTypes": ["Canvas"] } })));
    assert_eq!(server.error("UpdateDomain", update(json!({}))), "ResourceInUse", "while Updating");
    done();
    server.ok(
        "UpdateDomain",
        update(json!({ "SecurityGroups": ["c"], "StudioWebPortalSettings": { "HiddenMlTools": [] } })),
    );
    done();
    let settings = server.ok("DescribeDomain", server.in_domain(json!({})))["DefaultUserSettings"].clone();
    assert_eq!(
        settings,
        json!({ "ExecutionRole": "r", "SecurityGroups": ["c"],
        "StudioWebPortalSettings": { "HiddenAppTypes": ["Canvas"], "HiddenMlTools": [] } })
    );

    let vpc_only = json!({ "AppNetworkAccessType": "VpcOnly", "VpcId": "vpc-1" });
    assert_eq!(server.error("UpdateDomain", server.in_domain(vpc_only)), "ValidationException");
    let app_type = json!({ "SpaceName": "lab", "SpaceSettings": { "AppType": "JupyterLab" } });
    assert_eq!(server.error("UpdateSpace", server.in_domain(app_type)), "ValidationException");
    for (minutes, accepted) in [(0, true), (59, false), (60, true), (525_600, true), (525_601, false)] {
        let idle = json!({ "IdleSettings": { "IdleTimeoutInMinutes": minutes } });
        let request = update(json!({ "JupyterLabAppSettings": { "AppLifecycleManagement": idle } }));
        if accepted {
            server.ok("UpdateDomain", request);
            done();
        } else {
            assert_eq!(server.error("UpdateDomain", request), "ValidationException", "{minutes}");
        }
    }
}

#[test]
fn every_fault_is_played_as_scripted() {
    let server = Server::start(&[]);
    let list = || server.signed("ListApps", &json!({}), "AKIAIOSFODNN7EXAMPLE", "us-east-1").status().as_u16();
    let script = |kind: &str, rest: &str| {
        server.faults(&format!("[[fault]]\noperation = \"ListApps\"\nkind = \"{kind}\"\n{rest}"));
    };
    for (kind, code) in [
        ("throttle", "ThrottlingException"),
        ("internal-error", "InternalFailure"),
        ("expired-token", "ExpiredTokenException"),
    ] {
        script(kind, "times = 1");
        assert_eq!(server.error("ListApps", json!({})), code);
        assert_eq!(list(), 200);
    }
    script("throttle", "skip = 1\nevery = 2\ntimes = 2");
    assert_eq!([(); 7].map(|()| list()), [200, 200, 400, 200, 400, 200, 200]);
    script("hang", "times = 1\ndelay = \"200ms\"");
    let start = Instant::now();
    assert_eq!(list(), 200);
    assert!(start.elapsed() >= Duration::from_millis(200));

    server.faults("[[fault]]\noperation = \"*\"\nkind = \"deny\"\n");
    let (kind, message) = server.refused("DeleteApp", server.app());
    assert_eq!(kind, "AccessDeniedException");
    let arn = format!("arn:aws:sagemaker:us-east-1:111122223333:app/{}/lab/JupyterLab/default", server.domain);
    assert!(message.starts_with("User: arn:aws:sts::111122223333:assumed-role/"), "{message}");
    assert!(
        message.contains(&format!("is not authorized to perform: sagemaker:DeleteApp on resource: {arn}")),
        "{message}"
    );

    server.faults("[[fault]]\noperation = \"*\"\nkind = \"slow-delete\"\ntimes = 1\ndelay = \"1h\"\n");
    server.ok("CreateApp", server.app());
    server.ok("DeleteApp", server.app());
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(server.ok("DescribeApp", server.app())["Status"], "Deleting");

    for broken in [
        "[[fault]]\noperation = \"ListApps\"\nkind = \"throttle\"\ntimse = 1\n",
        "[[fault]]\nkind = \"meteor\"\noperation = \"*\"\n",
    ] {
        server.faults(broken);
        let (kind, message) = server.refused("ListApps", json!({}));
        assert!(kind == "InternalFailure" && message.contains("faults file"), "{message}");
    }
}

#[test]
fn a_dropped_connection_is_noted_and_hurts_nobody_else() {
    let server = Server::start(&[]);
    server.send("DELETE", "/_sandbox/calls", &[], "").unwrap();
    assert_eq!(server.send("GET", "/_sandbox/calls", &[], "").unwrap().headers()["x-sandbox-calls-dropped"], "0");
    assert_eq!(server.calls(), Vec::<Value>::new());
    server.faults("[[fault]]\noperation = \"ListApps\"\nkind = \"drop\"\ntimes = 1\n");
    let headers = [
        ("x-amz-target", "SageMaker.ListApps"),
        ("authorization", &authorization("AKIA444455556666AAAA", "us-west-2", "sagemaker")),
    ];
    assert!(server.send("POST", "/", &headers, "{}").is_err());
    server.ok("ListApps", json!({ "MaxResults": 5 }));
    server.error("DescribeDomain", json!({ "DomainId": "d-none" }));
    let calls = server.calls();
    let of = |n: usize, member: &str| calls[n][member].clone();
    assert_eq!(calls.len(), 3);
    assert_eq!((of(0, "error"), of(0, "status"), of(0, "region")), (json!("dropped"), json!(0), json!("us-west-2")));
    assert_eq!(
        (of(1, "error"), of(1, "status"), of(1, "request")),
        (Value::Null, json!(200), json!({ "MaxResults": 5 }))
    );
    assert_eq!(
        (of(2, "error"), of(2, "operation"), of(2, "access_key")),
        (json!("ResourceNotFound"), json!("DescribeDomain"), json!("AKIAIOSFODNN7EXAMPLE"))
    );
    assert!(server.close(), "it ends when its stdin is closed");
}

#[test]
fn it_listens_on_loopback_only() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_studio-sandbox"))
        .args(["--listen", "0.0.0.0:0", "--max-lifetime", "1s"])
        .output()
        .unwrap();
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("not loopback"), "{output:?}");
}
