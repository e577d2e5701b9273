//! Each rule: drift, none, not readable, inherited.

use std::collections::BTreeMap;

use cost_planner::drift::{ConfigSeen, Rule};
use cost_planner::install::Host;
use serde_json::{Value, json};

use crate::seen::{ALL, Fleet, KEY, managed, ours, sha256};

const DOMAIN: &str = "d-one";
const PROFILE: &str = "d-one/user-profile/ann";
const SPACE: &str = "d-one/space/lab";

#[test]
fn what_is_desired_is_no_finding_and_all_of_it_was_seen() {
    assert_eq!(Fleet::right().told(ALL), (vec![], vec![]));
    assert_eq!(Fleet::right().told("[desired]\n"), (vec![], vec![]), "nothing is asked for");
}

/// Another value at a pointer of the body of domain, user profile or space.
#[test]
fn each_setting_that_differs_is_one_finding_of_its_rule_and_place() {
    let idle = "AppLifecycleManagement/IdleSettings";
    let theirs = "arn:aws:sagemaker:us-east-1:111122223333:studio-lifecycle-config/team-setup";
    let other_host = ours(Host::CodeEditor);
    for (place, pointer, value, rule) in [
        (
            DOMAIN,
            "DefaultUserSettings/JupyterLabAppSettings/BuiltInLifecycleConfigArn".to_owned(),
            json!("None"),
            Rule::LifecycleConfiguration,
        ),
        (
            DOMAIN,
            "DefaultUserSettings/CodeEditorAppSettings/BuiltInLifecycleConfigArn".to_owned(),
            json!(theirs),
            Rule::LifecycleConfiguration,
        ),
        (
            DOMAIN,
            "DefaultUserSettings/JupyterLabAppSettings/BuiltInLifecycleConfigArn".to_owned(),
            json!(other_host),
            Rule::LifecycleConfiguration,
        ),
        (
            DOMAIN,
            "DefaultUserSettings/JupyterServerAppSettings/LifecycleConfigArns".to_owned(),
            json!([]),
            Rule::LifecycleConfiguration,
        ),
        (
            PROFILE,
            "UserSettings".to_owned(),
            json!({ "KernelGatewayAppSettings": { "CustomImages": [{}] } }),
            Rule::LifecycleConfiguration,
        ),
        (
            SPACE,
            "SpaceSettings/JupyterServerAppSettings".to_owned(),
            json!({ "DefaultResourceSpec": { "LifecycleConfigArn": "None" } }),
            Rule::LifecycleConfiguration,
        ),
        (
            DOMAIN,
            format!("DefaultUserSettings/JupyterLabAppSettings/{idle}/LifecycleManagement"),
            json!("DISABLED"),
            Rule::IdleShutdown,
        ),
        (
            DOMAIN,
            format!("DefaultUserSettings/JupyterLabAppSettings/{idle}/IdleTimeoutInMinutes"),
            json!(121),
            Rule::IdleShutdown,
        ),
        (
            DOMAIN,
            format!("DefaultUserSettings/CodeEditorAppSettings/{idle}/MaxIdleTimeoutInMinutes"),
            json!(481),
            Rule::IdleShutdown,
        ),
        (
            DOMAIN,
            format!("DefaultUserSettings/CodeEditorAppSettings/{idle}/MaxIdleTimeoutInMinutes"),
            Value::Null,
            Rule::IdleShutdown,
        ),
        (
            SPACE,
            "SpaceSettings/CodeEditorAppSettings".to_owned(),
            json!({ "AppLifecycleManagement": { "IdleSettings": { "IdleTimeoutInMinutes": 121 } } }),
            Rule::IdleShutdown,
        ),
        (
            DOMAIN,
            "DefaultUserSettings/StudioWebPortalSettings/HiddenInstanceTypes".to_owned(),
            json!([]),
            Rule::HiddenInstanceTypes,
        ),
        (DOMAIN, "DefaultUserSettings/StudioWebPortalSettings".to_owned(), Value::Null, Rule::HiddenInstanceTypes),
        (
            PROFILE,
            "UserSettings".to_owned(),
            json!({ "StudioWebPortalSettings": { "HiddenAppTypes": ["Canvas"] } }),
            Rule::HiddenInstanceTypes,
        ),
        (DOMAIN, "AppNetworkAccessType".to_owned(), json!("PublicInternetOnly"), Rule::NetworkMode),
        (DOMAIN, "KmsKeyId".to_owned(), Value::Null, Rule::KmsKey),
        (DOMAIN, "KmsKeyId".to_owned(), json!("alias/aws/elasticfilesystem"), Rule::KmsKey),
        (
            DOMAIN,
            "DefaultUserSettings/SharingSettings/NotebookOutputOption".to_owned(),
            json!("Allowed"),
            Rule::NotebookSharing,
        ),
        (
            PROFILE,
            "UserSettings".to_owned(),
            json!({ "SharingSettings": { "NotebookOutputOption": "Allowed" } }),
            Rule::NotebookSharing,
        ),
        (
            DOMAIN,
            "DefaultUserSettings/SpaceStorageSettings/DefaultEbsStorageSettings/MaximumEbsVolumeSizeInGb".to_owned(),
            json!(101),
            Rule::Storage,
        ),
        (DOMAIN, "DefaultUserSettings/SpaceStorageSettings".to_owned(), Value::Null, Rule::Storage),
        (
            SPACE,
            "SpaceSettings/SpaceStorageSettings/EbsStorageSettings/EbsVolumeSizeInGb".to_owned(),
            json!(101),
            Rule::Storage,
        ),
        (DOMAIN, "TagPropagation".to_owned(), json!("DISABLED"), Rule::TagPropagation),
        (DOMAIN, "TagPropagation".to_owned(), Value::Null, Rule::TagPropagation),
        (DOMAIN, "DomainSettings".to_owned(), Value::Null, Rule::SourceIdentity),
    ] {
        let mut fleet = Fleet::right();
        put(&mut fleet, place, &pointer, value.clone());
        let expected = vec![(rule, place.to_owned())];
        assert_eq!(fleet.told(ALL), (expected, vec![]), "{place} {pointer} = {value}");
    }
}

