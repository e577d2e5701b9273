//! A policy that could not be read: where, which key, and what to do.

use std::fmt;

use thiserror::Error;

use super::at::Lines;

/// A policy file that is not one.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct PolicyError {
    /// The file's name, as the caller gave it.
    pub name: String,
    /// The line, from 1.
    pub line: u32,
    /// The key, such as `apps.idle-timeout`; `None` where the line has none.
    pub key: Option<String>,
    /// What is wrong, and a hint.
    pub what: String,
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, line, key, what } = self;
        match key {
            Some(key) => write!(f, "{name}:{line}: {key}: {what}"),
            None => write!(f, "{name}:{line}: {what}"),
        }
    }
}

/// What reading one policy needs to say where it is wrong.
pub(crate) struct Blame<'a> {
    pub(crate) name: &'a str,
    pub(crate) lines: &'a Lines<'a>,
}

impl Blame<'_> {
    /// The error at this line, with the key that stands there.
    pub(crate) fn at(&self, line: u32, what: impl Into<String>) -> PolicyError {
        PolicyError { name: self.name.to_owned(), line, key: self.lines.key(line), what: what.into() }
    }

    /// What the parser said, where it said it.
    pub(crate) fn parser(&self, error: &toml::de::Error) -> PolicyError {
        let line = error.span().map_or(1, |span| self.lines.of(span.start));
        let what = error.message().trim().replace('\n', "; ");
        let hint = if what.contains("hint:") || what.contains("expected") {
            ""
        } else {
            "; hint: the example policy shows every key"
        };
        self.at(line, format!("{what}{hint}"))
    }
}
