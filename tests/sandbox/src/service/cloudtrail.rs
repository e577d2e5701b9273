//! CloudTrail: the calls that changed something, as its event history shows them.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};

use crate::error::{Answer, ApiError};
use crate::world::Context;

/// The history goes back so many seconds.
const KEPT: f64 = 90.0 * 86_400.0;
/// More than a test makes.
const MOST: usize = 10_000;
/// So many lookups a second are answered in each account and region.
const LOOKUPS_A_SECOND: usize = 2;
const MOST_A_PAGE: u64 = 50;

/// What a lookup may ask by.
const KEYS: &[&str] =
    &["EventId", "EventName", "ReadOnly", "Username", "ResourceType", "ResourceName", "EventSource", "AccessKeyId"];

/// Calls that only read.
const READS: &[&str] = &["Get", "List", "Describe", "Lookup", "Search", "Assume", "BatchGet"];

/// The histories of all accounts and regions.
#[derive(Debug, Default)]
pub(crate) struct Trail {
    /// The latest last.
    events: VecDeque<Event>,
    /// When each account and region was asked lately.
    lookups: BTreeMap<(String, String), VecDeque<f64>>,
    /// An event shows so many seconds after its call.
    pub(crate) delay: f64,
    made: u64,
}

#[derive(Debug)]
struct Event {
    account: String,
    region: String,
    at: f64,
    body: Value,
}

impl Trail {
    /// Notes a call, unless it only reads.
    pub(crate) fn note(&mut self, context: &Context, operation: &str, request: &Value, answer: &Answer) {
        let caller = &context.caller;
        if READS.iter().any(|read| operation.starts_with(read)) || matches!(caller.service.as_str(), "pricing" | "sts")
        {
            return;
        }
        self.made += 1;
        let id = format!("00000000-0000-4000-9000-{:012}", self.made);
        let body = body(context, &id, operation, request, answer);
        if self.events.len() == MOST {
            self.events.pop_front();
        }
        let (account, region) = (caller.account.clone(), caller.region.clone());
        self.events.push_back(Event { account, region, at: context.now, body });
    }

    /// The answer of one operation.
    ///
    /// # Errors
    /// As CloudTrail answers it; `UnknownOperationException` for what is not built.
    pub(crate) fn answer(&mut self, context: &Context, operation: &str, request: &Value) -> Answer {
        match operation {
            "LookupEvents" => {
                self.take_turn(context)?;
                self.lookup(context, request)
            }
            other => Err(ApiError::unknown_operation(other)),
        }
    }

    fn take_turn(&mut self, context: &Context) -> Result<(), ApiError> {
        let key = (context.caller.account.clone(), context.caller.region.clone());
        let lately = self.lookups.entry(key).or_default();
        while lately.front().is_some_and(|at| context.now - at >= 1.0) {
            lately.pop_front();
        }
        if lately.len() >= LOOKUPS_A_SECOND {
            return Err(ApiError::new("ThrottlingException", "Rate exceeded"));
        }
        lately.push_back(context.now);
        Ok(())
    }

    /// `LookupEvents`, the latest first.
    fn lookup(&self, context: &Context, request: &Value) -> Answer {
        let filter = filter(&request["LookupAttributes"])?;
        let size = match &request["MaxResults"] {
            Value::Null => MOST_A_PAGE,
            size => size
                .as_u64()
                .filter(|size| (1..=MOST_A_PAGE).contains(size))
                .ok_or_else(|| ApiError::new("InvalidMaxResultsException", "MaxResults must be between 1 and 50."))?,
        };
        let time = |member: &str| request[member].as_f64();
        let (from, to) = (time("StartTime"), time("EndTime"));
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            return Err(ApiError::new("InvalidTimeRangeException", "StartTime must be earlier than EndTime."));
        }
        let from = from.unwrap_or(0.0).max(context.now - KEPT);
        let to = to.unwrap_or(f64::INFINITY).min(context.now - self.delay);
        let skip = match &request["NextToken"] {
            Value::Null => 0,
            token => token.as_str().and_then(|token| token.parse::<usize>().ok()).ok_or_else(|| {
                ApiError::new("InvalidNextTokenException", "The token is not one of an earlier answer.")
            })?,
        };
        let is_wanted = |event: &&Event| {
            let here = event.account == context.caller.account && event.region == context.caller.region;
            here && (from..=to).contains(&event.at) && filter.as_ref().is_none_or(|filter| passes(filter, &event.body))
        };
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let mut found = self.events.iter().rev().filter(is_wanted).skip(skip);
        let page: Vec<&Value> = found.by_ref().take(size).map(|event| &event.body).collect();
        let mut answer = json!({ "Events": page });
        if found.next().is_some() {
            answer["NextToken"] = json!((skip + size).to_string());
        }
        Ok(answer)
    }
}

