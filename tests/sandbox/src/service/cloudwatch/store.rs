//! The metrics of one account and region, in bounded memory.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// More datapoints than any test asks for again; the first to come are the first forgotten.
const MOST: usize = 200_000;

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

/// The metrics of one account and region.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    series: BTreeMap<Arc<Metric>, BTreeMap<Slot, Statistics>>,
    /// Every datapoint in the order in which it came.
    arrived: VecDeque<(Arc<Metric>, Slot)>,
}

impl Metrics {
    /// Adds values to what the slot has.
    pub(super) fn add(&mut self, metric: Metric, slot: Slot, statistics: Statistics) {
        let known = self.series.get_key_value(&metric).map(|(metric, _)| Arc::clone(metric));
        let metric = known.unwrap_or_else(|| Arc::new(metric));
        let points = self.series.entry(Arc::clone(&metric)).or_default();
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

    /// The datapoints of one metric, oldest first.
    pub(super) fn points(&self, metric: &Metric) -> impl Iterator<Item = (&Slot, &Statistics)> {
        self.series.get(metric).into_iter().flatten()
    }

    /// Every metric, and the time of its latest datapoint.
    pub(super) fn latest(&self) -> impl Iterator<Item = (&Metric, i64)> {
        self.series.iter().filter_map(|(metric, points)| {
            let (slot, _) = points.last_key_value()?;
            Some((metric.as_ref(), slot.second))
        })
    }

    fn forget_first(&mut self) {
        let Some((metric, slot)) = self.arrived.pop_front() else { return };
        let Some(points) = self.series.get_mut(&metric) else { return };
        points.remove(&slot);
        if points.is_empty() {
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
        assert_eq!((metrics.points(&metric("second")).count(), metrics.arrived.len()), (MOST, MOST));
        assert!(metrics.points(&metric("second")).all(|(_, stored)| *stored == one.with(one)));
    }
}
