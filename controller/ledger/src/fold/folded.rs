//! What the lines of a ledger came to, as views on it.

use std::fmt;

use jiff::Timestamp;

use super::facts::{ALL, Config, IdleFact, KINDS, NONE, NativeFact, time};
use super::span::Span;
use super::stop::Stop;
use super::words::Words;
use crate::line::{Grade, IdleEnd, Kind, StoppedBy};
use crate::resource::{Resource, ResourceError};

/// Runs, stops, times of idleness and looks, in no order but that of the runs of one resource.
#[derive(Debug, Default)]
pub struct Folded {
    pub(super) words: Words,
    pub(super) resources: Words,
    pub(super) kinds: Vec<Option<Kind>>,
    pub(super) configs: Vec<Config>,
    pub(super) scopes: Vec<ScopeRow>,
    pub(super) runs: Vec<RunRow>,
    pub(super) spans: Vec<SpanRow>,
    pub(super) stops: Vec<StopRow>,
    pub(super) idle: Vec<IdleFact>,
    pub(super) lines: u64,
    pub(super) passed_over: u64,
    pub(super) stops_without_run: u64,
    pub(super) stops_contradicted: u64,
}

#[derive(Debug)]
pub(super) struct ScopeRow {
    pub(super) partition: String,
    pub(super) account: String,
    pub(super) region: String,
    pub(super) looks: [Vec<i64>; KINDS],
}

#[derive(Debug)]
pub(super) struct RunRow {
    pub(super) scope: u32,
    pub(super) resource: u32,
    pub(super) began: i64,
    pub(super) end: i64,
    /// The last look that told of it.
    pub(super) told: i64,
    /// The first of its spans, which end where the next run's begin.
    pub(super) spans: u32,
    /// Likewise of its times of idleness.
    pub(super) idle: u32,
    pub(super) stop: u32,
    pub(super) is_open: bool,
}

#[derive(Debug)]
pub(super) struct SpanRow {
    pub(super) from: i64,
    pub(super) config: u32,
}

#[derive(Debug)]
pub(super) struct StopRow {
    pub(super) run: u32,
    pub(super) grade: Grade,
    pub(super) gone_at: i64,
    pub(super) by: StoppedBy,
    pub(super) idle_since: Option<i64>,
    pub(super) native: NativeFact,
    pub(super) reason: u32,
}

impl Folded {
    /// Every run. Those of one resource follow each other in order of time and never overlap.
    pub fn runs(&self) -> impl ExactSizeIterator<Item = Run<'_>> {
        (0..self.runs.len()).map(|at| Run { folded: self, at })
    }

    /// The run of a number.
    pub(crate) fn run(&self, at: usize) -> Run<'_> {
        Run { folded: self, at }
    }

    /// Every stop that counts: at most one of a run.
    pub fn stops(&self) -> impl ExactSizeIterator<Item = Stop<'_>> {
        self.stops.iter().map(|row| Stop { folded: self, row })
    }

    /// The looks of each account, region and kind of which there are any.
    pub fn looks(&self) -> impl Iterator<Item = Looks<'_>> {
        self.scopes.iter().flat_map(|scope| {
            let kinds = ALL.into_iter().zip(&scope.looks).filter(|(_, times)| !times.is_empty());
            kinds.map(move |(kind, times)| Looks { scope: scope.name(), kind, times })
        })
    }

    /// Every account and region.
    pub fn scopes(&self) -> impl ExactSizeIterator<Item = ScopeName<'_>> {
        self.scopes.iter().map(ScopeRow::name)
    }

    /// So many lines were taken in.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// So many lines are of kinds that a later program added.
    #[must_use]
    pub fn passed_over(&self) -> u64 {
        self.passed_over
    }

    /// So many stops were told of runs that nobody saw run: they have no rate and save nothing.
    #[must_use]
    pub fn stops_without_run(&self) -> u64 {
        self.stops_without_run
    }

    /// So many runs were told to be stopped and run all the same.
    #[must_use]
    pub fn stops_contradicted(&self) -> u64 {
        self.stops_contradicted
    }

    pub(super) fn optional(&self, number: u32) -> Option<&str> {
        (number != NONE).then(|| self.words.word(number))
    }
}

impl ScopeRow {
    fn name(&self) -> ScopeName<'_> {
        ScopeName { partition: &self.partition, account: &self.account, region: &self.region }
    }
}

/// An account and region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeName<'a> {
    /// Partition of the account.
    pub partition: &'a str,
    /// The account.
    pub account: &'a str,
    /// The region.
    pub region: &'a str,
}

/// The looks of one kind in one account and region.
#[derive(Debug, Clone, Copy)]
pub struct Looks<'a> {
    /// Where.
    pub scope: ScopeName<'a>,
    /// What was listed to its end.
    pub kind: Kind,
    times: &'a [i64],
}

impl<'a> Looks<'a> {
    /// When, the earliest first, each once.
    pub fn times(self) -> impl ExactSizeIterator<Item = Timestamp> + DoubleEndedIterator + use<'a> {
        self.times.iter().copied().map(time)
    }
}