/// The one attribute that a lookup may have.
fn filter(attributes: &Value) -> Result<Option<(String, String)>, ApiError> {
    let refused = |message: &str| ApiError::new("InvalidLookupAttributesException", message);
    let attributes = match attributes {
        Value::Null => return Ok(None),
        Value::Array(attributes) => attributes,
        _ => return Err(refused("LookupAttributes is not a list.")),
    };
    match &attributes[..] {
        [] => Ok(None),
        [one] => match (one["AttributeKey"].as_str(), one["AttributeValue"].as_str()) {
            (Some(key), Some(value)) if KEYS.contains(&key) => Ok(Some((key.to_owned(), value.to_owned()))),
            _ => Err(refused("An attribute has a known AttributeKey and an AttributeValue.")),
        },
        _ => Err(refused("You can only specify one lookup attribute.")),
    }
}

fn passes((key, value): &(String, String), body: &Value) -> bool {
    match key.as_str() {
        "ResourceName" | "ResourceType" => {
            body["Resources"].as_array().into_iter().flatten().any(|resource| resource[key] == value.as_str())
        }
        key => body[key] == value.as_str(),
    }
}

/// An event as the history shows it. Requests and answers are told with small first letters.
fn body(context: &Context, id: &str, operation: &str, request: &Value, answer: &Answer) -> Value {
    let caller = &context.caller;
    let source = format!("{}.amazonaws.com", caller.service);
    let name = context.caller_arn.rsplit('/').next().unwrap_or_default();
    let at = context.now.floor();
    #[expect(clippy::cast_possible_truncation, reason = "seconds since 1970 are far below 2^63")]
    let time = jiff::Timestamp::from_second(at as i64).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let mut record = json!({
        "eventVersion": "1.11",
        "userIdentity": { "type": "AssumedRole", "arn": context.caller_arn, "accountId": caller.account },
        "eventTime": time.to_string(),
        "eventSource": source,
        "eventName": operation,
        "awsRegion": caller.region,
        "requestParameters": small(request),
        "responseElements": answer.as_ref().map_or(Value::Null, small),
        "eventID": id,
        "readOnly": false,
        "managementEvent": true,
        "recipientAccountId": caller.account,
    });
    if let Err(error) = answer {
        record["errorCode"] = json!(error.kind);
        record["errorMessage"] = json!(error.message);
    }
    json!({
        "EventId": id,
        "EventName": operation,
        "ReadOnly": "false",
        "AccessKeyId": caller.access_key,
        "EventTime": at,
        "EventSource": source,
        "Username": name,
        // Not every service names them, and SageMaker was never seen to.
        "Resources": [],
        "CloudTrailEvent": record.to_string(),
    })
}

/// The same with the first letter of every member's name a small one.
fn small(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let small_name = |name: &String| {
                let mut letters = name.chars();
                letters
                    .next()
                    .map_or_else(String::new, |first| first.to_ascii_lowercase().to_string() + letters.as_str())
            };
            members.iter().map(|(name, value)| (small_name(name), small(value))).collect()
        }
        Value::Array(elements) => elements.iter().map(small).collect(),
        other => other.clone(),
    }
}
