//! The log of calls, so that "sent nothing" is an assertion.

use std::collections::VecDeque;

use serde_json::{Value, json};

use crate::auth::Caller;
use crate::error::ApiError;

/// More calls than the largest benchmark makes.
const MOST: usize = 100_000;

/// The latest calls.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    log: VecDeque<Value>,
    /// How many were forgotten, which makes numbers of calls stable.
    forgotten: u64,
    /// How many of those were forgotten for want of room.
    dropped: u64,
}

impl Calls {
    /// The number of this call, which is noted as it arrives: a client that
    /// gives up before the answer has called nevertheless. Its `status` is 0
    /// until it is answered.
    pub(crate) fn begin(&mut self, at: f64, caller: Option<&Caller>, operation: &str, request: &Value) -> u64 {
        if self.log.len() == MOST {
            self.log.pop_front();
            self.forgotten += 1;
            self.dropped += 1;
        }
        self.log.push_back(json!({
            "at": at,
            "service": caller.map(|caller| &caller.service),
            "operation": operation,
            "region": caller.map(|caller| &caller.region),
            "access_key": caller.map(|caller| &caller.access_key),
            "request": request,
            "status": 0,
            "error": null,
        }));
        self.forgotten + self.log.len() as u64 - 1
    }

    /// Notes how a call was answered; `None` for a connection that was dropped.
    pub(crate) fn end(&mut self, number: u64, answer: Option<Result<(), &ApiError>>) {
        let index = number.checked_sub(self.forgotten).and_then(|index| usize::try_from(index).ok());
        let Some(call) = index.and_then(|index| self.log.get_mut(index)) else { return };
        let (status, error) = match answer {
            Some(Ok(())) => (200, None),
            Some(Err(error)) => (error.status.as_u16(), Some(error.kind.as_str())),
            None => (0, Some("dropped")),
        };
        call["status"] = json!(status);
        call["error"] = json!(error);
    }

    /// Every call noted, oldest first.
    pub(crate) fn all(&self) -> &VecDeque<Value> {
        &self.log
    }

    /// How many calls are missing before the oldest one noted.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Forgets every call.
    pub(crate) fn clear(&mut self) {
        self.forgotten += self.log.len() as u64;
        self.dropped = 0;
        self.log.clear();
    }
}
