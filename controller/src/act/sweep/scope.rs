//! One account and region: the lease, what earlier runs left open, then batch after batch.

use std::collections::VecDeque;
use std::pin::pin;
use std::time::Duration;

use cost_planner::plan::{Action, Listed};
use futures_util::future::{Either, LocalBoxFuture, join_all, select};
use futures_util::stream::{FuturesUnordered, StreamExt};
use idle_core::{Explained, Reason};
use jiff::Timestamp;

use super::Again;
use super::attempt::{Asked, ask, unseen};
use super::done::{Counts, Done, Outcome};
use super::reconcile::{Reconciled, chain, reconcile};
use super::run::{Part, Run};
use super::verify::verify;
use crate::observe::CallError;
use crate::record::{Event, Journal, Lease, LeaseError, Subject, open_runs, remember_account};

/// So many acts of one account and region are awaited at once: each is looked at every few
/// seconds to once a minute, which a paced reader can do for so many.
const MOST_AWAITED: usize = 64;
/// How often the lease is looked at while nothing is left but to wait.
const LEASE_EVERY: Duration = Duration::from_secs(60);

/// What became of one account and region.
#[derive(Debug, Default)]
pub(super) struct OfScope<'r> {
    pub(super) done: Vec<Done<'r>>,
    pub(super) reconciled: Vec<Reconciled>,
    /// What went wrong apart from the actions, each in one line.
    pub(super) trouble: Vec<String>,
    /// Why what earlier runs left open could not be settled now.
    pub(super) refused: Vec<Explained>,
}

/// Does what is planned for one account and region, unless all of the plan is `refused`.
pub(super) async fn sweep<'r>(
    run: &'r Run<'r>,
    part: &'r Part<'r>,
    actions: Vec<&'r Action>,
    held_back: &[&Listed],
    refused: Option<&Explained>,
) -> OfScope<'r> {
    let began = run.clock.now();
    let mut journal = Journal::new(run.store, part.scope, run.id, began);
    journal.push(began, started(run, part, actions.len()));
    for listed in held_back {
        let (action, refusal) = (Subject::from(*listed), listed.reason.clone());
        journal.push(began, Event::Refused { action, refusal });
    }
    let awaited = FuturesUnordered::new();
    let mut work = Work { run, part, journal, of_scope: OfScope::default(), awaited, is_remembered: false };
    if actions.is_empty() && !work.is_something_open().await {
        if held_back.is_empty() {
            return work.of_scope;
        }
        return work.end(held_back.len()).await;
    }
    match enter(run, part, refused).await {
        Ok(lease) => work.go(lease, actions).await,
        Err(outcome) => {
            // With nothing to do, there is only what earlier runs left open.
            if let (Outcome::Refused(refusal), true) = (&outcome, actions.is_empty()) {
                work.of_scope.refused.push(refusal.clone());
            }
            if let Outcome::Failed(text) = &outcome {
                run.failed();
                work.of_scope.trouble.push(text.clone());
            }
            actions.into_iter().for_each(|action| work.note(action, outcome.clone()));
        }
    }
    work.end(held_back.len()).await
}

fn started(run: &Run<'_>, part: &Part<'_>, actions: usize) -> Event {
    Event::RunStarted {
        plan_digest: run.plan_digest.to_owned(),
        policy_sha256: run.plan.policy_sha256.clone(),
        who: part.role.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        actions,
    }
}

/// The lease, unless nothing may be done here.
async fn enter<'r>(run: &Run<'r>, part: &Part<'r>, refused: Option<&Explained>) -> Result<Lease<'r>, Outcome> {
    if let Some(refusal) = refused {
        return Err(Outcome::Refused(refusal.clone()));
    }
    if let Some(refusal) = run.killed().await {
        return Err(Outcome::Refused(refusal));
    }
    Lease::take(run.store, part.scope, (run.id, part.role), run.clock.now()).await.map_err(|error| not_ours(&error))
}

fn not_ours(error: &LeaseError) -> Outcome {
    match error {
        LeaseError::Store(error) => Outcome::Failed(format!("the lease could not be taken: {}", chain(error))),
        held => Outcome::Refused(Explained { code: Reason::LeaseHeld, text: held.to_string() }),
    }
}

