//! Each stack made, looked at and deleted.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use studio_parts::iam_policies::{Decision, Request, decide_all};
use studio_parts::workspace::workspace_root;

use crate::cloud::{BUCKET, Cloud, EXTERNAL_ID};

#[test]
fn roles_have_the_documents_of_packaging_iam_and_no_others() {
    let cloud = Cloud::new();
    let central = cloud.central(&[]);
    let parameters = [
        ("CentralRoleArn", &*central["CentralRoleArn"]),
        ("ExternalId", EXTERNAL_ID),
        ("BucketName", BUCKET),
        ("KeyArn", &*central["KeyArn"]),
        ("InstallerPrincipalArns", "arn:aws:iam::111122223333:role/costctl-central"),
    ];
    cloud.make("member", &parameters);
    for role in ["reader", "actor", "installer", "central"] {
        assert_eq!(policy_of(&cloud, role), document(role, &central["KeyArn"]), "{role}");
    }
    for role in ["reader", "actor", "installer"] {
        assert_eq!(trust_of(&cloud, role), document("trust", &central["KeyArn"]), "{role}");
    }
    cloud.unmake("member");
    // A central team that owns one of them leaves it out here.
    cloud.make("member", &[&parameters[..4], &[("MakeReader", "false"), ("ActorEndpoints", "true")]].concat());
    assert_eq!(policy_of(&cloud, "actor"), document("actor-endpoints", &central["KeyArn"]));
    for role in ["reader", "installer"] {
        assert!(ask(&cloud, role, "GetRole", "").unwrap_err().to_string().contains("not found"), "{role}");
    }
    cloud.unmake("member");
    cloud.unmake("central");
    assert_eq!(
        cloud.cloudformation.ask_service("iam", &[("Action", "ListRoles")]).unwrap().matches("costctl-").count(),
        0
    );
}

#[test]
fn costctl_finds_the_agent_of_a_stack_as_it_would_have_installed_it() {
    let cloud = Cloud::new();
    let key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    cloud.cloudformation.ministack().create_bucket(BUCKET).unwrap();
    let agent = cloud.agent(key);
    let domain = cloud.domain(key, &agent);
    let profile = [("DomainId", &*domain["DomainId"]), ("UserProfileName", "alice")];
    cloud.make("studio-user-profile", &profile);

    let plan = cloud.costctl(&["install", "--all-domains"], key);
    let (region, of) = (&plan["regions"][0], |list: &Value| list.as_array().unwrap().clone());
    assert!(of(&region["lifecycle_configs"]).iter().all(|config| config["action"] == "keep"), "{region:#}");
    assert_eq!(region["plan"]["unchanged"], 3, "{region:#}");
    // Studio Classic is not for new domains: the template does not speak of it.
    let types = |edit: &Value| edit["place"]["app_type"].as_str().unwrap().to_owned();
    let edited: BTreeSet<String> = of(&region["plan"]["edits"]).iter().map(types).collect();
    assert_eq!(edited, BTreeSet::from(["JupyterServer".to_owned(), "KernelGateway".to_owned()]));
    assert_governed(&cloud, &domain["DomainId"]);

    for stack in ["studio-user-profile", "studio-domain", "agent"] {
        cloud.unmake(stack);
    }
    for (operation, list) in [
        ("ListDomains", "Domains"),
        ("ListUserProfiles", "UserProfiles"),
        ("ListStudioLifecycleConfigs", "StudioLifecycleConfigs"),
    ] {
        assert_eq!(cloud.sandbox.call(operation, &json!({})).unwrap()[list], json!([]), "{operation}");
    }
}

