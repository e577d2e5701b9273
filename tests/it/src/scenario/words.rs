//! The names that stand for what a file cannot know.

use anyhow::{Context, bail};
use jiff::{SignedDuration, Timestamp};

/// Each name with its value: `{dir}`, `{home}`, …; and `{now}`, `{now-2h}`,
/// `{now+24h}` for stamps.
#[derive(Debug, Default)]
pub(super) struct Words(Vec<(String, String)>);

impl Words {
    pub(super) fn add(&mut self, name: &str, value: impl Into<String>) {
        self.0.push((format!("{{{name}}}"), value.into()));
    }

    /// The text with every name replaced. Other braces stay as they are.
    pub(super) fn put_into(&self, text: &str) -> anyhow::Result<String> {
        let mut text = text.to_owned();
        for (name, value) in &self.0 {
            text = text.replace(name, value);
        }
        while let Some(at) = text.find("{now") {
            let Some(length) = text[at..].find('}') else { bail!("{text:?}: {{now without its end") };
            let stamp = stamp(&text[at + 4..at + length])?;
            text.replace_range(at..=at + length, &stamp);
        }
        Ok(text)
    }
}

fn stamp(offset: &str) -> anyhow::Result<String> {
    let offset: SignedDuration = match offset {
        "" => SignedDuration::ZERO,
        offset => offset
            .trim_start_matches('+')
            .parse()
            .with_context(|| format!("{offset:?} is no duration; hint: {{now-2h}}"))?,
    };
    Ok(format!("{:.3}", Timestamp::now() + offset))
}
