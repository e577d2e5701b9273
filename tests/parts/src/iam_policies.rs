//! What IAM policies say to a request, by an evaluator that nobody here wrote: Ministack's.
//!
//! It is right where the tests' table says so: an explicit deny before any allow, wildcards in
//! actions (without case) and resources (with case), `NotAction`, `NotResource`, all operators for strings,
//! numbers, dates, addresses, ARNs and booleans, `…IfExists`, `Null`, `ForAnyValue:` and `ForAllValues:` with
//! keys that are missing or have many values.
//!
//! Its limits. All policies given are of one layer: an SCP or a permissions boundary is a call
//! of its own, and both must allow. There are no principals, resource policies and sessions. The context is
//! what the request says: nothing, not even `aws:CurrentTime`, is made up. Whether AWS sends a key
//! with an action is for the caller to know. Policy variables (`${aws:…}`) are not the evaluator's: we
//! replace them before it is asked by what the context says of their key, and one that it says nothing of
//! by what nothing is like. What the evaluator passes over is an error here and no
//! decision: a variable with `*`, `?` or `$` in its value, or without a value under an operator that
//! negates, operators that it does not know, unknown elements, a key with
//! many values under an operator for one. A wrong spelling of an action or of a key is nobody's
//! error, as in IAM itself.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::process::Running;
use crate::python;
use crate::workspace::workspace_root;

const LIMIT: Duration = Duration::from_secs(60);

/// What policies say to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Some statement allows it and none denies it.
    Allowed,
    /// A statement denies it.
    ExplicitDeny,
    /// No statement speaks of it.
    ImplicitDeny,
}

/// One request, and the policies of the one who makes it.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Policy documents, all of one layer.
    pub policies: &'a [Value],
    /// Such as `sagemaker:CreateApp`.
    pub action: &'a str,
    /// An ARN, or `*` for an action that has no resource.
    pub resource: &'a str,
    /// Condition keys and their values: a string, a number, a boolean, or a list of strings.
    pub context: &'a Value,
}

/// What the policies say to one request.
///
/// # Errors
/// As for [`decide_all`].
pub fn decide(policies: &[Value], action: &str, resource: &str, context: &Value) -> anyhow::Result<Decision> {
    let decisions = decide_all(&[Request { policies, action, resource, context }])?;
    decisions.first().copied().context("one request has one decision")
}

/// Many requests at once: each action on each resource.
#[derive(Debug, Clone, Copy)]
pub struct Product<'a> {
    /// Policy documents, all of one layer.
    pub policies: &'a [Value],
    /// Such as `sagemaker:CreateApp`.
    pub actions: &'a [String],
    /// ARNs, or `*`.
    pub resources: &'a [String],
    /// Condition keys and their values.
    pub context: &'a Value,
}

/// Those actions on those resources that each of these allows, in their order; one process for all.
///
/// # Errors
/// As for [`decide_all`].
pub fn allowed(products: &[Product<'_>]) -> anyhow::Result<Vec<Vec<(String, String)>>> {
    let asked_for: Vec<Value> = products
        .iter()
        .map(|Product { policies, actions, resources, context }| {
            json!({ "policies": policies, "actions": actions, "resources": resources, "context": context })
        })
        .collect();
    let answers: Vec<_> = serde_json::from_value(asked(&Value::from(asked_for))?).context("the evaluator's answer")?;
    ensure!(answers.len() == products.len(), "{} products got {} answers", products.len(), answers.len());
    Ok(answers)
}

/// What each request's policies say to it, in the order of the requests; one process for all.
///
/// # Errors
/// When the evaluator cannot be installed, or one of the policies holds what it does not evaluate.
pub fn decide_all(requests: &[Request<'_>]) -> anyhow::Result<Vec<Decision>> {
    let asked_for: Vec<Value> = requests
        .iter()
        .map(|Request { policies, action, resource, context }| {
            json!({ "policies": policies, "action": action, "resource": resource, "context": context })
        })
        .collect();
    let words: Vec<String> =
        serde_json::from_value(asked(&Value::from(asked_for))?).context("the evaluator's answer")?;
    ensure!(words.len() == requests.len(), "{} requests got {} decisions", requests.len(), words.len());
    words.iter().map(|word| decision(word)).collect()
}

/// What the evaluator answers to a list of requests.
fn asked(requests: &Value) -> anyhow::Result<Value> {
    let mut command = Command::new(python::venv("ministack")?);
    command.arg(workspace_root().join("tests/parts/python/decide.py"));
    let mut evaluator = Running::spawn(command)?;
    evaluator.write_stdin(&requests.to_string())?;
    evaluator.close_stdin();
    let status = evaluator.wait_with_timeout(LIMIT).context("the evaluator does not answer")?;
    ensure!(status.success(), "no decision: {}", evaluator.stderr_so_far().trim_end());
    serde_json::from_str(&evaluator.stdout_so_far()).context("the evaluator's answer")
}

fn decision(word: &str) -> anyhow::Result<Decision> {
    match word {
        "Allow" => Ok(Decision::Allowed),
        "Deny" => Ok(Decision::ExplicitDeny),
        "ImplicitDeny" => Ok(Decision::ImplicitDeny),
        other => anyhow::bail!("the evaluator says {other}"),
    }
}
