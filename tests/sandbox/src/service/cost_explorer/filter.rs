//! Expressions that choose among costs: `And`, `Or`, `Not` and `Dimensions`.

use serde_json::Value;

use crate::error::ApiError;

/// What can be chosen by.
const KEYS: &[&str] = &["SERVICE", "REGION", "LINKED_ACCOUNT", "RECORD_TYPE", "USAGE_TYPE"];

/// Says of something, by the value of each of its dimensions, whether it is chosen.
pub(super) type Chosen<'a> = Box<dyn Fn(&dyn Fn(&str) -> Option<&'a str>) -> bool + 'a>;

/// What an expression chooses; everything where there is none.
///
/// # Errors
/// `ValidationException` for one of another form.
pub(super) fn of<'a>(expression: &'a Value) -> Result<Chosen<'a>, ApiError> {
    let Some(members) = expression.as_object() else { return Ok(Box::new(|_| true)) };
    let mut members = members.iter();
    let (Some((name, value)), None) = (members.next(), members.next()) else {
        return Err(ApiError::validation("Expression Should have only one root operator"));
    };
    match name.as_str() {
        "And" => several(value).map(|all| -> Chosen<'a> { Box::new(move |one| all.iter().all(|part| part(one))) }),
        "Or" => several(value).map(|all| -> Chosen<'a> { Box::new(move |one| all.iter().any(|part| part(one))) }),
        "Not" => of(value).map(|part| -> Chosen<'a> { Box::new(move |one| !part(one)) }),
        "Dimensions" => dimension(value),
        other => Err(ApiError::validation(format!("the sandbox does not choose by {other}"))),
    }
}

fn several(value: &Value) -> Result<Vec<Chosen<'_>>, ApiError> {
    let parts = value.as_array().filter(|parts| parts.len() >= 2);
    let parts = parts.ok_or_else(|| ApiError::validation("Expression should have at least two operands"))?;
    parts.iter().map(of).collect()
}

fn dimension(value: &Value) -> Result<Chosen<'_>, ApiError> {
    let key = value["Key"].as_str().filter(|key| KEYS.contains(key));
    let key = key.ok_or_else(|| ApiError::validation(format!("the sandbox has no dimension {}", value["Key"])))?;
    let values = value["Values"].as_array().filter(|values| !values.is_empty());
    let values = values.ok_or_else(|| ApiError::validation("Values must not be empty"))?;
    Ok(Box::new(move |one| one(key).is_some_and(|is| values.iter().any(|wanted| wanted == is))))
}
