//! The portfolio: what a launch is held to, who may do what, and the role that makes it.

use serde_json::{Value, json};
use studio_parts::iam_policies::Decision::{self, Allowed, ExplicitDeny, ImplicitDeny};
use studio_parts::iam_policies::{Request, decide_all};

use crate::cloud::{BUCKET, Cloud, EXECUTION_ROLE, domain_parameters, template};

const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const OTHER_KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/ffffffff-12ab-34cd-56ef-1234567890ab";
const DOMAIN: &str = "arn:aws:sagemaker:us-east-1:111122223333:domain/*";
const PROFILE: &str = "arn:aws:sagemaker:us-east-1:111122223333:user-profile/*";

fn config(slug: &str) -> String {
    format!("arn:aws:sagemaker:us-east-1:111122223333:studio-lifecycle-config/idle-agent-{slug}-0123456789ab")
}

fn portfolio() -> Cloud {
    let cloud = Cloud::new();
    let (lab, editor) = (config("jupyterlab"), config("code-editor"));
    let parameters = [
        ("TemplateBucketName", BUCKET),
        ("SupportEmail", "platform@example.com"),
        ("AdminRoleArn", "arn:aws:iam::111122223333:role/CloudAdmin"),
        ("DataScientistRoleArn", "arn:aws:iam::111122223333:role/DataScientist"),
        ("ExecutionRoleArn", EXECUTION_ROLE),
        ("KmsKeyId", KEY),
        ("JupyterLabConfigArn", &*lab),
        ("CodeEditorConfigArn", &*editor),
        ("CostCenters", "4711,4712"),
    ];
    cloud.make("portfolio", &parameters);
    cloud
}

#[test]
fn a_portfolio_has_two_products_whose_tags_have_to_be_chosen() {
    let cloud = portfolio();
    let kept = cloud.cloudformation.kept().unwrap();
    let of = |kind: &str| -> Vec<&Value> {
        let kind = format!("AWS::ServiceCatalog::{kind}");
        kept.values().filter(|one| one["Type"] == *kind).map(|one| &one["Properties"]).collect()
    };
    let counts =
        ["CloudFormationProduct", "LaunchRoleConstraint", "ResourceUpdateConstraint", "PortfolioPrincipalAssociation"];
    assert_eq!(counts.map(|kind| of(kind).len()), [2; 4]);
    for constraint in of("LaunchRoleConstraint") {
        assert_eq!(constraint["RoleArn"], "arn:aws:iam::111122223333:role/costctl-launch");
    }
    let mut tags: Vec<String> = of("TagOption").iter().map(|tag| format!("{}={}", tag["Key"], tag["Value"])).collect();
    tags.sort();
    let wanted = "CostCenter=4711 CostCenter=4712 DataClassification=confidential DataClassification=internal \
                  DataClassification=public DataClassification=restricted Environment=development \
                  Environment=production Environment=test";
    assert_eq!(tags.join(" ").replace('"', ""), wanted);
    // Each of them is one of the portfolio.
    assert_eq!(of("TagOptionAssociation").len(), tags.len());
    cloud.unmake("portfolio");
    assert!(cloud.cloudformation.kept().unwrap().is_empty());
}

/// Service Catalog adds the rules of a constraint to those of the product's template.
#[test]
fn a_launch_is_held_to_the_platforms_key_role_and_agent() {
    let cloud = portfolio();
    let rules = cloud.cloudformation.kept().unwrap()["portfolio.DomainRules"]["Properties"]["Rules"].clone();
    let launched = format!("{}\nRules: {}\n", template("studio-domain"), rules.as_str().unwrap().replace('\n', " "));
    let (lab, editor) = (config("jupyterlab"), config("code-editor"));
    let good = domain_parameters(KEY, &lab, &editor);
    for (name, value, said) in [
        ("KmsKeyId", OTHER_KEY, "the key is"),
        ("ExecutionRoleArn", "arn:aws:iam::111122223333:role/Admin", "the execution role is"),
        ("JupyterLabConfigArn", editor.as_str(), "the agent in JupyterLab is"),
        ("CodeEditorConfigArn", lab.as_str(), "the agent in Code Editor is"),
        ("IdleTimeoutMinutes", "10000", "IdleTimeoutMinutes is one of"),
        ("MaxIdleTimeoutMinutes", "10000", "MaxIdleTimeoutMinutes is one of"),
    ] {
        let mut parameters: Vec<(&str, &str)> = good.iter().copied().filter(|(other, _)| *other != name).collect();
        parameters.push((name, value));
        let error = cloud.cloudformation.create("launch", &launched, &parameters, &[]).expect_err(name).to_string();
        assert!(error.contains(said), "{name}: {error}");
    }
    for (slug, app_type) in [("jupyterlab", "JupyterLab"), ("code-editor", "CodeEditor")] {
        let lifecycle_config = json!({ "StudioLifecycleConfigName": format!("idle-agent-{slug}-0123456789ab"),
            "StudioLifecycleConfigContent": "QQ==", "StudioLifecycleConfigAppType": app_type });
        cloud.sandbox.call("CreateStudioLifecycleConfig", &lifecycle_config).unwrap();
    }
    cloud.make_of("launch", &launched, &good);
}

