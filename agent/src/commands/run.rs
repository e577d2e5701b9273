//! `run`: the poll loop.

use std::time::Duration;

use idle_core::{AppRef, Decision, DecisionRecord, History, Instants, Judgement, judge};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::act::{self, DeleteApp, Outcome, Pace};
use crate::clock;
use crate::exit::Exit;
use crate::metadata;
use crate::observe::Observer;
use crate::record::{Sink, State, StateDir};
use crate::settings::Settings;
use crate::snooze;

/// Watches the app until it is told to end. A stop of the app ends this
/// process from outside, together with the app.
///
/// # Errors
/// When the app cannot be told or watched at all; never later than the first look.
pub(crate) async fn run(settings: &Settings) -> anyhow::Result<Exit> {
    let app = metadata::load(&settings.metadata_file)?;
    let observer = Observer::new(&app, settings.jupyter_url.as_ref())?;
    let actuator = actuator(&app, settings);
    let dir = StateDir::open(&settings.state_dir).inspect_err(|e| tracing::warn!("{e:#}: running without state")).ok();
    let lock = match dir.as_ref().map(StateDir::lock) {
        Some(Ok(None)) => {
            tracing::error!("another agent watches this app (state directory {})", settings.state_dir.display());
            return Ok(Exit::Refused);
        }
        Some(Ok(Some(lock))) => Some(lock),
        Some(Err(error)) => {
            tracing::warn!("{error:#}: running without a lock");
            None
        }
        None => None,
    };
    tracing::info!(
        "watching {app}: idle timeout {}, a look every {}{}",
        humantime::format_duration(settings.policy.idle_timeout()),
        humantime::format_duration(settings.poll_every),
        if actuator.is_none() { ", rehearsal: nothing will be stopped" } else { "" }
    );
    let sink = Sink::new(settings.output, settings.record_file.as_deref());
    let mut agent = Agent {
        settings,
        app,
        observer,
        actuator,
        dir,
        sink,
        history: History::default(),
        pace: Pace::default(),
        last_attempt: None,
        warned: false,
    };
    agent.watch(&mut Signals::new()?).await;
    drop(lock);
    Ok(Exit::Done)
}

/// Nothing, in a rehearsal; nothing for an app that must never be deleted.
fn actuator(app: &AppRef, settings: &Settings) -> Option<DeleteApp> {
    let consent = act::consent(settings.rehearse)?;
    DeleteApp::new(app, consent).inspect_err(|error| tracing::warn!("{error}: watching only")).ok()
}

struct Agent<'a> {
    settings: &'a Settings,
    app: AppRef,
    observer: Observer,
    actuator: Option<DeleteApp>,
    dir: Option<StateDir>,
    sink: Sink,
    history: History,
    pace: Pace,
    last_attempt: Option<String>,
    warned: bool,
}

impl Agent<'_> {
    async fn watch(&mut self, signals: &mut Signals) {
        loop {
            let pause = tokio::select! {
                pause = self.cycle() => pause,
                () = signals.end() => break,
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = signals.end() => break,
            }
        }
        tracing::info!("told to end: no longer watching {}", self.app);
    }

    /// One cycle: look, judge, record, and act if it comes to that. Returns the
    /// pause until the next.
    async fn cycle(&mut self) -> Duration {
        let (mut now, mut judgement) = self.look_and_judge().await;
        let may_act = self.actuator.is_some() && self.pace.allows(now);
        if judgement.decision == Decision::Stop && may_act {
            // A cell may have been started since the first look.
            (now, judgement) = self.look_and_judge().await;
        }
        self.tell(&judgement);
        let rehearsal = self.actuator.is_none();
        let record = DecisionRecord::new(&self.app, &self.settings.policy, &judgement, now, rehearsal);
        // Recorded before it is done: what is done may end this process.
        self.sink.put(&record);
        self.save(&record);
        if judgement.decision != Decision::Stop {
            self.pace.reset();
        } else if may_act {
            self.stop(now).await;
            self.save(&record);
        }
        let poll = jittered(self.settings.poll_every);
        match self.pace.next_in(now) {
            Some(retry) if judgement.decision == Decision::Stop => retry.min(poll),
            _ => poll,
        }
    }

    async fn look_and_judge(&mut self) -> (Instants, Judgement) {
        let snooze = snooze::in_force(&self.settings.state_dir, clock::now().wall, self.settings.snooze_max);
        let activity = self.observer.look(snooze).await;
        let now = clock::now();
        let judgement = judge(&self.settings.policy, &self.history, &activity, now);
        self.history = judgement.history.clone();
        (now, judgement)
    }

    async fn stop(&mut self, now: Instants) {
        let Some(actuator) = &mut self.actuator else { return };
        let outcome = actuator.stop().await;
        self.pace.note(&outcome, now, fastrand::f64());
        let app = &self.app;
        let words = match &outcome {
            Outcome::Accepted => format!("SageMaker is deleting {app}"),
            Outcome::AlreadyGone => format!("{app} is already gone"),
            Outcome::Denied(why) => format!(
                "not allowed to delete {app}: {why}; hint: allow sagemaker:DeleteApp on {} to the execution role",
                app.arn()
            ),
            Outcome::Unavailable(why) => format!("could not ask for the deletion of {app}: {why}; trying again"),
        };
        match &outcome {
            Outcome::Accepted | Outcome::AlreadyGone => tracing::info!("{words}"),
            Outcome::Denied(_) => tracing::error!("{words}"),
            Outcome::Unavailable(_) => tracing::warn!("{words}"),
        }
        self.last_attempt = Some(words);
    }

    /// Says once that the stop is near, and once that it was called off.
    fn tell(&mut self, judgement: &Judgement) {
        let warning = judgement.decision == Decision::Warn;
        if warning && !self.warned {
            tracing::warn!("{}: {}; hint: idle-agent snooze 2h keeps it", self.app, judgement.reason.text);
        } else if self.warned && judgement.decision == Decision::Keep {
            tracing::info!("{}: the stop is called off: {}", self.app, judgement.reason.text);
        }
        self.warned = judgement.decision != Decision::Keep;
    }

    fn save(&self, record: &DecisionRecord) {
        let Some(dir) = &self.dir else { return };
        let state = State {
            pid: std::process::id(),
            record: record.clone(),
            history: self.history.clone(),
            last_attempt: self.last_attempt.clone(),
        };
        if let Err(error) = state.save(dir) {
            tracing::debug!("{error:#}");
        }
    }
}

/// A tenth more or less, so that the agents of one domain do not poll in step.
fn jittered(period: Duration) -> Duration {
    period.mul_f64(0.9 + 0.2 * fastrand::f64())
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    /// Returns when the process is told to end. A hangup is not that: it only
    /// says that the script which started us is gone.
    async fn end(&mut self) {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return,
                _ = self.interrupt.recv() => return,
                _ = self.hangup.recv() => {}
            }
        }
    }
}
