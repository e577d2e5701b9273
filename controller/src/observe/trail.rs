//! Who changed what is not as it should be, as CloudTrail tells. It keeps the calls that
//! change something for 90 days and shows them minutes after they were made.

use std::collections::BTreeMap;

use cost_planner::drift::{Finding, Place, Rule, Who};
use jiff::{SignedDuration, Timestamp};
use reqwest::Url;
use serde_json::{Value, json};

use super::{CallError, Pace, Watcher};
use crate::aws::Session;
use crate::signed_call::{CLOUDTRAIL, signed_call};

const LOOKUP: &str = "LookupEvents";
/// CloudTrail takes so many of these calls a second in each account and region.
const CALLS_PER_SECOND: f64 = 2.0;
/// So many of these calls are made at most: 50 seconds of them.
const MOST_CALLS: usize = 100;
/// Pages of one question, of 50 events each.
const MOST_PAGES: usize = 3;
/// A change is over so long after its call at most: then it is noted as `LastModifiedTime`.
const BEFORE: SignedDuration = SignedDuration::from_hours(1);
const AFTER: SignedDuration = SignedDuration::from_mins(5);

/// Notes in each finding who made the change that its place shows last. Asks by the name of
/// the call and the time of the change, and compares what the call was of: CloudTrail's own
/// list of the resources of an event is not filled in by every service. Returns why it is
/// not told of all, if so: it changes nothing of what was found.
pub(crate) async fn tell_who(session: &Session, findings: &mut [Finding], progress: &dyn Watcher) -> Option<String> {
    let url = match CLOUDTRAIL.url_by(&session.config, session.scope.region.as_str()) {
        Ok(url) => url,
        Err(error) => return Some(error.to_string()),
    };
    let pace = Pace::new(CALLS_PER_SECOND, CALLS_PER_SECOND);
    let mut trail = Trail { session, url, pace, calls: 0, known: BTreeMap::new() };
    for (n, finding) in findings.iter_mut().enumerate() {
        progress.say(&format!("{}: who changed it, {}", session.scope.region, n + 1));
        match trail.of(finding).await {
            Ok(who) => finding.who = who,
            Err(error) => return Some(error.to_string()),
        }
        if trail.calls >= MOST_CALLS {
            return Some(format!("only {MOST_CALLS} questions are asked of CloudTrail"));
        }
    }
    None
}

/// What CloudTrail answered so far.
struct Trail<'a> {
    session: &'a Session,
    url: Url,
    pace: Pace,
    calls: usize,
    known: BTreeMap<(&'static str, Option<Timestamp>), Vec<Event>>,
}

/// A call that changed something.
#[derive(Debug, Clone)]
struct Event {
    who: Who,
    /// What it was asked for.
    request: Value,
    /// What it answered, which alone names what is new.
    response: Value,
}

