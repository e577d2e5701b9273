//! What is remembered of one item from look to look.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::activity::{Activity, Claim, Item, ItemState, Sight, Source};
use crate::history::ItemHistory;
use crate::instants::Instants;
use crate::policy::IdlePolicy;

/// A stamp that has not moved for this long has paused: nobody works through a
/// day without half an hour away from the keyboard.
const PAUSE: Duration = Duration::from_secs(30 * 60);

/// What is remembered of an item after this look.
pub(crate) fn remember(
    before: Option<&ItemHistory>,
    source: Source,
    item: &Item,
    activity: &Activity,
    now: Instants,
) -> ItemHistory {
    let moved = before.is_none_or(|before| before.stamp != item.last_active);
    let ours = item.last_active.is_some_and(|stamp| activity.echoes.iter().any(|echo| echo.covers(source, stamp)));
    let unsettled_since = match item.state {
        ItemState::Unsettled(_) => Some(before.and_then(|b| b.unsettled_since).unwrap_or(now)),
        ItemState::Busy | ItemState::Quiet => None,
    };
    let moved_by_others = moved && !ours;
    ItemHistory {
        stamp: item.last_active,
        active_at: if moved_by_others {
            item.last_active.map(|stamp: Timestamp| stamp.min(now.wall))
        } else {
            before.and_then(|before| before.active_at)
        },
        unsettled_since,
        alive_at: alive_at(before, item, moved_by_others, activity, now),
        moved_at: if moved_by_others { Some(now) } else { before.and_then(|before| before.moved_at) },
        restless_since: restless_since(before, moved_by_others, now),
    }
}

/// What is remembered of the items of a source that could not be read. Time in
/// which nothing could be seen is no time without a sign of life.
pub(crate) fn remember_unseen(
    before: &BTreeMap<String, ItemHistory>,
    unseen_for: Duration,
) -> BTreeMap<String, ItemHistory> {
    let later =
        |item: &ItemHistory| ItemHistory { alive_at: item.alive_at.map(|at| at.later_by(unseen_for)), ..item.clone() };
    before.iter().map(|(key, item)| (key.clone(), later(item))).collect()
}

/// Whether an unsettled item still counts as work. Going from one unsettled
/// state to another starts no new term, so a kernel that restarts for ever does
/// not keep its app for ever.
pub(crate) fn is_still_settling(policy: &IdlePolicy, item: &ItemHistory, now: Instants) -> bool {
    item.unsettled_since.is_some_and(|since| now.since(since) < policy.unsettled_limit())
}

/// Whether a busy item has shown no sign of life for too long.
pub(crate) fn is_stuck(policy: &IdlePolicy, item: &ItemHistory, now: Instants) -> bool {
    item.alive_at.is_some_and(|alive| now.since(alive) >= policy.parts().stuck_after)
}

/// The last sign of life of a claim to be busy; `None` where nothing is claimed.
fn alive_at(
    before: Option<&ItemHistory>,
    item: &Item,
    moved: bool,
    activity: &Activity,
    now: Instants,
) -> Option<Instants> {
    let claim = item.claim.as_ref().filter(|_| item.state == ItemState::Busy)?;
    if moved || lives(claim, activity) { Some(now) } else { before.and_then(|before| before.alive_at).or(Some(now)) }
}

/// Whether a claim is borne out now: by a client, by CPU time, by a GPU, or
/// because what would bear it out cannot be seen.
fn lives(claim: &Claim, activity: &Activity) -> bool {
    claim.clients.is_some_and(|clients| clients > 0) || cpu_lives(claim, activity) || gpu_lives(activity)
}

fn cpu_lives(claim: &Claim, activity: &Activity) -> bool {
    let Some(id) = &claim.processes else { return false };
    let Some(Sight::Seen { items, .. }) = activity.sight_of(Source::Processes) else { return true };
    // Work whose processes are not to be found here cannot be called dead.
    items.iter().find(|item| item.id == *id).is_none_or(|item| item.state == ItemState::Busy)
}

fn gpu_lives(activity: &Activity) -> bool {
    match activity.sight_of(Source::Gpu) {
        Some(Sight::Seen { items, .. }) => items.iter().any(|item| item.state == ItemState::Busy),
        Some(Sight::Unknown(_)) => true,
        Some(Sight::Absent(_)) | None => false,
    }
}

fn restless_since(before: Option<&ItemHistory>, moved: bool, now: Instants) -> Option<Instants> {
    let since = before.and_then(|before| before.restless_since);
    let paused = before.and_then(|before| before.moved_at).is_none_or(|at| now.since(at) > PAUSE);
    match (moved, paused) {
        (true, true) => Some(now),
        (true, false) => since.or(Some(now)),
        (false, true) => None,
        (false, false) => since,
    }
}
