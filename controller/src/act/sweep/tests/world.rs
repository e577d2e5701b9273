//! A made-up account: what stands in it, what a script says of calls, and what was done.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};

use async_trait::async_trait;
use cost_planner::install::Scope;
use cost_planner::plan::{Action, Count, EndpointRef, State, Target};
use idle_core::{AppRef, Explained, InferenceComponentName, NotebookInstanceRef, Reason, VariantName};

use super::clock::ScriptedClock;
use crate::act::Consent;
use crate::act::sweep::{Actuator, Again, Looker, Switch};
use crate::observe::{CallError, Kind, Watcher};
use crate::record::{Event, Line, Store};

/// What the next call of a resource comes to; without a script AWS takes it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Call {
    /// Refused, and nothing is done.
    Refused(Kind),
    /// Done, although the answer is this error.
    DoneBut(Kind),
    /// No answer ever comes, and nothing is done.
    Hangs,
    /// No answer ever comes, although it is done.
    DoneAndHangs,
    /// Taken, and nothing ever happens.
    Ignored,
}

/// What the next look at a resource before an act comes to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Look {
    Refused(Reason),
    Unseen,
}

/// What happens while a call is on its way.
type AtCall = Box<dyn FnOnce(&World)>;

pub(super) struct World {
    pub(super) store: Store,
    pub(super) clock: ScriptedClock,
    pub(super) things: RefCell<BTreeMap<String, State>>,
    /// So many looks show what was stopped on its way out.
    pub(super) slowness: Cell<u32>,
    on_its_way: RefCell<BTreeMap<String, u32>>,
    calls: RefCell<BTreeMap<String, VecDeque<Call>>>,
    looks: RefCell<BTreeMap<String, VecDeque<Look>>>,
    /// The kill switch is on after so many reads.
    pub(super) on_after: Cell<Option<usize>>,
    pub(super) switch_read: Cell<usize>,
    /// What was called for, in order.
    pub(super) called: RefCell<Vec<String>>,
    /// What was answered with throttling.
    pub(super) throttled: RefCell<Vec<String>>,
    /// Looks before an act, in order.
    pub(super) looked: RefCell<Vec<String>>,
    /// What happens at the first call.
    pub(super) at_first_call: RefCell<Option<AtCall>>,
}

impl World {
    pub(super) fn new(store: Store) -> Self {
        Self {
            store,
            clock: ScriptedClock::default(),
            things: RefCell::default(),
            slowness: Cell::new(2),
            on_its_way: RefCell::default(),
            calls: RefCell::default(),
            looks: RefCell::default(),
            on_after: Cell::default(),
            switch_read: Cell::default(),
            called: RefCell::default(),
            throttled: RefCell::default(),
            looked: RefCell::default(),
            at_first_call: RefCell::default(),
        }
    }

    pub(super) fn script(&self, action: &Action, calls: impl IntoIterator<Item = Call>) {
        self.calls.borrow_mut().entry(action.target.to_string()).or_default().extend(calls);
    }

    pub(super) fn at_first_call(&self, happens: impl FnOnce(&Self) + 'static) {
        self.at_first_call.replace(Some(Box::new(happens)));
    }

    pub(super) fn script_looks(&self, action: &Action, looks: impl IntoIterator<Item = Look>) {
        self.looks.borrow_mut().entry(action.target.to_string()).or_default().extend(looks);
    }

    pub(super) fn put(&self, target: &Target, state: State) {
        self.things.borrow_mut().insert(target.to_string(), state);
    }

