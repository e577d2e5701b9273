//! The conditions of the roles' documents, one line for each way of being wrong.

use serde_json::{Value, json};
use studio_parts::iam_policies::Decision::{self, Allowed, ExplicitDeny, ImplicitDeny};
use studio_parts::iam_policies::{Request, decide_all};

use super::world::{
    ACTOR, APP, BINARY, BUCKET, CLASSIC_APP, DOMAIN, ENDPOINT, EVIDENCE, KEY, NOTEBOOK, NOTEBOOK_CONFIG, READER, SPACE,
    STUDIO_CONFIG, USER_PROFILE, context, document,
};

/// What it is, the document, the action, its resource, what differs from how it should be, the decision.
type Case<'a> = (&'a str, &'a str, &'a str, &'a str, Value, Decision);

/// Asserts each line. Null takes a key away.
pub(super) fn check(cases: &[Case<'_>]) {
    let documents: Vec<[Value; 1]> = cases.iter().map(|(_, name, ..)| [document(name)]).collect();
    let contexts: Vec<Value> = cases.iter().map(|(_, name, action, _, other, _)| said(name, action, other)).collect();
    let request = |n: usize| {
        let (_, _, action, resource, ..) = cases[n];
        Request { policies: &documents[n], action, resource, context: &contexts[n] }
    };
    let decisions = decide_all(&(0..cases.len()).map(request).collect::<Vec<_>>()).unwrap();
    let wrong: Vec<_> = cases.iter().zip(decisions).filter(|((.., wanted), got)| wanted != got).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn said(name: &str, action: &str, other: &Value) -> Value {
    let mut said = context(if name.starts_with("agent") { "idle-agent" } else { "costctl" }, action);
    for (key, value) in other.as_object().unwrap() {
        said[key] = value.clone();
    }
    said
}

#[test]
fn an_agent_stops_what_is_its_own() {
    let delete = "sagemaker:DeleteApp";
    let owner = |name: &str| json!({ "sagemaker:OwnerUserProfileArn": format!("arn:aws:sagemaker:us-east-1:111122223333:user-profile/{name}") });
    let no_owner = || json!({ "sagemaker:OwnerUserProfileArn": null, "sagemaker:SpaceSharingType": null });
    let shared = || json!({ "sagemaker:OwnerUserProfileArn": null, "sagemaker:SpaceSharingType": "Shared" });
    let other_domain = APP.replace("d-research0001", "d-other0000001");
    let other_classic = CLASSIC_APP.replace("/alice/", "/bob/");
    let other_account = APP.replace("111122223333", "444455556666");
    let in_session = || json!({ "sagemaker:DomainId": null, "sagemaker:UserProfileName": null });
    check(&[
        ("its own app", "agent", delete, APP, json!({}), Allowed),
        ("a foreign user's space", "agent", delete, APP, owner("d-research0001/bob"), ImplicitDeny),
        ("a user of that name elsewhere", "agent", delete, APP, owner("d-other0000001/alice"), ImplicitDeny),
        ("a foreign domain", "agent", delete, &other_domain, json!({}), ImplicitDeny),
        ("a foreign account", "agent", delete, &other_account, json!({}), ImplicitDeny),
        ("nobody's session", "agent", delete, APP, in_session(), ImplicitDeny),
        ("its own Classic app", "agent", delete, CLASSIC_APP, no_owner(), Allowed),
        ("a foreign Classic app", "agent", delete, &other_classic, no_owner(), ImplicitDeny),
        // A space may be called like a user profile.
        ("a foreign space of its name", "agent", delete, CLASSIC_APP, owner("d-research0001/bob"), ImplicitDeny),
        ("a shared space, not asked for", "agent", delete, APP, shared(), ImplicitDeny),
        ("a shared space", "agent-shared-spaces", delete, APP, shared(), Allowed),
        ("a shared space elsewhere", "agent-shared-spaces", delete, &other_domain, shared(), ImplicitDeny),
        ("a private space, of the shared", "agent-shared-spaces", delete, APP, json!({}), ImplicitDeny),
        ("looks at its app", "agent", "sagemaker:DescribeApp", APP, json!({}), Allowed),
        ("looks elsewhere", "agent", "sagemaker:DescribeApp", &other_domain, json!({}), ImplicitDeny),
        ("looks at its space", "agent", "sagemaker:DescribeSpace", SPACE, json!({}), Allowed),
        ("deletes its space", "agent", "sagemaker:DeleteSpace", SPACE, json!({}), ImplicitDeny),
        ("makes an app", "agent", "sagemaker:CreateApp", APP, json!({}), ImplicitDeny),
        (
            "a notebook instance",
            "agent-notebook-instances",
            "sagemaker:StopNotebookInstance",
            NOTEBOOK,
            json!({}),
            Allowed,
        ),
        (
            "a notebook instance, not asked for",
            "agent",
            "sagemaker:StopNotebookInstance",
            NOTEBOOK,
            json!({}),
            ImplicitDeny,
        ),
    ]);
}

#[test]
fn an_agent_publishes_and_fetches_nothing_else() {
    let put = "cloudwatch:PutMetricData";
    let namespace = |name: Value| json!({ "cloudwatch:namespace": name });
    let image = "arn:aws:s3:::amzn-s3-demo-bucket/idle-agent/before/111122223333/us-east-1/d-1.json";
    let via = |service: &str| json!({ "kms:ViaService": format!("{service}.us-east-1.amazonaws.com") });
    check(&[
        ("its metrics", "agent", put, "*", json!({}), Allowed),
        ("another namespace", "agent", put, "*", namespace(json!("AWS/EC2")), ImplicitDeny),
        ("the controller's namespace", "agent", put, "*", namespace(json!("CostControl")), ImplicitDeny),
        ("no namespace", "agent", put, "*", namespace(Value::Null), ImplicitDeny),
        ("the binary", "agent", "s3:GetObject", BINARY, json!({}), Allowed),
        ("a before-image", "agent", "s3:GetObject", image, json!({}), ImplicitDeny),
        ("evidence", "agent", "s3:GetObject", EVIDENCE, json!({}), ImplicitDeny),
        ("writes the binary", "agent", "s3:PutObject", BINARY, json!({}), ImplicitDeny),
        ("the key by S3", "agent", "kms:Decrypt", KEY, json!({}), Allowed),
        ("the key by itself", "agent", "kms:Decrypt", KEY, json!({ "kms:ViaService": null }), ImplicitDeny),
        ("the key by another service", "agent", "kms:Decrypt", KEY, via("secretsmanager"), ImplicitDeny),
    ]);
}

#[test]
fn an_actor_stops_what_nothing_protects() {
    let protected = || json!({ "aws:ResourceTag/costctl:protect": "true" });
    let off = || json!({ "aws:ResourceTag/costctl:protect": "" });
    let stop = "sagemaker:StopNotebookInstance";
    let scale = "sagemaker:UpdateEndpointWeightsAndCapacities";
    let delete = "sagemaker:DeleteEndpoint";
    check(&[
        ("an app", "actor", "sagemaker:DeleteApp", APP, json!({}), Allowed),
        ("a protected app", "actor", "sagemaker:DeleteApp", APP, protected(), ImplicitDeny),
        ("one protected without a value", "actor", "sagemaker:DeleteApp", APP, off(), ImplicitDeny),
        ("a notebook instance", "actor", stop, NOTEBOOK, json!({}), Allowed),
        ("a protected notebook instance", "actor", stop, NOTEBOOK, protected(), ImplicitDeny),
        ("an endpoint, not asked for", "actor", scale, ENDPOINT, json!({}), ImplicitDeny),
        ("an endpoint's end, not asked for", "actor", delete, ENDPOINT, json!({}), ImplicitDeny),
        ("an endpoint", "actor-endpoints", scale, ENDPOINT, json!({}), Allowed),
        ("an endpoint's end", "actor-endpoints", delete, ENDPOINT, json!({}), Allowed),
        ("a protected endpoint", "actor-endpoints", delete, ENDPOINT, protected(), ImplicitDeny),
        ("a space", "actor", "sagemaker:DeleteSpace", SPACE, json!({}), ExplicitDeny),
        ("a domain", "actor", "sagemaker:DeleteDomain", DOMAIN, json!({}), ExplicitDeny),
        ("a user profile", "actor", "sagemaker:DeleteUserProfile", USER_PROFILE, json!({}), ExplicitDeny),
        ("a setting", "actor", "sagemaker:UpdateDomain", DOMAIN, json!({}), ImplicitDeny),
        ("a space, by the installer", "installer", "sagemaker:DeleteSpace", SPACE, json!({}), ExplicitDeny),
        ("an app, by the installer", "installer", "sagemaker:DeleteApp", APP, json!({}), ImplicitDeny),
        ("an app, by the reader", "reader", "sagemaker:DeleteApp", APP, json!({}), ImplicitDeny),
    ]);
}

#[test]
fn an_installer_makes_and_deletes_what_is_ours() {
    let config = STUDIO_CONFIG.replace("idle-agent-jupyterlab", "their-own");
    let notebooks = NOTEBOOK_CONFIG.replace("config/idle-agent", "config/their-own");
    let create = "sagemaker:CreateStudioLifecycleConfig";
    let update = "sagemaker:UpdateNotebookInstanceLifecycleConfig";
    let tag = "sagemaker:AddTags";
    let prefix = |text: &str| json!({ "s3:prefix": text });
    check(&[
        ("ours", "installer", create, STUDIO_CONFIG, json!({}), Allowed),
        ("theirs", "installer", create, &config, json!({}), ImplicitDeny),
        ("theirs, deleted", "installer", "sagemaker:DeleteStudioLifecycleConfig", &config, json!({}), ImplicitDeny),
        ("theirs, read", "installer", "sagemaker:DescribeStudioLifecycleConfig", &config, json!({}), Allowed),
        ("ours of notebook instances", "installer", update, NOTEBOOK_CONFIG, json!({}), Allowed),
        ("theirs of notebook instances", "installer", update, &notebooks, json!({}), ImplicitDeny),
        ("tags of ours", "installer", tag, STUDIO_CONFIG, json!({}), Allowed),
        ("tags of a domain", "installer", tag, DOMAIN, json!({}), ImplicitDeny),
        ("tags of an app", "installer", tag, APP, json!({}), ImplicitDeny),
        ("settings", "installer", "sagemaker:UpdateDomain", DOMAIN, json!({}), Allowed),
        ("artifacts", "installer", "s3:PutObject", BINARY, json!({}), Allowed),
        ("evidence", "installer", "s3:PutObject", EVIDENCE, json!({}), ImplicitDeny),
        ("names of artifacts", "installer", "s3:ListBucket", BUCKET, prefix("idle-agent/before/"), Allowed),
        ("names of evidence", "installer", "s3:ListBucket", BUCKET, prefix("costctl/"), ImplicitDeny),
        ("all names", "installer", "s3:ListBucket", BUCKET, json!({ "s3:prefix": null }), ImplicitDeny),
    ]);
}

#[test]
fn the_caller_takes_on_two_roles_and_writes_at_its_own_place() {
    let assume = "sts:AssumeRole";
    let id = |id: Value| json!({ "sts:ExternalId": id });
    let admin = "arn:aws:iam::444455556666:role/admin";
    let installer = "arn:aws:iam::444455556666:role/costctl-installer";
    let elsewhere = "arn:aws:s3:::amzn-s3-demo-bucket/elsewhere";
    let sneaky = "arn:aws:s3:::amzn-s3-demo-bucket/costctl-other/x";
    let namespace = json!({ "cloudwatch:namespace": "IdleAgent" });
    let topic = "arn:aws:sns:us-east-1:111122223333:other";
    let parameter = "arn:aws:ssm:us-east-1:111122223333:parameter/costctl/stopped";
    check(&[
        ("to look", "central", assume, READER, json!({}), Allowed),
        ("to act", "central", assume, ACTOR, json!({}), Allowed),
        ("another role", "central", assume, admin, json!({}), ImplicitDeny),
        ("to install", "central", assume, installer, json!({}), ImplicitDeny),
        ("no external id", "central", assume, READER, id(Value::Null), ImplicitDeny),
        ("another external id", "central", assume, READER, id(json!("guessed")), ImplicitDeny),
        ("says who asks", "central", "sts:SetSourceIdentity", READER, json!({}), Allowed),
        ("evidence", "central", "s3:PutObject", EVIDENCE, json!({}), Allowed),
        ("evidence, taken away", "central", "s3:DeleteObject", EVIDENCE, json!({}), ImplicitDeny),
        ("another prefix", "central", "s3:PutObject", elsewhere, json!({}), ImplicitDeny),
        ("a prefix that begins like it", "central", "s3:PutObject", sneaky, json!({}), ImplicitDeny),
        ("the binary", "central", "s3:PutObject", BINARY, json!({}), ImplicitDeny),
        ("its metrics", "central", "cloudwatch:PutMetricData", "*", json!({}), Allowed),
        ("the agent's metrics", "central", "cloudwatch:PutMetricData", "*", namespace, ImplicitDeny),
        ("another topic", "central", "sns:Publish", topic, json!({}), ImplicitDeny),
        ("another parameter", "central", "ssm:GetParameter", parameter, json!({}), ImplicitDeny),
        ("an app", "central", "sagemaker:DeleteApp", APP, json!({}), ImplicitDeny),
    ]);
}

#[test]
fn nobody_takes_on_a_role_without_id_and_name() {
    // The evaluator knows neither principals nor trust policies: their conditions alone are asked.
    let mut trust = document("trust");
    for statement in trust["Statement"].as_array_mut().unwrap() {
        let principal = statement.as_object_mut().unwrap().remove("Principal").unwrap();
        assert_eq!(principal, json!({ "AWS": ["arn:aws:iam::111122223333:role/costctl-central"] }));
        statement["Resource"] = json!("*");
    }
    let (id, who) = ("example-external-id", "alice");
    let cases = [
        ("sts:AssumeRole", json!({ "sts:ExternalId": id, "sts:SourceIdentity": who }), Allowed),
        ("sts:AssumeRole", json!({ "sts:SourceIdentity": who }), ImplicitDeny),
        ("sts:AssumeRole", json!({ "sts:ExternalId": "guessed", "sts:SourceIdentity": who }), ImplicitDeny),
        ("sts:AssumeRole", json!({ "sts:ExternalId": id }), ImplicitDeny),
        ("sts:SetSourceIdentity", json!({ "sts:SourceIdentity": who }), Allowed),
        ("sts:SetSourceIdentity", json!({}), ImplicitDeny),
        ("sts:TagSession", json!({ "sts:ExternalId": id, "sts:SourceIdentity": who }), ImplicitDeny),
    ];
    let policies = [trust];
    let request = |(action, context, _): &'_ (&'static str, Value, Decision)| (*action, context.clone());
    let asked: Vec<_> = cases.iter().map(request).collect();
    let requests: Vec<Request<'_>> =
        asked.iter().map(|(action, context)| Request { policies: &policies, action, resource: "*", context }).collect();
    let decisions = decide_all(&requests).unwrap();
    let wrong: Vec<_> = cases.iter().zip(decisions).filter(|((.., wanted), got)| wanted != got).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
