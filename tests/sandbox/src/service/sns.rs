//! SNS: topics, and messages that the log of calls keeps.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::error::{Answer, ApiError};
use crate::world::Context;

/// Bytes of a message.
const MOST_MESSAGE: usize = 256 * 1024;

const MOST_SUBJECT: usize = 100;

/// The topics of one account and region, by ARN.
#[derive(Debug, Default)]
pub(crate) struct Topics {
    arns: BTreeSet<String>,
    published: u64,
}

/// The answer of one operation.
///
/// # Errors
/// As SNS answers it; `InvalidAction` for what is not built.
pub(crate) fn answer(topics: &mut Topics, context: &Context, operation: &str, request: &Value) -> Answer {
    match operation {
        "CreateTopic" => create(topics, context, request),
        "Publish" => publish(topics, request),
        other => Err(ApiError::new("InvalidAction", format!("Could not find operation {other}"))),
    }
}

/// `CreateTopic`, of which a second is the first.
fn create(topics: &mut Topics, context: &Context, request: &Value) -> Answer {
    let name = request["Name"].as_str().unwrap_or_default();
    let in_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !(1..=256).contains(&name.len()) || !name.chars().all(in_name) {
        return Err(invalid("Topic Name"));
    }
    let arn = context.arn_of("sns", name);
    topics.arns.insert(arn.clone());
    Ok(json!({ "TopicArn": arn }))
}

/// `Publish`.
fn publish(topics: &mut Topics, request: &Value) -> Answer {
    let arn = request["TopicArn"].as_str().ok_or_else(|| invalid("TopicArn"))?;
    if !topics.arns.contains(arn) {
        return Err(ApiError { status: StatusCode::NOT_FOUND, ..ApiError::new("NotFound", "Topic does not exist") });
    }
    match request["Message"].as_str() {
        None | Some("") => return Err(invalid("Empty message")),
        Some(message) if message.len() > MOST_MESSAGE => return Err(invalid("Message too long")),
        Some(_) => {}
    }
    let subject = request["Subject"].as_str();
    let of_form = |s: &str| s.len() <= MOST_SUBJECT && s.bytes().all(|b| b.is_ascii() && !b.is_ascii_control());
    if subject.is_some_and(|subject| subject.is_empty() || !of_form(subject)) {
        return Err(invalid("Subject"));
    }
    topics.published += 1;
    Ok(json!({ "MessageId": format!("00000000-0000-4000-9000-{:012}", topics.published) }))
}

fn invalid(reason: &str) -> ApiError {
    ApiError::new("InvalidParameter", format!("Invalid parameter: {reason}"))
}
