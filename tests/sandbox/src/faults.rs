//! Faults scripted by name: what a test wants to go wrong.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

/// The faults file and what was played of it.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    path: Option<PathBuf>,
    text: String,
    list: Vec<(Fault, u64)>,
}

/// One `[[fault]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    /// An operation's name, or `*`.
    operation: String,
    /// What goes wrong.
    pub(crate) kind: Kind,
    /// How many calls it hits; all where it is absent.
    times: Option<u64>,
    /// How many calls pass first.
    #[serde(default)]
    skip: u64,
    /// Only every n-th call.
    every: Option<u64>,
    /// How long a `hang` or `slow-delete` takes, such as `30s`.
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
    pub(crate) fn next(&mut self, operation: &str) -> Result<Option<Fault>, String> {
        self.reload()?;
        for (fault, seen) in &mut self.list {
            if fault.operation != "*" && fault.operation != operation {
                continue;
            }
            *seen += 1;
            let nth = *seen;
            let due = nth > fault.skip && fault.every.is_none_or(|every| nth.is_multiple_of(every.max(1)));
            if due && fault.times.is_none_or(|times| nth <= fault.skip + times) {
                return Ok(Some(fault.clone()));
            }
        }
        Ok(None)
    }

    fn reload(&mut self) -> Result<(), String> {
        let Some(path) = &self.path else { return Ok(()) };
        let text = std::fs::read_to_string(path).map_err(|e| format!("faults file {}: {e}", path.display()))?;
        if text != self.text {
            let file: File = toml::from_str(&text).map_err(|e| format!("faults file {}: {e}", path.display()))?;
            if let Some(bad) = file.fault.iter().find_map(|fault| fault.delay().err()) {
                return Err(format!("faults file {}: {bad}", path.display()));
            }
            self.list = file.fault.into_iter().map(|fault| (fault, 0)).collect();
            self.text = text;
        }
        Ok(())
    }
}

impl Fault {
    /// How long it takes; a minute where it does not say.
    pub(crate) fn delay(&self) -> Result<Duration, String> {
        match &self.delay {
            None => Ok(Duration::from_secs(60)),
            Some(text) => humantime::parse_duration(text).map_err(|e| format!("delay {text:?}: {e}")),
        }
    }
}
