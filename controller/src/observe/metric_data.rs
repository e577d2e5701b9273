//! Series of CloudWatch over a window, 500 a call, each folded into what is asked of it.

use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricDataResult, MetricStat, StatusCode};
use jiff::{SignedDuration, Timestamp};

use super::CallError;
use super::pages::each_page;
use crate::aws::Session;

const GET: &str = "GetMetricData";
/// As many as `GetMetricData` takes.
pub(super) const QUERIES: usize = 500;

/// Within so long a heartbeat and the one before it come, each up to two minutes late.
const RECENT: SignedDuration = SignedDuration::from_mins(8);

/// A series that is asked for.
#[derive(Debug, Clone)]
pub(super) struct Query<'a> {
    pub(super) namespace: &'a str,
    pub(super) name: &'a str,
    pub(super) dimensions: Vec<(&'a str, &'a str)>,
    pub(super) stat: &'static str,
}

/// What a series held in the window.
#[derive(Debug, Clone, Default)]
pub(super) struct Points {
    pub(super) first_at: Option<Timestamp>,
    /// The last point, and its value.
    pub(super) latest: Option<(Timestamp, f64)>,
    /// The points of the last [`RECENT`] before it, itself among them, in no order.
    pub(super) recent: Vec<(Timestamp, f64)>,
    pub(super) last_above_zero_at: Option<Timestamp>,
    pub(super) sum: f64,
    /// Every point, in no order, where all of them are wanted.
    pub(super) all: Option<Vec<(i64, f64)>>,
    /// The status of the last page that names it.
    status: Option<StatusCode>,
}

/// How much of a series was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it.
    Whole,
    /// What came is true, but more may be there.
    Part,
    /// Nothing that counts, and why.
    Nothing(String),
}

/// What each of at most 500 series held in `from..to`, in seconds, by points of `period` seconds.
///
/// # Errors
/// When not all of it could be read.
pub(super) async fn points(
    session: &Session,
    queries: &[Query<'_>],
    window: [i64; 2],
    period: i32,
) -> Result<Vec<Points>, CallError> {
    ask(session, queries, window, period, Points::default()).await
}

/// The same, with every point.
///
/// # Errors
/// As for [`points`].
pub(super) async fn all_points(
    session: &Session,
    queries: &[Query<'_>],
    window: [i64; 2],
    period: i32,
) -> Result<Vec<Points>, CallError> {
    ask(session, queries, window, period, Points { all: Some(Vec::new()), ..Points::default() }).await
}

async fn ask(
    session: &Session,
    queries: &[Query<'_>],
    [from, to]: [i64; 2],
    period: i32,
    empty: Points,
) -> Result<Vec<Points>, CallError> {
    let asked: Vec<MetricDataQuery> = queries.iter().enumerate().map(|(n, query)| query.asked(n, period)).collect();
    let ask = async |token: Option<String>| {
        let call = async || {
            let call = session.cloudwatch.get_metric_data().set_metric_data_queries(Some(asked.clone()));
            let call = call.start_time(DateTime::from_secs(from)).end_time(DateTime::from_secs(to));
            call.set_next_token(token.clone()).send().await
        };
        session.pace.read(GET, call).await
    };
    let mut points = vec![empty; queries.len()];
    let next = |page: &aws_sdk_cloudwatch::operation::get_metric_data::GetMetricDataOutput| page.next_token.clone();
    each_page(GET, ask, next, |page| {
        for result in page.metric_data_results() {
            let n = result.id().and_then(|id| id.strip_prefix('a')).and_then(|n| n.parse::<usize>().ok());
            if let Some(points) = n.and_then(|n| points.get_mut(n)) {
                points.add(result);
            }
        }
    })
    .await?;
    Ok(points)
}

impl Points {
    pub(super) fn add(&mut self, result: &MetricDataResult) {
        for (at, value) in result.timestamps().iter().zip(result.values()) {
            let Ok(at) = Timestamp::from_second(at.secs()) else { continue };
            self.first_at = Some(self.first_at.map_or(at, |first| first.min(at)));
            // Of one time that is told twice the lesser value: it speaks for the shorter idleness.
            let is_later = |(latest, known): (Timestamp, f64)| latest < at || (latest == at && *value < known);
            if self.latest.is_none_or(is_later) {
                self.latest = Some((at, *value));
            }
            self.recent.push((at, *value));
            let from = self.latest.map(|(latest, _)| latest - RECENT);
            self.recent.retain(|(at, _)| Some(*at) >= from);
            if *value > 0.0 {
                self.last_above_zero_at = self.last_above_zero_at.max(Some(at));
            }
            self.sum += value;
            if let Some(all) = &mut self.all {
                all.push((at.as_second(), *value));
            }
        }
        self.status = result.status_code().cloned();
    }

    /// How much of it this is.
    pub(super) fn extent(&self) -> Extent {
        match &self.status {
            Some(StatusCode::Complete) => Extent::Whole,
            Some(StatusCode::PartialData) => Extent::Part,
            Some(other) => Extent::Nothing(format!("CloudWatch answered {other}")),
            None => Extent::Nothing("CloudWatch left it out".to_owned()),
        }
    }

    /// Why not all of it was answered; `None` where it was.
    pub(super) fn gap(&self) -> Option<String> {
        match self.extent() {
            Extent::Whole => None,
            Extent::Part => Some(PART.to_owned()),
            Extent::Nothing(why) => Some(why),
        }
    }
}

/// What is said of a part.
pub(super) const PART: &str = "CloudWatch answered only a part";

impl Query<'_> {
    fn asked(&self, n: usize, period: i32) -> MetricDataQuery {
        let dimension = |(name, value): &(&str, &str)| Dimension::builder().name(*name).value(*value).build();
        let dimensions = self.dimensions.iter().map(dimension).collect();
        let metric = Metric::builder().namespace(self.namespace).metric_name(self.name);
        let metric = metric.set_dimensions(Some(dimensions)).build();
        let stat = MetricStat::builder().metric(metric).period(period).stat(self.stat);
        MetricDataQuery::builder().id(format!("a{n}")).metric_stat(stat.build()).return_data(true).build()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_points_in_any_order_the_last_counts_and_of_the_same_the_least() {
        let points = [(120, 9_000.0), (60, 0.0), (120, 0.0), (0, 7_200.0), (120, 9_000.0)];
        let mut folded = Points::default();
        for (at, value) in points {
            let result = MetricDataResult::builder().timestamps(DateTime::from_secs(at)).values(value);
            folded.add(&result.status_code(StatusCode::Complete).build());
        }
        assert_eq!(folded.latest, Timestamp::from_second(120).ok().map(|at| (at, 0.0)));
        assert_eq!(folded.first_at, Timestamp::from_second(0).ok());
        assert_eq!(folded.recent.len(), points.len());
        let late = MetricDataResult::builder().timestamps(DateTime::from_secs(600)).values(7.0);
        folded.add(&late.status_code(StatusCode::Complete).build());
        let ats: Vec<i64> = folded.recent.iter().map(|(at, _)| at.as_second()).collect();
        assert_eq!(ats, [120, 120, 120, 600], "those of the eight minutes before the last");
        assert_eq!(folded.gap(), None);
    }
}
