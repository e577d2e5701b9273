//! What the suite called, by the sandbox's record of it, against the documents: each call is
//! allowed, and there is no right that nothing used.

use std::collections::{BTreeMap, BTreeSet};

use studio_parts::iam_policies::{Product, allowed};

use super::world::{RESOURCES, context, document, names_of, text};

/// The services that are not the sandbox's.
const ELSEWHERE: [(&str, &str); 2] = [
    ("s3", "the stores of artifacts, evidence and ledger are tested on moto and on a folder"),
    ("kms", "S3 and Systems Manager call it, not we"),
];

/// The lines of calls.txt: program, role and action.
fn calls() -> Vec<[String; 3]> {
    let text = text("calls.txt");
    let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
    text.lines().map(|line| words(line).try_into().unwrap()).collect()
}

#[test]
fn every_call_of_the_suite_is_allowed_to_the_role_that_made_it() {
    let resources = RESOURCES.map(str::to_owned);
    let calls = calls();
    // Whoever calls may always ask who it is.
    let calls: Vec<_> = calls.iter().filter(|[.., action]| action != "sts:GetCallerIdentity").collect();
    let names = calls.iter().map(|[program, role, _]| names_of(program, role));
    let documents: Vec<Vec<_>> = names.map(|names| names.iter().map(|name| document(name)).collect()).collect();
    let contexts: Vec<_> = calls.iter().map(|[program, _, action]| context(program, action)).collect();
    let products: Vec<Product<'_>> = (0..calls.len())
        .map(|n| Product {
            policies: &documents[n],
            actions: std::slice::from_ref(&calls[n][2]),
            resources: &resources,
            context: &contexts[n],
        })
        .collect();
    let answers = allowed(&products).unwrap();
    let refused: Vec<_> = calls.iter().zip(answers).filter(|(_, allowed)| allowed.is_empty()).collect();
    assert!(refused.is_empty(), "not allowed: {refused:#?}");
}

#[test]
fn no_document_allows_what_nothing_called() {
    let mut called = BTreeMap::<&str, BTreeSet<String>>::new();
    for [program, role, action] in calls() {
        for name in names_of(&program, &role) {
            called.entry(name).or_default().insert(action.clone());
        }
    }
    let mut unused = Vec::new();
    for (name, called) in &called {
        let document = document(name);
        let statements = document["Statement"].as_array().unwrap().iter();
        let allowing = statements.filter(|statement| statement["Effect"] == "Allow");
        for action in allowing.flat_map(|statement| statement["Action"].as_array().unwrap()) {
            let action = action.as_str().unwrap();
            let is_excused = ELSEWHERE.iter().any(|(service, _)| action.split(':').next() == Some(service));
            if called.contains(action) == is_excused {
                unused.push(format!("{name}: {action}"));
            }
        }
    }
    assert!(unused.is_empty(), "rights that nothing used, or that are used and excused: {unused:#?}");
}
