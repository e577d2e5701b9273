//! What the lines of a ledger come to. Every line is a fact and the fold is a join: order
//! and repetition change nothing, and what a lost object held is as if nobody had looked.
//!
//! A million lines are held in some ten bytes for each name and forty for each fact.

mod facts;
mod folded;
mod idle;
mod raw;
mod runs;
mod segments;
mod shape;
mod span;
mod stop;
mod take_in;
mod words;

use std::collections::HashMap;

use jiff::Timestamp;
use thiserror::Error;

use crate::line::{Kind, StoppedBy};
use facts::{Config, Scope};
use raw::Head;
use words::{Mixed, Words};

pub use folded::{Episode, Folded, Looks, Run, ScopeName};
pub use span::{Charge, ConfigId, Span, Tags};
pub use stop::Stop;

/// A ledger that is being read.
#[derive(Debug, Default)]
pub struct Ledger {
    words: Words,
    resources: Words,
    /// By number of the resource; `None` for what a later version calls by another name.
    kinds: Vec<Option<Kind>>,
    configs: Vec<Config>,
    config_ids: HashMap<Config, u32, Mixed>,
    scopes: Vec<Scope>,
    /// The place in `scopes` of the last line: the next one is nearly always its neighbour.
    last_scope: usize,
    /// Where tags are put together.
    scratch: String,
    lines: u64,
    passed_over: u64,
}

/// A line that cannot be read: without it, sums would be too small and nobody would know.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{name} line {line}: {problem}")]
pub struct LineError {
    /// The object.
    pub name: String,
    /// Its line, from 1.
    pub line: usize,
    /// What is wrong, and what to do.
    pub problem: String,
}

/// What was wrong with a line.
type Problem = String;

impl Ledger {
    /// Takes in all lines of an object.
    ///
    /// # Errors
    /// The first line that is broken, or newer than this program. Lines before it are taken in:
    /// such a ledger is given up, or the object is read again when it is whole.
    pub fn read(&mut self, bytes: &[u8], name: &str) -> Result<(), LineError> {
        let error = |line: usize, problem| LineError { name: name.to_owned(), line: line + 1, problem };
        let text = std::str::from_utf8(bytes).map_err(|wrong| {
            let before = &bytes[..wrong.valid_up_to()];
            error(before.iter().filter(|byte| **byte == b'\n').count(), broken("it is no text"))
        })?;
        for (n, line) in text.split('\n').enumerate() {
            if line.trim_ascii().is_empty() {
                continue;
            }
            match self.read_line(line) {
                Ok(()) => self.lines += 1,
                Err(problem) => {
                    pass_over(line, &problem).map_err(|problem| error(n, problem))?;
                    self.passed_over += 1;
                }
            }
        }
        Ok(())
    }

    fn read_line(&mut self, line: &str) -> Result<(), Problem> {
        match shape::ran(line) {
            Some(raw) => self.take_in(&raw),
            None => self.take_in(&serde_json::from_str(line).map_err(|error| error.to_string())?),
        }
    }

    /// Every stop that was told, by resource, begin of the run and who did it; also of runs that
    /// nobody told of.
    pub(crate) fn told_stops(&self) -> impl Iterator<Item = (String, Timestamp, StoppedBy)> {
        self.scopes.iter().flat_map(|scope| &scope.stopped).map(|stop| {
            let resource = self.resources.word(stop.key.resource).to_owned();
            (resource, facts::time(stop.key.began), stop.by)
        })
    }

    /// What the lines come to.
    #[must_use]
    pub fn finish(self) -> Folded {
        runs::folded(self)
    }
}

/// Looks at a line that is not understood once more: a later program of the same version may
/// have added its kind.
///
/// # Errors
/// With the problem where it must not be passed over.
fn pass_over(line: &str, problem: &str) -> Result<(), Problem> {
    let Ok(Head { schema_version, line: kind }) = serde_json::from_str(line) else { return Err(broken(problem)) };
    if schema_version > crate::line::SCHEMA_VERSION {
        return Err(format!("schema_version {schema_version} is newer than this program; hint: a newer costctl"));
    }
    match kind {
        Some(kind) if !take_in::is_known(kind.as_str()) => Ok(()),
        _ => Err(broken(problem)),
    }
}

fn broken(problem: &str) -> Problem {
    // The parser counts lines of its own.
    let cause = problem.split(" at line ").next().unwrap_or_default();
    format!("{cause}; hint: restore the object as it was written")
}
