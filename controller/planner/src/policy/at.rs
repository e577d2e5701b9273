//! A value of the policy file together with the line that it stands on.

use serde::{Deserialize, Deserializer};

/// A value and its line. While the file is being read, `line` is an offset in bytes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) line: u32,
}

impl<T> At<T> {
    /// Turns the offset into the line.
    pub(crate) fn settle(&mut self, lines: &Lines<'_>) {
        self.line = lines.of(usize::try_from(self.line).unwrap_or(usize::MAX));
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for At<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = toml::Spanned::<T>::deserialize(deserializer)?;
        let line = u32::try_from(spanned.span().start).unwrap_or(u32::MAX);
        Ok(Self { value: spanned.into_inner(), line })
    }
}

/// The lines of a text.
pub(crate) struct Lines<'a> {
    text: &'a str,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text }
    }

    /// The line, from 1, that holds this byte.
    pub(crate) fn of(&self, offset: usize) -> u32 {
        let before = self.text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count();
        u32::try_from(before + 1).unwrap_or(u32::MAX)
    }

    /// The first line that holds this key, with the table that it stands in; the first of all where none does.
    pub(crate) fn holding(&self, key: &str) -> u32 {
        let lines = 1..=u32::try_from(self.text.lines().count()).unwrap_or(u32::MAX);
        lines.into_iter().find(|line| self.key(*line).as_deref() == Some(key)).unwrap_or(1)
    }

    /// The key on this line, with the table that it stands in.
    pub(crate) fn key(&self, line: u32) -> Option<String> {
        let at = usize::try_from(line).ok()?.checked_sub(1)?;
        let upto: Vec<&str> = self.text.lines().take(at + 1).collect();
        let own = upto.get(at)?.trim();
        let table = upto.iter().rev().find_map(|line| header(line.trim()));
        if header(own).is_some() {
            return table.map(str::to_owned);
        }
        let (key, _) = own.split_once('=').filter(|_| !own.starts_with('#'))?;
        let key = key.trim();
        Some(table.map_or_else(|| key.to_owned(), |table| format!("{table}.{key}")))
    }
}

/// The name in a table's header.
fn header(line: &str) -> Option<&str> {
    let (name, _) = line.strip_prefix('[')?.split_once(']')?;
    Some(name.trim_start_matches('[').trim())
}
