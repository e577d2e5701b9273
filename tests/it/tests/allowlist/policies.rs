//! The compiled documents, judged by an evaluator that nobody here wrote.

use std::process::Command;

use serde_json::{Value, json};
use studio_parts::binaries::binary;
use studio_parts::iam_policies::{Decision, Request, decide_all};

use crate::region::Ran;

/// Rules of every kind, some inside of others.
const POLICY: &str = r#"
schema_version = 1
[apps]
allowed-instance-types = ["ml.t3.*"]
[[override]]
for = { domain = ["d-ml", "d-vision"] }
apps.allowed-instance-types = ["ml.t3.*", "ml.g5.*"]
[[override]]
for = { account = "444455556666" }
apps.allowed-instance-types = ["ml.c5.*"]
[[override]]
for = { account = "444455556666", domain = "d-vision" }
apps.allowed-instance-types = ["ml.m5.*"]
[[override]]
for = { tag = "Team=research" }
apps.allowed-instance-types = ["ml.p4d.24xlarge"]
[[override]]
for = { domain = "d-ml", user-profile = "alice" }
apps.allowed-instance-types = ["ml.p5.48xlarge"]
"#;

const ALLOW_ALL: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
const TYPES: &str = "sagemaker:InstanceTypes";

fn compiled(policy: &str, args: &[&str]) -> Ran {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("costctl.toml"), policy).unwrap();
    let mut command = Command::new(binary("costctl").unwrap());
    command.env_clear().env("HOME", dir.path()).args(["allowlist", "compile"]).args(args);
    Ran::of(command.args(["--policy", "costctl.toml"]).current_dir(dir.path()))
}

fn document(policy: &str, args: &[&str]) -> Value {
    compiled(policy, args).expect(0).json()
}

/// What the documents say to each request: action, resource, context.
fn decisions(document: &Value, requests: &[(String, String, Value)]) -> Vec<Decision> {
    let policies = [serde_json::from_str(ALLOW_ALL).unwrap(), document.clone()];
    let asked: Vec<Request<'_>> = requests
        .iter()
        .map(|(action, resource, context)| Request { policies: &policies, action, resource, context })
        .collect();
    decide_all(&asked).unwrap()
}

/// Who asks for what, and where.
#[derive(Debug, Clone, Copy)]
struct Asked {
    account: &'static str,
    domain: &'static str,
    team: Option<&'static str>,
    owner: Option<&'static str>,
    action: &'static str,
    instance_type: &'static str,
}

impl Asked {
    /// Every combination.
    fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for account in ["111122223333", "444455556666"] {
            for domain in ["d-ml", "d-vision", "d-other"] {
                for team in [None, Some("research"), Some("web")] {
                    for owner in [None, Some("alice"), Some("bob")] {
                        for action in ["CreateApp", "CreateSpace", "UpdateSpace", "UpdateDomain", "CreateUserProfile"] {
                            for instance_type in TYPES_ASKED {
                                all.push(Self { account, domain, team, owner, action, instance_type });
                            }
                        }
                    }
                }
            }
        }
        // Only what is done to spaces says whose they are.
        all.retain(|asked| asked.owner.is_none() || asked.is_of_a_space());
        all
    }

    fn is_of_a_space(&self) -> bool {
        matches!(self.action, "CreateApp" | "CreateSpace" | "UpdateSpace")
    }

    fn request(&self) -> (String, String, Value) {
        let Self { account, domain, team, owner, action, instance_type } = self;
        let resource = match *action {
            "CreateApp" => format!("app/{domain}/space-1/JupyterLab/default"),
            "UpdateDomain" => format!("domain/{domain}"),
            "CreateUserProfile" => format!("user-profile/{domain}/carol"),
            _ => format!("space/{domain}/space-1"),
        };
        let arn = |resource: &str| format!("arn:aws:sagemaker:eu-west-1:{account}:{resource}");
        let mut context = json!({ "aws:PrincipalAccount": account, TYPES: [instance_type] });
        if let Some(team) = team {
            context["aws:PrincipalTag/Team"] = json!(team);
        }
        if let Some(owner) = owner {
            context["sagemaker:OwnerUserProfileArn"] = json!(arn(&format!("user-profile/{domain}/{owner}")));
        }
        (format!("sagemaker:{action}"), arn(&resource), context)
    }

    /// Whether the policy allows it, told from its text by hand.
    fn is_allowed(&self) -> bool {
        let allowed: &[&str] = match (self.owner, self.team, self.domain, self.account) {
            (Some("alice"), _, "d-ml", _) => &["ml.p5.48xlarge"],
            (_, Some("research"), ..) => &["ml.p4d.24xlarge"],
            (_, _, "d-vision", "444455556666") => &["ml.m5.large"],
            (_, _, "d-ml" | "d-vision", _) => &["ml.t3.medium", "ml.g5.xlarge"],
            (_, _, _, "444455556666") => &["ml.c5.large"],
            _ => &["ml.t3.medium"],
        };
        self.instance_type == "system" || allowed.contains(&self.instance_type)
    }
}