impl Trail<'_> {
    async fn of(&mut self, finding: &Finding) -> Result<Option<Who>, CallError> {
        let at = finding.changed_at;
        if at.is_none() && finding.rule != Rule::Tags {
            return Ok(None);
        }
        for operation in operations(finding) {
            let events = self.events(operation, at).await?;
            let latest = events.iter().filter(|event| event.is_of(&finding.place)).max_by_key(|event| event.who.at);
            if let Some(event) = latest {
                return Ok(Some(event.who.clone()));
            }
        }
        Ok(None)
    }

    /// The calls of this operation around that time; the latest where it is not known.
    async fn events(&mut self, operation: &'static str, at: Option<Timestamp>) -> Result<&[Event], CallError> {
        let key = (operation, at);
        if !self.known.contains_key(&key) {
            let events = self.look(operation, at).await?;
            self.known.insert(key, events);
        }
        Ok(&self.known[&key])
    }

    async fn look(&mut self, operation: &'static str, at: Option<Timestamp>) -> Result<Vec<Event>, CallError> {
        let by_name = json!([{ "AttributeKey": "EventName", "AttributeValue": operation }]);
        let mut request = json!({ "LookupAttributes": by_name, "MaxResults": 50 });
        if let Some(at) = at {
            request["StartTime"] = json!(at.saturating_sub(BEFORE).unwrap_or(at).as_second());
            request["EndTime"] = json!(at.saturating_add(AFTER).unwrap_or(at).as_second());
        }
        let mut events = Vec::new();
        for _ in 0..MOST_PAGES {
            self.calls += 1;
            let place = (&self.url, self.session.scope.region.as_str());
            let call = async || Ok(signed_call(&self.session.config, CLOUDTRAIL, place, LOOKUP, &request).await?);
            let page: Value = self.pace.read(LOOKUP, call).await?;
            let listed = page["Events"].as_array();
            let listed = listed.ok_or_else(|| CallError::unclear(LOOKUP, "a page has no Events"))?;
            events.extend(listed.iter().filter_map(event));
            match page["NextToken"].as_str().filter(|token| !token.is_empty()) {
                Some(token) => request["NextToken"] = json!(token),
                None => break,
            }
        }
        Ok(events)
    }
}

/// The calls that may have made it so, the likeliest first.
fn operations(finding: &Finding) -> &'static [&'static str] {
    let Place { user_profile, space, .. } = &finding.place;
    match (finding.rule, user_profile, space) {
        (Rule::Tags, ..) => &["DeleteTags"],
        (_, None, None) => &["UpdateDomain", "CreateDomain"],
        (_, Some(_), _) => &["UpdateUserProfile", "CreateUserProfile"],
        (_, None, Some(_)) => &["UpdateSpace", "CreateSpace"],
    }
}

/// An event of CloudTrail's, as far as it is understood: what is not tells nothing.
fn event(listed: &Value) -> Option<Event> {
    let record: Value = serde_json::from_str(listed["CloudTrailEvent"].as_str()?).ok()?;
    // A call that was refused changed nothing.
    if !record["errorCode"].is_null() {
        return None;
    }
    let identity = &record["userIdentity"];
    let principal = [&identity["arn"], &identity["principalId"], &identity["invokedBy"], &listed["Username"]];
    let principal = principal.into_iter().find_map(Value::as_str)?.to_owned();
    let source_identity = identity["sessionContext"]["sourceIdentity"].as_str().map(str::to_owned);
    let event = record["eventName"].as_str()?.to_owned();
    let at = record["eventTime"].as_str()?.parse().ok()?;
    let who = Who { principal, source_identity, event, at };
    Some(Event { who, request: record["requestParameters"].clone(), response: record["responseElements"].clone() })
}

impl Event {
    /// Whether it was of this place.
    fn is_of(&self, place: &Place) -> bool {
        let Some(domain) = &place.domain else { return false };
        let arn_ends = |value: &Value, end: &str| {
            value.as_str().is_some_and(|arn| arn.to_ascii_lowercase().ends_with(&end.to_ascii_lowercase()))
        };
        let tagged = &self.request["resourceArn"];
        match (&place.user_profile, &place.space) {
            (Some(name), _) if tagged.is_null() => {
                self.request["domainId"] == domain.as_str() && self.request["userProfileName"] == name.as_str()
            }
            (None, Some(name)) if tagged.is_null() => {
                self.request["domainId"] == domain.as_str() && self.request["spaceName"] == name.as_str()
            }
            (None, None) if tagged.is_null() => {
                let is_new = arn_ends(&self.response["domainArn"], &format!(":domain/{domain}"));
                self.request["domainId"] == domain.as_str() || is_new
            }
            (Some(name), _) => arn_ends(tagged, &format!(":user-profile/{domain}/{name}")),
            (None, Some(name)) => arn_ends(tagged, &format!(":space/{domain}/{name}")),
            (None, None) => arn_ends(tagged, &format!(":domain/{domain}")),
        }
    }
}
