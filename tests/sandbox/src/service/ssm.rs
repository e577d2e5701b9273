//! SSM's parameters.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::required;
use crate::error::{Answer, ApiError};
use crate::world::Context;

/// Characters of a parameter that costs nothing.
const MOST_VALUE: usize = 4096;

const TYPES: &[&str] = &["String", "StringList", "SecureString"];

/// By name.
pub(crate) type Parameters = BTreeMap<String, Value>;

/// The answer of one operation.
///
/// # Errors
/// As SSM answers it; `UnknownOperationException` for what is not built.
pub(crate) fn answer(parameters: &mut Parameters, context: &Context, operation: &str, request: &Value) -> Answer {
    match operation {
        "PutParameter" => put(parameters, context, request),
        "GetParameter" => {
            let parameter = parameters.get(required(request, "Name")?);
            let not_found = || ApiError::new("ParameterNotFound", "");
            parameter.map(|parameter| json!({ "Parameter": parameter })).ok_or_else(not_found)
        }
        other => Err(ApiError::unknown_operation(other)),
    }
}

/// `PutParameter`: a new one, or a new version where `Overwrite` says so.
fn put(parameters: &mut Parameters, context: &Context, request: &Value) -> Answer {
    let (name, value) = (required(request, "Name")?, required(request, "Value")?);
    let stored = parameters.get(name);
    if value.chars().count() > MOST_VALUE {
        return Err(ApiError::validation(format!(
            "Standard tier parameters support a maximum of {MOST_VALUE} characters."
        )));
    }
    if stored.is_some() && request["Overwrite"] != true {
        return Err(ApiError::new("ParameterAlreadyExists", "The parameter already exists."));
    }
    let kind = match (&request["Type"], stored) {
        (Value::Null, Some(stored)) => stored["Type"].clone(),
        (kind, _) => kind.clone(),
    };
    if !TYPES.iter().any(|known| kind == *known) {
        return Err(ApiError::validation(format!("Type must be one of {TYPES:?}")));
    }
    let version = 1 + stored.and_then(|stored| stored["Version"].as_u64()).unwrap_or_default();
    let path = name.strip_prefix('/').unwrap_or(name);
    let parameter = json!({
        "Name": name,
        "Type": kind,
        "Value": value,
        "Version": version,
        "LastModifiedDate": context.now,
        "ARN": context.arn_of("ssm", &format!("parameter/{path}")),
        "DataType": "text",
    });
    parameters.insert(name.to_owned(), parameter);
    Ok(json!({ "Version": version, "Tier": "Standard" }))
}