/// What the portfolio promises of a domain, as SageMaker has it.
fn assert_governed(cloud: &Cloud, domain: &str) {
    let seen = cloud.sandbox.call("DescribeDomain", &json!({ "DomainId": domain })).unwrap();
    let at = |pointer: &str| seen.pointer(pointer).unwrap_or_else(|| panic!("no {pointer} in {seen:#}")).clone();
    for (pointer, value) in [
        ("/AppNetworkAccessType", json!("VpcOnly")),
        ("/TagPropagation", json!("ENABLED")),
        ("/DomainSettings/ExecutionRoleIdentityConfig", json!("USER_PROFILE_NAME")),
        ("/DefaultUserSettings/SharingSettings/NotebookOutputOption", json!("Disabled")),
        (
            "/DefaultUserSettings/StudioWebPortalSettings/HiddenInstanceTypes",
            json!(["ml.p4d.24xlarge", "ml.p5.48xlarge"]),
        ),
        (
            "/DefaultUserSettings/JupyterLabAppSettings/AppLifecycleManagement/IdleSettings/IdleTimeoutInMinutes",
            json!(60),
        ),
        ("/DefaultUserSettings/SpaceStorageSettings/DefaultEbsStorageSettings/MaximumEbsVolumeSizeInGb", json!(100)),
    ] {
        assert_eq!(at(pointer), value, "{pointer}");
    }
    let profile = json!({ "DomainId": domain, "UserProfileName": "alice" });
    let profile = cloud.sandbox.call("DescribeUserProfile", &profile).unwrap();
    assert!(profile.get("UserSettings").is_none_or(|settings| *settings == json!({})), "{profile:#}");
    for (arn, own) in [(&seen["DomainArn"], None), (&profile["UserProfileArn"], Some("studiouserid"))] {
        let tags = cloud.sandbox.call("ListTags", &json!({ "ResourceArn": arn })).unwrap();
        let keys: Vec<&str> = tags["Tags"].as_array().unwrap().iter().filter_map(|tag| tag["Key"].as_str()).collect();
        for key in ["CostCenter", "DataClassification", "Environment"].into_iter().chain(own) {
            assert!(keys.contains(&key), "{arn} has {keys:?}");
        }
    }
}

/// As far as the documents say it: Ministack does not hold the owner's account to them.
#[test]
fn the_bucket_takes_no_call_without_tls_and_lets_nobody_hide_evidence() {
    let cloud = Cloud::new();
    cloud.central(&[("OrganizationId", "o-abcdefghij"), ("SourceVpceIds", "vpce-1,vpce-2")]);
    let mut document: Value =
        serde_json::from_str(&cloud.cloudformation.ministack().object(BUCKET, "?policy").unwrap()).unwrap();
    for statement in document["Statement"].as_array_mut().unwrap() {
        statement.as_object_mut().unwrap().remove("Principal");
    }
    let role = |name: &str| format!("arn:aws:iam::444455556666:role/{name}");
    let by = |name: &str, organization: &str, vpce: &str, tls: &str| {
        json!({ "aws:PrincipalArn": role(name), "aws:PrincipalOrgID": organization, "aws:SourceVpce": vpce,
            "aws:SecureTransport": tls, "s3:TlsVersion": "1.3" })
    };
    // A conditional write, as costctl's are: it makes an object, or nothing.
    let anew = |mut context: Value| {
        context["s3:if-none-match"] = json!("*");
        context
    };
    let (binary, evidence) = ("idle-agent/idle-agent/x/idle-agent", "costctl/evidence/x.jsonl");
    let (ours, theirs) = ("o-abcdefghij", "o-zzzzzzzzzz");
    let table = [
        ("s3:GetObject", binary, by("Studio", ours, "vpce-2", "true"), Decision::Allowed),
        ("s3:GetObject", binary, by("Studio", ours, "vpce-2", "false"), Decision::ExplicitDeny),
        ("s3:GetObject", binary, by("Studio", ours, "vpce-3", "true"), Decision::ExplicitDeny),
        ("s3:GetObject", binary, by("costctl-installer", ours, "none", "true"), Decision::Allowed),
        ("s3:GetObject", binary, by("Studio", theirs, "vpce-2", "true"), Decision::ImplicitDeny),
        ("s3:GetObject", evidence, by("Studio", ours, "vpce-2", "true"), Decision::ImplicitDeny),
        ("s3:DeleteObjectVersion", evidence, by("costctl-central", ours, "none", "true"), Decision::ExplicitDeny),
        ("s3:PutObject", evidence, by("costctl-central", ours, "none", "true"), Decision::ExplicitDeny),
        ("s3:PutObject", evidence, anew(by("costctl-central", ours, "none", "true")), Decision::ImplicitDeny),
        ("s3:PutObject", "costctl/costctl.toml", by("Admin", ours, "none", "true"), Decision::ImplicitDeny),
    ];
    let policies = [document];
    let resources = table.each_ref().map(|(_, key, _, _)| format!("arn:aws:s3:::{BUCKET}/{key}"));
    let asked = table.iter().zip(&resources).map(|((action, _, context, _), resource)| Request {
        policies: &policies,
        action,
        resource,
        context,
    });
    let decisions = decide_all(&asked.collect::<Vec<_>>()).unwrap();
    for ((action, key, context, wanted), decision) in table.iter().zip(decisions) {
        assert_eq!(decision, *wanted, "{action} on {key} with {context}");
    }
}

