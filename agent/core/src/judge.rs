//! The idle rule.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::activity::Activity;
use crate::decide::{Case, Decided, decide, idle_by_evidence};
use crate::evidence::weigh;
use crate::history::{History, Work};
use crate::instants::Instants;
use crate::policy::IdlePolicy;
use crate::reason::{Explained, Reason};
use crate::record::SourceRecord;
use crate::watch::{Eyesight, blind_for, carry_on};
use crate::words::span;

/// What the app is, as far as could be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Something is at work.
    Active,
    /// Everything could be seen, and nothing is at work.
    Idle,
    /// Something could not be seen. Unknown is not idle.
    Unknown,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// Leave the app running.
    Keep,
    /// Tell the user that the stop is near.
    Warn,
    /// Stop the app, after looking once more.
    Stop,
}

/// One judgement, with all that is needed to explain it and to make the next.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// What the app is.
    pub verdict: Verdict,
    /// What is to be done.
    pub decision: Decision,
    /// Why.
    pub reason: Explained,
    /// For how long the app has been idle, as watched by this agent.
    pub idle_for: Duration,
    /// The idle timeout in force.
    pub idle_timeout: Duration,
    /// For how long the app has been watched without a break.
    pub watched_for: Duration,
    /// For how long something could not be seen, once that is longer than blind-after.
    pub blind_for: Option<Duration>,
    /// How long until the stop if nothing happens; `None` while nothing leads there.
    pub stops_in: Option<Duration>,
    /// What holds back every stop now, due or not: prepaid capacity, office hours.
    pub held_back: Option<Reason>,
    /// Each source in a line, in order.
    pub sources: Vec<SourceRecord>,
    /// What a reader should look into.
    pub notes: Vec<String>,
    /// What the next judgement must know.
    pub history: History,
}

/// The judgement over one look.
///
/// * Something at work keeps the app, however old its stamp is.
/// * What cannot be seen keeps the app.
/// * A stop needs the idle timeout three times over: since the last activity
///   that any source stamped, since our own last sight of work, and since our
///   own watch began. And it needs a warning that stood long enough.
/// * An age limit, where the administrator set one, stops an app at work, too.
#[must_use]
pub fn judge(policy: &IdlePolicy, history: &History, activity: &Activity, now: Instants) -> Judgement {
    let (mut next, eyesight) = carry_on(policy, history, activity, now);
    let since_last_look = history.last_look.map_or(Duration::ZERO, |last| now.since(last));
    let mut evidence = weigh(policy, &next, activity, since_last_look, now);
    next.items.clone_from(&evidence.items);
    next.last_stamp = next.last_stamp.take().max(evidence.latest.clone());
    let at_work = evidence.busy.first().or(evidence.unsettled.first());
    if let Some(what) = at_work {
        next.last_work = Some(Work { at: now, what: what.clone() });
    }

    let watched_for = next.watching_since.map_or(Duration::ZERO, |since| now.since(since));
    let verdict = match (at_work, eyesight) {
        (Some(_), _) => Verdict::Active,
        (None, Eyesight::Blind) => Verdict::Unknown,
        (None, Eyesight::Whole | Eyesight::ByProcesses) => Verdict::Idle,
    };
    let idle_for = idle_for(verdict, &next, watched_for, now);
    let case = Case { policy, activity, evidence: &evidence, verdict, idle_for, now };
    let Decided { decision, reason, stops_in, held_back } = decide(&case, &mut next);
    let blind_for = Some(blind_for(&next, now)).filter(|blind| *blind >= policy.parts().blind_after);
    evidence.mark_holding(verdict, &reason, &next, now);
    let mut notes = activity.facts.notes.clone();
    notes.extend(blind_for.map(|blind| blind_note(blind, eyesight)));
    notes.append(&mut evidence.notes);
    Judgement {
        verdict,
        decision,
        reason,
        idle_for,
        idle_timeout: policy.idle_timeout_now(activity, now),
        watched_for,
        blind_for,
        stops_in,
        held_back,
        sources: evidence.sources,
        notes,
        history: next,
    }
}

fn idle_for(verdict: Verdict, next: &History, watched_for: Duration, now: Instants) -> Duration {
    let idle_for = idle_by_evidence(next, now).min(watched_for);
    match verdict {
        Verdict::Active => Duration::ZERO,
        Verdict::Idle => idle_for,
        // What lies after the last whole look was not seen.
        Verdict::Unknown => idle_for.saturating_sub(next.last_whole_look.map_or(idle_for, |last| now.since(last))),
    }
}

fn blind_note(blind: Duration, eyesight: Eyesight) -> String {
    let how = if eyesight == Eyesight::ByProcesses { "; judged by processes and GPU alone" } else { "" };
    format!("blind: something could not be read for {}{how}", span(blind))
}
