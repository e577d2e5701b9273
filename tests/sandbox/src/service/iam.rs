//! IAM: roles that were put there, with the managed policies that are attached to them.
//! It is one for all regions of an account.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::required;
use crate::error::{Answer, ApiError};
use crate::world::Context;

/// As many as a page has, if nobody says.
const PAGE: usize = 100;
const MOST: usize = 1_000;

/// The ARNs of attached policies, by account and name of the role.
pub(crate) type Roles = BTreeMap<(String, String), Vec<String>>;

/// Puts a role there: `{"RoleName", "AttachedPolicies": [ARN]}`.
///
/// # Errors
/// A text that says what is missing.
pub(crate) fn put(roles: &mut Roles, context: &Context, role: &Value) -> Result<(), String> {
    let arns = role["AttachedPolicies"].as_array().map(|arns| arns.iter().map(|arn| arn.as_str().map(str::to_owned)));
    let arns: Option<Option<Vec<String>>> = arns.map(Iterator::collect);
    match (role["RoleName"].as_str(), arns.flatten()) {
        (Some(name), Some(arns)) => {
            roles.insert((context.caller.account.clone(), name.to_owned()), arns);
            Ok(())
        }
        _ => Err(format!("a role has a RoleName and a list of AttachedPolicies, not {role}")),
    }
}

/// The answer of one operation.
///
/// # Errors
/// As IAM answers it; `InvalidAction` for what is not built.
pub(crate) fn answer(roles: &Roles, context: &Context, operation: &str, request: &Value) -> Answer {
    match operation {
        "GetRole" => get(roles, context, request),
        "ListAttachedRolePolicies" => list_attached(roles, context, request),
        other => {
            Err(ApiError::new("InvalidAction", format!("Could not find operation {other} for version 2010-05-08")))
        }
    }
}

/// `GetRole`.
fn get(roles: &Roles, context: &Context, request: &Value) -> Answer {
    let name = required(request, "RoleName")?;
    find(roles, context, name)?;
    Ok(json!({ "Role": {
        "Path": "/",
        "RoleName": name,
        "RoleId": "AROA0123456789EXAMPLE",
        "Arn": context.arn_of("iam", &format!("role/{name}")),
        "CreateDate": "2026-01-01T00:00:00Z",
        "AssumeRolePolicyDocument": "%7B%7D",
    } }))
}

/// `ListAttachedRolePolicies`, by markers.
fn list_attached(roles: &Roles, context: &Context, request: &Value) -> Answer {
    let attached = find(roles, context, required(request, "RoleName")?)?;
    let whole = |member: &str| request[member].as_str().map(str::parse::<usize>).transpose();
    let invalid = |_| ApiError::validation("MaxItems and Marker are what an earlier answer had, or 1 to 1000");
    let items = whole("MaxItems").map_err(invalid)?.unwrap_or(PAGE);
    let from = whole("Marker").map_err(invalid)?.unwrap_or(0);
    if !(1..=MOST).contains(&items) || from > attached.len() {
        return Err(ApiError::validation("1 validation error detected: Value at 'maxItems' or 'marker'"));
    }
    let page = attached.iter().skip(from).take(items);
    let policy = |arn: &String| json!({ "PolicyName": arn.rsplit('/').next(), "PolicyArn": arn });
    let is_cut = from + items < attached.len();
    let mut answer = json!({ "AttachedPolicies": page.map(policy).collect::<Vec<_>>(), "IsTruncated": is_cut });
    if is_cut {
        answer["Marker"] = json!((from + items).to_string());
    }
    Ok(answer)
}

fn find<'a>(roles: &'a Roles, context: &Context, name: &str) -> Result<&'a Vec<String>, ApiError> {
    let role = roles.get(&(context.caller.account.clone(), name.to_owned()));
    role.ok_or_else(|| ApiError {
        status: StatusCode::NOT_FOUND,
        ..ApiError::new("NoSuchEntity", format!("The role with name {name} cannot be found."))
    })
}
