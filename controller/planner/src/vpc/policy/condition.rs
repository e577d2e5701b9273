//! The conditions of a statement, as far as what they ask about is known here.

use serde_json::Value;

use super::pattern::{Takes, takes};
use super::{Request, words};

/// Whether something holds; where nobody can tell, what it hangs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Holds {
    Yes,
    No,
    Unknown(String),
}

/// Whether all conditions of a statement hold for this request.
pub(super) fn holds(condition: &Value, request: &Request<'_>) -> Holds {
    let Value::Object(operators) = condition else {
        return if condition.is_null() { Holds::Yes } else { Holds::Unknown("a condition of another form".to_owned()) };
    };
    let mut unknown = None;
    for (operator, keys) in operators {
        let Value::Object(keys) = keys else { return Holds::Unknown(format!("the condition {operator}")) };
        for (key, wanted) in keys {
            match one(operator, key, wanted, request) {
                Holds::Yes => {}
                // One that does not hold decides, whatever the others are.
                Holds::No => return Holds::No,
                unclear @ Holds::Unknown(_) => drop(unknown.get_or_insert(unclear)),
            }
        }
    }
    unknown.unwrap_or(Holds::Yes)
}

/// Whether what is wanted is what is there; `None` where nobody can tell.
type Compare = fn(&str, &str) -> Option<bool>;

fn one(operator: &str, key: &str, wanted: &Value, request: &Request<'_>) -> Holds {
    let unknown = || Holds::Unknown(format!("the condition {operator} {key}"));
    let (Some(value), Some(wanted)) = (value(key, request), words(wanted)) else { return unknown() };
    // What is known is there, so whether it has to be there says nothing more.
    let operator = operator.strip_suffix("IfExists").unwrap_or(operator);
    let (compare, negated): (Compare, bool) = match operator {
        "StringEquals" => (equals, false),
        "StringNotEquals" => (equals, true),
        "StringLike" => (like, false),
        "StringNotLike" => (like, true),
        "ArnEquals" | "ArnLike" => (arn_like, false),
        "ArnNotEquals" | "ArnNotLike" => (arn_like, true),
        _ => return unknown(),
    };
    let mut any = Some(false);
    for wanted in wanted {
        match compare(wanted, value) {
            Some(true) => {
                any = Some(true);
                break;
            }
            Some(false) => {}
            None => any = None,
        }
    }
    match any {
        None => unknown(),
        Some(any) if any != negated => Holds::Yes,
        Some(_) => Holds::No,
    }
}

/// What a request of ours has there; `None` where that is not known here.
fn value<'a>(key: &str, request: &Request<'a>) -> Option<&'a str> {
    let known = match key.to_ascii_lowercase().as_str() {
        "aws:principalaccount" => Some(request.account),
        "aws:sourcevpc" => Some(request.vpc),
        "aws:sourcevpce" => Some(request.endpoint),
        "aws:principalarn" => request.role,
        _ => None,
    };
    known.filter(|value| !value.is_empty())
}

fn equals(wanted: &str, value: &str) -> Option<bool> {
    if wanted.contains("${") { None } else { Some(wanted == value) }
}

fn like(wanted: &str, value: &str) -> Option<bool> {
    match takes(wanted, value) {
        Takes::All => Some(true),
        Takes::Nothing => Some(false),
        Takes::Part => None,
    }
}

/// The six parts of an ARN are compared one by one: a wildcard does not reach over colons.
fn arn_like(wanted: &str, value: &str) -> Option<bool> {
    let (wanted, value): (Vec<&str>, Vec<&str>) = (wanted.splitn(6, ':').collect(), value.splitn(6, ':').collect());
    if (wanted.len(), value.len()) != (6, 6) {
        return None;
    }
    let parts: Option<Vec<bool>> = wanted.iter().zip(&value).map(|(wanted, value)| like(wanted, value)).collect();
    Some(parts?.into_iter().all(|alike| alike))
}
