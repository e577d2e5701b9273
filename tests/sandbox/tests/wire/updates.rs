//! Updates that are slow, half lost or go wrong, and settings that say "none".

use std::time::{Duration, Instant};

use serde_json::json;

use crate::server::Server;

#[test]
fn an_answer_that_stays_away_was_given_nevertheless() {
    let server = Server::start(&[]);
    server.faults("[[fault]]\noperation = \"UpdateDomain\"\nkind = \"late-answer\"\ndelay = \"700ms\"\n");
    let start = Instant::now();
    let roles = json!({ "DefaultUserSettings": { "ExecutionRole": "arn:aws:iam::111122223333:role/late" } });
    std::thread::scope(|scope| {
        let update = scope.spawn(|| server.ok("UpdateDomain", server.in_domain(roles.clone())));
        let end = Instant::now() + Duration::from_secs(30);
        while server.ok("DescribeDomain", server.in_domain(json!({})))["DefaultUserSettings"]
            != roles["DefaultUserSettings"]
        {
            assert!(Instant::now() < end && !update.is_finished(), "it is done before it is answered");
        }
        update.join().unwrap();
    });
    assert!(start.elapsed() >= Duration::from_millis(700), "{:?}", start.elapsed());
}

#[test]
fn an_update_can_lose_what_else_stood_in_its_settings() {
    let server = Server::start(&[]);
    let both = json!({ "ExecutionRole": "arn:aws:iam::111122223333:role/r", "SecurityGroups": ["sg-1"] });
    server.ok("UpdateDomain", server.in_domain(json!({ "DefaultUserSettings": both })));
    let one = json!({ "DefaultUserSettings": { "SecurityGroups": ["sg-2"] } });
    server.ok("UpdateDomain", server.in_domain(one.clone()));
    let settings = || server.ok("DescribeDomain", server.in_domain(json!({})))["DefaultUserSettings"].clone();
    assert_eq!(settings()["ExecutionRole"], both["ExecutionRole"], "what is left out is kept");
    server.faults("[[fault]]\noperation = \"UpdateDomain\"\nkind = \"replace-settings\"\n");
    server.ok("UpdateDomain", server.in_domain(one.clone()));
    assert_eq!(settings(), one["DefaultUserSettings"]);
}

#[test]
fn each_update_has_a_time_of_its_own() {
    let server = Server::start(&[]);
    let mut last = 0.0;
    for n in 0..20 {
        let role =
            json!({ "DefaultUserSettings": { "ExecutionRole": format!("arn:aws:iam::111122223333:role/r{n}") } });
        server.ok("UpdateDomain", server.in_domain(role));
        let now = server.ok("DescribeDomain", server.in_domain(json!({})))["LastModifiedTime"].as_f64().unwrap();
        assert!(now > last, "{now} after {last}");
        last = now;
    }
}

#[test]
fn the_word_none_is_no_built_in_lifecycle_config() {
    let server = Server::start(&[]);
    let none = json!({ "JupyterLabAppSettings": { "BuiltInLifecycleConfigArn": "None" } });
    server.ok("UpdateDomain", server.in_domain(json!({ "DefaultUserSettings": none })));
    server.ok("CreateApp", server.app());
    assert!(server.ok("DescribeApp", server.app())["BuiltInLifecycleConfigArn"].is_null());
}

#[test]
fn a_domain_of_unified_studio_gives_its_project_back() {
    let server = Server::start(&[]);
    let project = json!({ "UnifiedStudioSettings": { "ProjectId": "abc", "DomainId": "dzd-1" } });
    let request = json!({ "DomainName": "unified", "DefaultUserSettings": {}, "DomainSettings": project });
    let arn = server.ok("CreateDomain", request)["DomainArn"].as_str().unwrap().to_owned();
    let described = server.ok("DescribeDomain", json!({ "DomainId": arn.rsplit('/').next() }));
    assert_eq!(described["DomainSettings"], project);
}

#[test]
fn the_status_of_a_domain_can_be_forced_and_nothing_else_of_it() {
    let server = Server::start(&[]);
    let force =
        |set| server.send("PATCH", "/_sandbox/domain", &[], &server.in_domain(json!({ "Set": set })).to_string());
    let status = force(json!({ "Status": "Updating" })).unwrap().status();
    assert_eq!(status, 200);
    let update = json!({ "DefaultUserSettings": { "ExecutionRole": "arn:aws:iam::111122223333:role/r" } });
    assert_eq!(server.error("UpdateDomain", server.in_domain(update)), "ResourceInUse");
    for wrong in [json!({ "FailureReason": "x" }), json!({ "DomainName": "x" })] {
        assert_eq!(force(wrong).unwrap().status(), 400);
    }
}

#[test]
fn a_read_can_show_what_was_there_before_the_last_update() {
    let server = Server::start(&[]);
    let role =
        |n| json!({ "DefaultUserSettings": { "ExecutionRole": format!("arn:aws:iam::111122223333:role/r{n}") } });
    let shown = || server.ok("DescribeDomain", server.in_domain(json!({})))["DefaultUserSettings"].clone();
    for n in [1, 2] {
        server.ok("UpdateDomain", server.in_domain(role(n)));
    }
    server.faults("[[fault]]\noperation = \"DescribeDomain\"\nkind = \"stale-read\"\ntimes = 1\n");
    assert_eq!([shown(), shown()], [1, 2].map(|n| role(n)["DefaultUserSettings"].clone()));
}
