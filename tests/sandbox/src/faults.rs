//! Faults scripted by name: what a test wants to go wrong.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::Deserialize;

/// The faults of a file and what was played of it.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    path: Option<PathBuf>,
    /// What was read last, and when it was written: the same text written
    /// again starts anew.
    read: Option<(SystemTime, String)>,
    list: Vec<Scripted>,
}

/// A fault, how many calls it has seen, and how many of them it hit.
#[derive(Debug)]
struct Scripted {
    fault: Fault,
    seen: u64,
    hit: u64,
}

/// One `[[fault]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    /// An operation's name, or `*`.
    operation: String,
    /// What goes wrong.
    pub(crate) kind: Kind,
    /// Only calls of this account. `AssumeRole` is a call of the role's account.
    account: Option<String>,
    /// Only calls of this region.
    region: Option<String>,
    /// How many calls it hits; all where it is absent.
    times: Option<u64>,
    /// How many calls pass first.
    #[serde(default)]
    skip: u64,
    /// Only every n-th call.
    every: Option<u64>,
    /// How long a `hang`, `slow-delete` or `late-answer` takes, such as `30s`.
    delay: Option<String>,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    /// `ThrottlingException`.
    Throttle,
    /// `AccessDeniedException`.
    Deny,
    /// `ValidationException`, as of a delete of what is gone already.
    Validation,
    /// `UnrecognizedClientException`: the account has not enabled the region.
    DisabledRegion,
    /// The account is suspended, which is refused like anything not allowed.
    Suspended,
    /// HTTP 500.
    InternalError,
    /// `ExpiredTokenException`.
    ExpiredToken,
    /// No answer for a while, then a normal one.
    Hang,
    /// The connection is closed without an answer.
    Drop,
    /// This delete takes longer.
    SlowDelete,
    /// It is done, but the answer does not come for a while.
    LateAnswer,
    /// This read shows what was there before the last update.
    StaleRead,
    /// Metric data of which nothing came in time: `PartialData`, and no page that goes on.
    PartialData,
    /// Metric data that the caller may not see: `Forbidden`, in an answer that succeeds.
    ForbiddenData,
    /// This update replaces the settings member that it carries whole, and so
    /// loses what else stood in it: what a client must notice.
    ReplaceSettings,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    fault: Vec<Fault>,
}

impl Faults {
    /// The faults of this file.
    pub(crate) fn new(path: Option<&Path>) -> Self {
        Self { path: path.map(Path::to_owned), ..Self::default() }
    }

    /// The fault that hits this call, if any. Counts the call.
    ///
    /// # Errors
    /// When the file cannot be read or is not valid: a fault that is silently
    /// not played would make its test pass for nothing.
    pub(crate) fn next(&mut self, account: &str, region: &str, operation: &str) -> Result<Option<Fault>, String> {
        self.reload()?;
        for Scripted { fault, seen, hit } in &mut self.list {
            if !fault.is_of(account, region) || !fault.concerns(operation) {
                continue;
            }
            *seen += 1;
            let due = *seen > fault.skip
                && (*seen - fault.skip).is_multiple_of(fault.every.unwrap_or(1))
                && fault.times.is_none_or(|times| *hit < times);
            if due {
                *hit += 1;
                return Ok(Some(fault.clone()));
            }
        }
        Ok(None)
    }

    fn reload(&mut self) -> Result<(), String> {
        let Some(path) = &self.path else { return Ok(()) };
        let problem = |e: &dyn std::fmt::Display| format!("faults file {}: {e}", path.display());
        let written = std::fs::metadata(path).and_then(|file| file.modified()).map_err(|e| problem(&e))?;
        let text = std::fs::read_to_string(path).map_err(|e| problem(&e))?;
        let read = Some((written, text));
        if read != self.read {
            let text = read.as_ref().map_or("", |(_, text)| text);
            let file: File = toml::from_str(text).map_err(|e| problem(&e))?;
            if let Some(bad) = file.fault.iter().find_map(|fault| fault.check().err()) {
                return Err(problem(&bad));
            }
            self.list = file.fault.into_iter().map(|fault| Scripted { fault, seen: 0, hit: 0 }).collect();
            self.read = read;
        }
        Ok(())
    }
}

impl Fault {
    fn is_of(&self, account: &str, region: &str) -> bool {
        self.account.as_deref().is_none_or(|wanted| wanted == account)
            && self.region.as_deref().is_none_or(|wanted| wanted == region)
    }

    fn concerns(&self, operation: &str) -> bool {
        let named = self.operation == "*" || self.operation == operation;
        named
            && match self.kind {
                Kind::SlowDelete => operation.starts_with("Delete"),
                Kind::StaleRead => operation.starts_with("Describe"),
                Kind::PartialData | Kind::ForbiddenData => operation == "GetMetricData",
                Kind::ReplaceSettings => operation.starts_with("Update"),
                _ => true,
            }
    }

    /// How long the answer stays away after it is done.
    pub(crate) fn late_answer(&self) -> Option<Duration> {
        (self.kind == Kind::LateAnswer).then(|| self.delay().unwrap_or(Duration::from_secs(60)))
    }

    fn check(&self) -> Result<(), String> {
        if self.every == Some(0) {
            return Err("every = 0; hint: 1 hits every call".to_owned());
        }
        self.delay().map(|_| ())
    }

    /// How long it takes; a minute where it does not say.
    pub(crate) fn delay(&self) -> Result<Duration, String> {
        match &self.delay {
            None => Ok(Duration::from_secs(60)),
            Some(text) => humantime::parse_duration(text).map_err(|e| format!("delay {text:?}: {e}")),
        }
    }
}