    /// Every line of evidence that this version reads, by run and sequence.
    pub(super) async fn lines(&self, Scope { partition: _, account, region }: &Scope) -> Vec<Line> {
        let region = format!("evidence/account={account}/region={region}");
        let mut lines = Vec::new();
        for day in self.store.listed(&region).await.expect("listed").folders {
            let day = format!("{region}/{day}");
            let listed = self.store.listed(&day).await.expect("listed");
            let mut keys: Vec<String> = listed.objects.iter().map(|name| format!("{day}/{name}")).collect();
            for run in listed.folders {
                let parts = self.store.names(&format!("{day}/{run}")).await.expect("listed");
                keys.extend(parts.iter().map(|part| format!("{day}/{run}/{part}")));
            }
            for key in keys {
                let bytes = self.store.get(&key).await.expect("read").expect("there");
                let text = String::from_utf8(bytes).expect("text");
                lines.extend(text.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok()));
            }
        }
        lines.sort_by(|a, b| (&a.run, a.sequence).cmp(&(&b.run, b.sequence)));
        lines
    }

    /// One call: it must have been written ahead, whatever the test is about.
    async fn call(&self, target: Target, becomes: &str) -> Result<Option<String>, CallError> {
        let name = target.to_string();
        self.called.borrow_mut().push(name.clone());
        let happens = self.at_first_call.take();
        if let Some(happens) = happens {
            happens(self);
        }
        let lines = self.lines(&super::scope_of(&target)).await;
        let is_ahead = |line: &&Line| matches!(&line.event, Event::Requested { action, .. } if action.target == target);
        assert!(lines.iter().any(|line| is_ahead(&line)), "{name} was not written ahead");
        let next = self.calls.borrow_mut().get_mut(&name).and_then(VecDeque::pop_front);
        if matches!(next, None | Some(Call::DoneBut(_) | Call::DoneAndHangs)) {
            self.begin(&name, becomes);
        }
        match next {
            None | Some(Call::Ignored) => Ok(Some(format!("request {}", self.called.borrow().len()))),
            Some(Call::Refused(kind) | Call::DoneBut(kind)) => {
                if kind == Kind::Throttled {
                    self.throttled.borrow_mut().push(name);
                }
                Err(CallError::scripted(kind))
            }
            Some(Call::Hangs | Call::DoneAndHangs) => std::future::pending().await,
        }
    }

    fn begin(&self, name: &str, becomes: &str) {
        if let Some(State::There { status, count, .. }) = self.things.borrow_mut().get_mut(name) {
            becomes.clone_into(status);
            if let Some(count) = count {
                count.desired = 0;
            }
            self.on_its_way.borrow_mut().insert(name.to_owned(), self.slowness.get());
        }
    }

    /// What stands there, one look further on its way.
    fn see(&self, target: &Target) -> State {
        let name = target.to_string();
        let mut on_its_way = self.on_its_way.borrow_mut();
        let mut things = self.things.borrow_mut();
        match on_its_way.get_mut(&name) {
            Some(0) => {
                on_its_way.remove(&name);
                match things.get_mut(&name) {
                    Some(State::There { count: Some(count), status, .. }) => {
                        *count = Count { desired: 0, current: 0 };
                        "InService".clone_into(status);
                    }
                    Some(State::There { status, .. }) if status == "Stopping" => "Stopped".clone_into(status),
                    _ => drop(things.remove(&name)),
                }
            }
            Some(left) => *left -= 1,
            None => {}
        }
        things.get(&name).cloned().unwrap_or(State::Gone)
    }
}

#[async_trait(?Send)]
impl Looker for World {
    async fn look_again(&self, action: &Action) -> Again {
        let name = action.target.to_string();
        self.looked.borrow_mut().push(name.clone());
        let refused = |code| Again::Refused(Explained { code, text: format!("by the script: {code}") });
        match self.looks.borrow_mut().get_mut(&name).and_then(VecDeque::pop_front) {
            Some(Look::Refused(code)) => return refused(code),
            Some(Look::Unseen) => return Again::Unseen("by the script".to_owned()),
            None => {}
        }
        match self.things.borrow().get(&name).cloned() {
            None | Some(State::Gone) => refused(Reason::Gone),
            Some(state) if cost_planner::plan::is_another(&action.planned, &state) => refused(Reason::Changed),
            Some(State::There { status, .. }) if status != "InService" => refused(Reason::NotInService),
            Some(state) => Again::Due(state),
        }
    }

    async fn state(&self, target: &Target) -> Result<State, CallError> {
        Ok(self.see(target))
    }
}

#[async_trait(?Send)]
impl Actuator for World {
    async fn stop_app(&self, _: &Consent, app: &AppRef) -> Result<Option<String>, CallError> {
        self.call(Target::App(app.clone()), "Deleting").await
    }

    async fn stop_notebook_instance(
        &self,
        _: &Consent,
        instance: &NotebookInstanceRef,
    ) -> Result<Option<String>, CallError> {
        self.call(Target::NotebookInstance(instance.clone()), "Stopping").await
    }

    async fn scale_variant_to_zero(
        &self,
        _: &Consent,
        endpoint: &EndpointRef,
        variant: &VariantName,
    ) -> Result<Option<String>, CallError> {
        self.call(Target::Variant { of: endpoint.clone(), variant: variant.clone() }, "Updating").await
    }

    async fn scale_inference_component_to_zero(
        &self,
        _: &Consent,
        component: &InferenceComponentName,
    ) -> Result<Option<String>, CallError> {
        let target = super::component(component.as_str());
        self.call(target, "Updating").await
    }

    async fn delete_endpoint(&self, _: &Consent, endpoint: &EndpointRef) -> Result<Option<String>, CallError> {
        self.call(Target::Endpoint(endpoint.clone()), "Deleting").await
    }
}

#[async_trait(?Send)]
impl Switch for World {
    async fn on(&self) -> Option<String> {
        let read = self.switch_read.get();
        self.switch_read.set(read + 1);
        self.on_after.get().filter(|after| read >= *after).map(|_| "somebody turned it on".to_owned())
    }
}

impl Watcher for World {
    fn say(&self, _: &str) {}

    fn step(&self, _: usize, _: usize) {}
}

/// Eyes and hands that fail.
#[derive(Debug)]
pub(super) struct Failing(pub(super) Kind);

#[async_trait(?Send)]
impl Looker for Failing {
    async fn look_again(&self, _: &Action) -> Again {
        Again::Unseen(CallError::scripted(self.0).to_string())
    }

    async fn state(&self, _: &Target) -> Result<State, CallError> {
        Err(CallError::scripted(self.0))
    }
}