struct Work<'r> {
    run: &'r Run<'r>,
    part: &'r Part<'r>,
    journal: Journal<'r>,
    of_scope: OfScope<'r>,
    awaited: Awaited<'r>,
    /// Later runs know that something was done in this account.
    is_remembered: bool,
}

type Awaited<'r> = FuturesUnordered<LocalBoxFuture<'r, Done<'r>>>;

impl<'r> Work<'r> {
    async fn is_something_open(&mut self) -> bool {
        match open_runs(self.run.store, self.part.scope, self.run.clock.now(), self.run.id).await {
            Ok(open) => !open.is_empty(),
            Err(error) => {
                self.of_scope.trouble.push(format!("earlier runs could not be looked for: {}", chain(&error)));
                false
            }
        }
    }

    async fn go(&mut self, mut lease: Lease<'r>, actions: Vec<&'r Action>) {
        self.journal.set_token(lease.token());
        let trouble = &mut self.of_scope.trouble;
        let reconciled = reconcile(self.run, self.part, &mut self.journal, lease.token(), trouble).await;
        self.of_scope.reconciled = reconciled;
        let count = actions.len();
        let mut rest = VecDeque::from(actions);
        while !rest.is_empty() {
            if let Err(outcome) = self.go_on(&mut lease).await {
                rest.drain(..).for_each(|action| self.note(action, outcome.clone()));
                break;
            }
            let begun = count - rest.len();
            self.run
                .watcher
                .say(&format!("{} {}: {begun} of {count}", self.part.scope.account, self.part.scope.region));
            let batch: Vec<&Action> = rest.drain(..rest.len().min(self.run.limits.parallel.max(1))).collect();
            if let Err(why) = self.batch(&lease, batch).await {
                let outcome = Outcome::Failed(format!("left out, because evidence could not be written: {why}"));
                rest.drain(..).for_each(|action| self.note(action, outcome.clone()));
                self.of_scope.trouble.push(format!("evidence could not be written: {why}"));
            }
            while self.awaited.len() >= MOST_AWAITED {
                self.await_one(&mut lease).await;
            }
        }
        while !self.awaited.is_empty() {
            self.await_one(&mut lease).await;
        }
        if lease.holds(self.run.clock.now())
            && let Err(error) = lease.release().await
        {
            self.of_scope.trouble.push(format!("the lease could not be given back: {}", chain(&error)));
        }
    }

    /// Whether another batch may begin.
    ///
    /// # Errors
    /// What becomes of all that is left.
    async fn go_on(&mut self, lease: &mut Lease<'r>) -> Result<(), Outcome> {
        if let Some(refusal) = self.run.too_many_failures() {
            return Err(Outcome::Refused(refusal));
        }
        lease.keep(self.run.clock.now()).await.map_err(|error| not_ours(&error))?;
        self.journal.set_token(lease.token());
        self.run.killed().await.map_or(Ok(()), |refusal| Err(Outcome::Refused(refusal)))
    }

    /// Looks at a few at once, writes them ahead and asks for them.
    ///
    /// # Errors
    /// When evidence could not be written: nothing more may be begun.
    async fn batch(&mut self, lease: &Lease<'r>, batch: Vec<&'r Action>) -> Result<(), String> {
        let (run, part) = (self.run, self.part);
        let seen_at = run.clock.now();
        let looks = join_all(batch.iter().map(|action| part.looker.look_again(action)));
        let looks = self.meanwhile(looks).await;
        let mut due = Vec::new();
        for (action, again) in batch.into_iter().zip(looks) {
            match again {
                Again::Due(before) => due.push((action, before)),
                Again::Refused(refusal) => self.note(action, Outcome::Refused(refusal)),
                Again::Unseen(why) => self.fail(action, unseen(&why)),
            }
        }
        for (action, before) in &due {
            let (action, evidence) = (Subject::from(*action), Box::new(action.planned.clone()));
            self.journal.push(run.clock.now(), Event::Requested { action, evidence, before: before.clone() });
        }
        if let Err(error) = self.journal.flush().await {
            let why = chain(&error);
            let text = format!("not done, because it could not be written ahead: {why}");
            due.into_iter().for_each(|(action, _)| self.fail(action, text.clone()));
            return Err(why);
        }
        let asks = due.iter().map(|(action, _)| counted(run, part, lease, action, seen_at));
        let asked = self.meanwhile(join_all(asks)).await;
        for ((action, _), asked) in due.into_iter().zip(asked) {
            self.asked(action, asked).await;
        }
        self.journal.flush().await.map_err(|error| chain(&error))
    }