fn put(fleet: &mut Fleet, place: &str, pointer: &str, value: Value) {
    let body = match place {
        DOMAIN => &mut fleet.domain,
        PROFILE => &mut fleet.profile,
        _ => &mut fleet.space,
    };
    *pointer.split('/').fold(body, |value, member| &mut value[member]) = value;
}

#[test]
fn a_member_that_is_not_what_it_should_be_is_not_understood() {
    for (pointer, rule) in [
        ("AppNetworkAccessType", Rule::NetworkMode),
        ("KmsKeyId", Rule::KmsKey),
        ("TagPropagation", Rule::TagPropagation),
        ("DomainSettings/ExecutionRoleIdentityConfig", Rule::SourceIdentity),
        ("DefaultUserSettings/ExecutionRole", Rule::ExecutionRole),
        ("DefaultUserSettings/SharingSettings/NotebookOutputOption", Rule::NotebookSharing),
        ("DefaultUserSettings/StudioWebPortalSettings/HiddenInstanceTypes", Rule::HiddenInstanceTypes),
        ("DefaultUserSettings/SpaceStorageSettings/DefaultEbsStorageSettings/MaximumEbsVolumeSizeInGb", Rule::Storage),
        (
            "DefaultUserSettings/JupyterLabAppSettings/AppLifecycleManagement/IdleSettings/LifecycleManagement",
            Rule::IdleShutdown,
        ),
        (
            "DefaultUserSettings/JupyterLabAppSettings/AppLifecycleManagement/IdleSettings/IdleTimeoutInMinutes",
            Rule::IdleShutdown,
        ),
    ] {
        let mut fleet = Fleet::right();
        put(&mut fleet, DOMAIN, pointer, json!({ "not": "this" }));
        assert_eq!(fleet.told(ALL), (vec![], vec![(Some(rule), DOMAIN.to_owned())]), "{pointer}");
    }
}

