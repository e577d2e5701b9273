//! Names with `*` for any run of characters.

use std::fmt;

use idle_core::InstanceType;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::Subject;
use super::values::Eager;

/// A name in which `*` stands for any run of characters, also none.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Pattern(String);

/// No name of SageMaker's is longer than a tag's value.
const MAX_LENGTH: usize = 256;

impl Pattern {
    /// Whether this is such a name.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        let mut parts = self.0.split('*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = name.strip_prefix(first) else { return false };
        let Some(last) = parts.next_back() else { return rest.is_empty() };
        // Each inner part where it comes first: what is left for the others is longest then.
        for part in parts {
            let Some(at) = rest.find(part) else { return false };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last)
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Pattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.is_empty() || text.len() > MAX_LENGTH || text.trim() != text {
            return Err(format!("{text:?} is no name; hint: a name, with * for any run of characters"));
        }
        Ok(Self(text))
    }
}

/// One or several patterns: `"a"` or `["a", "b*"]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Patterns(Vec<Pattern>);

impl Patterns {
    /// Everything.
    pub(crate) fn all() -> Self {
        Self(vec![Pattern("*".to_owned())])
    }

    /// Whether one of them is such a name.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        self.0.iter().any(|pattern| pattern.matches(name))
    }

    /// Whether an app may run on this. `system`, which bills nothing and which Studio Classic's
    /// server needs, always may.
    #[must_use]
    pub fn allow(&self, instance_type: &InstanceType) -> bool {
        instance_type.as_str() == "system" || self.matches(instance_type.as_str())
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Pattern> {
        self.0.iter()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Eager for Patterns {
    /// A list that does not allow what the subject runs on.
    fn is_more_eager_than(&self, other: &Self, subject: &Subject<'_>) -> bool {
        subject.instance_type.is_some_and(|instance_type| !self.allow(instance_type) && other.allow(instance_type))
    }
}

impl fmt::Display for Patterns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("none");
        }
        let texts: Vec<&str> = self.0.iter().map(Pattern::as_str).collect();
        f.write_str(&texts.join(", "))
    }
}

impl<'de> Deserialize<'de> for Patterns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrMany)
    }
}

struct OneOrMany;

impl<'de> Visitor<'de> for OneOrMany {
    type Value = Patterns;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name or a list of names, with * for any run of characters")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Patterns, E> {
        Pattern::try_from(text.to_owned()).map(|pattern| Patterns(vec![pattern])).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Patterns, A::Error> {
        let mut patterns = Vec::new();
        while let Some(pattern) = list.next_element()? {
            patterns.push(pattern);
        }
        Ok(Patterns(patterns))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_run_of_characters() {
        for (pattern, name, is_match) in [
            ("*", "", true),
            ("alice", "alice", true),
            ("alice", "alice2", false),
            ("ml.g5.*", "ml.g5.xlarge", true),
            ("ml.g5.*", "ml.g5n.xlarge", false),
            ("*-prod", "llm-prod", true),
            ("*-prod", "llm-prod-2", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "acb", false),
            ("ab*ba", "aba", false),
            ("**", "x", true),
        ] {
            let pattern = Pattern::try_from(pattern.to_owned()).expect("a pattern");
            assert_eq!(pattern.matches(name), is_match, "{pattern:?} {name}");
        }
    }
}
