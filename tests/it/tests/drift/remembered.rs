//! Since when, and by whom.

use serde_json::{Value, json};

use crate::world::{World, found};

fn finding<'a>(report: &'a Value, rule: &str) -> &'a Value {
    let findings = report["regions"][0]["findings"].as_array().unwrap();
    findings.iter().find(|finding| finding["rule"] == rule).unwrap_or_else(|| panic!("no {rule} in {report}"))
}

#[test]
fn what_was_found_first_is_remembered_and_forgotten_once_it_is_mended() {
    let world = World::new();
    let args = ["--output", "json", "--evidence", "evidence"];
    let first = world.drift(&args).expect(3).json();
    let since = finding(&first, "tags")["since"].clone();
    assert!(since.is_string(), "{first}");
    let region = world.path("evidence/drift/account=111122223333/region=us-east-1");
    let day = std::fs::read_dir(&region).unwrap().next().unwrap().unwrap().path();
    assert!(day.file_name().unwrap().to_str().unwrap().starts_with("dt=20"));
    let name = std::fs::read_dir(&day).unwrap().next().unwrap().unwrap().file_name().into_string().unwrap();
    assert!(name.contains('T') && name.contains("Z-") && name.ends_with(".json"), "{name}");

    // In between it could not be seen: that is not mended.
    world.sandbox.set_faults("[[fault]]\noperation = \"ListTags\"\nkind = \"deny\"\n").unwrap();
    let blind = world.drift(&args).expect(4).json();
    assert!(!found(&blind).iter().any(|name| name.starts_with("tags ")), "{:?}", found(&blind));
    world.sandbox.set_faults("").unwrap();
    let again = world.drift(&args).expect(3).json();
    assert_eq!(finding(&again, "tags")["since"], since);

    let propagation = finding(&again, "tag-propagation")["since"].clone();
    world.update(&world.strayed, &json!({ "TagPropagation": "ENABLED" }));
    world.drift(&args).expect(3);
    world.update(&world.strayed, &json!({ "TagPropagation": "DISABLED" }));
    let later = world.drift(&args).expect(3).json();
    assert!(finding(&later, "tag-propagation")["since"].as_str() >= propagation.as_str(), "it is drift anew");
    assert_eq!(finding(&later, "tags")["since"], since);
}

#[test]
fn whoever_changed_it_last_is_named() {
    let world = World::new();
    let report = world.drift(&["--output", "json", "--who"]).expect(3).json();
    world.assert_rights_are_documented(&["`drift`", "`drift --who`"]);
    let who = &finding(&report, "network-mode")["who"];
    assert_eq!(who["event"], "UpdateDomain", "{report}");
    assert!(who["principal"].as_str().unwrap().starts_with("arn:aws:sts::111122223333:"), "{who}");
    assert_eq!(report["regions"][0]["who_unread"], Value::Null);
    world.sandbox.set_faults("[[fault]]\noperation = \"LookupEvents\"\nkind = \"deny\"\n").unwrap();
    let denied = world.drift(&["--output", "json", "--who"]).expect(3).json();
    assert_eq!(found(&denied), found(&report), "who it was changes nothing of what was found");
    let why = denied["regions"][0]["who_unread"].as_str().unwrap();
    assert!(why.contains("allow LookupEvents"), "{why}");
}