#[test]
fn tags_roles_and_contents_that_were_not_read_are_not_fine() {
    let denied = || Err("ListTags failed".to_owned());
    let places = [DOMAIN, PROFILE, SPACE];
    for (n, place) in places.iter().enumerate() {
        let mut fleet = Fleet::right();
        fleet.tags[n] = denied();
        assert_eq!(fleet.told(ALL), (vec![], vec![(Some(Rule::Tags), (*place).to_owned())]));
        fleet.tags[n] = Ok(BTreeMap::from([("CostCenter".to_owned(), " ".to_owned())]));
        assert_eq!(fleet.told(ALL), (vec![(Rule::Tags, (*place).to_owned())], vec![]), "a blank value is none");
    }
    let mut fleet = Fleet::right();
    fleet.attached = Err("ListAttachedRolePolicies failed".to_owned());
    assert_eq!(fleet.told(ALL), (vec![], vec![(Some(Rule::ExecutionRole), DOMAIN.to_owned())]));
    fleet.attached = Ok(vec!["AmazonSageMakerFullAccess".to_owned()]);
    assert_eq!(fleet.told(ALL), (vec![(Rule::ExecutionRole, DOMAIN.to_owned())], vec![]));
    let named = "[desired]\nexecution-role = { names = [\"Studio*\"] }\n";
    assert_eq!(fleet.told(named), (vec![(Rule::ExecutionRole, DOMAIN.to_owned())], vec![]));

    let content = |config| Fleet { config, ..Fleet::right() }.told("[desired]\nagent = \"on\"\n");
    let rule = Rule::LifecycleConfigurationContent;
    let four = |found: (Rule, String)| vec![found; 4];
    assert_eq!(content(ConfigSeen::Gone), (four((rule, DOMAIN.to_owned())), vec![]));
    assert_eq!(content(ConfigSeen::Unread("no".to_owned())), (vec![], vec![(Some(rule), DOMAIN.to_owned()); 4]));
    let there = |sha256: String, tags| ConfigSeen::There { sha256, tags };
    assert_eq!(content(there(sha256(), denied())), (vec![], vec![(Some(rule), DOMAIN.to_owned()); 4]));
    assert_eq!(content(there(sha256(), Ok(BTreeMap::new()))), (four((rule, DOMAIN.to_owned())), vec![]));
    assert_eq!(content(there("f".repeat(64), Ok(managed()))).0.len(), 8, "neither name nor tag fit");
}

#[test]
fn a_user_profile_and_a_space_without_own_values_follow_their_domain() {
    let mut fleet = Fleet::right();
    let settings = fleet.domain["DefaultUserSettings"].as_object_mut().unwrap();
    settings.retain(|member, _| member == "ExecutionRole");
    let (found, unseen) = fleet.told(ALL);
    assert!(unseen.is_empty() && found.len() >= 8);
    assert!(found.iter().all(|(_, place)| place == DOMAIN), "one finding, at the domain: {found:?}");
    // A value of its own stands before the domain's, for better and for worse.
    let idle = json!({ "BuiltInLifecycleConfigArn": ours(Host::JupyterLab), "AppLifecycleManagement":
        { "IdleSettings": { "LifecycleManagement": "ENABLED", "IdleTimeoutInMinutes": 60, "MaxIdleTimeoutInMinutes": 60 } } });
    fleet.profile["UserSettings"] = json!({ "JupyterLabAppSettings": idle });
    assert!(fleet.told(ALL).0.iter().all(|(_, place)| place == DOMAIN));
}

#[test]
fn what_is_to_be_off_or_another_way_round_is_judged_so() {
    let right = Fleet::right();
    for (desired, rule, count) in [
        ("agent = \"off\"", Rule::LifecycleConfiguration, 4),
        ("idle-shutdown = { state = \"off\" }", Rule::IdleShutdown, 2),
        ("hidden-instance-types = \"off\"", Rule::HiddenInstanceTypes, 1),
        ("network = \"PublicInternetOnly\"", Rule::NetworkMode, 1),
        ("kms-key = \"alias/studio\"", Rule::KmsKey, 1),
        ("notebook-sharing = \"on\"", Rule::NotebookSharing, 1),
        ("tag-propagation = \"off\"", Rule::TagPropagation, 1),
        ("source-identity = \"off\"", Rule::SourceIdentity, 1),
    ] {
        let (found, unseen) = right.told(&format!("[desired]\n{desired}\n"));
        assert_eq!((found, unseen), (vec![(rule, DOMAIN.to_owned()); count], vec![]), "{desired}");
    }
    assert_eq!(right.told(&format!("[desired]\nkms-key = \"{KEY}\"\n")), (vec![], vec![]));
}

#[test]
fn behind_a_project_of_unified_studio_nothing_is_ours_to_mend() {
    let mut fleet = Fleet::right();
    fleet.domain["DomainName"] = json!("SageMakerUnifiedStudio-p1-e1-dev");
    fleet.domain["DefaultUserSettings"]["JupyterLabAppSettings"] = json!({});
    let checked = fleet.check(ALL);
    assert!(!checked.findings.is_empty());
    for finding in checked.findings {
        assert!(!finding.fix.owned && finding.fix.how.starts_with("by the project profile"), "{finding:?}");
    }
}
