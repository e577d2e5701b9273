//! Times of idleness, each once.

use super::facts::IdleFact;
use crate::line::IdleEnd;

/// Heartbeats are told by the minute: one time of idleness may seem to begin so far apart.
const SLACK: i64 = 120_000_000;

/// The times of one run: those that overlap are one, since nothing is idle twice at once. What
/// touches the end of work is another. `facts` are in order; work returned where another follows.
pub(super) fn merged(facts: &[IdleFact], out: &mut Vec<IdleFact>) {
    let first = out.len();
    for fact in facts {
        match out[first..].last_mut() {
            Some(last) if is_same(last, fact) => {
                let latest = (last.until, last.ended).max((fact.until, fact.ended));
                (last.until, last.ended) = latest;
            }
            Some(last) => {
                last.ended = IdleEnd::Work;
                last.until = last.until.min(fact.since);
                out.push(*fact);
            }
            None => out.push(*fact),
        }
    }
}

fn is_same(earlier: &IdleFact, later: &IdleFact) -> bool {
    let begin_together = later.since - earlier.since <= SLACK;
    begin_together
        || later.since < earlier.until - SLACK
        || (later.since <= earlier.until + SLACK && earlier.ended != IdleEnd::Work)
}
