//! When a run was there, by what was seen of it. Pure arithmetic on the facts of one run.

use super::facts::{RanFact, StopFact};
use crate::line::StoppedBy;

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// An unbroken time of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment {
    /// Which facts tell of it, in order.
    pub(super) facts: std::ops::Range<usize>,
    pub(super) began: i64,
    pub(super) begin: i64,
    pub(super) end: i64,
    /// Nothing says that it ended.
    pub(super) is_open: bool,
}

/// What is known of one run. Everything is in order of time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'a> {
    /// By `at`; never empty.
    pub(super) ran: &'a [RanFact],
    /// Looks at which it was told to be gone.
    pub(super) gone: &'a [i64],
    pub(super) stops: &'a [StopFact],
    /// All looks of its kind in its scope.
    pub(super) looks: &'a [i64],
}

impl Known<'_> {
    /// The times of the run. There are several where it was gone and came back under the same
    /// key, as a variant of an endpoint does. `least` is room to work in.
    pub(super) fn segments(&self, least: &mut Vec<i64>, out: &mut Vec<Segment>) {
        // From each fact on, the earliest time for which it or a later one speaks.
        least.clear();
        least.extend(self.ran.iter().map(|fact| fact.since));
        for n in (0..least.len() - 1).rev() {
            least[n] = least[n].min(least[n + 1]);
        }
        let mut first = 0;
        for n in 0..self.ran.len() {
            let next = least.get(n + 1).copied();
            let ended = self.ended(n, next);
            if next.is_none() || ended.is_some() {
                let at = self.ran[n].at;
                let end = ended.unwrap_or_else(|| self.looks.last().map_or(at, |last| at.max(*last)));
                let (began, begin) = (self.ran[n].began, least[first]);
                out.push(Segment { facts: first..n + 1, began, begin, end, is_open: ended.is_none() });
                first = n + 1;
            }
        }
    }

    /// When the run ended after the fact `n`, if it did before `next`, for which a later fact speaks.
    fn ended(&self, n: usize, next: Option<i64>) -> Option<i64> {
        let at = self.ran[n].at;
        let next = next.unwrap_or(i64::MAX);
        if next <= at {
            return None;
        }
        let within = |time: &i64| at < *time && *time < next;
        let told = self.gone.iter().copied().find(within);
        let stopped_by = |by| {
            let stops = self.stops.iter().filter(move |stop| stop.by == by).map(|stop| stop.gone_at);
            stops.filter(|time| (at..next).contains(time)).min()
        };
        let agents = stopped_by(StoppedBy::IdleAgent).filter(within);
        let absent = [told, agents, self.not_told_again(n, next)].into_iter().flatten().min();
        let seen_last = absent.map(|absent| self.look_before(absent).map_or(at, |last| at.max(last)));
        // A sweep saw it vanish: that is the end itself, unless it was seen to be gone before.
        match (stopped_by(StoppedBy::Costctl), absent) {
            (Some(stop), Some(absent)) => Some(stop.min(absent)),
            (Some(stop), None) => Some(stop),
            (None, _) => seen_last,
        }
    }

    /// The first look of the first day with looks after that of the fact `n`, if nobody told of the
    /// run on that day: whoever sees a run tells of it once a day.
    fn not_told_again(&self, n: usize, next: i64) -> Option<i64> {
        let tomorrow = (self.ran[n].at.div_euclid(DAY) + 1) * DAY;
        let first = *self.looks.get(self.looks.partition_point(|look| *look < tomorrow))?;
        let day_after = (first.div_euclid(DAY) + 1) * DAY;
        let is_told = self.ran.get(n + 1).is_some_and(|fact| fact.at < day_after);
        (!is_told && first < next).then_some(first)
    }

    fn look_before(&self, time: i64) -> Option<i64> {
        let at = self.looks.partition_point(|look| *look < time);
        at.checked_sub(1).map(|at| self.looks[at])
    }
}
