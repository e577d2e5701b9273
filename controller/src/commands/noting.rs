//! Notes in the ledger what a look saw, and who stopped what is gone.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use cost_ledger::CAP;
use cost_ledger::advance::{Accrued, Advance, Extra, Known, advance, agents_stops, sweeps_stops};
use cost_ledger::line::{Idle, IdleEnd, Kind, Native, Stopped};
use cost_planner::dashboard::Saved;
use cost_planner::prices::Prices;
use cost_planner::snapshot::{ScopeSeen, Snapshot};
use futures_util::StreamExt;
use jiff::{SignedDuration, Timestamp};

use super::told;
use crate::aws::{Session, config};
use crate::cli::{Global, LedgerAt};
use crate::observe::{self, NativeIdle};
use crate::record::{self, LedgerError, Store, StoreError};

/// A ledger that is to be written, and what it knew before the look.
pub(crate) struct Books {
    store: Store,
    /// One for each session, in their order.
    known: Vec<Result<Known, LedgerError>>,
}

/// The ledger that these flags name.
///
/// # Errors
/// For a URL that names none.
pub(crate) async fn ledger(global: &Global, at: &LedgerAt) -> Result<Option<Store>, StoreError> {
    let Some(place) = at.place() else { return Ok(None) };
    let config = config(global.region.first().map(String::as_str)).await;
    Store::open(&place, &config).map(Some)
}

impl Books {
    /// What the ledger knows of these accounts and regions.
    pub(super) async fn open(store: Store, sessions: &[Session], concurrency: usize) -> Self {
        let now = Timestamp::now();
        let store_of = &store;
        let known = futures_util::stream::iter(sessions)
            .map(async |session| {
                let lines = record::known_of(store_of, &session.scope, now).await?;
                Ok(Known::new(lines, &session.scope))
            })
            .buffered(concurrency.max(1))
            .collect()
            .await;
        Self { store, known }
    }

    /// How far back heartbeats are read so that no idleness since the last look is missed.
    pub(super) fn window(&self, least: SignedDuration) -> SignedDuration {
        let now = Timestamp::now();
        let looked = self.known.iter().flatten().filter_map(|known| known.looked_last(Kind::App, now)).min();
        observe::idle_window(least, looked, now)
    }

    /// Notes what was seen. Returns what could not be noted, each in one line: then it is as if
    /// nobody had looked, and the next look makes up for it.
    pub(crate) async fn note(
        &self,
        snapshot: &Snapshot,
        sessions: &[Session],
        prices: &Prices,
        evidence: Option<&Store>,
    ) -> Vec<String> {
        let mut trouble = Vec::new();
        for (session, known) in sessions.iter().zip(&self.known) {
            let Some(seen) = snapshot.scopes.iter().find(|seen| seen.scope == session.scope) else { continue };
            let (account, region) = (&session.scope.account, &session.scope.region);
            let mut say = |what: &str| trouble.push(format!("{account} {region}: {what}"));
            let known = match known {
                Ok(known) => known,
                Err(error) => {
                    say(&format!("nothing was noted in the ledger, which cannot be read: {}", chain(error)));
                    continue;
                }
            };
            let mut news = advance(seen, &Extra::of(seen, prices), known, prices);
            if let Err(error) = add_stops(&mut news, seen, known, session, evidence).await {
                say(&told(&error));
            }
            let written = record::append(&self.store, &session.scope, seen.taken_at, &news.lines).await;
            written.err().iter().for_each(|error| say(&format!("nothing was noted in the ledger: {}", chain(error))));
        }
        trouble
    }

    /// The same as it is now.
    pub(super) async fn again(self, sessions: &[Session], concurrency: usize) -> Self {
        Self::open(self.store, sessions, concurrency).await
    }

    /// Notes what this sweep stopped. Returns what could not be noted, each in one line: then the
    /// next look makes up for it, out of the evidence.
    pub(super) async fn note_stops(&self, snapshot: &Snapshot, sessions: &[Session], evidence: &Store) -> Vec<String> {
        let mut trouble = Vec::new();
        for (session, known) in sessions.iter().zip(&self.known) {
            let seen = snapshot.scopes.iter().find(|seen| seen.scope == session.scope);
            let (Some(seen), Ok(known)) = (seen, known) else { continue };
            if let Err(error) = self.note_stops_of(seen, known, session, evidence).await {
                let (account, region) = (&session.scope.account, &session.scope.region);
                trouble.push(format!("{account} {region}: stops are noted by the next look: {}", told(&error)));
            }
        }
        trouble
    }

