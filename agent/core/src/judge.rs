//! The idle rule.

use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::activity::{Activity, Snooze};
use crate::evidence::{Evidence, weigh};
use crate::history::{History, Work};
use crate::instants::Instants;
use crate::policy::IdlePolicy;
use crate::reason::{Explained, Reason};
use crate::record::SourceRecord;
use crate::watch::carry_on;

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
    /// For how long the app has been watched without a break.
    pub watched_for: Duration,
    /// How long until the stop if nothing happens; `None` while nothing leads there.
    pub stops_in: Option<Duration>,
    /// Each source in a line, in order.
    pub sources: Vec<SourceRecord>,
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
#[must_use]
pub fn judge(policy: &IdlePolicy, history: &History, activity: &Activity, now: Instants) -> Judgement {
    let mut next = carry_on(policy, history, activity, now);
    let evidence = weigh(policy, &next, activity, now);
    next.items.clone_from(&evidence.items);
    next.last_stamp = next.last_stamp.take().max(evidence.latest.clone());
    let at_work = evidence.busy.first().or(evidence.unsettled.first());
    if let Some(what) = at_work {
        next.last_work = Some(Work { at: now, what: what.clone() });
    }

    let watched_for = next.watching_since.map_or(Duration::ZERO, |since| now.since(since));
    let idle_for = idle_by_evidence(&next, now).min(watched_for);
    let snooze = activity.snooze.as_ref().filter(|snooze| snooze.until > now.wall);
    let (verdict, decision, reason) = if at_work.is_some() || !activity.is_complete() {
        let (verdict, reason) = keep_at_work_or_blind(&evidence);
        if verdict == Verdict::Active {
            next.warned_since = None;
        }
        (verdict, Decision::Keep, reason)
    } else {
        let (decision, reason) = idle_decision(policy, &mut next, snooze, idle_for, now);
        (Verdict::Idle, decision, reason)
    };
    let idle_for = match verdict {
        Verdict::Active => Duration::ZERO,
        Verdict::Idle => idle_for,
        // What lies after the last whole look was not seen.
        Verdict::Unknown => idle_for.saturating_sub(next.last_whole_look.map_or(idle_for, |last| now.since(last))),
    };
    let stops_in = match (verdict, decision) {
        (_, Decision::Stop) => Some(Duration::ZERO),
        (Verdict::Idle, _) if snooze.is_none() => Some(stops_in(policy, &next, idle_for, now)),
        _ => None,
    };
    Judgement { verdict, decision, reason, idle_for, watched_for, stops_in, sources: evidence.sources, history: next }
}

/// Idle time by evidence alone: since the last stamp and since our last sight of work.
fn idle_by_evidence(history: &History, now: Instants) -> Duration {
    let since_stamp = history.last_stamp.as_ref().map_or(Duration::MAX, |stamped| now.age_of(stamped.at));
    let since_work = history.last_work.as_ref().map_or(Duration::MAX, |work| now.since(work.at));
    since_stamp.min(since_work)
}

fn keep_at_work_or_blind(evidence: &Evidence) -> (Verdict, Explained) {
    if let Some(what) = evidence.busy.first() {
        (Verdict::Active, explained(Reason::Busy, format!("{what} is busy{}", and_more(&evidence.busy))))
    } else if let Some(what) = evidence.unsettled.first() {
        let text = format!("{what} has not settled yet{}", and_more(&evidence.unsettled));
        (Verdict::Active, explained(Reason::Unsettled, text))
    } else if evidence.blind.is_empty() {
        (Verdict::Unknown, explained(Reason::SourceUnknown, "no source was asked".to_owned()))
    } else {
        (Verdict::Unknown, explained(Reason::SourceUnknown, format!("could not see {}", evidence.blind.join("; "))))
    }
}

/// The decision over an app that is idle and wholly seen.
fn idle_decision(
    policy: &IdlePolicy,
    next: &mut History,
    snooze: Option<&Snooze>,
    idle_for: Duration,
    now: Instants,
) -> (Decision, Explained) {
    let timeout = policy.idle_timeout();
    if let Some(Snooze { until, reason }) = snooze {
        next.warned_since = None;
        let why = if reason.is_empty() { String::new() } else { format!(": {reason}") };
        return (Decision::Keep, explained(Reason::Snoozed, format!("snoozed until {until:.0}{why}")));
    }
    if idle_for < timeout.saturating_sub(policy.warn_before()) {
        next.warned_since = None;
        return (Decision::Keep, why_not_yet(next, idle_for, timeout, now));
    }
    let warned_since = *next.warned_since.get_or_insert(now);
    let warned_enough = now.since(warned_since) >= policy.warn_before();
    if idle_for >= timeout && warned_enough {
        let text =
            format!("idle for {}, the idle timeout is {}; {}", span(idle_for), span(timeout), last_activity(next));
        (Decision::Stop, explained(Reason::IdleTimeout, text))
    } else {
        let left = stops_in(policy, next, idle_for, now);
        let text = format!("idle for {}, stops in {}; {}", span(idle_for), span(left), last_activity(next));
        (Decision::Warn, explained(Reason::StopIsNear, text))
    }
}

/// Why an idle app is kept: something happened lately, or the watch is younger than the timeout.
fn why_not_yet(history: &History, watched: Duration, timeout: Duration, now: Instants) -> Explained {
    let by_evidence = idle_by_evidence(history, now);
    if by_evidence >= timeout {
        let text = format!("watched for {} of the {} that it takes", span(watched), span(timeout));
        explained(Reason::NotWatchedLongEnough, text)
    } else {
        let text = format!("idle for {} of {}; {}", span(watched), span(timeout), last_activity(history));
        explained(Reason::RecentActivity, text)
    }
}

/// The time until idle timeout and warning are both over.
fn stops_in(policy: &IdlePolicy, history: &History, idle_for: Duration, now: Instants) -> Duration {
    let by_idleness = policy.idle_timeout().saturating_sub(idle_for);
    let by_warning = match history.warned_since {
        Some(since) => policy.warn_before().saturating_sub(now.since(since)),
        None => policy.warn_before(),
    };
    by_idleness.max(by_warning)
}

fn last_activity(history: &History) -> String {
    let work = history.last_work.as_ref().map(|work| (work.at.wall, work.what.as_str()));
    let stamp = history.last_stamp.as_ref().map(|stamped| (stamped.at, stamped.what.as_str()));
    match work.max(stamp) {
        Some((at, what)) => format!("last activity: {what} at {at:.0}"),
        None => "no activity was ever seen".to_owned(),
    }
}

fn explained(code: Reason, text: String) -> Explained {
    Explained { code, text }
}

fn and_more(labels: &[String]) -> String {
    match labels.len() {
        0 | 1 => String::new(),
        n => format!(" (and {} more)", n - 1),
    }
}

/// A duration for people, in whole seconds: `1h 2m 3s`.
fn span(duration: Duration) -> String {
    let seconds = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    format!("{:#}", SignedDuration::from_secs(seconds))
}