/// One unbroken run of one resource.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    pub(super) folded: &'a Folded,
    pub(super) at: usize,
}

impl<'a> Run<'a> {
    fn row(self) -> &'a RunRow {
        &self.folded.runs[self.at]
    }

    /// Its place among all runs.
    #[must_use]
    pub fn number(self) -> usize {
        self.at
    }

    /// Where it ran.
    #[must_use]
    pub fn scope(self) -> ScopeName<'a> {
        self.folded.scopes[self.row().scope as usize].name()
    }

    /// The resource as its lines name it.
    #[must_use]
    pub fn resource_text(self) -> &'a str {
        self.folded.resources.word(self.row().resource)
    }

    /// The number of the resource's text among all: the same in every account and region.
    #[must_use]
    pub fn resource_number(self) -> u32 {
        self.row().resource
    }

    /// The resource, parsed.
    ///
    /// # Errors
    /// When a later program wrote a name that this one does not understand.
    pub fn resource(self) -> Result<Resource, ResourceError> {
        self.resource_text().parse()
    }

    /// How it is listed; `None` for what this program does not know.
    #[must_use]
    pub fn kind(self) -> Option<Kind> {
        self.folded.kinds[self.row().resource as usize]
    }

    /// When the resource began, which with its name tells it from others.
    #[must_use]
    pub fn began(self) -> Timestamp {
        time(self.row().began)
    }

    /// From when on it is known to have run.
    #[must_use]
    pub fn begin(self) -> Timestamp {
        time(self.folded.spans[self.row().spans as usize].from)
    }

    /// Until when it is known to have run; of an open one the last look of its kind.
    #[must_use]
    pub fn end(self) -> Timestamp {
        time(self.row().end)
    }

    /// When it ended; `None` where it still ran at the last look.
    #[must_use]
    pub fn ended(self) -> Option<Timestamp> {
        (!self.row().is_open).then(|| self.end())
    }

    /// Whether it still ran at the last look.
    #[must_use]
    pub fn is_open(self) -> bool {
        self.row().is_open
    }

    /// The last look that told of it.
    #[must_use]
    pub fn told_at(self) -> Timestamp {
        time(self.row().told)
    }

    /// What it billed in which part of its time: without gaps, in order, at least one.
    pub fn spans(self) -> impl ExactSizeIterator<Item = Span<'a>> + DoubleEndedIterator {
        let row = self.row();
        let to = self.folded.runs.get(self.at + 1).map_or(self.folded.spans.len(), |next| next.spans as usize);
        let spans = &self.folded.spans[row.spans as usize..to];
        (0..spans.len()).map(move |n| {
            let to = spans.get(n + 1).map_or(row.end, |next| next.from.min(row.end));
            let SpanRow { from, config } = spans[n];
            Span { folded: self.folded, from: time(from.min(to)), to: time(to), config }
        })
    }

    /// The last of them.
    #[must_use]
    pub fn last_span(self) -> Span<'a> {
        self.spans().next_back().expect("a run has a span")
    }

    /// Its stop, where somebody stopped it because nobody used it.
    #[must_use]
    pub fn stop(self) -> Option<Stop<'a>> {
        let row = self.folded.stops.get(self.row().stop as usize)?;
        Some(Stop { folded: self.folded, row })
    }

    /// Its times of idleness of 10 minutes and more, in order.
    pub fn idle(self) -> impl ExactSizeIterator<Item = Episode> + use<'a> {
        let to = self.folded.runs.get(self.at + 1).map_or(self.folded.idle.len(), |next| next.idle as usize);
        self.folded.idle[self.row().idle as usize..to].iter().map(|fact| Episode {
            since: time(fact.since),
            until: time(fact.until),
            ended: fact.ended,
        })
    }

    /// The next run of the same resource.
    #[must_use]
    pub fn next_run(self) -> Option<Self> {
        let next = self.folded.runs.get(self.at + 1)?;
        let is_same = next.scope == self.row().scope && next.resource == self.row().resource;
        is_same.then_some(Self { at: self.at + 1, ..self })
    }

    /// The last look at its kind in its account and region.
    #[must_use]
    pub fn looked_last(self) -> Option<Timestamp> {
        self.looks().last().copied().map(time)
    }

    /// The last look at its kind before this time.
    #[must_use]
    pub fn looked_before(self, at: Timestamp) -> Option<Timestamp> {
        let looks = self.looks();
        let before = looks.partition_point(|look| time(*look) < at);
        looks[..before].last().copied().map(time)
    }

    fn looks(self) -> &'a [i64] {
        let looks = &self.folded.scopes[self.row().scope as usize].looks;
        self.kind().map_or(&[], |kind| &looks[super::facts::place(kind)])
    }
}

impl fmt::Debug for Run<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}, {} to {}", self.resource_text(), self.began(), self.begin(), self.end())
    }
}

/// A time of idleness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Episode {
    /// Since when.
    pub since: Timestamp,
    /// Until when it is known to have lasted. The run may be known no further than to before that.
    pub until: Timestamp,
    /// What ended it.
    pub ended: IdleEnd,
}
