//! The table of rights against the README, against AWS's own reference, and the documents
//! that are made of it.

use std::collections::{BTreeMap, BTreeSet};

use cost_planner::rights::{
    Domains, Effect, Feature, Grant, MOST_CHARACTERS, On, Place, Role, Wanted, data_scientist, grants, left_out,
    policy, trust,
};
use idle_core::{AccountId, DomainId, Partition};
use serde_json::{Value, json};

const README: &str = include_str!("../../README.md");
const REFERENCE: &str = include_str!("fixtures/authorization-reference.txt");

fn place() -> Place {
    Place {
        partition: Partition::parse("aws").expect("valid"),
        account: Some(AccountId::parse("111122223333").expect("valid")),
        domains: Domains::All,
        bucket: Some("amzn-s3-demo-bucket".to_owned()),
        artifacts: "idle-agent/".to_owned(),
        evidence: "costctl/".to_owned(),
        ledger: "costctl-ledger/".to_owned(),
        kms_key: Some("arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab".to_owned()),
        topic: Some("arn:aws:sns:us-east-1:111122223333:costctl".to_owned()),
        parameter: Some("/costctl/stop".to_owned()),
        external_id: Some("example-external-id".to_owned()),
    }
}

fn everything() -> Wanted {
    Wanted::These(Feature::ALL.to_vec())
}

/// The actions between backticks: `service:` stands before those that follow it.
fn actions(cell: &str) -> BTreeSet<String> {
    let (mut service, mut actions) = (String::new(), BTreeSet::new());
    for quoted in cell.split('`').skip(1).step_by(2) {
        let (named, operation) = quoted.split_once(':').map_or((None, quoted), |(name, rest)| (Some(name), rest));
        if let Some(named) = named {
            named.clone_into(&mut service);
        }
        if operation.starts_with(|c: char| c.is_ascii_uppercase()) {
            actions.insert(format!("{service}:{operation}"));
        }
    }
    actions
}

#[test]
fn the_readme_names_for_each_row_what_the_table_has() {
    let mut by_row = BTreeMap::<&str, BTreeSet<String>>::from([("every command", BTreeSet::new())]);
    let granted = Role::ALL.iter().flat_map(|role| grants(*role)).filter(|grant| !grant.feature.row().is_empty());
    for Grant { feature, actions, .. } in granted {
        by_row.entry(feature.row()).or_default().extend(actions.iter().map(|action| (*action).to_owned()));
    }
    by_row.entry("every command").or_default().insert("sts:GetCallerIdentity".to_owned());
    // It has no rights of its own.
    by_row.insert("`top`", BTreeSet::new());
    let (_, section) = README.split_once("## What the role needs").expect("a section");
    let rows = section.lines().skip_while(|line| !line.starts_with("|---")).skip(1);
    let rows = rows.take_while(|line| line.starts_with('|'));
    let told: BTreeMap<&str, BTreeSet<String>> = rows
        .map(|row| row.trim_matches('|').split_once(" | ").expect("two columns"))
        .map(|(name, cell)| (name.trim(), actions(cell)))
        .collect();
    for (row, actions) in &by_row {
        assert_eq!(told.get(row), Some(actions), "{row}");
    }
    assert!(told.keys().all(|row| by_row.contains_key(row)), "the README has a row that no right is for");
}

/// What an ARN names, as the reference calls it.
fn kind(arn: &str) -> &str {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [_, _, service, _, _, resource] = parts[..] else { return "" };
    match service {
        "s3" if resource.contains('/') => "object",
        "s3" => "bucket",
        "sns" => "topic",
        _ => resource.split(['/', ':']).next().unwrap_or_default(),
    }
}

#[test]
fn each_right_is_confined_as_far_as_aws_lets_it_be() {
    let lines = REFERENCE.lines().filter(|line| !line.starts_with('#'));
    let reference: BTreeMap<&str, BTreeSet<&str>> = lines
        .map(|line| line.split_once(' ').map_or((line, BTreeSet::new()), |(a, kinds)| (a, kinds.split(' ').collect())))
        .collect();
    for Grant { on, actions, feature } in Role::ALL.iter().flat_map(|role| grants(*role)) {
        for action in *actions {
            let kinds = reference.get(action).unwrap_or_else(|| panic!("the reference has no {action}"));
            for arn in on.resources(&place()) {
                // Without a view of the bill it is the primary one that is meant, which has no name.
                let is_unconfined = kinds.is_empty() || *action == "ce:GetCostAndUsage";
                let is_right = if arn == "*" { is_unconfined } else { kinds.contains(kind(&arn)) };
                assert!(is_right, "{action} of {feature} on {arn}: {kinds:?}");
            }
        }
    }
}

