//! Stamps that no person makes.

use std::time::Duration;

use jiff::SignedDuration;

use crate::activity::{Item, Source};
use crate::history::ItemHistory;
use crate::instants::Instants;
use crate::words::span;

/// Nobody types for a day without half an hour's pause.
const TIRELESS: Duration = Duration::from_secs(24 * 3600);
/// Two clocks of one machine do not differ by more.
const FUTURE_TOLERANCE: SignedDuration = SignedDuration::from_secs(60);

/// What is suspicious about a stamp that anybody in the app can write. It is
/// reported, and still counts: bounded by max-age, never by a guess.
pub(crate) fn suspicions(source: Source, item: &Item, remembered: &ItemHistory, now: Instants) -> Vec<String> {
    if !matches!(source, Source::ActivityFile | Source::CodeEditor) {
        return Vec::new();
    }
    let name = source.as_str();
    let future = remembered.stamp.filter(|stamp| stamp.duration_since(now.wall) > FUTURE_TOLERANCE);
    let future = future.map(|stamp| format!("tampering: {name}: {} lies in the future: {stamp}", item.label));
    let tireless = remembered.restless_since.map(|since| now.since(since)).filter(|restless| *restless >= TIRELESS);
    let tireless = tireless
        .map(|restless| format!("tampering: {name}: {} has moved for {} without a pause", item.label, span(restless)));
    future.into_iter().chain(tireless).collect()
}