/// One of each rule, one of none, and the one that is always allowed.
const TYPES_ASKED: [&str; 8] = [
    "ml.t3.medium",
    "ml.g5.xlarge",
    "ml.c5.large",
    "ml.m5.large",
    "ml.p4d.24xlarge",
    "ml.p5.48xlarge",
    "ml.r5.large",
    "system",
];

#[test]
fn both_documents_deny_what_the_policy_does_not_allow_and_nothing_else() {
    let asked = Asked::all();
    let requests: Vec<_> = asked.iter().map(Asked::request).collect();
    for format in ["scp", "iam"] {
        let document = document(POLICY, &["--format", format]);
        let found = decisions(&document, &requests);
        for (asked, decision) in asked.iter().zip(found) {
            let expected = if asked.is_allowed() { Decision::Allowed } else { Decision::ExplicitDeny };
            assert_eq!(decision, expected, "{format}: {asked:?}\n{document}");
        }
    }
    let denied = asked.iter().filter(|asked| !asked.is_allowed()).count();
    assert!(denied > 500 && asked.len() - denied > 300, "{denied} of {}", asked.len());
}

#[test]
fn the_document_of_one_account_says_the_same_there() {
    let here = |asked: &&Asked| asked.account == "444455556666";
    let all = Asked::all();
    let asked: Vec<&Asked> = all.iter().filter(here).collect();
    let requests: Vec<_> = asked.iter().map(|asked| asked.request()).collect();
    let document = document(POLICY, &["--format", "scp", "--account", "444455556666"]);
    assert!(!document.to_string().contains("PrincipalAccount"), "{document}");
    for (asked, decision) in asked.iter().zip(decisions(&document, &requests)) {
        assert_eq!(decision == Decision::Allowed, asked.is_allowed(), "{asked:?}\n{document}");
    }
}

#[test]
fn several_types_are_allowed_only_if_each_is_and_none_is_not_denied() {
    let document = document(POLICY, &["--format", "scp"]);
    let app = || "arn:aws:sagemaker:eu-west-1:111122223333:app/d-other/space-1/JupyterLab/default".to_owned();
    let request = |context: Value| ("sagemaker:CreateApp".to_owned(), app(), context);
    let with = |types: &[&str]| request(json!({ TYPES: types, "aws:PrincipalAccount": "111122223333" }));
    let requests = [
        with(&["ml.t3.medium", "system"]),
        with(&["ml.t3.medium", "ml.t3.large"]),
        with(&["ml.t3.medium", "ml.g5.xlarge"]),
        with(&["system", "ml.p5.48xlarge"]),
        with(&[]),
        request(json!({ "aws:PrincipalAccount": "111122223333" })),
    ];
    use Decision::{Allowed, ExplicitDeny};
    let expected = [Allowed, Allowed, ExplicitDeny, ExplicitDeny, Allowed, Allowed];
    assert_eq!(decisions(&document, &requests), expected);
}

