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
mod take_in;
mod words;

use std::collections::HashMap;

use thiserror::Error;

use crate::line::Kind;
use facts::{Config, Scope};
use raw::{Head, Raw};
use words::{Mixed, Words};

pub use folded::{Charge, ConfigId, Episode, Folded, Looks, Run, ScopeName, Span, Stop, Tags};

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
        let mut from = 0;
        loop {
            let mut lines = serde_json::Deserializer::from_slice(&bytes[from..]).into_iter::<Raw<'_>>();
            let (begin, problem) = loop {
                let begin = from + lines.byte_offset();
                match lines.next() {
                    None => return Ok(()),
                    Some(Ok(raw)) => match self.take_in(&raw) {
                        Ok(()) => self.lines += 1,
                        Err(problem) => break (begin, problem),
                    },
                    Some(Err(error)) => break (begin, error.to_string()),
                }
            };
            // Only now are lines looked for: in a sound object nothing needs their ends.
            let begin = begin + bytes[begin..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let end = bytes[begin..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| begin + at);
            pass_over(&bytes[begin..end], &problem).map_err(|problem| {
                let line = 1 + bytes[..begin].iter().filter(|byte| **byte == b'\n').count();
                LineError { name: name.to_owned(), line, problem }
            })?;
            self.passed_over += 1;
            from = end;
        }
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
fn pass_over(line: &[u8], problem: &str) -> Result<(), Problem> {
    let cause = problem.split(" at line ").next().unwrap_or_default();
    let broken = || format!("{cause}; hint: restore the object as it was written");
    let Ok(Head { schema_version, line: kind }) = serde_json::from_slice(line) else { return Err(broken()) };
    if schema_version > crate::line::SCHEMA_VERSION {
        return Err(format!("schema_version {schema_version} is newer than this program; hint: a newer costctl"));
    }
    match kind {
        Some(kind) if !take_in::is_known(kind.as_str()) => Ok(()),
        _ => Err(broken()),
    }
}
