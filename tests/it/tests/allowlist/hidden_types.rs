//! The types that Studio hides, written into a sandbox and taken back.

use serde_json::{Value, json};

use crate::region::{GO, Region};

const T3_ALONE: &str = "[apps]\nallowed-instance-types = [\"ml.t3.*\"]\n";

/// What the portal settings of the domain, of alice and of bob hide.
fn hidden(state: &[Value]) -> [Vec<String>; 3] {
    let list = |body: &Value, section: &str| -> Vec<String> {
        let list = body[section]["StudioWebPortalSettings"]["HiddenInstanceTypes"].as_array();
        list.into_iter().flatten().map(|name| name.as_str().unwrap().to_owned()).collect()
    };
    [list(&state[0], "DefaultUserSettings"), list(&state[1], "UserSettings"), list(&state[2], "UserSettings")]
}

/// The same with nothing of the hidden types.
fn without(state: &[Value]) -> Vec<Value> {
    let mut state = state.to_vec();
    for body in &mut state {
        for section in ["DefaultUserSettings", "UserSettings"] {
            let portal = body.pointer_mut(&format!("/{section}/StudioWebPortalSettings"));
            portal.and_then(Value::as_object_mut).and_then(|portal| portal.remove("HiddenInstanceTypes"));
        }
    }
    state
}

#[test]
fn a_rehearsal_changes_nothing_and_says_what_it_would() {
    let region = Region::new();
    region.policy(T3_ALONE);
    let before = region.state();
    let ran = region.apply(&[]).expect(0);
    assert!(ran.stdout.contains("2 to change") && ran.stderr.contains("--execute does it"), "{ran:?}");
    assert!(ran.stdout.lines().all(|line| line.chars().count() <= 80), "{}", ran.stdout);
    region.apply(&["--check"]).expect(3);
    assert_eq!((region.state(), region.changes()), (before, vec![]));
}

#[test]
fn all_but_the_allowed_types_are_hidden_and_everything_else_stays() {
    let region = Region::new();
    region.policy(T3_ALONE);
    let before = region.state();
    region.sandbox.forget_calls().unwrap();
    region.apply(&GO).expect(0);
    region.assert_rights_are_documented(&["`allowlist apply`", "`allowlist apply --execute`"]);
    let after = region.state();
    assert_eq!(without(&after), without(&before));
    let [domain, alice, bob] = hidden(&after);
    assert_eq!((&domain, bob.len()), (&alice, 0), "alice's own portal settings may hide the domain's");
    assert!(domain.len() > 50 && domain.contains(&"ml.p5.48xlarge".to_owned()), "{domain:?}");
    assert!(!domain.iter().any(|name| name.starts_with("ml.t3.") || name == "system"), "{domain:?}");
    for call in region.changes() {
        let section = &call["request"]["DefaultUserSettings"];
        let section = if section.is_null() { &call["request"]["UserSettings"] } else { section };
        let members: Vec<&String> = section.as_object().unwrap().keys().collect();
        assert_eq!(members, ["StudioWebPortalSettings"], "nothing but the portal's settings is sent");
    }
}

#[test]
fn applied_twice_it_has_nothing_to_do_the_second_time() {
    let region = Region::new();
    region.policy(T3_ALONE);
    region.apply(&GO).expect(0);
    region.sandbox.forget_calls().unwrap();
    let ran = region.apply(&GO).expect(0);
    assert!(ran.stdout.contains("0 to change") && region.changes().is_empty(), "{ran:?}");
}

#[test]
fn a_rollback_brings_back_what_stood_there_and_is_done_once() {
    let region = Region::new();
    region.policy(T3_ALONE);
    let before = region.state();
    region.apply(&GO).expect(0);
    let rollback = |args: &[&str]| region.run(&[&["rollback", "--domain", &region.domain], args].concat());
    region.sandbox.forget_calls().unwrap();
    rollback(&["--check"]).expect(3);
    rollback(&GO).expect(0);
    region.assert_rights_are_documented(&["`allowlist apply`", "`allowlist rollback`"]);
    let after = region.state();
    assert_eq!((hidden(&after), without(&after)), (hidden(&before), without(&before)));
    region.sandbox.forget_calls().unwrap();
    rollback(&GO).expect(0);
    assert_eq!(region.changes(), [] as [Value; 0]);
}

#[test]
fn a_rollback_without_before_images_is_refused() {
    let region = Region::new();
    let ran = region.run(&["rollback", "--domain", &region.domain]);
    assert!(ran.expect(2).stderr.contains("artifacts"));
    region.policy(T3_ALONE);
    region.apply(&GO).expect(0);
    let other = json!({ "DomainName": "new", "AuthMode": "IAM", "VpcId": "vpc-0123456789abcdef0",
        "SubnetIds": ["subnet-0123456789abcdef0"], "DefaultUserSettings": {} });
    let arn = region.sandbox.call("CreateDomain", &other).unwrap()["DomainArn"].as_str().unwrap().to_owned();
    let ran = region.run(&["rollback", "--domain", arn.rsplit('/').next().unwrap()]).expect(5);
    assert!(ran.stdout.contains("no before-image"), "{}", ran.stdout);
}

