//! What the policy of a VPC endpoint says to a call. It can take a right away, never give one.

mod condition;
mod pattern;

use serde::Serialize;
use serde_json::Value;

use condition::Holds;
use pattern::{Takes, takes, takes_in_any_case};

/// A call through an endpoint.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Such as `sagemaker:DeleteApp`.
    pub action: &'a str,
    /// An ARN, or `*` where the action takes none; `*` in it stands for any run of characters.
    pub resource: &'a str,
    /// The caller's account.
    pub account: &'a str,
    /// The ARN of the caller's role, where it is known.
    pub role: Option<&'a str>,
    /// The endpoint's VPC.
    pub vpc: &'a str,
    /// The endpoint's id.
    pub endpoint: &'a str,
    /// Whether it is a gateway, which understands principals in its own way.
    pub is_gateway: bool,
}

/// What a policy says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "answer", content = "why", rename_all = "kebab-case")]
pub enum Answer {
    /// It lets all of this through.
    Allowed,
    /// It lets none of this through, and why.
    Denied(String),
    /// Nobody can tell from here, and why: that is never leave.
    Unclear(String),
}

/// What this policy text says to this request. An endpoint without one lets everything
/// through, as AWS's documentation of endpoint policies says.
#[must_use]
pub fn answer(policy: Option<&str>, request: &Request<'_>) -> Answer {
    let Some(text) = policy else { return Answer::Allowed };
    let unreadable = |why: &str| Answer::Unclear(format!("its policy cannot be read: {why}"));
    let document: Value = match serde_json::from_str(text) {
        Ok(document) => document,
        Err(error) => return unreadable(&error.to_string()),
    };
    let statements: Vec<&Value> = match &document["Statement"] {
        Value::Array(statements) => statements.iter().collect(),
        statement @ Value::Object(_) => vec![statement],
        _ => return unreadable("it has no Statement"),
    };
    let (mut is_allowed, mut unclear) = (false, None);
    for (n, statement) in statements.iter().enumerate() {
        let name = name(n, statement);
        let applies = applies(statement, request);
        match (statement["Effect"].as_str(), applies) {
            (Some("Allow" | "Deny"), Holds::No) => {}
            (Some("Deny"), Holds::Yes) => return Answer::Denied(format!("{name} of its policy denies it")),
            (Some("Allow"), Holds::Yes) => is_allowed = true,
            // An allowance that nobody can tell matters only where no other one is clear.
            (Some("Allow"), Holds::Unknown(why)) => drop(unclear.get_or_insert((false, format!("{name}: {why}")))),
            (Some("Deny"), Holds::Unknown(why)) => unclear = Some((true, format!("{name}: {why}"))),
            _ => unclear = Some((true, format!("{name} has no Effect that is known"))),
        }
    }
    match (is_allowed, unclear) {
        (_, Some((true, why))) | (false, Some((false, why))) => Answer::Unclear(why),
        (true, _) => Answer::Allowed,
        (false, None) => Answer::Denied("no statement of its policy allows it".to_owned()),
    }
}

fn name(n: usize, statement: &Value) -> String {
    match statement["Sid"].as_str() {
        Some(sid) if !sid.is_empty() => format!("statement {sid}"),
        _ => format!("statement {}", n + 1),
    }
}

/// Whether a statement is about this request at all.
fn applies(statement: &Value, request: &Request<'_>) -> Holds {
    let action = of_list(statement, ["Action", "NotAction"], |pattern| takes_in_any_case(pattern, request.action));
    let resource = of_list(statement, ["Resource", "NotResource"], |pattern| takes(pattern, request.resource));
    let parts = [action, resource, principal(statement, request), condition::holds(&statement["Condition"], request)];
    if parts.contains(&Holds::No) {
        return Holds::No;
    }
    parts.into_iter().find(|part| *part != Holds::Yes).unwrap_or(Holds::Yes)
}

/// Whether what stands in one of two lists is about it: in the second, whether it is not.
fn of_list(statement: &Value, [list, not_list]: [&str; 2], takes: impl Fn(&str) -> Takes) -> Holds {
    let (name, is_negated) = if statement[list].is_null() { (not_list, true) } else { (list, false) };
    let Some(patterns) = words(&statement[name]) else { return Holds::Unknown(format!("its {name} cannot be read")) };
    let taken: Vec<Takes> = patterns.into_iter().map(takes).collect();
    let holds = |yes| if yes { Holds::Yes } else { Holds::No };
    if taken.contains(&Takes::All) {
        holds(!is_negated)
    } else if taken.contains(&Takes::Part) {
        Holds::Unknown(format!("its {name} takes a part of what is called"))
    } else {
        holds(is_negated)
    }
}

fn principal(statement: &Value, request: &Request<'_>) -> Holds {
    let principal = &statement["Principal"];
    let anybody = |value: &Value| words(value).is_some_and(|words| words.contains(&"*"));
    if anybody(principal) || anybody(&principal["AWS"]) {
        return Holds::Yes;
    }
    let (Some(named), true) = (words(&principal["AWS"]), statement["NotPrincipal"].is_null()) else {
        // Principals of another kind are no caller of ours.
        let is_other = principal.is_object() && principal["AWS"].is_null() && statement["NotPrincipal"].is_null();
        return if is_other { Holds::No } else { Holds::Unknown("its principal cannot be read".to_owned()) };
    };
    let holds: Vec<Holds> = named.into_iter().map(|named| is_caller(named, request)).collect();
    if holds.contains(&Holds::Yes) {
        return Holds::Yes;
    }
    holds.into_iter().find(|holds| *holds != Holds::No).unwrap_or(Holds::No)
}

/// Whether this principal, an account or an ARN, is who calls.
fn is_caller(named: &str, request: &Request<'_>) -> Holds {
    let parts: Vec<&str> = named.splitn(6, ':').collect();
    let (account, what) = match parts[..] {
        [account] => (account, "root"),
        [_, _, _, _, account, what] => (account, what),
        _ => return Holds::Unknown("its principal cannot be read".to_owned()),
    };
    if account != request.account {
        return Holds::No;
    }
    if request.is_gateway {
        // There an account means its root user, and only conditions name roles.
        return Holds::Unknown("a gateway endpoint understands no principal but *".to_owned());
    }
    match (what, request.role) {
        ("root", _) => Holds::Yes,
        (_, Some(role)) if named == role => Holds::Yes,
        // A session of a role is as good as the role, if it is that session.
        (what, _) if what.starts_with("assumed-role/") => Holds::Unknown("it names sessions".to_owned()),
        (_, Some(_)) => Holds::No,
        (_, None) => Holds::Unknown("it names roles, and the caller's is not known".to_owned()),
    }
}

/// A text, or a list of texts.
fn words(value: &Value) -> Option<Vec<&str>> {
    match value {
        Value::String(text) => Some(vec![text]),
        Value::Array(texts) => texts.iter().map(Value::as_str).collect(),
        _ => None,
    }
}
