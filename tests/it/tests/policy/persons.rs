//! What a person who works in Studio may do, and what may not be taken away from the agent.

use serde_json::{Value, json};
use studio_parts::iam_policies::Decision::{Allowed, ExplicitDeny, ImplicitDeny};

use super::conditions::check;
use super::world::{APP, DOMAIN, SPACE, STUDIO_CONFIG, USER_PROFILE};

const WHO: &str = "data-scientist";
const CREATE: &str = "sagemaker:CreateApp";

#[test]
fn a_person_has_apps_and_private_spaces_of_their_own() {
    let owner = |name: &str| json!({ "sagemaker:OwnerUserProfileArn": format!("arn:aws:sagemaker:us-east-1:111122223333:user-profile/d-research0001/{name}") });
    let shared = json!({ "sagemaker:OwnerUserProfileArn": null, "sagemaker:SpaceSharingType": "Shared" });
    let bobs = USER_PROFILE.replace("/alice", "/bob");
    let url = "sagemaker:CreatePresignedDomainUrl";
    check(&[
        ("an app", WHO, CREATE, APP, json!({}), Allowed),
        ("its end", WHO, "sagemaker:DeleteApp", APP, json!({}), Allowed),
        ("a space", WHO, "sagemaker:CreateSpace", SPACE, json!({}), Allowed),
        ("its settings", WHO, "sagemaker:UpdateSpace", SPACE, json!({}), Allowed),
        ("its end", WHO, "sagemaker:DeleteSpace", SPACE, json!({}), Allowed),
        ("somebody's app", WHO, "sagemaker:DeleteApp", APP, owner("bob"), ExplicitDeny),
        ("somebody's space", WHO, "sagemaker:UpdateSpace", SPACE, owner("bob"), ExplicitDeny),
        ("a shared space", WHO, "sagemaker:CreateSpace", SPACE, shared, ImplicitDeny),
        ("their own address", WHO, url, USER_PROFILE, json!({}), Allowed),
        ("somebody's address", WHO, url, &bobs, json!({}), ExplicitDeny),
        ("a look at somebody's", WHO, "sagemaker:DescribeUserProfile", &bobs, json!({}), Allowed),
    ]);
}

#[test]
fn a_person_takes_neither_the_agent_nor_its_settings_away() {
    let configs = |arns: &[&str]| json!({ "sagemaker:StudioLifecycleConfigArns": arns });
    let theirs = STUDIO_CONFIG.replace("idle-agent-jupyterlab", "their-own");
    let tags = |keys: &[&str], because: Value| json!({ "aws:TagKeys": keys, "sagemaker:TaggingAction": because });
    let tag = "sagemaker:AddTags";
    check(&[
        ("the agent's", WHO, CREATE, APP, configs(&[STUDIO_CONFIG]), Allowed),
        ("their own", WHO, CREATE, APP, configs(&[&theirs]), ExplicitDeny),
        ("both", WHO, CREATE, APP, configs(&[STUDIO_CONFIG, &theirs]), ExplicitDeny),
        ("their own, of a space", WHO, "sagemaker:UpdateSpace", SPACE, configs(&[&theirs]), ExplicitDeny),
        ("the domain's settings", WHO, "sagemaker:UpdateDomain", DOMAIN, json!({}), ExplicitDeny),
        ("their user profile's", WHO, "sagemaker:UpdateUserProfile", USER_PROFILE, json!({}), ExplicitDeny),
        ("a configuration", WHO, "sagemaker:CreateStudioLifecycleConfig", STUDIO_CONFIG, json!({}), ExplicitDeny),
        ("its end", WHO, "sagemaker:DeleteStudioLifecycleConfig", STUDIO_CONFIG, json!({}), ExplicitDeny),
        ("tags of a new app", WHO, tag, APP, tags(&["Team"], json!("CreateApp")), Allowed),
        (
            "protection of a new app",
            WHO,
            tag,
            APP,
            tags(&["Team", "costctl:protect"], json!("CreateApp")),
            ExplicitDeny,
        ),
        ("the same with the app", WHO, CREATE, APP, tags(&["costctl:protect"], Value::Null), ExplicitDeny),
        ("tags later on", WHO, tag, APP, tags(&["Team"], Value::Null), ImplicitDeny),
        ("tags taken away", WHO, "sagemaker:DeleteTags", APP, tags(&["Team"], Value::Null), ImplicitDeny),
        ("the same in capitals", WHO, CREATE, APP, tags(&["CostCtl:Protect"], Value::Null), ExplicitDeny),
        ("ours taken away", WHO, "sagemaker:DeleteTags", APP, tags(&["costctl:exempt"], Value::Null), ExplicitDeny),
    ]);
}
