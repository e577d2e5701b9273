//! When each app's agent was heard last: one metric an app, read 500 at a time.

use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricDataResult, MetricStat, StatusCode};
use cost_planner::coverage::{ALIVE_WITHIN, AppSeen};
use idle_core::{AppRef, metric};
use jiff::Timestamp;

use super::CallError;
use super::pages::pages;
use crate::aws::Session;

const GET: &str = "GetMetricData";
/// As many as `GetMetricData` takes.
const QUERIES: usize = 500;
/// Seconds of one data point: a minute, so that the age is known to a minute.
const PERIOD: i32 = 60;

/// Fills in the heartbeat of each app. One that cannot be read is unknown, never none.
pub(crate) async fn heartbeats(session: &Session, apps: &mut [AppSeen], now: Timestamp) {
    for batch in apps.chunks_mut(QUERIES) {
        let names: Vec<AppRef> = batch.iter().map(|seen| seen.app.clone()).collect();
        match ask(session, &names, now).await {
            Ok(heard) => batch.iter_mut().zip(heard).for_each(|(seen, heard)| seen.heartbeat = heard),
            Err(error) => batch.iter_mut().for_each(|seen| seen.heartbeat = Err(error.to_string())),
        }
    }
}

async fn ask(
    session: &Session,
    apps: &[AppRef],
    now: Timestamp,
) -> Result<Vec<Result<Option<Timestamp>, String>>, CallError> {
    let queries: Vec<MetricDataQuery> = apps.iter().enumerate().map(|(n, app)| query(n, app)).collect();
    let end = now.as_second() + 60;
    // Twice as long as a heartbeat counts, so that the age of a late one can be said.
    let start = now.as_second() - 2 * ALIVE_WITHIN.as_secs();
    let ask = async |token: Option<String>| {
        let call = async || {
            let call = session.cloudwatch.get_metric_data().set_metric_data_queries(Some(queries.clone()));
            let call = call.start_time(DateTime::from_secs(start)).end_time(DateTime::from_secs(end));
            call.set_next_token(token.clone()).send().await
        };
        session.pace.read(GET, call).await
    };
    let pages = pages(GET, ask, |page| page.next_token()).await?;
    let mut answers = vec![Answer::default(); apps.len()];
    for result in pages.iter().flat_map(|page| page.metric_data_results()) {
        let n = result.id().and_then(|id| id.strip_prefix('a')).and_then(|n| n.parse::<usize>().ok());
        if let Some(answer) = n.and_then(|n| answers.get_mut(n)) {
            answer.add(result);
        }
    }
    Ok(answers.into_iter().map(|answer| answer.heard(now)).collect())
}

/// What the pages say of one metric.
#[derive(Debug, Clone, Default)]
struct Answer {
    latest: Option<Timestamp>,
    /// The status of the last page that names it.
    status: Option<StatusCode>,
}

impl Answer {
    fn add(&mut self, result: &MetricDataResult) {
        let latest = result.timestamps().iter().map(DateTime::secs).max();
        self.latest = self.latest.max(latest.and_then(|at| Timestamp::from_second(at).ok()));
        self.status = result.status_code().cloned();
    }

    /// A part of the answer shows that there is a heartbeat, but never that there is none.
    fn heard(self, now: Timestamp) -> Result<Option<Timestamp>, String> {
        let is_alive = self.latest.is_some_and(|at| now.duration_since(at) <= ALIVE_WITHIN);
        match self.status {
            Some(StatusCode::Complete) => Ok(self.latest),
            Some(StatusCode::PartialData) if is_alive => Ok(self.latest),
            Some(StatusCode::PartialData) => Err("CloudWatch answered only a part".to_owned()),
            Some(other) => Err(format!("CloudWatch answered {other}")),
            None => Err("CloudWatch left it out".to_owned()),
        }
    }
}

fn query(n: usize, app: &AppRef) -> MetricDataQuery {
    let values = [app.domain.as_str(), app.owner.name(), app.app_type.as_str(), app.name.as_str()];
    let pairs = metric::IDLE_SECONDS.dimensions.iter().zip(values);
    let dimensions = pairs.map(|(name, value)| Dimension::builder().name(*name).value(value).build()).collect();
    let metric = Metric::builder()
        .namespace(metric::NAMESPACE)
        .metric_name(metric::IDLE_SECONDS.name)
        .set_dimensions(Some(dimensions));
    let stat = MetricStat::builder().metric(metric.build()).period(PERIOD).stat("SampleCount");
    MetricDataQuery::builder().id(format!("a{n}")).metric_stat(stat.build()).return_data(true).build()
}
