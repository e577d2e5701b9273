//! What to write after a look: what is new, what changed, what is gone. Pure.

mod accrued;
mod extra;
mod known;
mod rows;
mod seen;
mod stops;

use cost_planner::prices::Prices;
use cost_planner::snapshot::ScopeSeen;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::line::{Fact, Idle, IdleEnd, Kind, Line, Look, Ran, RunKey, SCHEMA_VERSION, Stopped};
use crate::resource::Resource;

pub use accrued::Accrued;
pub use extra::Extra;
pub use known::Known;
pub use rows::{NO_BEGIN, Running};
pub use stops::{AgentGroup, SweepStop, agents_stops, group, sweeps_stops};

/// What there is to write, and what is to be asked before it is written.
#[derive(Debug, Clone)]
pub struct Advance {
    /// The look first.
    pub lines: Vec<Line>,
    /// What ran and is gone: who stopped it is not known yet.
    pub gone: Vec<GoneRun>,
}

/// A run that is gone.
#[derive(Debug, Clone, PartialEq)]
pub struct GoneRun {
    /// Which.
    pub key: RunKey,
    /// What.
    pub resource: Resource,
    /// What it ran on.
    pub instance_type: Option<String>,
    /// Since when it was idle at the end, as far as that was heard.
    pub idle_since: Option<Timestamp>,
    /// The last look at its kind before this one.
    pub seen_last: Option<Timestamp>,
}

/// What to write after this look, given what the ledger knew of the account and region.
#[must_use]
pub fn advance(seen: &ScopeSeen, extra: &Extra, known: &Known, prices: &Prices) -> Advance {
    let at = seen.taken_at;
    let mut kinds = seen::whole(seen);
    kinds.extend(extra.kinds.iter().copied().filter(|kind| !kinds.contains(kind)).collect::<Vec<_>>());
    let mut writer =
        Writer { seen, known, at, is_there: vec![false; known.len()], lines: Vec::new(), gone: Vec::new() };
    writer.push(Fact::Look(Look { kinds: kinds.clone() }));
    rows::each(seen, known, prices, |row| writer.row(row));
    extra.rows.iter().for_each(|row| writer.row(extra::with_known_tags(row, seen, known)));
    writer.idle();
    writer.gone(&kinds);
    Advance { lines: writer.lines, gone: writer.gone }
}

impl Advance {
    /// Adds who stopped what.
    pub fn add_stops(&mut self, seen: &ScopeSeen, stops: impl IntoIterator<Item = Stopped>) {
        self.lines.extend(stops.into_iter().map(|stopped| line(seen, Fact::Stopped(stopped))));
    }

    /// Adds times of idleness of runs that are gone, heard after all.
    pub fn add_idle(&mut self, seen: &ScopeSeen, idle: impl IntoIterator<Item = Idle>) {
        self.lines.extend(idle.into_iter().map(|idle| line(seen, Fact::Idle(idle))));
    }
}

struct Writer<'a> {
    seen: &'a ScopeSeen,
    known: &'a Known,
    at: Timestamp,
    /// By place among the known runs.
    is_there: Vec<bool>,
    lines: Vec<Line>,
    gone: Vec<GoneRun>,
}

impl Writer<'_> {
    fn push(&mut self, fact: Fact) {
        self.lines.push(line(self.seen, fact));
    }

    /// Tells of what runs, if that is not known of today.
    fn row(&mut self, row: Running) {
        let kind = row.resource.kind();
        let key = row.key();
        let known = self.known.find(&key);
        if let Some((place, _)) = known {
            self.is_there[place] = true;
        }
        let open = known.map(|(_, run)| run).filter(|run| run.is_open());
        let since = match open {
            Some(run) if row.is_as(run) && day(run.told_at()) == day(self.at) => return,
            Some(_) => self.at,
            None => self.first_since(kind, key.began, known.is_some()),
        };
        let Running { resource: _, began: _, owner, instance_type, component, units, rate, tags } = row;
        self.push(Fact::Ran(Ran { key, since, owner, instance_type, component, units, rate, tags }));
    }

    /// Since when something is known to run that the ledger did not know to run.
    fn first_since(&self, kind: Kind, began: Timestamp, came_back: bool) -> Timestamp {
        let is_known = began != NO_BEGIN && began <= self.at;
        // An app never changes its instance type, and is not stopped without being deleted.
        let is_app = kind == Kind::App;
        let is_news = !came_back && self.known.looked_last(kind, self.at).is_some_and(|looked| looked < began);
        if is_known && (is_app || is_news) { began } else { self.at }
    }

    /// Tells of times of idleness of apps that are there.
    fn idle(&mut self) {
        let seen = self.seen;
        for idle in &seen.idle_times {
            let Some(app) = seen.apps.get(idle.app as usize) else { continue };
            let key = rows::app_key(app);
            let ended = if idle.work_returned { IdleEnd::Work } else { IdleEnd::NotYet };
            let told = Idle { key, since: idle.since, until: idle.until, ended };
            if !self.known.has_heard(&told) {
                self.push(Fact::Idle(told));
            }
        }
    }

    /// Tells of what ran and is not there, of all kinds that were listed to the end.
    fn gone(&mut self, kinds: &[Kind]) {
        let known = self.known;
        for (place, run) in known.open() {
            let is_listed = run.kind().is_some_and(|kind| kinds.contains(&kind));
            // What another look told of in the meantime was there after this one.
            if self.is_there[place] || !is_listed || run.told_at() >= self.at {
                continue;
            }
            let Ok(resource) = run.resource() else { continue };
            let key = RunKey { resource: run.resource_text().to_owned(), began: run.began() };
            self.push(Fact::Gone(key.clone()));
            let idle = run.idle().last().filter(|idle| idle.ended == IdleEnd::NotYet);
            if let Some(idle) = idle {
                let (since, until) = (idle.since, idle.until);
                self.push(Fact::Idle(Idle { key: key.clone(), since, until, ended: IdleEnd::Gone }));
            }
            let instance_type = run.last_span().instance_type().map(str::to_owned);
            let seen_last = known.looked_last(resource.kind(), self.at);
            let idle_since = idle.map(|idle| idle.since);
            self.gone.push(GoneRun { key, resource, instance_type, idle_since, seen_last });
        }
    }
}

fn line(seen: &ScopeSeen, fact: Fact) -> Line {
    let scope = &seen.scope;
    Line {
        schema_version: SCHEMA_VERSION,
        partition: scope.partition.clone(),
        account: scope.account.clone(),
        region: scope.region.clone(),
        at: seen.taken_at,
        fact,
    }
}

/// The UTC day.
fn day(at: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(at).date()
}
