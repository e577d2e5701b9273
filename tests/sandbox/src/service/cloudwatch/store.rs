//! The metrics of one account and region, in bounded memory.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// More datapoints than any test asks for again; the first to come are the first forgotten.
const MOST: usize = 200_000;

const MOST_RUNS: usize = 100;

/// What tells one metric from another. The order is that of lists.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Metric {
    pub(super) namespace: String,
    pub(super) name: String,
    /// By name: their order in a request means nothing.
    pub(super) dimensions: BTreeMap<String, String>,
}

/// When, and in which unit: data of several units is kept apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slot {
    /// Epoch seconds; of standard resolution the first of its minute.
    pub(super) second: i64,
    pub(super) unit: String,
}

/// What CloudWatch keeps of the values of one slot.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Statistics {
    pub(super) count: f64,
    pub(super) sum: f64,
    pub(super) minimum: f64,
    pub(super) maximum: f64,
}

impl Statistics {
    /// The statistics of both.
    pub(super) fn with(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            sum: self.sum + other.sum,
            minimum: self.minimum.min(other.minimum),
            maximum: self.maximum.max(other.maximum),
        }
    }
}

/// A value that does not change, once every so many seconds from the first to the
/// last. It takes the room of one.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) from: i64,
    pub(super) to: i64,
    pub(super) every: i64,
    pub(super) unit: String,
    pub(super) statistics: Statistics,
}

impl Run {
    /// The seconds of its datapoints from `start` to before `end`.
    fn seconds(&self, start: i64, end: i64) -> impl Iterator<Item = i64> {
        let first = (start - self.from).max(0);
        let first = self.from + (first + self.every - 1) / self.every * self.every;
        let every = usize::try_from(self.every).unwrap_or(usize::MAX);
        (first..end.min(self.to + 1)).step_by(every)
    }
}

/// What is known of one metric.
#[derive(Debug, Default)]
struct Series {
    points: BTreeMap<Slot, Statistics>,
    runs: Vec<Run>,
}

/// The metrics of one account and region.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    series: BTreeMap<Arc<Metric>, Series>,
    /// Every datapoint in the order in which it came.
    arrived: VecDeque<(Arc<Metric>, Slot)>,
}

impl Metrics {
    /// Adds values to what the slot has.
    pub(super) fn add(&mut self, metric: Metric, slot: Slot, statistics: Statistics) {
        let known = self.series.get_key_value(&metric).map(|(metric, _)| Arc::clone(metric));
        let metric = known.unwrap_or_else(|| Arc::new(metric));
        let points = &mut self.series.entry(Arc::clone(&metric)).or_default().points;
        match points.get_mut(&slot) {
            Some(stored) => *stored = stored.with(statistics),
            None => {
                points.insert(slot.clone(), statistics);
                self.arrived.push_back((metric, slot));
            }
        }
        if self.arrived.len() > MOST {
            self.forget_first();
        }
    }

    /// Adds a value that does not change. Tests alone do; the first of a hundred is forgotten.
    pub(super) fn add_run(&mut self, metric: Metric, run: Run) {
        let runs = &mut self.series.entry(Arc::new(metric)).or_default().runs;
        if runs.len() == MOST_RUNS {
            runs.remove(0);
        }
        runs.push(run);
    }

    /// The datapoints of one metric from `start` to before `end`, in no order: second, unit and values.
    pub(super) fn points(&self, metric: &Metric, start: i64, end: i64) -> Vec<(i64, &str, Statistics)> {
        let Some(Series { points, runs }) = self.series.get(metric) else { return Vec::new() };
        let bound = |second: i64| Slot { second, unit: String::new() };
        let stored = points
            .range(bound(start)..bound(end.max(start)))
            .map(|(slot, statistics)| (slot.second, slot.unit.as_str(), *statistics));
        let constant = runs
            .iter()
            .flat_map(|run| run.seconds(start, end).map(|second| (second, run.unit.as_str(), run.statistics)));
        stored.chain(constant).collect()
    }

    /// Every metric, and the time of its latest datapoint.
    pub(super) fn latest(&self) -> impl Iterator<Item = (&Metric, i64)> {
        self.series.iter().filter_map(|(metric, Series { points, runs })| {
            let stored = points.last_key_value().map(|(slot, _)| slot.second);
            let constant = runs.iter().map(|run| run.to - (run.to - run.from) % run.every).max();
            Some((metric.as_ref(), stored.max(constant)?))
        })
    }

    fn forget_first(&mut self) {
        let Some((metric, slot)) = self.arrived.pop_front() else { return };
        let Some(series) = self.series.get_mut(&metric) else { return };
        series.points.remove(&slot);
        if series.points.is_empty() && series.runs.is_empty() {
            self.series.remove(&metric);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_to_come_are_forgotten_when_there_are_too_many() {
        let mut metrics = Metrics::default();
        let metric = |name: &str| Metric {
            namespace: "Idle".to_owned(),
            name: name.to_owned(),
            dimensions: BTreeMap::from([("Domain".to_owned(), "d-1".to_owned())]),
        };
        let slot = |second: i64| Slot { second, unit: "None".to_owned() };
        let one = Statistics { count: 1.0, sum: 2.0, minimum: 2.0, maximum: 2.0 };
        metrics.add(metric("first"), slot(0), one);
        for second in (0..).take(MOST) {
            metrics.add(metric("second"), slot(second), one);
            metrics.add(metric("second"), slot(second), one);
        }
        assert_eq!(metrics.latest().map(|(metric, _)| metric.name.as_str()).collect::<Vec<_>>(), ["second"]);
        let stored = metrics.points(&metric("second"), 0, i64::MAX);
        assert_eq!((stored.len(), metrics.arrived.len()), (MOST, MOST));
        assert!(stored.iter().all(|(.., stored)| *stored == one.with(one)));
    }

    #[test]
    fn a_value_that_does_not_change_is_there_at_each_of_its_times() {
        let statistics = Statistics { count: 1.0, sum: 2.0, minimum: 2.0, maximum: 2.0 };
        let run = Run { from: 600, to: 1500, every: 300, unit: "None".to_owned(), statistics };
        let seconds = |start, end| run.seconds(start, end).collect::<Vec<_>>();
        assert_eq!(seconds(0, 5000), [600, 900, 1200, 1500]);
        assert_eq!(seconds(601, 1500), [900, 1200]);
        assert_eq!((seconds(1501, 5000), seconds(0, 600)), (vec![], vec![]));
    }
}
