//! Names with `*` for any run of characters, as IAM's `StringLike` understands it.

use std::fmt;

use thiserror::Error;

/// The longest value of a tag; every name is shorter.
const MOST: usize = 256;

/// A name in which `*` stands for any run of characters, also none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Glob(String);

/// A text that a policy document would understand otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{0:?} cannot stand in a policy document; hint: a name of 1 to {MOST} characters without ? $ \" \\, with * for any run of characters"
)]
pub struct GlobError(String);

impl Glob {
    /// The name that this text is.
    ///
    /// # Errors
    /// [`GlobError`] for what IAM takes for more than itself: `?` for one character,
    /// `$` for the beginning of a variable.
    pub fn parse(text: &str) -> Result<Self, GlobError> {
        let is_plain = |c: char| !c.is_control() && !matches!(c, '?' | '$' | '"' | '\\');
        let fits = (1..=MOST).contains(&text.chars().count()) && text.chars().all(is_plain);
        if fits { Ok(Self(text.to_owned())) } else { Err(GlobError(text.to_owned())) }
    }

    /// Every name.
    #[must_use]
    pub fn everything() -> Self {
        Self("*".to_owned())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is such a name.
    #[must_use]
    pub fn takes(&self, name: &str) -> bool {
        let Some((first, rest)) = self.0.split_once('*') else { return self.0 == name };
        let Some(mut left) = name.strip_prefix(first) else { return false };
        let mut parts: Vec<&str> = rest.split('*').collect();
        let last = parts.pop().unwrap_or_default();
        // Each inner part where it comes first: what is left for the others is longest then.
        for part in parts {
            let Some(at) = left.find(part) else { return false };
            left = &left[at + part.len()..];
        }
        left.ends_with(last)
    }

    /// Whether it is one name and no other.
    pub(super) fn is_plain(&self) -> bool {
        !self.0.contains('*')
    }

    /// Whether it takes every name.
    pub(super) fn is_everything(&self) -> bool {
        self.0.bytes().all(|byte| byte == b'*')
    }

    /// Whether `*` stands at its end and nowhere else, or not at all.
    pub(super) fn is_prefix(&self) -> bool {
        self.0.find('*').is_none_or(|at| at + 1 == self.0.len())
    }

    /// The name of something in something: `d-1/alice`.
    pub(super) fn within(&self, outer: &Self) -> Self {
        Self(format!("{outer}/{self}"))
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
