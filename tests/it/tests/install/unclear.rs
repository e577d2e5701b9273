//! Lists that do not end, and things that nobody understands: told, never left out.

use serde_json::{Value, json};

use crate::scripted_aws::ScriptedAws;

fn app(name: &str, app_type: &str) -> Value {
    json!({ "DomainId": "d-1", "SpaceName": "space-1", "AppType": app_type, "AppName": name, "Status": "InService",
        "CreationTime": 1_700_000_000.0 })
}

#[test]
fn a_list_that_does_not_end_is_an_error() {
    let tokens: [fn(usize) -> String; 3] =
        [|_| "same".to_owned(), |n| ["a", "b"][n % 2].to_owned(), |n| format!("ever-other-{n}")];
    for token in tokens {
        let aws = ScriptedAws::start(move |_, n| json!({ "Apps": [], "NextToken": token(n) }));
        let ran = aws.run(&["coverage", "--all-domains"]).expect(1);
        ran.says(&["NOT READ", "ListApps failed", "the list has no end"]);
        assert!(aws.calls() <= 2_000, "{}", aws.calls());
    }
}

#[test]
fn every_listing_must_end() {
    let settings = json!({ "DomainId": "d-1", "Status": "InService", "DefaultUserSettings": {} });
    for endless in
        ["ListDomains", "ListUserProfiles", "ListNotebookInstances", "ListStudioLifecycleConfigs", "ListApps"]
    {
        let settings = settings.clone();
        let aws = ScriptedAws::start(move |operation, _| {
            let mut answer = match operation {
                "ListDomains" => json!({ "Domains": [{ "DomainId": "d-1" }] }),
                "DescribeDomain" => settings.clone(),
                _ => json!({}),
            };
            if operation == endless {
                answer["NextToken"] = json!("same");
            }
            answer
        });
        let store = tempfile::tempdir().unwrap();
        let ran = aws.run(&["uninstall", "--all-domains", "--artifacts", store.path().to_str().unwrap()]);
        let words: String = ran.stdout.split_whitespace().collect();
        assert!(words.contains(endless) && words.contains("hasnoend"), "{endless}: {}", ran.stdout);
        assert!([Some(1), Some(4)].contains(&ran.code), "{endless}: {:?}", ran.code);
    }
}

#[test]
fn an_app_that_is_not_understood_is_a_row_and_not_covered() {
    let aws = ScriptedAws::start(|operation, _| match operation {
        "ListApps" => json!({ "Apps": [app("default", "NewKind"), app("bad_name", "JupyterLab")] }),
        _ => json!({}),
    });
    let ran = aws.run(&["coverage", "--all-domains"]).expect(1);
    ran.says(&["d-1/space-1/NewKind/default", "not understood: app type \"NewKind\" is not known", "bad_name"]);
    ran.says(&["0 % covered: 0 covered, 0 not, 2 unknown"]);
}

#[test]
fn names_that_are_not_understood_make_their_list_an_error() {
    for (operation, answer) in [
        ("ListDomains", json!({ "Domains": [{ "DomainId": "no domain" }] })),
        ("ListUserProfiles", json!({ "UserProfiles": [{ "UserProfileName": "no_profile" }] })),
        ("ListNotebookInstances", json!({ "NotebookInstances": [{ "NotebookInstanceName": "without-status" }] })),
        ("ListApps", json!({ "Apps": [app("default", "NewKind")] })),
    ] {
        let aws = ScriptedAws::start(move |called, _| match called {
            called if called == operation => answer.clone(),
            "ListDomains" => json!({ "Domains": [{ "DomainId": "d-1" }] }),
            "DescribeDomain" => json!({ "DomainId": "d-1", "Status": "InService", "DefaultUserSettings": {} }),
            _ => json!({}),
        });
        let store = tempfile::tempdir().unwrap();
        let ran = aws.run(&["uninstall", "--all-domains", "--artifacts", store.path().to_str().unwrap()]);
        assert!([Some(1), Some(4)].contains(&ran.code), "{operation}: {ran:?}");
        ran.says(&[operation]);
    }
}

#[test]
fn a_part_of_an_answer_without_a_heartbeat_is_not_its_absence() {
    for (status, state) in [("Complete", "uncovered"), ("PartialData", "unknown"), ("InternalError", "unknown")] {
        let aws = ScriptedAws::start(move |operation, _| match operation {
            "ListApps" => json!({ "Apps": [app("default", "JupyterLab")] }),
            "GetMetricData" => json!({ "MetricDataResults": [{ "Id": "a0", "StatusCode": status, "Timestamps": [] }] }),
            _ => json!({}),
        });
        let ran = aws.run(&["coverage", "--all-domains", "--output", "json"]);
        let document = ran.json();
        assert_eq!(document["apps"][0]["state"], state, "{document}");
        assert_eq!(ran.code, Some(i32::from(state == "unknown")), "{document}");
    }
}
