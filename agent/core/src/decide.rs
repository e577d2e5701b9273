//! From evidence to a decision with its reason.

use std::time::Duration;

use crate::activity::{Activity, Snooze};
use crate::evidence::Evidence;
use crate::history::History;
use crate::instants::Instants;
use crate::judge::{Decision, Verdict};
use crate::policy::IdlePolicy;
use crate::reason::{Explained, Reason};
use crate::record::SourceState;
use crate::watch::blind_for;
use crate::words::{and_more, span};

/// All that a decision is made of.
pub(crate) struct Case<'a> {
    pub(crate) policy: &'a IdlePolicy,
    pub(crate) activity: &'a Activity,
    pub(crate) evidence: &'a Evidence,
    pub(crate) verdict: Verdict,
    pub(crate) idle_for: Duration,
    pub(crate) now: Instants,
}

/// A decision with its reason.
pub(crate) struct Decided {
    pub(crate) decision: Decision,
    pub(crate) reason: Explained,
    /// The time until the stop if nothing happens; `None` while nothing leads there.
    pub(crate) stops_in: Option<Duration>,
    /// What holds back every stop now, due or not.
    pub(crate) held_back: Option<Reason>,
}

/// The decision over an app. Notes in the history since when a warning stands.
pub(crate) fn decide(case: &Case, next: &mut History) -> Decided {
    let Case { policy, verdict, now, .. } = *case;
    let hold = case.held_back();
    let held_back = hold.as_ref().map(|why| why.code);
    let stop = match case.wanted(next) {
        Wanted::Keep(reason) => {
            // A look that saw nothing neither renews a warning nor calls it off.
            if verdict != Verdict::Unknown {
                next.warned_since = None;
            }
            let stops_in = case.stops_in(next).filter(|_| reason.code != Reason::Snoozed);
            return Decided { decision: Decision::Keep, reason, stops_in, held_back };
        }
        Wanted::Stop(stop) => stop,
    };
    if let Some(reason) = hold {
        next.warned_since = None;
        return Decided { decision: Decision::Keep, reason, stops_in: None, held_back };
    }
    let warned_since = *next.warned_since.get_or_insert(now);
    if stop.due_in.is_zero() && now.since(warned_since) >= policy.warn_before() {
        let reason = explained(stop.code, stop.text);
        return Decided { decision: Decision::Stop, reason, stops_in: Some(Duration::ZERO), held_back };
    }
    let left = stop.due_in.max(warning_left(policy, next, now));
    let reason = explained(Reason::StopIsNear, format!("{}; stops in {}", stop.text, span(left)));
    Decided { decision: Decision::Warn, reason, stops_in: Some(left), held_back }
}

/// Idle time by evidence alone: since the last stamp and since our last sight of work.
pub(crate) fn idle_by_evidence(history: &History, now: Instants) -> Duration {
    let since_stamp = history.last_stamp.as_ref().map_or(Duration::MAX, |stamped| now.age_of(stamped.at));
    let since_work = history.last_work.as_ref().map_or(Duration::MAX, |work| now.since(work.at));
    since_stamp.min(since_work)
}

/// What the evidence alone asks for.
enum Wanted {
    Keep(Explained),
    Stop(Due),
}

/// A stop that is near or due.
struct Due {
    code: Reason,
    text: String,
    due_in: Duration,
}

