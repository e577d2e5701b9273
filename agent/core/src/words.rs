//! Durations and lists as people read them.

use std::time::Duration;

use jiff::SignedDuration;

use crate::record::SourceState;

/// At most this many items are spelled out in a record, which is one line.
const MAX_DETAILS: usize = 5;

/// A duration for people, in whole seconds: `1h 2m 3s`.
pub(crate) fn span(duration: Duration) -> String {
    let seconds = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    format!("{:#}", SignedDuration::from_secs(seconds))
}

/// ` (and 2 more)`, where there are more.
pub(crate) fn and_more(labels: &[String]) -> String {
    match labels.len() {
        0 | 1 => String::new(),
        n => format!(" (and {} more)", n - 1),
    }
}

/// The items of a source in one line, what is at work first.
pub(crate) fn summarize(mut details: Vec<(SourceState, String)>) -> String {
    if details.is_empty() {
        return "none".to_owned();
    }
    details.sort_by_key(|(state, _)| *state == SourceState::Idle);
    let rest = details.len().saturating_sub(MAX_DETAILS);
    details.truncate(MAX_DETAILS);
    let spelled: Vec<String> = details.into_iter().map(|(_, text)| text).collect();
    let more = if rest == 0 { String::new() } else { format!("; and {rest} more") };
    spelled.join("; ") + &more
}
