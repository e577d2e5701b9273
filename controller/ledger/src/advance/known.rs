//! What a ledger knows of one account and region, by run.

use std::collections::BTreeSet;

use cost_planner::install::Scope;
use jiff::{SignedDuration, Timestamp};

use crate::fold::{Episode, Folded, Ledger, Run, ScopeName, Stop};
use crate::line::{Idle, IdleEnd, Kind, RunKey, StoppedBy};

/// What is idle is told again after so long: a line for each look would be most of the ledger.
const OFTEN: SignedDuration = SignedDuration::from_mins(30);

/// Two heartbeats of one time of idleness tell its begin no further apart.
const SLACK: SignedDuration = SignedDuration::from_mins(2);

/// The lines of today and yesterday of one account and region: whoever sees a run tells of it
/// once a day, so whatever runs is in them.
#[derive(Debug, Default)]
pub struct Known {
    folded: Folded,
    /// Numbers of its runs, by resource, begin of the run and time.
    by_key: Vec<u32>,
    stops: BTreeSet<(String, Timestamp, StoppedBy)>,
}

impl Known {
    /// What these lines tell of one account and region.
    #[must_use]
    pub fn new(ledger: Ledger, Scope { partition, account, region }: &Scope) -> Self {
        let is_here = |scope: ScopeName<'_>| {
            scope.account == account.as_str()
                && scope.region == region.as_str()
                && scope.partition == partition.as_str()
        };
        let stops = ledger.told_stops().collect();
        let folded = ledger.finish();
        let runs: Vec<Run<'_>> = folded.runs().collect();
        let here = (0..).zip(&runs).filter(|(_, run)| is_here(run.scope())).map(|(n, _)| n);
        let mut by_key: Vec<u32> = here.collect();
        let key = |n: &u32| {
            let run = runs[*n as usize];
            (run.resource_text(), run.began(), run.begin())
        };
        by_key.sort_unstable_by(|a, b| key(a).cmp(&key(b)));
        drop(runs);
        Self { folded, by_key, stops }
    }

    /// What is known to run, by resource and begin.
    pub fn running(&self) -> impl Iterator<Item = (&str, Timestamp)> {
        self.open().map(|(_, run)| (run.resource_text(), run.began()))
    }

    pub(super) fn scopes(&self) -> impl Iterator<Item = ScopeName<'_>> {
        self.folded.scopes()
    }

    pub(super) fn all_stops(&self) -> impl Iterator<Item = Stop<'_>> {
        self.folded.stops()
    }

    pub(super) fn len(&self) -> usize {
        self.by_key.len()
    }

    /// The last time of a run, and its place here.
    pub(super) fn find(&self, key: &RunKey) -> Option<(usize, Run<'_>)> {
        let wanted = (key.resource.as_str(), key.began.as_microsecond());
        // As fine as the fold keeps times.
        fn of(run: Run<'_>) -> (&str, i64) {
            (run.resource_text(), run.began().as_microsecond())
        }
        let after = self.by_key.partition_point(|n| of(self.run(*n)) <= wanted);
        let place = after.checked_sub(1)?;
        let run = self.run(self.by_key[place]);
        (of(run) == wanted).then_some((place, run))
    }

    /// The runs that are open, each with its place here.
    pub(super) fn open(&self) -> impl Iterator<Item = (usize, Run<'_>)> {
        self.by_key.iter().map(|n| self.run(*n)).enumerate().filter(|(_, run)| run.is_open())
    }

    /// The last look at this kind before `at`.
    #[must_use]
    pub fn looked_last(&self, kind: Kind, at: Timestamp) -> Option<Timestamp> {
        let looks = self.folded.looks().filter(|looks| looks.kind == kind);
        looks.filter_map(|looks| looks.times().rfind(|look| *look < at)).max()
    }

    /// Whether a time of idleness is known well enough: that it ended, to the second; while it
    /// lasts, to within [`OFTEN`].
    pub(super) fn has_heard(&self, idle: &Idle) -> bool {
        let lasts = idle.ended == IdleEnd::NotYet;
        let is_known = |known: Episode| {
            // As it begins, by the minute, which heartbeats tell.
            let is_same = known.since.duration_since(idle.since).abs() <= SLACK;
            let until = if lasts { known.until.saturating_add(OFTEN).unwrap_or(known.until) } else { known.until };
            is_same && idle.until <= until && (lasts || known.ended == idle.ended)
        };
        self.find(&idle.key).is_some_and(|(_, run)| run.idle().any(is_known))
    }

    /// Whether a stop was told already.
    #[must_use]
    pub fn has_told(&self, key: &RunKey, by: StoppedBy) -> bool {
        self.stops.contains(&(key.resource.clone(), key.began, by))
    }

    /// Every run.
    pub(super) fn runs(&self) -> impl Iterator<Item = Run<'_>> {
        self.by_key.iter().map(|n| self.run(*n))
    }

    fn run(&self, number: u32) -> Run<'_> {
        self.folded.run(number as usize)
    }
}
