//! What a person who works in Studio may do.

use super::document::{Document, Statement};
use super::place::Place;
use crate::policy::{EXEMPT_TAG, PROTECT_TAG};

/// The principal tag that names a person's user profile.
const USER_TAG: &str = "${aws:PrincipalTag/studiouserid}";

/// What is done with spaces and apps of one's own.
const SPACES: [&str; 3] = ["sagemaker:CreateSpace", "sagemaker:DeleteSpace", "sagemaker:UpdateSpace"];
const APPS: [&str; 2] = ["sagemaker:CreateApp", "sagemaker:DeleteApp"];

/// What names a lifecycle configuration.
const CONFIGURED: [&str; 3] = ["sagemaker:CreateApp", "sagemaker:CreateSpace", "sagemaker:UpdateSpace"];

/// What belongs to administrators.
const ADMINISTRATION: [&str; 8] = [
    "sagemaker:CreateDomain",
    "sagemaker:CreateStudioLifecycleConfig",
    "sagemaker:CreateUserProfile",
    "sagemaker:DeleteDomain",
    "sagemaker:DeleteStudioLifecycleConfig",
    "sagemaker:DeleteUserProfile",
    "sagemaker:UpdateDomain",
    "sagemaker:UpdateUserProfile",
];

/// What Studio lists and shows.
const LISTS: [&str; 4] =
    ["sagemaker:ListApps", "sagemaker:ListDomains", "sagemaker:ListSpaces", "sagemaker:ListUserProfiles"];
const LOOKS: [&str; 5] = [
    "sagemaker:DescribeApp",
    "sagemaker:DescribeDomain",
    "sagemaker:DescribeSpace",
    "sagemaker:DescribeUserProfile",
    "sagemaker:ListTags",
];

/// What sets or takes away tags.
const TAGGING: [&str; 4] =
    ["sagemaker:AddTags", "sagemaker:CreateApp", "sagemaker:CreateSpace", "sagemaker:DeleteTags"];

/// The document of a person who works in Studio, whose user profile stands in the principal tag
/// `studiouserid`: apps and private spaces of that user profile alone, no lifecycle configuration
/// but the agent's, and nothing of domains, user profiles and our tags, whatever else allows it.
#[must_use]
pub fn data_scientist(place: &Place) -> Document {
    let owner = place.of_domains(&format!("user-profile/{{}}/{USER_TAG}"));
    let owners: Vec<&str> = owner.iter().map(String::as_str).collect();
    let own_name = place.arn("sagemaker", &format!("user-profile/*/{USER_TAG}"));
    let spaces_and_apps: Vec<&str> = SPACES.into_iter().chain(APPS).collect();
    let in_domains = || [place.of_domains("space/{}/*"), place.of_domains("app/{}/*")].concat();
    let looked_at = ["domain/{}", "user-profile/{}/*", "space/{}/*", "app/{}/*"];
    let looked_at = looked_at.iter().flat_map(|kind| place.of_domains(kind)).collect();
    let own = |statement: Statement| {
        let statement = statement.when("ArnLike", "sagemaker:OwnerUserProfileArn", &owners);
        statement.when("StringEquals", "sagemaker:SpaceSharingType", &["Private"])
    };
    let agents = place.arn("sagemaker", "studio-lifecycle-config/idle-agent-*");
    Document::new(vec![
        Statement::allow("OwnUrl", &["sagemaker:CreatePresignedDomainUrl"], owner.clone()),
        Statement::allow("Lists", &LISTS, vec!["*".to_owned()]),
        Statement::allow("Look", &LOOKS, looked_at),
        own(Statement::allow("OwnSpacesAndApps", &spaces_and_apps, in_domains())),
        Statement::allow("TagsOfNewOnes", &["sagemaker:AddTags"], in_domains()).when(
            "StringEquals",
            "sagemaker:TaggingAction",
            &["CreateApp", "CreateSpace"],
        ),
        Statement::deny("NobodyElses", &spaces_and_apps, vec!["*".to_owned()])
            .when("ArnNotLike", "sagemaker:OwnerUserProfileArn", &[&own_name])
            .when("Null", "sagemaker:OwnerUserProfileArn", &["false"]),
        Statement::deny("NobodyElsesUrl", &["sagemaker:CreatePresignedDomainUrl"], Vec::new())
            .on_all_but(owner.clone()),
        Statement::deny("AgentAlone", &CONFIGURED, vec!["*".to_owned()]).when(
            "ForAnyValue:StringNotLike",
            "sagemaker:StudioLifecycleConfigArns",
            &[&agents],
        ),
        Statement::deny("Administration", &ADMINISTRATION, vec!["*".to_owned()]),
        Statement::deny("ControlTags", &TAGGING, vec!["*".to_owned()]).when(
            "ForAnyValue:StringLike",
            "aws:TagKeys",
            &["costctl:*"],
        ),
        // IAM finds a resource's tag in whatever capitals it has; a key in a request it does not.
        Statement::deny("ControlTagsToo", &TAGGING[..3], vec!["*".to_owned()]).when(
            "ForAnyValue:StringEqualsIgnoreCase",
            "aws:TagKeys",
            &[PROTECT_TAG, EXEMPT_TAG],
        ),
    ])
}
