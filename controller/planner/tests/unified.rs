//! Unified Studio against the policy, by table: what stands, what is wanted, and what is found.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::collections::BTreeMap;

use cost_planner::drift::{Desired, DesiredUnifiedStudio, Finding, Level, Rule};
use cost_planner::policy::FleetPolicy;
use cost_planner::unified::{
    BlueprintConfiguration, Configuration, Parameter, Project, ProjectProfile, SageMakerDomain, Tooling, UnifiedDomain,
    UnifiedSeen, findings, unjudged,
};
use idle_core::{AccountId, DomainId, Region};
use proptest::prelude::*;
use serde_json::{Value, json};

const ACCOUNT: &str = "111122223333";

fn desired(lines: &str) -> Desired {
    let text = format!("schema_version = 1\n[desired.unified-studio]\n{lines}");
    FleetPolicy::parse(&text, "costctl.toml").unwrap().desired().clone()
}

fn account() -> AccountId {
    AccountId::parse(ACCOUNT).unwrap()
}

fn region() -> Region {
    Region::parse("us-east-1").unwrap()
}

/// A domain with one profile whose Tooling has these parameters, and one project made by it.
fn seen(parameters: &[(&str, Option<&str>, Option<bool>)], tooling: Tooling) -> UnifiedSeen {
    let of = |(name, value, editable): &(&str, Option<&str>, Option<bool>)| {
        ((*name).to_owned(), Parameter { value: value.map(str::to_owned), editable: *editable })
    };
    let configuration = Configuration {
        name: "Tooling".to_owned(),
        blueprint: "bp".to_owned(),
        region: None,
        parameters: parameters.iter().map(of).collect(),
    };
    let profile = ProjectProfile {
        id: "pp".to_owned(),
        name: "All".to_owned(),
        configurations: vec![configuration],
        ..ProjectProfile::default()
    };
    let project =
        Project { id: "p1".to_owned(), profile: Some("pp".to_owned()), tooling: vec![tooling], ..Project::default() };
    let domain = UnifiedDomain {
        id: "dzd-1".to_owned(),
        managed_by: Some(ACCOUNT.to_owned()),
        projects: vec![project],
        projects_whole: true,
        profiles: vec![profile],
        blueprints: BTreeMap::from([("bp".to_owned(), "Tooling".to_owned())]),
        blueprints_whole: true,
        tooling_blueprints: vec!["bp".to_owned()],
        ..UnifiedDomain::default()
    };
    UnifiedSeen {
        account: account(),
        region: region(),
        domains: vec![domain],
        sagemaker_domains: Vec::new(),
        project_quota: Err("not asked".to_owned()),
        unseen: Vec::new(),
    }
}

fn environment(parameters: &[(&str, &str)]) -> Tooling {
    let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Tooling { id: "env1".to_owned(), parameters: parameters.collect(), ..Tooling::default() }
}

fn sagemaker(idle: &Value) -> SageMakerDomain {
    let settings = json!({ "AppLifecycleManagement": { "IdleSettings": idle } });
    let body = json!({ "DefaultUserSettings": { "JupyterLabAppSettings": settings, "CodeEditorAppSettings": settings },
        "DomainSettings": { "UnifiedStudioSettings": { "DomainId": "dzd-1", "ProjectId": "p1", "EnvironmentId": "env1" } } });
    SageMakerDomain::of(&account(), &region(), &DomainId::parse("d-1").unwrap(), &body).unwrap()
}

const RIGHT: [(&str, Option<&str>, Option<bool>); 2] =
    [("lifecycleManagement", Some("ENABLED"), Some(false)), ("idleTimeoutInMinutes", Some("60"), Some(false))];
const MADE: [(&str, &str); 2] = [("lifecycleManagement", "ENABLED"), ("idleTimeoutInMinutes", "60")];
const IDLE: &str = "idle-timeout = \"60m\"\neditable = \"off\"\n";

#[test]
fn what_the_policy_does_not_name_is_nobodys_business() {
    let wrong =
        seen(&[("idleTimeoutInMinutes", Some("9999"), Some(true))], environment(&[("idleTimeoutInMinutes", "9999")]));
    assert_eq!(findings(&Desired::default(), &wrong), []);
    let nothing = Desired { unified_studio: Some(DesiredUnifiedStudio::default()), ..Desired::default() };
    assert_eq!((findings(&nothing, &wrong), unjudged(&nothing, &wrong)), (vec![], vec![]));
}

