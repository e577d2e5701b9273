//! Other accounts and regions: reached by a role, or named as not reached.

use serde_json::{Value, json};

use crate::region::{OTHER, OWN, Region};

fn notebook(account: &str, region: &str, name: &str) -> Value {
    json!({ "Account": account, "Region": region,
        "NotebookInstances": [{ "NotebookInstanceName": name, "InstanceType": "ml.t3.medium" }] })
}

/// Account, region and names of the notebook instances of each scope.
fn seen(snapshot: &Value) -> Vec<(String, String, Vec<String>)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let scopes = snapshot["scopes"].as_array().unwrap().iter();
    scopes
        .map(|scope| {
            let names = scope["notebook_instances"].as_array().unwrap().iter().map(|instance| text(&instance["name"]));
            (text(&scope["account"]), text(&scope["region"]), names.collect())
        })
        .collect()
}

fn scope(account: &str, region: &str, names: &[&str]) -> (String, String, Vec<String>) {
    (account.to_owned(), region.to_owned(), names.iter().map(|name| (*name).to_owned()).collect())
}

fn two_accounts() -> Region {
    let region = Region::with(&notebook(OWN, "us-east-1", "ours"));
    region.sandbox.seed(&notebook(OTHER, "us-east-1", "theirs")).unwrap();
    region.sandbox.seed(&notebook(OTHER, "eu-west-1", "abroad")).unwrap();
    region
}

#[test]
fn every_account_is_looked_at_as_its_own_role() {
    let region = two_accounts();
    let accounts = format!("{OWN},{OTHER}");
    let args =
        ["--accounts", &accounts, "--region", "us-east-1,eu-west-1", "--session-name", "night", "--output", "json"];
    let ran = region.run(&args).expect(0);
    assert_eq!(
        seen(&ran.json()),
        [
            scope(OWN, "us-east-1", &["ours"]),
            scope(OWN, "eu-west-1", &[]),
            scope(OTHER, "us-east-1", &["theirs"]),
            scope(OTHER, "eu-west-1", &["abroad"]),
        ]
    );
    let role = format!("arn:aws:sts::{OTHER}:assumed-role/costctl-reader/night");
    assert_eq!(ran.json()["scopes"][2]["role"], role.as_str());
    assert!(ran.stderr.contains(&format!("account {OTHER}, region eu-west-1, as {role}")), "{}", ran.stderr);
    // One session for all regions of the account, and none for the caller's own.
    let assumed = region.sandbox.calls_of("AssumeRole").unwrap();
    assert_eq!(assumed.len(), 1, "{assumed:?}");
    let request = &assumed[0]["request"];
    assert_eq!(request["RoleArn"], format!("arn:aws:iam::{OTHER}:role/costctl-reader"));
    assert_eq!((&request["RoleSessionName"], &request["SourceIdentity"]), (&json!("night"), &json!(null)));
}

#[test]
fn a_role_that_is_named_is_assumed_in_the_callers_account_too() {
    let region = two_accounts();
    let args = ["--role", "team/looks", "--source-identity", "ada"];
    for accounts in [&[][..], &["--accounts", OWN]] {
        let snapshot = region.snapshot(&[accounts, &args].concat(), 0);
        assert_eq!(snapshot["scopes"][0]["role"], format!("arn:aws:sts::{OWN}:assumed-role/looks/costctl"));
    }
    let request = region.sandbox.calls_of("AssumeRole").unwrap()[0]["request"].clone();
    assert_eq!(request["RoleArn"], format!("arn:aws:iam::{OWN}:role/team/looks"));
    assert_eq!(request["SourceIdentity"], "ada");
}

#[test]
fn an_external_id_is_handed_on() {
    let region = two_accounts();
    let args = ["--accounts", OTHER, "--role", "reader-external-42", "--resources", "notebook-instances"];
    let refused = region.snapshot(&args, 1);
    assert_eq!(refused["unreached"][0]["account"], OTHER);
    let why = refused["unreached"][0]["why"].as_str().unwrap();
    assert!(
        why.starts_with("AssumeRole arn:aws:iam::444455556666:role/reader-external-42 failed: AccessDenied"),
        "{why}"
    );
    let snapshot = region.snapshot(&[&args[..], &["--external-id", "42"]].concat(), 0);
    assert_eq!(seen(&snapshot), [scope(OTHER, "us-east-1", &["theirs"])]);
}

