//! Cost Explorer, asked no more often than it must be.

use std::cell::Cell;
use std::time::Duration;

use aws_config::SdkConfig;
use idle_core::Partition;
use reqwest::Url;
use serde_json::Value;

use crate::observe::CallError;
use crate::signed_call::{COST_EXPLORER, SignedCallError, signed_call};

/// A bill of so many pages, of thousands of usage types, is none of ours: a US dollar.
const MOST_REQUESTS: u32 = 100;

/// Tries of one request while Cost Explorer is too busy.
const TRIES: u32 = 4;
/// Before another try; longer each time.
const PAUSE: Duration = Duration::from_secs(2);

/// How it says that it is too busy.
const BUSY: [&str; 2] = ["LimitExceededException", "ThrottlingException"];

/// Where it is, and how often it was asked.
#[derive(Debug)]
pub(super) struct Explorer<'a> {
    config: &'a SdkConfig,
    url: Url,
    region: &'static str,
    pause: Duration,
    requests: Cell<u32>,
}

impl<'a> Explorer<'a> {
    /// That of the partition. Nothing is asked yet.
    ///
    /// # Errors
    /// Where the partition has none, or its URL is of no use.
    pub(super) fn new(config: &'a SdkConfig, partition: &Partition) -> Result<Self, CallError> {
        // One region of each partition (botocore, `endpoints.json`).
        let region = match partition.as_str() {
            "aws" => Ok("us-east-1"),
            "aws-cn" => Ok("cn-northwest-1"),
            other => Err(format!(
                "partition {other} has no Cost Explorer that is known here; hint: ask in the account that pays"
            )),
        };
        let unclear = |why: String| CallError::unclear("Cost Explorer", &why);
        let region = region.map_err(unclear)?;
        let url = COST_EXPLORER.url_by(config, region).map_err(|error| unclear(error.to_string()))?;
        Ok(Self { config, url, region, pause: PAUSE, requests: Cell::new(0) })
    }

    /// The same, without pauses.
    #[cfg(test)]
    pub(super) fn at_once(self) -> Self {
        Self { pause: Duration::ZERO, ..self }
    }

    /// How often it was asked.
    pub(super) fn requests(&self) -> u32 {
        self.requests.get()
    }

    /// The answer of one operation. What is refused is not asked again: it would cost again.
    ///
    /// # Errors
    /// When it is refused, or too busy for too long.
    pub(super) async fn ask(&self, operation: &'static str, request: &Value) -> Result<Value, CallError> {
        self.try_to_ask(operation, request).await.map_err(|error| CallError::new(operation, &error.into()))
    }

    /// The same; `None` where Cost Explorer has no such data.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub(super) async fn ask_if_any(
        &self,
        operation: &'static str,
        request: &Value,
    ) -> Result<Option<Value>, CallError> {
        match self.try_to_ask(operation, request).await {
            Ok(answer) => Ok(Some(answer)),
            Err(SignedCallError::Refused { code, .. }) if code == "DataUnavailableException" => Ok(None),
            Err(error) => Err(CallError::new(operation, &error.into())),
        }
    }

    async fn try_to_ask(&self, operation: &str, request: &Value) -> Result<Value, SignedCallError> {
        let mut tries = 1;
        loop {
            if self.requests.get() == MOST_REQUESTS {
                return Err(SignedCallError::Unavailable(format!("{MOST_REQUESTS} requests did not suffice")));
            }
            self.requests.set(self.requests.get() + 1);
            match signed_call(self.config, COST_EXPLORER, (&self.url, self.region), operation, request).await {
                Err(SignedCallError::Refused { code, .. }) if BUSY.contains(&code.as_str()) && tries < TRIES => {
                    tokio::time::sleep(self.pause * tries).await;
                }
                answer => return answer,
            }
            tries += 1;
        }
    }
}