#[test]
fn a_profile_is_right_where_both_are_as_wished_and_no_project_may_change_them() {
    type Row<'a> = (&'a str, Option<&'a str>, Option<bool>);
    let enabled: Row<'_> = ("lifecycleManagement", Some("ENABLED"), Some(false));
    let timeout = |value, editable| -> Row<'_> { ("idleTimeoutInMinutes", value, editable) };
    for (parameters, said) in [
        (vec![enabled, timeout(Some("60"), Some(false))], None),
        (vec![enabled, timeout(Some(" 30 "), Some(false))], None),
        (vec![enabled, timeout(Some("61"), Some(false))], Some("idleTimeoutInMinutes 61")),
        (vec![enabled, timeout(Some("0"), Some(false))], Some("idleTimeoutInMinutes 0")),
        (vec![enabled, timeout(Some("-1"), Some(false))], Some("idleTimeoutInMinutes -1")),
        (vec![enabled, timeout(Some("soon"), Some(false))], Some("idleTimeoutInMinutes soon")),
        (vec![enabled, timeout(None, Some(false))], Some("idleTimeoutInMinutes not set")),
        (vec![enabled, timeout(Some("60"), Some(true))], Some("idleTimeoutInMinutes 60 (editable)")),
        (vec![enabled, timeout(Some("60"), None)], Some("(editable or not is not said)")),
        (vec![timeout(Some("60"), Some(false))], Some("lifecycleManagement not set")),
        (
            vec![("lifecycleManagement", Some("DISABLED"), Some(false)), timeout(Some("60"), Some(false))],
            Some("DISABLED"),
        ),
    ] {
        let found = findings(&desired(IDLE), &seen(&parameters, environment(&MADE)));
        match said {
            None => assert_eq!(found, [], "{parameters:?}"),
            Some(said) => {
                assert_eq!((found.len(), found[0].rule), (1, Rule::ToolingIdleShutdown), "{parameters:?}");
                assert!(found[0].found.contains(said), "{said}: {}", found[0].found);
                let how = &found[0].fix.how;
                let exact = "[{\"name\": \"lifecycleManagement\", \"value\": \"ENABLED\", \"isEditable\": false}, \
                             {\"name\": \"idleTimeoutInMinutes\", \"value\": \"60\", \"isEditable\": false}]";
                assert!(how.contains(exact) && how.contains("UpdateProjectProfile dzd-1 pp"), "{how}");
                assert!(!found[0].fix.owned);
            }
        }
    }
}

#[test]
fn what_a_profile_does_not_say_its_blueprint_says_in_its_region() {
    let policy = desired("max-storage-gib = 100\n");
    for (region, value, count) in [("us-east-1", "100", 0), ("us-east-1", "500", 1), ("eu-west-1", "100", 1)] {
        let mut seen = seen(&[], environment(&[("maxEbsVolumeSize", "50")]));
        let parameters = BTreeMap::from([("maxEbsVolumeSize".to_owned(), value.to_owned())]);
        seen.domains[0].configurations = vec![BlueprintConfiguration {
            blueprint: "bp".to_owned(),
            regions: vec![region.to_owned()],
            parameters: BTreeMap::from([(region.to_owned(), parameters)]),
        }];
        let found = findings(&policy, &seen);
        assert_eq!(found.len(), count, "{region} {value}: {found:?}");
        assert!(found.iter().all(|one| one.rule == Rule::ToolingStorage));
    }
}

#[test]
fn an_environment_of_before_is_a_finding_of_its_own() {
    let late = environment(&[("lifecycleManagement", "ENABLED"), ("idleTimeoutInMinutes", "240")]);
    let found = findings(&desired(IDLE), &seen(&RIGHT, late.clone()));
    assert_eq!((found.len(), found[0].place.unified_studio.as_deref()), (1, Some("dzd-1/p1")));
    assert!(found[0].fix.how.contains("its project profile is right") && found[0].fix.how.contains("env1"));
    let both = findings(&desired(IDLE), &seen(&[], late.clone()));
    assert_eq!(both.len(), 2);
    assert!(both[1].fix.how.contains("mend its project profile first"), "{}", both[1].fix.how);
    // One that is gone has nothing to be mended.
    for status in ["DELETED", "DELETING", "CREATE_FAILED"] {
        let gone = Tooling { status: Some(status.to_owned()), ..late.clone() };
        assert_eq!(findings(&desired(IDLE), &seen(&RIGHT, gone)), [], "{status}");
    }
    let unknown = Tooling { status: Some("ASLEEP".to_owned()), ..late };
    assert_eq!(findings(&desired(IDLE), &seen(&RIGHT, unknown)).len(), 1, "an unknown status is no excuse");
}

#[test]
fn what_the_sagemaker_domain_has_outweighs_what_the_environment_was_made_with() {
    for (idle, count) in [
        (json!({ "LifecycleManagement": "ENABLED", "IdleTimeoutInMinutes": 60 }), 0),
        (json!({ "LifecycleManagement": "ENABLED", "IdleTimeoutInMinutes": 90 }), 1),
        (json!({ "LifecycleManagement": "DISABLED", "IdleTimeoutInMinutes": 60 }), 1),
        (Value::Null, 1),
    ] {
        let mut seen = seen(&RIGHT, environment(&MADE));
        seen.join(&[sagemaker(&idle)]);
        let found = findings(&desired(IDLE), &seen);
        assert_eq!(found.len(), count, "{idle}: {found:?}");
        assert!(found.iter().all(|one| one.place.domain.as_ref().unwrap().as_str() == "d-1"));
    }
    // Another environment's domain says nothing of this one.
    let mut seen = seen(&RIGHT, Tooling { id: "env2".to_owned(), ..environment(&MADE) });
    seen.join(&[sagemaker(&Value::Null)]);
    assert_eq!(findings(&desired(IDLE), &seen), []);
}

