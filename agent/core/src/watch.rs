//! The watch: since when this agent has really been looking.

use crate::activity::{Activity, Sight};
use crate::history::History;
use crate::instants::Instants;
use crate::policy::IdlePolicy;

/// The history with its watch carried on to `now`: begun, continued, or begun again.
///
/// A watch begins with a whole look. It begins again after a step of a clock,
/// after a gap longer than the stamps can cover, and after a restart of the
/// server, whose stamps and kernels are not those that were watched.
pub(crate) fn carry_on(policy: &IdlePolicy, history: &History, activity: &Activity, now: Instants) -> History {
    let mut next = if was_stepped(history, now) { History::default() } else { history.clone() };
    let restarted = note_runs(&mut next, activity);
    let gap = next.last_whole_look.is_some_and(|last| now.since(last) > policy.longest_gap());
    if restarted || gap {
        next.watching_since = None;
    }
    if activity.is_complete() {
        next.watching_since.get_or_insert(now);
        next.last_whole_look = Some(now);
    }
    next.last_look = Some(now);
    next
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
