//! The log of calls, so that "sent nothing" is an assertion.

use std::collections::VecDeque;

use serde_json::{Value, json};

use crate::auth::Caller;

/// More calls than the largest benchmark makes.
const MOST: usize = 100_000;

/// The latest calls.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    log: VecDeque<Value>,
}

impl Calls {
    /// Notes one call and how it was answered.
    pub(crate) fn note(
        &mut self,
        at: f64,
        caller: &Caller,
        operation: &str,
        request: &Value,
        status: u16,
        error: Option<&str>,
    ) {
        if self.log.len() == MOST {
            self.log.pop_front();
        }
        self.log
            .push_back(json!({ "at": at, "service": caller.service, "operation": operation, "region": caller.region,
            "access_key": caller.access_key, "request": request, "status": status, "error": error }));
    }

    /// Every call noted, oldest first.
    pub(crate) fn all(&self) -> Vec<&Value> {
        self.log.iter().collect()
    }

    /// Forgets every call.
    pub(crate) fn clear(&mut self) {
        self.log.clear();
    }
}
