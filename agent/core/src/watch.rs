//! The watch: since when this agent has really been looking.

use std::time::Duration;

use crate::activity::{Activity, Sight, Source};
use crate::history::History;
use crate::instants::Instants;
use crate::policy::{IdlePolicy, WhenBlind};

/// How well this look saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Eyesight {
    /// Every source could be read.
    Whole,
    /// A server has been silent for longer than blind-after, and the
    /// administrator lets processes and GPU alone prove idleness.
    ByProcesses,
    /// Something could not be read.
    Blind,
}

/// The history with its watch carried on to `now`: begun, continued, or begun again.
///
/// A watch begins with a whole look. It begins again after a step of a clock,
/// after a gap longer than the stamps can cover, and after a restart of the
/// server, whose stamps and kernels are not those that were watched.
pub(crate) fn carry_on(
    policy: &IdlePolicy,
    history: &History,
    activity: &Activity,
    now: Instants,
) -> (History, Eyesight) {
    let mut next = if was_stepped(history, now) { History::default() } else { history.clone() };
    let restarted = note_runs(&mut next, activity);
    let gap = next.last_whole_look.is_some_and(|last| now.since(last) > policy.longest_gap());
    if restarted || gap {
        next.watching_since = None;
    }
    let eyesight = eyesight(policy, &mut next, activity, now);
    if eyesight != Eyesight::Blind {
        next.watching_since.get_or_insert(now);
        next.last_whole_look = Some(now);
    }
    next.last_look = Some(now);
    (next, eyesight)
}

/// For how long at least one source could not be read.
pub(crate) fn blind_for(history: &History, now: Instants) -> Duration {
    history.blind_since.map_or(Duration::ZERO, |since| now.since(since))
}

fn eyesight(policy: &IdlePolicy, next: &mut History, activity: &Activity, now: Instants) -> Eyesight {
    if activity.is_complete() {
        next.blind_since = None;
        return Eyesight::Whole;
    }
    next.blind_since.get_or_insert(now);
    let long = blind_for(next, now) >= policy.parts().blind_after;
    let allowed = policy.parts().when_blind == WhenBlind::JudgeProcesses;
    if long && allowed && machine_is_seen(activity) { Eyesight::ByProcesses } else { Eyesight::Blind }
}

/// Whether what the machine itself shows could be read: its processes, and its
/// GPUs and containers where it has such.
fn machine_is_seen(activity: &Activity) -> bool {
    let seen = matches!(activity.sight_of(Source::Processes), Some(Sight::Seen { .. }));
    let machine = [Source::PseudoTerminals, Source::SshSessions, Source::Gpu, Source::Docker];
    seen && machine.iter().all(|source| !matches!(activity.sight_of(*source), Some(Sight::Unknown(_))))
}

/// Compared with the start of the watch, too: many small steps are one large one.
fn was_stepped(history: &History, now: Instants) -> bool {
    [history.watching_since, history.last_look].into_iter().flatten().any(|earlier| now.stepped_since(earlier))
}

/// Notes each source's run and returns whether one of them is another run than before.
fn note_runs(history: &mut History, activity: &Activity) -> bool {
    let mut restarted = false;
    for reading in &activity.readings {
        if let Sight::Seen { run: Some(run), .. } = &reading.sight {
            let before = history.runs.insert(reading.source, run.clone());
            restarted |= before.is_some_and(|before| before != *run);
        }
    }
    restarted
}
