//! What another idle timeout would have done to the times of idleness that were recorded.

use jiff::SignedDuration;

use super::WhatIf;
use super::cut::Cut;
use super::rates::Rates;
use crate::fold::{Episode, Folded, Run};
use crate::line::{IdleEnd, Kind};

/// Stops, interruptions and money of this timeout: each time of idleness that was longer would
/// have ended then, and one that ended with work is taken to have been started again for that.
pub(super) fn supposed(folded: &Folded, timeout: SignedDuration, cut: Cut, rates: &mut Rates<'_>) -> WhatIf {
    let mut found = WhatIf {
        idle_timeout_seconds: u64::try_from(timeout.as_secs()).unwrap_or_default(),
        stops: 0,
        interrupted: 0,
        saved: rates.nothing(),
        runs_heard: 0,
        runs_unheard: 0,
    };
    for run in folded.runs().filter(|run| has_agent(*run)) {
        if cut.pieces(run.begin(), run.end()).next().is_none() {
            continue;
        }
        match run.idle().len() {
            0 => found.runs_unheard += 1,
            _ => found.runs_heard += 1,
        }
        for episode in run.idle() {
            add(run, episode, timeout, cut, rates, &mut found);
        }
    }
    found
}

/// What an agent can watch.
fn has_agent(run: Run<'_>) -> bool {
    matches!(run.kind(), Some(Kind::App | Kind::NotebookInstance))
}

fn add(run: Run<'_>, episode: Episode, timeout: SignedDuration, cut: Cut, rates: &mut Rates<'_>, found: &mut WhatIf) {
    let Episode { since, until, ended } = episode;
    let Some(stop) = since.saturating_add(timeout).ok().filter(|stop| *stop < until) else { return };
    if (cut.since..cut.until).contains(&stop.as_second()) {
        found.stops += 1;
        found.interrupted += u64::from(ended == IdleEnd::Work);
    }
    for span in run.spans() {
        for piece in cut.pieces(span.from.max(stop), span.to.min(until)) {
            let rate = rates.of(run.scope(), span);
            found.saved.add(rate.list, rate.net_saved, piece.seconds());
        }
    }
}
