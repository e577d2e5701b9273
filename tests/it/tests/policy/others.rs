//! All that AWS's models have and no document names is denied, whatever it is on, with
//! each condition fulfilled.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;
use studio_parts::iam_policies::{Product, allowed};
use studio_parts::python;
use studio_parts::workspace::workspace_root;

use super::world::{RESOURCES, context, document};

/// The services of which a document names an action: as botocore calls them, and as IAM does.
const SERVICES: [(&str, &str); 17] = [
    ("sagemaker", "sagemaker"),
    ("application-autoscaling", "application-autoscaling"),
    ("ce", "ce"),
    ("cloudtrail", "cloudtrail"),
    ("cloudwatch", "cloudwatch"),
    ("datazone", "datazone"),
    ("ec2", "ec2"),
    ("iam", "iam"),
    ("kms", "kms"),
    ("organizations", "organizations"),
    ("pricing", "pricing"),
    ("resourcegroupstaggingapi", "tag"),
    ("s3", "s3"),
    ("service-quotas", "servicequotas"),
    ("sns", "sns"),
    ("ssm", "ssm"),
    ("sts", "sts"),
];

/// Who has which documents, at most.
const HOLDERS: [(&str, &[&str]); 6] = [
    ("idle-agent", &["agent", "agent-shared-spaces", "agent-notebook-instances"]),
    ("costctl", &["reader"]),
    ("costctl", &["actor-endpoints"]),
    ("costctl", &["installer"]),
    ("costctl", &["central"]),
    ("costctl", &["data-scientist"]),
];

/// Every action of each service, as far as operations and actions have one name.
fn actions() -> BTreeMap<&'static str, Vec<String>> {
    let mut command = Command::new(python::venv("boto3").unwrap());
    command.arg(workspace_root().join("tests/parts/python/operations.py")).args(SERVICES.map(|(name, _)| name));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told: BTreeMap<String, Vec<String>> = serde_json::from_slice(&output.stdout).unwrap();
    let of = |(name, prefix): (&'static str, &'static str)| {
        (prefix, told[name].iter().map(|operation| format!("{prefix}:{operation}")).collect())
    };
    let actions: BTreeMap<&str, Vec<String>> = SERVICES.into_iter().map(of).collect();
    assert!(actions["sagemaker"].len() > 400);
    actions
}

/// What requests to a service are about.
fn resources(service: &str) -> Vec<String> {
    let of = if service == "sts" { "iam" } else { service };
    let is_its = |arn: &&&str| **arn == "*" || arn.split(':').nth(2) == Some(of);
    RESOURCES.iter().filter(is_its).map(|arn| (*arn).to_owned()).collect()
}

/// The actions that documents allow, by their text.
fn named(documents: &[Value]) -> BTreeSet<String> {
    let statements = documents.iter().flat_map(|document| document["Statement"].as_array().unwrap());
    let allowing = statements.filter(|statement| statement["Effect"] == "Allow");
    let actions = allowing.flat_map(|statement| statement["Action"].as_array().unwrap());
    actions.map(|action| action.as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_no_document_names_is_denied() {
    let actions = actions();
    let documents = HOLDERS.map(|(_, names)| names.iter().map(|name| document(name)).collect::<Vec<_>>());
    let resources: BTreeMap<&str, Vec<String>> = actions.keys().map(|name| (*name, resources(name))).collect();
    let contexts = HOLDERS.map(|(program, _)| context(program, ""));
    let product = |n: usize, service: &str| Product {
        policies: &documents[n],
        actions: &actions[service],
        resources: &resources[service],
        context: &contexts[n],
    };
    let asked: Vec<(usize, &str)> =
        (0..HOLDERS.len()).flat_map(|n| actions.keys().map(move |service| (n, *service))).collect();
    let answers = allowed(&asked.iter().map(|(n, service)| product(*n, service)).collect::<Vec<_>>()).unwrap();
    let mut used = HOLDERS.map(|_| BTreeSet::new());
    for ((n, _), pairs) in asked.iter().zip(answers) {
        used[*n].extend(pairs.into_iter().map(|(action, _)| action));
    }
    let known: BTreeSet<&String> = actions.values().flatten().collect();
    for (n, used) in used.iter().enumerate() {
        let named = named(&documents[n]);
        let more: Vec<_> = used.difference(&named).collect();
        assert!(more.is_empty(), "{:?} allow {more:?}", HOLDERS[n].1);
        let idle = named.difference(used).filter(|action| known.contains(action) && !needs_more(action));
        assert_eq!(
            idle.collect::<Vec<_>>(),
            Vec::<&String>::new(),
            "{:?} name it and allow it on nothing",
            HOLDERS[n].1
        );
    }
}

/// What is allowed under conditions that these contexts do not say.
fn needs_more(action: &str) -> bool {
    ["kms:Decrypt", "kms:GenerateDataKey", "sagemaker:AddTags"].contains(&action)
}