#[test]
fn endpoints_are_made_with_policies_for_one_account_alone() {
    let cloud = Cloud::new();
    let vpc = [
        ("VpcId", "vpc-0123456789abcdef0"),
        ("SubnetIds", "subnet-0123456789abcdef0"),
        ("RouteTableIds", "rtb-0123456789abcdef0"),
        ("ClientCidr", "10.0.0.0/16"),
    ];
    cloud.make("vpc-endpoints", &vpc);
    let listed =
        || cloud.cloudformation.ask_service("ec2", &[("Action", "DescribeVpcEndpoints"), ("Version", "2016-11-15")]);
    let made = listed().unwrap();
    for service in ["sagemaker.api", "sts", "logs", "monitoring", "s3", "studio"] {
        assert!(made.contains(&format!(".{service}</serviceName>")), "{service} in {made}");
    }
    assert!(!made.contains(".kms</serviceName>"), "{made}");
    cloud.unmake("vpc-endpoints");
    assert!(!listed().unwrap().contains("vpce-"));
}

/// The one policy of a role that a document of packaging/iam is.
fn policy_of(cloud: &Cloud, role: &str) -> Value {
    let said = ask(cloud, role, "GetRolePolicy", &format!("costctl-{role}")).unwrap();
    document_in(&said, "PolicyDocument")
}

fn trust_of(cloud: &Cloud, role: &str) -> Value {
    let said = ask(cloud, role, "GetRole", "").unwrap();
    document_in(&said, "AssumeRolePolicyDocument")
}

fn ask(cloud: &Cloud, role: &str, action: &str, policy: &str) -> anyhow::Result<String> {
    let name = format!("costctl-{role}");
    let form = [("Action", action), ("RoleName", &*name), ("PolicyName", policy)];
    cloud.cloudformation.ask_service("iam", &form[..if policy.is_empty() { 2 } else { 3 }])
}

/// The document in this element of an answer of IAM's, which writes it in percents.
pub(crate) fn document_in(answer: &str, element: &str) -> Value {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    let text = answer.split_once(&open).unwrap().1.split_once(&close).unwrap().0;
    let mut pieces = text.split('%');
    let mut bytes = pieces.next().unwrap().as_bytes().to_vec();
    for piece in pieces {
        bytes.push(u8::from_str_radix(&piece[..2], 16).unwrap());
        bytes.extend(piece[2..].bytes());
    }
    let plain = String::from_utf8(bytes).unwrap().replace("&quot;", "\"").replace("&amp;", "&");
    serde_json::from_str(&plain).unwrap_or_else(|error| panic!("{error}: {plain}"))
}

/// A document of packaging/iam with this key.
fn document(name: &str, key: &str) -> Value {
    let text = std::fs::read_to_string(workspace_root().join("packaging/iam").join(format!("{name}.json"))).unwrap();
    let example = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    serde_json::from_str(&text.replace(example, key)).unwrap()
}
