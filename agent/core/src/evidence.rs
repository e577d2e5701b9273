//! From what was seen to what it proves.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::activity::{Activity, Item, ItemState, Reading, Sight, Source};
use crate::history::{History, ItemHistory, Stamped};
use crate::instants::Instants;
use crate::memory::{is_still_settling, is_stuck, remember, remember_unseen};
use crate::policy::IdlePolicy;
use crate::record::{SourceRecord, SourceState};
use crate::suspicion::suspicions;
use crate::words::{span, summarize};

/// What one look proves, together with what was remembered.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    /// Labels of what is at work, in order of source and id.
    pub(crate) busy: Vec<String>,
    /// Labels of what is in no settled state, and not for too long.
    pub(crate) unsettled: Vec<String>,
    /// Labels of what claims to be busy without a sign of life, and for how long.
    pub(crate) stuck: Vec<String>,
    /// Sources that could not be read, and why.
    pub(crate) blind: Vec<String>,
    /// The latest stamped activity of this look.
    pub(crate) latest: Option<Stamped>,
    /// What a reader of the record should look into.
    pub(crate) notes: Vec<String>,
    /// What is to be remembered of the items.
    pub(crate) items: BTreeMap<Source, BTreeMap<String, ItemHistory>>,
    /// One line a source, for the record.
    pub(crate) sources: Vec<SourceRecord>,
}

/// The evidence of one look, `since_last_look` after the one before. The order of
/// the readings changes nothing.
pub(crate) fn weigh(
    policy: &IdlePolicy,
    history: &History,
    activity: &Activity,
    since_last_look: Duration,
    now: Instants,
) -> Evidence {
    let scale = Scale { policy, history, activity, now };
    let mut evidence = Evidence::default();
    let mut readings: Vec<&Reading> = activity.readings.iter().collect();
    readings.sort_by_key(|reading| reading.source);
    for Reading { source, sight } in readings {
        let record = match sight {
            Sight::Seen { items, run: _ } => scale.weigh_items(*source, items, &mut evidence),
            Sight::Absent(why) => SourceRecord::new(*source, SourceState::Absent, why.clone()),
            Sight::Unknown(why) => {
                evidence.blind.push(format!("{}: {why}", source.as_str()));
                if let Some(remembered) = history.items.get(source) {
                    evidence.items.insert(*source, remember_unseen(remembered, since_last_look));
                }
                SourceRecord::new(*source, SourceState::Unknown, why.clone())
            }
        };
        evidence.sources.push(record);
    }
    evidence
}

/// All that one item is weighed by.
struct Scale<'a> {
    policy: &'a IdlePolicy,
    history: &'a History,
    activity: &'a Activity,
    now: Instants,
}

impl Scale<'_> {
    fn weigh_items(&self, source: Source, items: &[Item], evidence: &mut Evidence) -> SourceRecord {
        let mut items: Vec<&Item> = items.iter().collect();
        items.sort_by(|a, b| (&a.id, &a.state, a.last_active).cmp(&(&b.id, &b.state, b.last_active)));
        let remembered = self.history.items.get(&source);
        let mut record = SourceRecord::new(source, SourceState::Idle, String::new());
        let mut details = Vec::new();
        let mut kept = BTreeMap::new();
        for item in items {
            let key = key_of(item, &kept);
            let before = remembered.and_then(|map| map.get(&key));
            let next = remember(before, source, item, self.activity, self.now);
            let (state, word) = self.state_of(item, &next, evidence);
            record.state = more_telling(record.state, state);
            details.push((state, format!("{}: {word}{}", item.label, self.about_the_future(&next))));
            evidence.notes.extend(suspicions(source, item, &next, self.now));
            if let Some(at) = next.active_at {
                record.last_active = record.last_active.max(Some(at));
                evidence.latest = evidence.latest.take().max(Some(Stamped { at, what: item.label.clone() }));
            }
            kept.insert(key, next);
        }
        evidence.items.insert(source, kept);
        record.detail = summarize(details);
        record
    }

    /// What the item counts as, noted in the evidence, and in a word for people.
    fn state_of(&self, item: &Item, next: &ItemHistory, evidence: &mut Evidence) -> (SourceState, String) {
        match &item.state {
            ItemState::Busy if is_stuck(self.policy, next, self.now) => {
                let silent = next.alive_at.map_or_else(String::new, |at| span(self.now.since(at)));
                push_once(&mut evidence.stuck, format!("{} is busy without a sign of life for {silent}", item.label));
                (SourceState::Idle, format!("busy, but stuck for {silent}"))
            }
            ItemState::Busy => {
                push_once(&mut evidence.busy, item.label.clone());
                (SourceState::Active, "busy".to_owned())
            }
            ItemState::Unsettled(word) if is_still_settling(self.policy, next, self.now) => {
                push_once(&mut evidence.unsettled, format!("{} ({word})", item.label));
                (SourceState::Unsettled, word.clone())
            }
            ItemState::Unsettled(word) => (SourceState::Idle, word.clone()),
            ItemState::Quiet => (SourceState::Idle, "idle".to_owned()),
        }
    }

    fn about_the_future(&self, remembered: &ItemHistory) -> String {
        match remembered.stamp {
            Some(stamp) if stamp > self.now.wall => {
                let counted =
                    remembered.active_at.map_or("never".to_owned(), |at: Timestamp| format!("first seen {at}"));
                format!(", stamp {stamp} is in the future, counted as {counted}")
            }
            _ => String::new(),
        }
    }
}

/// A source is as awake as its most wakeful item.
fn more_telling(a: SourceState, b: SourceState) -> SourceState {
    let rank = |state| match state {
        SourceState::Active => 2,
        SourceState::Unsettled => 1,
        SourceState::Idle | SourceState::Absent | SourceState::Unknown => 0,
    };
    if rank(b) > rank(a) { b } else { a }
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