    async fn asked(&mut self, action: &'r Action, asked: Asked) {
        let (run, part) = (self.run, self.part);
        match asked {
            Asked::Accepted(request_id) => {
                let subject = Subject::from(action);
                self.journal.push(run.clock.now(), Event::Accepted { action: subject, request_id: request_id.clone() });
                self.remember().await;
                self.awaited.push(Box::pin(awaited(run, part, action, None, request_id)));
            }
            Asked::Unclear(error) => self.awaited.push(Box::pin(awaited(run, part, action, Some(error), None))),
            // Counted when it failed.
            Asked::Failed(text) => self.note(action, Outcome::Failed(text)),
            Asked::Refused(refusal) => self.note(action, Outcome::Refused(refusal)),
        }
    }

    async fn remember(&mut self) {
        let (run, account) = (self.run, &self.part.scope.account);
        if !std::mem::replace(&mut self.is_remembered, true)
            && let Err(error) = remember_account(run.store, account, run.id, run.clock.now()).await
        {
            self.of_scope.trouble.push(format!("the account could not be remembered: {}", chain(&error)));
        }
    }

    /// Does this while what was asked for is awaited.
    async fn meanwhile<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        loop {
            if self.awaited.is_empty() {
                return work.await;
            }
            match select(work.as_mut(), self.awaited.next()).await {
                Either::Left((finished, _)) => return finished,
                Either::Right((done, _)) => done.into_iter().for_each(|done| self.record(done)),
            }
        }
    }

    /// Waits until one more is seen to be done or stuck, and keeps the lease meanwhile:
    /// what waits changes nothing, so a lost lease ends nothing here.
    async fn await_one(&mut self, lease: &mut Lease<'r>) {
        let clock = self.run.clock;
        let done = match select(self.awaited.next(), clock.sleep(LEASE_EVERY)).await {
            Either::Left((done, _)) => done,
            Either::Right(_) => None,
        };
        match done {
            Some(done) => self.record(done),
            None if lease.keep(clock.now()).await.is_ok() => self.journal.set_token(lease.token()),
            None => {}
        }
    }

    fn fail(&mut self, action: &'r Action, text: String) {
        self.run.failed();
        self.note(action, Outcome::Failed(text));
    }

    fn note(&mut self, action: &'r Action, outcome: Outcome) {
        self.record(Done { action, outcome, request_id: None });
    }

    fn record(&mut self, done: Done<'r>) {
        self.journal.push(self.run.clock.now(), done.outcome.event(done.action));
        self.of_scope.done.push(done);
    }

    async fn end(mut self, held_back: usize) -> OfScope<'r> {
        let Counts { verified, failed, refused } = Counts::of(self.of_scope.done.iter().map(|done| &done.outcome));
        let counts = (verified, failed, refused + held_back);
        if let Err(error) = self.journal.end(self.run.clock.now(), counts).await {
            self.of_scope.trouble.push(format!("evidence could not be written: {}", chain(&error)));
        }
        self.of_scope
    }
}

/// Asks, and counts a failure at once: the next in the batch may already be one too many.
async fn counted(run: &Run<'_>, part: &Part<'_>, lease: &Lease<'_>, action: &Action, seen_at: Timestamp) -> Asked {
    let asked = ask(run, part, lease, action, seen_at).await;
    if matches!(asked, Asked::Failed(_)) {
        run.failed();
    }
    asked
}

async fn awaited<'r>(
    run: &Run<'_>,
    part: &Part<'_>,
    action: &'r Action,
    doubt: Option<CallError>,
    request_id: Option<String>,
) -> Done<'r> {
    let outcome = verify(run, part, action, doubt).await;
    if outcome.is_failure() {
        run.failed();
    }
    Done { action, outcome, request_id }
}