#[test]
fn the_launch_role_makes_domains_and_profiles_and_nothing_else() {
    let cloud = portfolio();
    let document = inline(&cloud, "costctl-launch");
    let vpc_only = json!({ "sagemaker:AppNetworkAccessType": "VpcOnly" });
    let public = json!({ "sagemaker:AppNetworkAccessType": "PublicInternetOnly" });
    let passed = json!({ "iam:PassedToService": "sagemaker.amazonaws.com" });
    let none = json!({});
    let stack = "arn:aws:cloudformation:us-east-1:111122223333:stack/SC-111122223333-pp-1/x";
    check(
        &document,
        &[
            ("sagemaker:CreateDomain", DOMAIN, &vpc_only, Allowed),
            ("sagemaker:CreateDomain", DOMAIN, &public, ExplicitDeny),
            // None is public.
            ("sagemaker:CreateDomain", DOMAIN, &none, ExplicitDeny),
            ("sagemaker:UpdateDomain", DOMAIN, &none, Allowed),
            ("sagemaker:UpdateDomain", DOMAIN, &public, ExplicitDeny),
            ("sagemaker:DeleteDomain", DOMAIN, &none, Allowed),
            ("sagemaker:CreateUserProfile", PROFILE, &none, Allowed),
            ("sagemaker:DeleteUserProfile", PROFILE, &none, Allowed),
            ("sagemaker:CreateApp", "arn:aws:sagemaker:us-east-1:111122223333:app/d-1/a/b/c", &none, ImplicitDeny),
            ("sagemaker:DeleteSpace", "arn:aws:sagemaker:us-east-1:111122223333:space/d-1/a", &none, ImplicitDeny),
            ("iam:PassRole", EXECUTION_ROLE, &passed, Allowed),
            ("iam:PassRole", EXECUTION_ROLE, &none, ImplicitDeny),
            ("iam:PassRole", "arn:aws:iam::111122223333:role/Admin", &passed, ImplicitDeny),
            ("iam:CreateRole", "arn:aws:iam::111122223333:role/Admin", &none, ImplicitDeny),
            ("kms:CreateGrant", KEY, &none, Allowed),
            ("kms:CreateGrant", OTHER_KEY, &none, ImplicitDeny),
            ("cloudformation:CreateStack", stack, &none, Allowed),
            ("cloudformation:DeleteStack", &stack.replace("SC-", "network-"), &none, ImplicitDeny),
        ],
    );
}

#[test]
fn a_data_scientist_launches_and_terminates_what_is_ones_own() {
    let cloud = portfolio();
    let document = managed(&cloud, "costctl-data-scientist-catalog");
    let (own, others) =
        (json!({ "servicecatalog:userLevel": "self" }), json!({ "servicecatalog:userLevel": "account" }));
    let product = "arn:aws:catalog:us-east-1:111122223333:product/kept-domainproduct";
    let none = json!({});
    check(
        &document,
        &[
            ("servicecatalog:ProvisionProduct", product, &none, Allowed),
            (
                "servicecatalog:ProvisionProduct",
                "arn:aws:catalog:us-east-1:111122223333:product/x",
                &none,
                ImplicitDeny,
            ),
            ("servicecatalog:TerminateProvisionedProduct", "*", &own, Allowed),
            ("servicecatalog:TerminateProvisionedProduct", "*", &others, ImplicitDeny),
            ("servicecatalog:UpdateProvisionedProduct", "*", &own, ImplicitDeny),
            ("servicecatalog:CreateConstraint", "*", &none, ImplicitDeny),
            ("sagemaker:CreateDomain", DOMAIN, &none, ImplicitDeny),
            ("cloudformation:DeleteStack", "*", &none, ImplicitDeny),
        ],
    );
}

fn check(document: &Value, table: &[(&str, &str, &Value, Decision)]) {
    let policies = std::slice::from_ref(document);
    let asked = table.iter().map(|(action, resource, context, _)| Request { policies, action, resource, context });
    let decisions = decide_all(&asked.collect::<Vec<_>>()).unwrap();
    for ((action, resource, context, wanted), decision) in table.iter().zip(decisions) {
        assert_eq!(decision, *wanted, "{action} on {resource} with {context}");
    }
}

fn inline(cloud: &Cloud, role: &str) -> Value {
    let form = [("Action", "GetRolePolicy"), ("RoleName", role), ("PolicyName", role)];
    crate::stacks::document_in(&cloud.cloudformation.ask_service("iam", &form).unwrap(), "PolicyDocument")
}

fn managed(cloud: &Cloud, name: &str) -> Value {
    let arn = format!("arn:aws:iam::111122223333:policy/{name}");
    let form = [("Action", "GetPolicyVersion"), ("PolicyArn", &*arn), ("VersionId", "v1")];
    crate::stacks::document_in(&cloud.cloudformation.ask_service("iam", &form).unwrap(), "Document")
}