#[test]
fn what_somebody_else_changed_since_is_not_brought_back() {
    let region = Region::new();
    region.policy(T3_ALONE);
    region.apply(&GO).expect(0);
    let theirs = json!({ "DomainId": region.domain,
        "DefaultUserSettings": { "StudioWebPortalSettings": { "HiddenInstanceTypes": ["ml.g5.xlarge"] } } });
    region.sandbox.call("UpdateDomain", &theirs).unwrap();
    let ran = region.run(&["rollback", "--domain", &region.domain, "--execute", "--yes"]).expect(5);
    assert!(ran.stdout.contains("1 done"), "alice's own list still comes back: {}", ran.stdout);
    assert_eq!(hidden(&region.state()), [vec!["ml.g5.xlarge".to_owned()], vec![], vec![]]);
}

#[test]
fn what_somebody_else_hides_is_shown_again_only_when_asked_for() {
    let region = Region::new();
    region.policy("[apps]\nallowed-instance-types = [\"ml.t3.*\", \"ml.p5.*\"]\n");
    let ran = region.apply(&GO).expect(5);
    assert!(ran.stdout.contains("somebody else hides ml.p5.48xlarge"), "{}", ran.stdout);
    assert_eq!(hidden(&region.state())[0], ["ml.p5.48xlarge"]);
    region.apply(&["--replace-hidden-types", "--execute", "--yes"]).expect(0);
    assert!(!hidden(&region.state())[0].contains(&"ml.p5.48xlarge".to_owned()));
    // What we wrote ourselves may be loosened without asking.
    region.policy("[apps]\nallowed-instance-types = [\"ml.t3.*\", \"ml.p5.*\", \"ml.g5.*\"]\n");
    region.apply(&GO).expect(0);
    assert!(!hidden(&region.state())[0].contains(&"ml.g5.xlarge".to_owned()));
}

#[test]
fn rules_by_tag_and_user_profile_are_told_apart() {
    let region = Region::new();
    region.policy(
        "[apps]\nallowed-instance-types = [\"ml.t3.*\"]\n\
         [[override]]\nfor = { tag = \"Team=ml\" }\napps.allowed-instance-types = [\"ml.t3.*\", \"ml.g5.*\"]\n\
         [[override]]\nfor = { user-profile = \"alice\" }\napps.allowed-instance-types = [\"ml.p4d.*\"]\n",
    );
    region.apply(&GO).expect(0);
    let [domain, alice, bob] = hidden(&region.state());
    let hides = |list: &[String], name: &str| list.iter().any(|hidden| hidden == name);
    assert!(!hides(&domain, "ml.g5.xlarge") && hides(&domain, "ml.p4d.24xlarge") && bob.is_empty());
    assert!(hides(&alice, "ml.g5.xlarge") && !hides(&alice, "ml.p4d.24xlarge"));
}

#[test]
fn a_domain_of_unified_studio_or_one_that_is_updating_is_left_alone() {
    let region = Region::new();
    region.policy(T3_ALONE);
    region.sandbox.force_domain(&region.domain, "Updating").unwrap();
    let ran = region.apply(&GO).expect(5);
    assert!(ran.stdout.contains("status Updating"), "{}", ran.stdout);
    region.sandbox.force_domain(&region.domain, "InService").unwrap();
    let request = json!({ "DomainName": "SageMakerUnifiedStudio-a-b", "AuthMode": "IAM", "VpcId": "vpc-0123456789abcdef0",
        "SubnetIds": ["subnet-0123456789abcdef0"], "DefaultUserSettings": {} });
    let arn = region.sandbox.call("CreateDomain", &request).unwrap()["DomainArn"].as_str().unwrap().to_owned();
    let ran = region.run(&["apply", "--domain", arn.rsplit('/').next().unwrap(), "--execute", "--yes"]).expect(5);
    assert!(ran.stdout.contains("Unified Studio"), "{}", ran.stdout);
}

#[test]
fn leaves_that_are_lost_with_the_update_are_put_back() {
    let region = Region::new();
    region.policy(T3_ALONE);
    let before = region.state();
    region
        .sandbox
        .set_faults("[[fault]]\noperation = \"UpdateDomain\"\nkind = \"replace-settings\"\ntimes = 1\n")
        .unwrap();
    let ran = region.apply(&GO).expect(1);
    let said: String = ran.stdout.split_whitespace().collect();
    assert!(said.contains("none;allofitwasputback"), "{}", ran.stdout);
    let after = region.state();
    assert_eq!((hidden(&after), without(&after)), (hidden(&before), without(&before)));
}