#[test]
fn what_stands_in_one_statement_has_one_condition() {
    let mut keys = BTreeMap::<(Role, String), BTreeSet<String>>::new();
    for role in Role::ALL {
        let one = |feature: Feature| policy(role, &Wanted::These(vec![feature]), &place());
        for statement in Feature::ALL.iter().flat_map(|feature| one(*feature).statements().to_vec()) {
            let condition = statement.condition.iter().map(|(operator, keys)| format!("{operator} {:?}", keys.keys()));
            keys.entry((role, statement.sid)).or_default().insert(condition.collect());
        }
    }
    let several: Vec<_> = keys.iter().filter(|(_, conditions)| conditions.len() != 1).collect();
    assert!(several.is_empty(), "{several:#?}");
}

#[test]
fn documents_name_each_action_and_fit_into_iam() {
    let domains = (0..4).map(|n| DomainId::parse(&format!("d-{n:012}")).expect("valid")).collect();
    let several = Place { domains: Domains::These(domains), ..place() };
    for place in [place(), several] {
        let of_roles = Role::ALL.map(|role| policy(role, &everything(), &place));
        let others = [data_scientist(&place), trust(&["arn:aws:iam::111122223333:role/x".to_owned()], "id")];
        for document in of_roles.into_iter().chain(others) {
            let text = serde_json::to_string(&document).expect("plain data");
            assert!(document.characters() <= MOST_CHARACTERS, "{text}");
            for statement in document.statements() {
                assert!(statement.action.iter().all(|action| !action.contains('*')), "{text}");
                assert!(statement.sid.chars().all(|c| c.is_ascii_alphanumeric()), "{text}");
            }
            let names: BTreeSet<&str> = document.statements().iter().map(|statement| statement.sid.as_str()).collect();
            assert_eq!(names.len(), document.statements().len(), "{text}");
        }
    }
}

#[test]
fn whoever_changes_something_is_denied_what_destroys() {
    for role in Role::ALL {
        let document = policy(role, &Wanted::Usual, &place());
        let denied: Vec<&str> = document
            .statements()
            .iter()
            .filter(|statement| statement.effect == Effect::Deny && statement.resource == ["*"])
            .flat_map(|statement| statement.action.iter().map(String::as_str))
            .collect();
        let never = ["Domain", "EndpointConfig", "Model", "Space", "UserProfile"];
        let never: Vec<String> = never.iter().map(|what| format!("sagemaker:Delete{what}")).collect();
        assert_eq!(denied, if matches!(role, Role::Actor | Role::Installer) { never } else { Vec::new() }, "{role}");
    }
}

#[test]
fn what_no_flag_names_is_left_out_and_told() {
    let bare = Place { bucket: None, kms_key: None, topic: None, parameter: None, ..place() };
    let told = |role| left_out(role, &Wanted::Usual, &bare).into_iter().collect::<Vec<_>>();
    assert_eq!(told(Role::Central), ["--bucket", "--kms-key", "--parameter", "--topic"]);
    assert_eq!(told(Role::Agent), ["--bucket", "--kms-key"]);
    assert_eq!(told(Role::Reader), [""; 0]);
    assert!(left_out(Role::Central, &Wanted::Usual, &place()).is_empty());
    let document = serde_json::to_string(&policy(Role::Central, &Wanted::Usual, &bare)).expect("plain data");
    assert!(!document.contains("s3:") && !document.contains("sns:"), "{document}");
}

#[test]
fn features_bring_what_they_cannot_do_without() {
    let document = policy(Role::Reader, &Wanted::These(vec![Feature::Coverage]), &place());
    let value = serde_json::to_value(&document).expect("plain data");
    let actions: Vec<&Value> = value["Statement"].as_array().expect("a list").iter().map(|s| &s["Action"]).collect();
    let studio = json!(["sagemaker:DescribeApp", "sagemaker:DescribeDomain", "sagemaker:ListTags"]);
    assert_eq!(actions, [&json!(["cloudwatch:GetMetricData", "sagemaker:ListApps"]), &studio]);
    let deleting = Feature::with_needs(&[Feature::DeleteEndpoints]);
    for feature in [Feature::Inventory, Feature::Sweep, Feature::LookAgain, Feature::Act, Feature::ScaleEndpoints] {
        assert!(deleting.contains(&feature), "{feature}");
    }
    assert!(!deleting.contains(&Feature::Around));
    for feature in Feature::ALL {
        assert_eq!(feature.name().parse(), Ok(*feature));
    }
}

#[test]
fn a_domain_confines_what_is_of_a_domain() {
    let place = Place { domains: Domains::These(vec![DomainId::parse("d-abc").expect("valid")]), ..place() };
    assert_eq!(On::Domains.resources(&place), ["arn:aws:sagemaker:*:111122223333:domain/d-abc"]);
    assert_eq!(On::UnprotectedApps.resources(&place), ["arn:aws:sagemaker:*:111122223333:app/d-abc/*"]);
    let anywhere = Place { account: None, ..place };
    assert_eq!(On::Endpoints.resources(&anywhere), ["arn:aws:sagemaker:*:*:endpoint/*"]);
}
