//! One cycle after the other, until the process is told to end.

use std::collections::BTreeMap;
use std::time::Duration;

use idle_core::{Decision, DecisionRecord, Instants, Judgement, Reading, ResourceRef, Verdict};

use super::scene::Scene;
use super::signals::Signals;
use super::studio_facts::StudioWatch;
use super::subject::Subject;
use crate::act::Outcome;
use crate::clock;
use crate::observe::{Facts, Observer};
use crate::record::{Metrics, Sink, State, StateDir, Watched};
use crate::settings::Settings;
use crate::snooze::Granted;
use crate::tell::{Native, Receipt};

/// The running agent.
#[derive(Debug)]
pub(crate) struct Watcher<'a> {
    settings: &'a Settings,
    resource: ResourceRef,
    observer: Observer,
    scene: Scene,
    facts: Facts,
    studio: StudioWatch,
    subjects: BTreeMap<String, Subject>,
    metrics: BTreeMap<String, Metrics>,
    native: Option<Native>,
    granted: Granted,
    last_stop: Option<String>,
    dir: Option<StateDir>,
    sink: Sink,
}

impl<'a> Watcher<'a> {
    /// The watcher of this resource, which has seen nothing yet.
    ///
    /// # Errors
    /// When no agent can see the work in such an app.
    pub(crate) fn new(settings: &'a Settings, resource: ResourceRef, dir: Option<StateDir>) -> anyhow::Result<Self> {
        let People { last_stop, granted } = People::left_by_the_last(settings, &resource);
        let activity_file = &settings.machine.activity_file;
        Ok(Self {
            observer: Observer::new(&resource, settings.server_url.as_ref(), &settings.machine)?,
            scene: Scene::new(&resource, settings),
            facts: Facts::new(&settings.internal_metadata_file, settings.machine.process_root),
            studio: StudioWatch::new(&resource, settings.policy.idle_timeout()),
            subjects: BTreeMap::new(),
            metrics: BTreeMap::new(),
            native: settings.people.refresh_native.map(|most| Native::new(activity_file, most)),
            granted,
            last_stop,
            dir,
            sink: Sink::new(settings.output, settings.record_file.as_deref()),
            resource,
            settings,
        })
    }

    /// Watches until the process is told to end.
    pub(crate) async fn watch(&mut self, signals: &mut Signals) {
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
        tracing::info!("told to end: no longer watching {}", self.resource);
    }

    /// One cycle: look, judge, record, and act if it comes to that. Returns the
    /// pause until the next.
    async fn cycle(&mut self) -> Duration {
        self.tend_facts().await;
        let mut pause = jittered(self.settings.poll_every);
        let mut watched = Vec::new();
        let scene = self.look().await;
        self.forget_all_but(&scene);
        for (resource, readings) in scene {
            let arn = resource.arn();
            let (mut now, mut judgement) = self.judge(&resource, readings);
            if self.is_to_stop(&arn, &judgement, now) {
                (now, judgement) = self.prepare_and_look_again(&resource, &judgement, now).await;
            }
            let record = self.tell_and_record(&arn, &judgement, now).await;
            if self.is_to_stop(&arn, &judgement, now) {
                // Recorded before it is done: what is done may end this process.
                self.save(watched.iter().chain(self.state_of(&arn, &record).iter()).cloned().collect());
                self.stop(&arn, &record, now).await;
            }
            if judgement.decision == Decision::Stop
                && let Some(retry) = self.subjects.get(&arn).and_then(|subject| subject.retry_in(now))
            {
                pause = pause.min(retry);
            }
            watched.extend(self.state_of(&arn, &record));
        }
        self.save(watched);
        pause
    }

    async fn look(&mut self) -> Vec<(ResourceRef, Vec<Reading>)> {
        let look = self.observer.look(clock::now()).await;
        self.scene.divide(&look, clock::now())
    }

    fn judge(&mut self, resource: &ResourceRef, readings: Vec<Reading>) -> (Instants, Judgement) {
        let now = clock::now();
        let before = self.granted.count();
        let snooze = self.granted.in_force(&self.settings.state_dir, &self.settings.people, now.wall);
        let facts = if resource.arn() == self.resource.arn() {
            self.facts.look(self.studio.facts(), now)
        } else {
            Default::default()
        };
        let echoes = self.native.as_ref().map(Native::echoes).unwrap_or_default();
        let subject = self.subjects.entry(resource.arn()).or_insert_with(|| Subject::new(resource, self.settings));
        let judgement = subject.judge(self.settings, readings, snooze, facts, &echoes, now);
        if self.granted.count() > before && self.settings.metrics {
            let metrics = metrics_of(&mut self.metrics, &self.studio, resource);
            metrics.snoozed(&subject.record(&judgement, self.granted.count(), now));
        }
        if let Some(native) = &mut self.native {
            native.note(judgement.verdict == Verdict::Active, now);
        }
        (now, judgement)
    }