#[test]
fn whoever_refuses_is_named_and_the_rest_is_seen() {
    let region = two_accounts();
    let accounts = format!("{OTHER},{OWN}");
    region.faults(&format!(
        "[[fault]]\noperation = \"AssumeRole\"\nkind = \"deny\"\naccount = \"{OTHER}\"\n\n\
         [[fault]]\noperation = \"*\"\nkind = \"disabled-region\"\nregion = \"eu-west-1\"\n"
    ));
    let ran = region.run(&["--accounts", &accounts, "--region", "eu-west-1,us-east-1", "--output", "json"]).expect(4);
    let snapshot = ran.json();
    assert_eq!(seen(&snapshot), [scope(OWN, "us-east-1", &["ours"])]);
    let unreached = snapshot["unreached"].as_array().unwrap();
    let places: Vec<_> = unreached.iter().map(|place| (&place["account"], &place["region"])).collect();
    assert_eq!(places, [(&json!(OTHER), &json!(null)), (&json!(OWN), &json!("eu-west-1"))], "{unreached:?}");
    let why = unreached[1]["why"].as_str().unwrap();
    assert!(
        why.starts_with("the region is not enabled in this account: ") && why.contains("InvalidClientTokenId"),
        "{why}"
    );
    assert!(!why.contains("hint: "), "{why}");
    assert!(ran.stderr.contains(&format!("not reached: account {OTHER}: AssumeRole")), "{}", ran.stderr);
    let ran = region.run(&["--accounts", &accounts, "--region", "eu-west-1,us-east-1"]).expect(4);
    ran.says(&["444455556666", "111122223333 eu-west-1", "hint: allow AssumeRole", "2 not seen"]);
}

#[test]
fn every_account_of_the_organization_is_looked_at_or_named() {
    let region = two_accounts();
    let mut accounts = vec![
        json!({ "Id": OWN, "Name": "main", "Status": "ACTIVE" }),
        json!({ "Id": OTHER, "Name": "lab", "Status": "ACTIVE" }),
        json!({ "Id": "000000000002", "Name": "old", "Status": "SUSPENDED" }),
    ];
    // More than a page.
    accounts.extend((10..35).map(|n| json!({ "Id": format!("0000000000{n}"), "Name": "more", "Status": "ACTIVE" })));
    region.sandbox.organization(&json!({ "Accounts": accounts })).unwrap();
    let args = ["--organization", "--resources", "notebook-instances"];
    let snapshot = region.snapshot(&args, 4);
    assert_eq!(snapshot["scopes"].as_array().unwrap().len(), 27);
    assert!(seen(&snapshot).contains(&scope(OTHER, "us-east-1", &["theirs"])));
    assert_eq!(snapshot["unreached"].as_array().unwrap().len(), 1);
    assert_eq!(snapshot["unreached"][0]["account"], "000000000002");
    assert!(snapshot["unreached"][0]["why"].as_str().unwrap().contains("SUSPENDED"));
    let counts = region.sandbox.call_counts().unwrap();
    assert_eq!((counts["ListAccounts"], counts["AssumeRole"], counts["ListNotebookInstances"]), (2, 26, 27));
    region.assert_rights_are_documented();
    region.faults("[[fault]]\noperation = \"ListAccounts\"\nkind = \"deny\"\n");
    let ran = region.run(&args).expect(1);
    assert!(ran.stderr.contains("hint: allow ListAccounts"), "{}", ran.stderr);
}

#[test]
fn scopes_come_from_a_file() {
    let region = two_accounts();
    let file = region.file("scopes.toml");
    let path = file.to_str().unwrap();
    let text = format!(
        "[[scope]]\naccount = \"{OTHER}\"\nregions = [\"eu-west-1\", \"us-east-1\"]\nrole = \"reader-external-42\"\n\
         external-id = \"42\"\nsession-name = \"file\"\n\n[[scope]]\nregions = [\"us-east-1\"]\n\n\
         [[scope]]\naccount = \"{OWN}\"\nregions = [\"us-east-1\"]\n"
    );
    std::fs::write(&file, text).unwrap();
    let snapshot = region.snapshot(&["--scopes", path, "--resources", "notebook-instances"], 0);
    let expected = [
        scope(OTHER, "eu-west-1", &["abroad"]),
        scope(OTHER, "us-east-1", &["theirs"]),
        scope(OWN, "us-east-1", &["ours"]),
    ];
    assert_eq!(seen(&snapshot), expected, "the caller's account is the same, named or not");
    let json = region.file("scopes.json");
    std::fs::write(&json, json!({ "scope": [{ "account": OTHER, "regions": ["eu-west-1"] }] }).to_string()).unwrap();
    let snapshot = region.snapshot(&["--scopes", json.to_str().unwrap(), "--resources", "notebook-instances"], 0);
    assert_eq!(seen(&snapshot), [scope(OTHER, "eu-west-1", &["abroad"])]);

    region.sandbox.forget_calls().unwrap();
    for (text, problem) in [
        ("[[scope]]\naccount = \"44\"\n", "twelve digits"),
        ("[[scope]]\nregion = \"eu-west-1\"\n", "unknown field `region`"),
        ("[[scope]]\naccount = \"444455556666\"\nrole = \"arn:aws:iam::444455556666:role/x\"\n", "hint: not its ARN"),
        ("[[scope]]\nrole = \"reader\"\n", "a role needs its account"),
        ("", "it names 0 scopes"),
    ] {
        std::fs::write(&file, text).unwrap();
        let ran = region.run(&["--scopes", path]).expect(2);
        assert!(ran.stderr.contains(problem) && ran.stderr.contains("hint: "), "{problem}: {}", ran.stderr);
    }
    region.run(&["--scopes", "/nonexistent/scopes.toml"]).expect(2);
    assert!(region.sandbox.calls().unwrap().is_empty(), "nothing is asked with a file that is not usable");
}