#[test]
fn nothing_that_deletes_stops_or_reads_is_ever_denied() {
    let document = document(POLICY, &["--format", "iam", "--also", "notebook-instances,training-jobs"]);
    let resource = "arn:aws:sagemaker:eu-west-1:111122223333:app/d-ml/space-1/JupyterLab/default";
    let actions =
        ["DeleteApp", "DeleteSpace", "DeleteDomain", "DeleteUserProfile", "StopNotebookInstance", "DescribeApp"];
    let context = json!({ TYPES: ["ml.p5.48xlarge"], "aws:PrincipalAccount": "111122223333" });
    let request = |action: &&str| (format!("sagemaker:{action}"), resource.to_owned(), context.clone());
    let requests: Vec<_> = actions.iter().map(request).collect();
    assert_eq!(decisions(&document, &requests), vec![Decision::Allowed; actions.len()]);
}

#[test]
fn a_space_or_profile_named_like_another_teams_domain_gains_nothing() {
    let document = document(POLICY, &["--format", "scp"]);
    let context = json!({ TYPES: ["ml.g5.xlarge"], "aws:PrincipalAccount": "111122223333" });
    let requests: Vec<_> = [
        ("CreateApp", "app/d-other/d-ml/JupyterLab/default"),
        ("CreateSpace", "space/d-other/d-ml"),
        ("CreateUserProfile", "user-profile/d-other/d-ml"),
        ("CreateApp", "app/d-ml2/space-1/JupyterLab/default"),
        ("CreateDomain", "domain/*"),
    ]
    .iter()
    .map(|(action, resource)| {
        let arn = format!("arn:aws:sagemaker:eu-west-1:111122223333:{resource}");
        (format!("sagemaker:{action}"), arn, context.clone())
    })
    .collect();
    assert_eq!(decisions(&document, &requests), vec![Decision::ExplicitDeny; requests.len()]);
}

#[test]
fn more_than_studio_is_covered_where_it_is_asked_for() {
    let also = "notebook-instances,endpoint-configs,training-jobs,processing-jobs,transform-jobs";
    let (studio, all) =
        (document(POLICY, &["--format", "iam"]), document(POLICY, &["--format", "iam", "--also", also]));
    let context = |name: &str| json!({ TYPES: [name], "aws:PrincipalAccount": "111122223333" });
    let request = |action: &str, resource: &str, name: &str| {
        let arn = format!("arn:aws:sagemaker:eu-west-1:111122223333:{resource}");
        (format!("sagemaker:{action}"), arn, context(name))
    };
    let kinds = [
        ("CreateNotebookInstance", "notebook-instance/x"),
        ("CreateEndpointConfig", "endpoint-config/x"),
        ("CreateTrainingJob", "training-job/x"),
        ("CreateProcessingJob", "processing-job/x"),
        ("CreateTransformJob", "transform-job/x"),
    ];
    let large: Vec<_> = kinds.iter().map(|(action, resource)| request(action, resource, "ml.p5.48xlarge")).collect();
    let small: Vec<_> = kinds.iter().map(|(action, resource)| request(action, resource, "ml.t3.medium")).collect();
    assert_eq!(decisions(&studio, &large), vec![Decision::Allowed; kinds.len()]);
    assert_eq!(decisions(&all, &large), vec![Decision::ExplicitDeny; kinds.len()]);
    assert_eq!(decisions(&all, &small), vec![Decision::Allowed; kinds.len()]);
}

#[test]
fn what_cannot_be_compiled_says_where_and_what_to_do() {
    let rule = |selector: &str| {
        format!(
            "schema_version = 1\n[[override]]\nfor = {{ {selector} }}\napps.allowed-instance-types = [\"ml.t3.*\"]\n"
        )
    };
    let many: Vec<String> = (0..400).map(|n| format!("\"ml.g5.{n}xlarge\"")).collect();
    let long = format!("schema_version = 1\n[apps]\nallowed-instance-types = [{}]\n", many.join(", "));
    for (policy, says) in [
        ("schema_version = 1\n".to_owned(), "nothing to deny; hint"),
        (rule("app-type = \"JupyterLab\""), "app types"),
        (rule("domain = \"*-ml\""), "* stands at the end alone"),
        (long, "takes 5120; hint: shorter patterns (ml.g5.* for all sizes)"),
        ("schema_version = 1\n[apps]\nallowed-instance-type = []\n".to_owned(), "costctl.toml:3"),
    ] {
        let ran = compiled(&policy, &["--format", "scp"]).expect(2);
        assert!(ran.stderr.contains(says) && ran.stdout.is_empty(), "{says}: {}", ran.stderr);
    }
}