    fn is_to_stop(&self, arn: &str, judgement: &Judgement, now: Instants) -> bool {
        self.subjects.get(arn).is_some_and(|subject| subject.is_to_stop(judgement, now))
    }

    /// A cell may have been started since the first look, and while the hook ran.
    async fn prepare_and_look_again(
        &mut self,
        resource: &ResourceRef,
        judgement: &Judgement,
        now: Instants,
    ) -> (Instants, Judgement) {
        if let Some(subject) = self.subjects.get_mut(&resource.arn()) {
            subject.prepare(&self.settings.people).await;
        }
        let scene = self.look().await;
        match scene.into_iter().find(|(other, _)| other.arn() == resource.arn()) {
            Some((resource, readings)) => self.judge(&resource, readings),
            // It is no longer to be seen, so there is nothing to be sure of.
            None => (now, Judgement { decision: Decision::Keep, ..judgement.clone() }),
        }
    }

    async fn tell_and_record(&mut self, arn: &str, judgement: &Judgement, now: Instants) -> Option<DecisionRecord> {
        let subject = self.subjects.get_mut(arn)?;
        subject.tell(judgement, self.observer.open_terminals(), now);
        let record = subject.record(judgement, self.granted.count(), now);
        self.sink.put(&record);
        if self.settings.metrics {
            let metrics = metrics_of(&mut self.metrics, &self.studio, &record.resource);
            metrics.heartbeat(&record, now).await;
        }
        Some(record)
    }

    async fn stop(&mut self, arn: &str, record: &Option<DecisionRecord>, now: Instants) {
        let (Some(subject), Some(record)) = (self.subjects.get_mut(arn), record) else { return };
        let outcome = subject.stop(record, &self.settings.people, now).await;
        match (outcome, self.metrics.get(arn)) {
            (Some(Outcome::Accepted), Some(metrics)) => metrics.stopped(record).await,
            (Some(Outcome::Denied(_)), Some(metrics)) => metrics.denied(record).await,
            _ => {}
        }
    }

    async fn tend_facts(&mut self) {
        if self.studio.tend(clock::now()).await
            && let Some(facts) = self.studio.facts()
        {
            facts.notes.iter().for_each(|note| tracing::warn!("{}: {note}", self.resource));
            if let (ResourceRef::App(app), Some(at)) = (&mut self.resource, facts.created_at) {
                app.created_at = Some(at);
            }
            self.scene.identify(&self.resource);
            if let Some(subject) = self.subjects.get_mut(&self.resource.arn()) {
                subject.identify(&self.resource);
            }
            let instance_type = facts.instance_type.clone();
            for metrics in self.metrics.values_mut() {
                instance_type.iter().for_each(|instance_type| metrics.set_instance_type(instance_type));
            }
        }
    }

    fn forget_all_but(&mut self, scene: &[(ResourceRef, Vec<Reading>)]) {
        let arns: Vec<String> = scene.iter().map(|(resource, _)| resource.arn()).collect();
        self.subjects.retain(|arn, _| arns.contains(arn));
        self.metrics.retain(|arn, _| arns.contains(arn));
    }

    fn state_of(&self, arn: &str, record: &Option<DecisionRecord>) -> Option<Watched> {
        Some(self.subjects.get(arn)?.state(record.clone()?))
    }

    fn save(&self, watched: Vec<Watched>) {
        let Some(dir) = &self.dir else { return };
        let state = State::new(watched, self.granted.clone(), self.last_stop.clone());
        if let Err(error) = state.save(dir) {
            tracing::debug!("{error:#}");
        }
    }
}

/// The metrics of a resource, with its instance type where that is known.
fn metrics_of<'m>(
    metrics: &'m mut BTreeMap<String, Metrics>,
    studio: &StudioWatch,
    resource: &ResourceRef,
) -> &'m mut Metrics {
    metrics.entry(resource.arn()).or_insert_with(|| {
        let mut metrics = Metrics::new(resource);
        let instance_type = studio.facts().and_then(|facts| facts.instance_type.as_deref());
        instance_type.into_iter().for_each(|instance_type| metrics.set_instance_type(instance_type));
        metrics
    })
}

/// What an earlier agent left for this one.
struct People {
    last_stop: Option<String>,
    granted: Granted,
}

impl People {
    fn left_by_the_last(settings: &Settings, resource: &ResourceRef) -> Self {
        let receipt = settings.people.home.as_deref().and_then(|home| Receipt::find(home, resource));
        let last_stop = receipt.map(|receipt| receipt.sentence());
        if let Some(sentence) = &last_stop {
            tracing::info!("the last time, {resource} was {sentence}");
        }
        // A restarted agent forgets its watch, and not how often it was put off.
        let granted = State::load(&settings.state_dir).map(|state| state.granted).unwrap_or_default();
        Self { last_stop, granted }
    }
}

/// A tenth more or less, so that the agents of one domain do not poll in step.
fn jittered(period: Duration) -> Duration {
    period.mul_f64(0.9 + 0.2 * fastrand::f64())
}