impl Case<'_> {
    fn wanted(&self, next: &History) -> Wanted {
        match self.over_age() {
            Some(age) => Wanted::Stop(age),
            None if self.verdict == Verdict::Idle => self.wanted_when_idle(next),
            None => Wanted::Keep(self.why_at_work_or_blind(next)),
        }
    }

    fn why_at_work_or_blind(&self, next: &History) -> Explained {
        let Evidence { busy, unsettled, blind, .. } = self.evidence;
        if let Some(what) = busy.first() {
            return explained(Reason::Busy, format!("{what} is busy{}", and_more(busy)));
        }
        if let Some(what) = unsettled.first() {
            return explained(Reason::Unsettled, format!("{what} has not settled yet{}", and_more(unsettled)));
        }
        let blind_for = blind_for(next, self.now);
        let what = if blind.is_empty() {
            "no source was asked".to_owned()
        } else {
            format!("could not see {}", blind.join("; "))
        };
        if blind_for >= self.policy.parts().blind_after {
            explained(Reason::Blind, format!("blind for {}: {what}", span(blind_for)))
        } else {
            explained(Reason::SourceUnknown, what)
        }
    }

    fn wanted_when_idle(&self, next: &History) -> Wanted {
        let Self { policy, activity, evidence, idle_for, now, .. } = *self;
        if let Some(Snooze { until, reason }) = activity.snooze.as_ref().filter(|snooze| snooze.until > now.wall) {
            let why = if reason.is_empty() { String::new() } else { format!(": {reason}") };
            return Wanted::Keep(explained(Reason::Snoozed, format!("snoozed until {until:.0}{why}")));
        }
        let timeout = policy.idle_timeout_now(activity, now);
        if idle_for < timeout.saturating_sub(policy.warn_before()) {
            return Wanted::Keep(why_not_yet(next, idle_for, timeout, now));
        }
        let (code, what) = match evidence.stuck.first() {
            Some(stuck) => (Reason::Stuck, format!("{stuck}{}", and_more(&evidence.stuck))),
            None => (Reason::IdleTimeout, last_activity(next)),
        };
        let text = format!("idle for {}, the idle timeout is {}; {what}", span(idle_for), span(timeout));
        Wanted::Stop(Due { code, text, due_in: timeout.saturating_sub(idle_for) })
    }

    /// The stop of an app that is too old, or nearly.
    fn over_age(&self) -> Option<Due> {
        let due_in = self.age_left().filter(|left| *left <= self.policy.warn_before())?;
        let started = self.activity.facts.started_at?;
        let max_age = self.policy.parts().max_age?;
        let text = format!("running since {started:.0}; the administrator's max-age is {}", span(max_age));
        Some(Due { code: Reason::MaxAge, text, due_in })
    }

    fn age_left(&self) -> Option<Duration> {
        let max_age = self.policy.parts().max_age?;
        Some(max_age.saturating_sub(self.now.age_of(self.activity.facts.started_at?)))
    }

    /// What forbids any stop, whatever the evidence says.
    fn held_back(&self) -> Option<Explained> {
        if let Some(why) = &self.activity.facts.prepaid {
            return Some(explained(Reason::Prepaid, format!("a stop would save nothing: {why}")));
        }
        let hours = self.policy.parts().office_hours.as_ref().filter(|hours| hours.contains(self.now.wall))?;
        Some(explained(Reason::OfficeHours, format!("a stop is due, but not in office hours ({hours})")))
    }

    /// The time until a stop of an app that is kept now.
    fn stops_in(&self, next: &History) -> Option<Duration> {
        let Self { policy, activity, verdict, idle_for, now, .. } = *self;
        let by_idleness = policy.idle_timeout_now(activity, now).saturating_sub(idle_for);
        let by_idleness = (verdict == Verdict::Idle).then_some(by_idleness);
        let soonest = [self.age_left(), by_idleness].into_iter().flatten().min()?;
        Some(soonest.max(warning_left(policy, next, now)))
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

fn warning_left(policy: &IdlePolicy, history: &History, now: Instants) -> Duration {
    history.warned_since.map_or(policy.warn_before(), |since| policy.warn_before().saturating_sub(now.since(since)))
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

impl Evidence {
    /// Marks the sources that hold the app up, for whoever asks why it does not stop.
    pub(crate) fn mark_holding(&mut self, verdict: Verdict, reason: &Explained, next: &History, now: Instants) {
        // A stamp holds nothing where a later one of something that is gone, or our
        // own later sight of work, would keep the app without it.
        let stamp = next.last_stamp.as_ref().map(|stamped| stamped.at);
        let binding = stamp.filter(|at| now.age_of(*at) == idle_by_evidence(next, now));
        for source in &mut self.sources {
            source.holds = match verdict {
                Verdict::Active => matches!(source.state, SourceState::Active | SourceState::Unsettled),
                Verdict::Unknown => source.state == SourceState::Unknown,
                Verdict::Idle => {
                    reason.code == Reason::RecentActivity && binding.is_some() && source.last_active == binding
                }
            };
        }
    }
}
