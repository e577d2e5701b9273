//! From what was seen to what it proves.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::activity::{Activity, Item, ItemState, Reading, Sight, Source};
use crate::history::{History, ItemHistory, Stamped};
use crate::instants::Instants;
use crate::policy::IdlePolicy;
use crate::record::{SourceRecord, SourceState};

/// What one look proves, together with what was remembered.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    /// Labels of what is at work, in order of source and id.
    pub(crate) busy: Vec<String>,
    /// Labels of what is in no settled state, and not for too long.
    pub(crate) unsettled: Vec<String>,
    /// Sources that could not be read, and why.
    pub(crate) blind: Vec<String>,
    /// The latest stamped activity of this look.
    pub(crate) latest: Option<Stamped>,
    /// What is to be remembered of the items.
    pub(crate) items: BTreeMap<Source, BTreeMap<String, ItemHistory>>,
    /// One line a source, for the record.
    pub(crate) sources: Vec<SourceRecord>,
}

/// The evidence of one look. The order of the readings changes nothing.
pub(crate) fn weigh(policy: &IdlePolicy, history: &History, activity: &Activity, now: Instants) -> Evidence {
    let mut evidence = Evidence::default();
    let mut readings: Vec<&Reading> = activity.readings.iter().collect();
    readings.sort_by_key(|reading| reading.source);
    for Reading { source, sight } in readings {
        let record = match sight {
            Sight::Seen { items, run: _ } => weigh_items(policy, history, *source, items, now, &mut evidence),
            Sight::Absent(why) => {
                SourceRecord { name: *source, state: SourceState::Absent, last_active: None, detail: why.clone() }
            }
            Sight::Unknown(why) => {
                evidence.blind.push(format!("{}: {why}", source.as_str()));
                if let Some(remembered) = history.items.get(source) {
                    evidence.items.insert(*source, remembered.clone());
                }
                SourceRecord { name: *source, state: SourceState::Unknown, last_active: None, detail: why.clone() }
            }
        };
        evidence.sources.push(record);
    }
    evidence
}

fn weigh_items(
    policy: &IdlePolicy,
    history: &History,
    source: Source,
    items: &[Item],
    now: Instants,
    evidence: &mut Evidence,
) -> SourceRecord {
    let mut items: Vec<&Item> = items.iter().collect();
    items.sort_by(|a, b| (&a.id, &a.state, a.last_active).cmp(&(&b.id, &b.state, b.last_active)));
    let remembered = history.items.get(&source);
    let mut state = SourceState::Idle;
    let mut last_active = None;
    let mut details = Vec::new();
    let mut kept = BTreeMap::new();
    for item in items {
        let key = key_of(item, &kept);
        let next = remember(remembered.and_then(|map| map.get(&key)), item, now);
        details.push(describe(item, &next, now));
        match &item.state {
            ItemState::Busy => {
                push_once(&mut evidence.busy, item.label.clone());
                state = SourceState::Active;
            }
            ItemState::Unsettled(word) if is_still_settling(policy, &next, now) => {
                push_once(&mut evidence.unsettled, format!("{} ({word})", item.label));
                if state == SourceState::Idle {
                    state = SourceState::Unsettled;
                }
            }
            ItemState::Unsettled(_) | ItemState::Quiet => {}
        }
        if let Some(at) = next.active_at {
            last_active = last_active.max(Some(at));
            evidence.latest = evidence.latest.take().max(Some(Stamped { at, what: item.label.clone() }));
        }
        kept.insert(key, next);
    }
    evidence.items.insert(source, kept);
    SourceRecord { name: source, state, last_active, detail: summarize(&details) }
}

/// The key of an item's memory. No honest server lists an id twice; one that
/// does must not make us forget since when its items have been unsettled.
fn key_of(item: &Item, kept: &BTreeMap<String, ItemHistory>) -> String {
    let mut key = item.id.clone();
    while kept.contains_key(&key) {
        key.push('\'');
    }
    key
}

/// A kernel and its session are one thing to a person, and carry one label.
fn push_once(labels: &mut Vec<String>, label: String) {
    if !labels.contains(&label) {
        labels.push(label);
    }
}

/// What is remembered of an item after this look.
fn remember(before: Option<&ItemHistory>, item: &Item, now: Instants) -> ItemHistory {
    let active_at = match before {
        Some(before) if before.stamp == item.last_active => before.active_at,
        _ => item.last_active.map(|stamp| stamp.min(now.wall)),
    };
    let unsettled_since = match item.state {
        ItemState::Unsettled(_) => Some(before.and_then(|b| b.unsettled_since).unwrap_or(now)),
        ItemState::Busy | ItemState::Quiet => None,
    };
    ItemHistory { stamp: item.last_active, active_at, unsettled_since }
}

/// Whether an unsettled item still counts as work. Going from one unsettled
/// state to another starts no new term, so a kernel that restarts for ever does
/// not keep its app for ever.
fn is_still_settling(policy: &IdlePolicy, item: &ItemHistory, now: Instants) -> bool {
    item.unsettled_since.is_some_and(|since| now.since(since) < policy.unsettled_limit())
}

fn describe(item: &Item, remembered: &ItemHistory, now: Instants) -> String {
    let state = match &item.state {
        ItemState::Busy => "busy",
        ItemState::Quiet => "idle",
        ItemState::Unsettled(state) => state.as_str(),
    };
    let future = match remembered.stamp {
        Some(stamp) if stamp > now.wall => {
            format!(", stamp {stamp} is in the future, counted as {}", first_seen(remembered))
        }
        _ => String::new(),
    };
    format!("{}: {state}{future}", item.label)
}

fn first_seen(remembered: &ItemHistory) -> String {
    remembered.active_at.map_or_else(|| "now".to_owned(), |at: Timestamp| format!("first seen {at}"))
}

/// At most this many items are spelled out in a record, which is one line.
const MAX_DETAILS: usize = 5;

fn summarize(details: &[String]) -> String {
    match details {
        [] => "none".to_owned(),
        few if few.len() <= MAX_DETAILS => few.join("; "),
        many => format!("{}; and {} more", many[..MAX_DETAILS].join("; "), many.len() - MAX_DETAILS),
    }
}
