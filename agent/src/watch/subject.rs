//! One watched resource: its history, its warning, its stop.

use std::path::PathBuf;

use idle_core::{
    Activity, AppFacts, Decision, DecisionRecord, Echo, History, Instants, Judgement, PreStopRecord, Reading,
    ResourceRef, Snooze, judge,
};

use crate::act::{self, Actuator, Outcome, Pace};
use crate::record::Watched;
use crate::settings::{People, Settings};
use crate::tell::{Notice, Receipt, run_hook, tell_terminals};

/// Our own lines on terminals that are remembered: a warning, and its end.
const MOST_ECHOES: usize = 8;

/// One watched resource.
#[derive(Debug)]
pub(crate) struct Subject {
    resource: ResourceRef,
    actuator: Option<Actuator>,
    history: History,
    pace: Pace,
    echoes: Vec<Echo>,
    notice: Notice,
    warned: bool,
    /// How the hook before this stop ended; it runs once, however often the stop is tried.
    pre_stop: Option<PreStopRecord>,
    last_attempt: Option<String>,
}

impl Subject {
    /// The subject of this resource, never looked at yet.
    pub(crate) fn new(resource: &ResourceRef, settings: &Settings) -> Self {
        let People { home, time_zone, .. } = &settings.people;
        Self {
            resource: resource.clone(),
            actuator: actuator(resource, settings),
            history: History::default(),
            pace: Pace::default(),
            echoes: Vec::new(),
            notice: Notice::new(home.as_deref(), time_zone.clone()),
            warned: false,
            pre_stop: None,
            last_attempt: None,
        }
    }

    /// Takes in what was learned of the resource itself: its creation time.
    pub(crate) fn identify(&mut self, known: &ResourceRef) {
        self.resource.clone_from(known);
    }

    /// Judges what was seen of it.
    pub(crate) fn judge(
        &mut self,
        settings: &Settings,
        readings: Vec<Reading>,
        snooze: Option<Snooze>,
        facts: AppFacts,
        native: &[Echo],
        now: Instants,
    ) -> Judgement {
        let echoes = self.echoes.iter().chain(native).copied().collect();
        let judgement = judge(&settings.policy, &self.history, &Activity { readings, snooze, facts, echoes }, now);
        self.history = judgement.history.clone();
        judgement
    }

    /// Whether this judgement is to be acted on now.
    pub(crate) fn is_to_stop(&self, judgement: &Judgement, now: Instants) -> bool {
        judgement.decision == Decision::Stop && self.actuator.is_some() && self.pace.allows(now)
    }

    /// The record of a judgement.
    pub(crate) fn record(&self, judgement: &Judgement, snoozes: u32, now: Instants) -> DecisionRecord {
        let mut record = DecisionRecord::new(&self.resource, judgement, now, self.actuator.is_none());
        record.snoozes = snoozes;
        if judgement.decision == Decision::Stop {
            record.pre_stop.clone_from(&self.pre_stop);
        }
        record
    }

    /// Tells the people that the stop is near, or that it is called off.
    pub(crate) fn tell(&mut self, judgement: &Judgement, terminals: &[PathBuf], now: Instants) {
        let reason = &judgement.reason.text;
        if judgement.decision == Decision::Keep {
            self.pre_stop = None;
            self.pace.reset();
            if std::mem::take(&mut self.warned) {
                tracing::info!("{}: the stop is called off: {reason}", self.resource);
                self.notice.clear();
                self.say(terminals, "the stop is called off", now);
            }
            return;
        }
        if judgement.decision == Decision::Warn {
            self.pace.reset();
        }
        let Some(stops_in) = judgement.stops_in else { return };
        // A rehearsal stops nothing, and so it alarms nobody.
        if self.actuator.is_some() {
            self.notice.show(now.wall, stops_in, reason);
        }
        if !std::mem::replace(&mut self.warned, true) {
            tracing::warn!("{}: {reason}; hint: idle-agent snooze 2h keeps it", self.resource);
            let time = self.notice.time(now.wall, stops_in);
            self.say(terminals, &format!("this app stops at {time}: idle. To keep it: idle-agent snooze 2h"), now);
        }
    }

    /// Runs the pre-stop hook, once for each stop.
    pub(crate) async fn prepare(&mut self, people: &People) {
        let Some(command) = &people.pre_stop else { return };
        if self.pre_stop.is_some() {
            return;
        }
        let record = run_hook(command, people.pre_stop_limit).await;
        if !record.succeeded {
            tracing::warn!("{}: the pre-stop hook {}; the stop goes on", self.resource, record.detail);
        }
        self.pre_stop = Some(record);
    }

    /// Asks for the stop, and leaves the receipt for the next start.
    pub(crate) async fn stop(&mut self, record: &DecisionRecord, people: &People, now: Instants) -> Option<Outcome> {
        let actuator = self.actuator.as_ref()?;
        // Before the call: what it asks for may end this process at once.
        let home = people.home.as_deref();
        let left = home.and_then(|home| Receipt::of(record).leave(home).err());
        if let Some(error) = left {
            tracing::debug!("the receipt could not be left: {error}");
        }
        let outcome = actuator.stop().await;
        self.pace.note(&outcome, now, fastrand::f64());
        self.last_attempt = Some(report(&self.resource, &outcome));
        if matches!(outcome, Outcome::Denied(_) | Outcome::Unavailable(_)) {
            home.into_iter().for_each(Receipt::withdraw);
        }
        Some(outcome)
    }

    /// When the next attempt may be made, while one is waited for.
    pub(crate) fn retry_in(&self, now: Instants) -> Option<std::time::Duration> {
        self.pace.next_in(now)
    }

    /// What `status` shows of it.
    pub(crate) fn state(&self, record: DecisionRecord) -> Watched {
        Watched { record, history: self.history.clone(), last_attempt: self.last_attempt.clone() }
    }

    fn say(&mut self, terminals: &[PathBuf], line: &str, now: Instants) {
        if self.actuator.is_none() {
            return;
        }
        self.echoes.extend(tell_terminals(terminals, line, now.wall));
        let surplus = self.echoes.len().saturating_sub(MOST_ECHOES);
        self.echoes.drain(..surplus);
    }
}

/// Nothing, in a rehearsal; nothing for an app that must never be deleted.
fn actuator(resource: &ResourceRef, settings: &Settings) -> Option<Actuator> {
    let consent = act::consent(settings.rehearse)?;
    Actuator::new(resource, consent).inspect_err(|error| tracing::warn!("{error}: watching only")).ok()
}

/// Logs how an attempt ended, and says it in words for `status`.
fn report(resource: &ResourceRef, outcome: &Outcome) -> String {
    let verb = if resource.app().is_some() { "deleting" } else { "stopping" };
    let words = match outcome {
        Outcome::Accepted => format!("SageMaker is {verb} {resource}"),
        Outcome::AlreadyGone => format!("{resource} is already gone"),
        Outcome::Denied(why) => format!(
            "not allowed to stop {resource}: {why}; hint: allow {} on {} to the execution role",
            act::action(resource),
            resource.arn()
        ),
        Outcome::Unavailable(why) => format!("could not ask for the stop of {resource}: {why}; trying again"),
    };
    match outcome {
        Outcome::Accepted | Outcome::AlreadyGone => tracing::info!("{words}"),
        Outcome::Denied(_) => tracing::error!("{words}"),
        Outcome::Unavailable(_) => tracing::warn!("{words}"),
    }
    words
}