#[test]
fn what_nobody_saw_is_said_and_no_finding() {
    let unseen = seen(&RIGHT, environment(&[]));
    assert_eq!(findings(&desired(IDLE), &unseen), []);
    let told = unjudged(&desired(IDLE), &unseen);
    assert!(told.len() == 1 && told[0].what.contains("env1"), "{told:?}");
    let quota = unjudged(&desired("projects-warn-percent = 80\n"), &unseen);
    assert!(quota.len() == 1 && quota[0].why == "not asked", "{quota:?}");
}

#[test]
fn projects_are_warned_of_before_the_quota_is_reached() {
    for (count, quota, level) in [
        (79, Ok(100), None),
        (80, Ok(100), Some(Level::Warning)),
        (100, Ok(100), Some(Level::Error)),
        (5, Err("?"), None),
    ] {
        let mut seen = seen(&RIGHT, environment(&MADE));
        seen.domains[0].projects = vec![Project::default(); count];
        seen.project_quota = quota.map_err(str::to_owned);
        let found = findings(&desired("projects-warn-percent = 80\n"), &seen);
        assert_eq!(found.first().map(|one| one.level), level, "{count} of {quota:?}");
    }
}

#[test]
fn blueprints_are_judged_by_name_where_they_have_one() {
    let policy = desired("allowed-blueprints = [\"tooling\"]\n");
    let mut seen = seen(&RIGHT, environment(&MADE));
    let other = Configuration { blueprint: "bp-2".to_owned(), ..Configuration::default() };
    seen.domains[0].profiles[0].configurations.push(other);
    let enabled = |id: &str, regions: &[&str]| BlueprintConfiguration {
        blueprint: id.to_owned(),
        regions: regions.iter().map(|region| (*region).to_owned()).collect(),
        ..BlueprintConfiguration::default()
    };
    seen.domains[0].configurations =
        vec![enabled("bp", &["us-east-1"]), enabled("bp-3", &["us-east-1"]), enabled("bp-4", &[])];
    let found: Vec<String> = findings(&policy, &seen).into_iter().map(|one| one.found).collect();
    assert!(found.len() == 2 && found[0].starts_with("bp-2, which") && found[1].contains("bp-3"), "{found:?}");
    // Where not all names were read, one without a name may be an allowed one.
    seen.domains[0].blueprints_whole = false;
    assert_eq!(findings(&policy, &seen), []);
    seen.domains[0].profiles[0].status = Some("DISABLED".to_owned());
    seen.domains[0].blueprints_whole = true;
    assert_eq!(findings(&policy, &seen).len(), 1, "a profile that is off makes nothing");
}

#[test]
fn without_a_blueprint_that_is_known_to_be_tooling_nothing_is_judged_and_that_is_told() {
    let mut seen = seen(&RIGHT, environment(&MADE));
    assert_eq!(unjudged(&desired(IDLE), &seen), []);
    // The environments were looked for by it.
    seen.domains[0].tooling_blueprints.clear();
    seen.domains[0].projects[0].tooling.clear();
    let told = unjudged(&desired(IDLE), &seen);
    assert!(told.len() == 1 && told[0].why.contains("known to be Tooling"), "{told:?}");
    assert_eq!(unjudged(&desired("allowed-blueprints = [\"Tooling\"]\n"), &seen), []);
}

#[test]
fn a_domain_is_judged_from_the_account_that_manages_it() {
    let mut seen = seen(&[], environment(&[]));
    let policy = desired(&format!("{IDLE}projects-warn-percent = 1\nallowed-blueprints = [\"x\"]\n"));
    seen.domains[0].managed_by = Some("444455556666".to_owned());
    assert_eq!((findings(&policy, &seen), unjudged(&policy, &seen)), (vec![], vec![]));
    seen.domains[0].managed_by = None;
    assert!(!findings(&policy, &seen).is_empty(), "where nobody says, it is judged");
}

proptest! {
    /// A shorter timeout never makes a finding of what was none.
    #[test]
    fn findings_are_monotone_in_the_timeout(minutes in 1_u64..2_000, shorter in 0_u64..2_000, wanted in 60_u32..2_000) {
        let policy = desired(&format!("idle-timeout = \"{wanted}m\"\n"));
        let of = |minutes: u64| -> Vec<Finding> {
            let value = minutes.to_string();
            let row = [("lifecycleManagement", Some("ENABLED"), None), ("idleTimeoutInMinutes", Some(value.as_str()), None)];
            findings(&policy, &seen(&row, environment(&[("lifecycleManagement", "ENABLED"), ("idleTimeoutInMinutes", &value)])))
        };
        let shorter = minutes.saturating_sub(shorter).max(1);
        prop_assert!(of(shorter).len() <= of(minutes).len());
        prop_assert_eq!(of(minutes).is_empty(), minutes <= u64::from(wanted));
    }
}
