//! The log of calls, so that "sent nothing" is an assertion.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};

use crate::auth::Caller;
use crate::error::ApiError;

/// More calls than the largest benchmark makes.
const MOST: usize = 100_000;

/// Bytes of text in their requests, of which metric data can have a megabyte a call.
const MOST_TEXT: usize = 256 << 20;

/// More operations than all services here have; what clients make up has no end.
const MOST_NAMES: usize = 1000;

/// What the operations beyond that are counted as.
const OTHERS: &str = "(others)";

/// The latest calls.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    log: VecDeque<(Value, usize)>,
    /// How much text the requests in it have.
    text: usize,
    /// How many were forgotten, which makes numbers of calls stable.
    forgotten: u64,
    /// How many of those were forgotten for want of room.
    dropped: u64,
    /// By operation, also of those.
    counts: BTreeMap<String, u64>,
}

impl Calls {
    /// The number of this call, which is noted as it arrives: a client that
    /// gives up before the answer has called nevertheless. Its `status` is 0
    /// until it is answered.
    pub(crate) fn begin(&mut self, at: f64, caller: Option<&Caller>, operation: &str, request: &Value) -> u64 {
        let is_new = !self.counts.contains_key(operation);
        let name = if is_new && self.counts.len() >= MOST_NAMES { OTHERS } else { operation };
        *self.counts.entry(name.to_owned()).or_default() += 1;
        let text = text(request);
        self.text += text;
        while self.log.len() == MOST || self.text > MOST_TEXT {
            let Some((_, of_first)) = self.log.pop_front() else { break };
            self.text -= of_first;
            self.forgotten += 1;
            self.dropped += 1;
        }
        let call = json!({
            "at": at,
            "service": caller.map(|caller| &caller.service),
            "operation": operation,
            "region": caller.map(|caller| &caller.region),
            "access_key": caller.map(|caller| &caller.access_key),
            "request": request,
            "status": 0,
            "error": null,
        });
        self.log.push_back((call, text));
        self.forgotten + self.log.len() as u64 - 1
    }

    /// Notes how a call was answered; `None` for a connection that was dropped.
    pub(crate) fn end(&mut self, number: u64, answer: Option<Result<(), &ApiError>>) {
        let index = number.checked_sub(self.forgotten).and_then(|index| usize::try_from(index).ok());
        let Some((call, _)) = index.and_then(|index| self.log.get_mut(index)) else { return };
        let (status, error) = match answer {
            Some(Ok(())) => (200, None),
            Some(Err(error)) => (error.status.as_u16(), Some(error.kind.as_str())),
            None => (0, Some("dropped")),
        };
        call["status"] = json!(status);
        call["error"] = json!(error);
    }

    /// Every call noted, oldest first.
    pub(crate) fn all(&self) -> Vec<&Value> {
        self.log.iter().map(|(call, _)| call).collect()
    }

    /// How many calls are missing before the oldest one noted.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// How many there were of each operation since they were forgotten last.
    pub(crate) fn counts(&self) -> &BTreeMap<String, u64> {
        &self.counts
    }

    /// Forgets every call.
    pub(crate) fn clear(&mut self) {
        self.forgotten += self.log.len() as u64;
        self.dropped = 0;
        self.text = 0;
        self.log.clear();
        self.counts.clear();
    }
}

/// Roughly how many bytes this takes as text.
fn text(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 8,
        Value::String(text) => text.len(),
        Value::Array(elements) => elements.iter().map(text).sum(),
        Value::Object(members) => members.iter().map(|(name, value)| name.len() + text(value)).sum(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_beyond_the_log_and_under_a_bounded_number_of_names() {
        let mut calls = Calls::default();
        for n in 0..=MOST {
            calls.begin(0.0, None, "ListApps", &json!(n));
        }
        for n in 0..2000 {
            calls.begin(0.0, None, &format!("Made{n}"), &Value::Null);
        }
        assert_eq!((calls.counts()["ListApps"], calls.counts()[OTHERS]), (MOST as u64 + 1, 1001));
        calls.clear();
        assert!(calls.counts().is_empty());
    }

    #[test]
    fn the_oldest_are_forgotten_when_there_is_too_much_text() {
        let mut calls = Calls::default();
        let big = json!({ "MetricData": "x".repeat(100 << 20) });
        let first = calls.begin(0.0, None, "PutMetricData", &big);
        calls.begin(1.0, None, "PutMetricData", &big);
        let last = calls.begin(2.0, None, "PutMetricData", &big);
        calls.end(first, None);
        calls.end(last, Some(Ok(())));
        let noted: Vec<_> = calls.all().iter().map(|call| (call["at"].clone(), call["status"].clone())).collect();
        assert_eq!((noted, calls.dropped()), (vec![(json!(1.0), json!(0)), (json!(2.0), json!(200))], 1));
    }
}