    async fn note_stops_of(&self, seen: &ScopeSeen, known: &Known, session: &Session, evidence: &Store) -> Result<()> {
        let stopped = record::stopped(evidence, &session.scope, Timestamp::now()).await?;
        let mut stops = sweeps_stops(&stopped, known, |_| Native::Unread);
        if stops.is_empty() {
            return Ok(());
        }
        fill_in(&mut stops, &mut NativeIdle::new(session)).await;
        let mut news = Advance { lines: Vec::new(), gone: Vec::new() };
        news.add_stops(seen, stops);
        Ok(record::append(&self.store, &session.scope, seen.taken_at, &news.lines).await?)
    }

    /// What was saved between the look before and this one; `None` where the ledger cannot be read,
    /// or nobody looked before.
    pub(super) fn saved(&self, snapshot: &Snapshot) -> Option<Saved> {
        let mut saved: Option<Saved> = None;
        for known in &self.known {
            let known = known.as_ref().ok()?;
            let Some(seen) = snapshot.scopes.iter().find(|seen| known.is_of(&seen.scope)) else { continue };
            let Some(before) = known.looked_last(Kind::App, seen.taken_at) else { continue };
            let Accrued { seconds, list_micro_usd } = known.accrued(before, seen.taken_at, CAP);
            let sum = saved.get_or_insert(Saved { seconds: 0, list_micro_usd: None });
            sum.seconds += seconds;
            sum.list_micro_usd = match (sum.list_micro_usd, list_micro_usd) {
                (Some(a), Some(b)) => Some(a + b),
                (a, b) => a.or(b),
            };
        }
        saved
    }
}

/// Adds to what is gone who stopped it. Without counts, what is gone was stopped by nobody we know:
/// the next look does not ask for them again.
async fn add_stops(
    news: &mut Advance,
    seen: &ScopeSeen,
    known: &Known,
    session: &Session,
    evidence: Option<&Store>,
) -> Result<()> {
    let mut native = NativeIdle::new(session);
    let mut sweeps = Vec::new();
    if let Some(evidence) = evidence {
        let stopped = record::stopped(evidence, &session.scope, Timestamp::now()).await;
        let stopped = stopped.context("sweeps' stops are noted by the next look, agents' stops of this one are not")?;
        sweeps = sweeps_stops(&stopped, known, |_| Native::Unread);
        fill_in(&mut sweeps, &mut native).await;
        news.add_stops(seen, sweeps.iter().cloned());
    }
    if news.gone.is_empty() {
        return Ok(());
    }
    let at = seen.taken_at;
    let unnoted = "agents' stops since the look before are not noted: they are in no saving";
    let counts = observe::stop_counts(session, &news.gone, at).await.context(unnoted)?;
    if counts.values().all(|count| *count == 0) {
        return Ok(());
    }
    let heard: BTreeMap<_, _> = observe::last_idleness(session, &news.gone, at).await.context(unnoted)?;
    let mut idle = Vec::new();
    for (n, time) in heard {
        let (Ok(since), Ok(until)) = (Timestamp::from_second(time.since), Timestamp::from_second(time.until)) else {
            continue;
        };
        let run = &mut news.gone[n];
        let since = since.max(run.key.began);
        run.idle_since = Some(since);
        idle.push(Idle { key: run.key.clone(), since, until: until.max(since), ended: IdleEnd::Gone });
    }
    news.add_idle(seen, idle);
    let mut agents = agents_stops(&news.gone, &counts, &sweeps, |_| Native::Unread, at);
    fill_in(&mut agents, &mut native).await;
    news.add_stops(seen, agents);
    Ok(())
}

/// How SageMaker's own idle shutdown was set for each.
async fn fill_in(stops: &mut [Stopped], native: &mut NativeIdle<'_>) {
    for stop in stops {
        if let (Native::Unread, Ok(resource)) = (stop.native, stop.key.resource.parse()) {
            stop.native = native.of(&resource).await;
        }
    }
}

/// An error of the ledger with its causes, in one line.
fn chain(error: &LedgerError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
