//! How often endpoints were invoked. An empty series proves nothing before it is known to exist.

use std::collections::BTreeSet;
use std::sync::Arc;

use cost_planner::snapshot::{CloseUp, Endpoint, Series};
use jiff::{SignedDuration, Timestamp};

use crate::aws::Session;
use crate::observe::CallError;
use crate::observe::metric_data::{Points, QUERIES, Query, points};
use crate::observe::pages::each_page;

const NAMESPACE: &str = "AWS/SageMaker";
const INVOCATIONS: &str = "Invocations";
const BACKLOG: &str = "ApproximateBacklogSize";
const LIST: &str = "ListMetrics";

/// Seconds of a point: an hour, which CloudWatch keeps for 455 days.
const PERIOD: i64 = 3_600;

/// Which series of which endpoint, by index.
#[derive(Debug, Clone, Copy)]
enum Of {
    Variant(usize, usize),
    Component(usize, usize),
    Backlog(usize),
}

/// Fills in the series of every endpoint that was described.
pub(super) async fn look(session: &Session, endpoints: &mut [Endpoint], within: SignedDuration) {
    let mut asked = Vec::new();
    for (n, endpoint) in endpoints.iter().enumerate() {
        let Ok(close_up) = &endpoint.close_up else { continue };
        asked.extend((0..close_up.variants.len()).map(|variant| Of::Variant(n, variant)));
        asked.extend((0..close_up.inference_components.len()).map(|component| Of::Component(n, component)));
        asked.extend(close_up.is_async.then_some(Of::Backlog(n)));
    }
    if asked.is_empty() {
        return;
    }
    let has_backlog = asked.iter().any(|of| matches!(of, Of::Backlog(_)));
    let known = Known {
        invocations: known(session, INVOCATIONS).await,
        backlogs: if has_backlog { known(session, BACKLOG).await } else { Ok(BTreeSet::new()) },
    };
    let now = Timestamp::now();
    let from = now.as_second() - within.as_secs();
    let window = Window { from: from - from.rem_euclid(PERIOD), now };
    for batch in asked.chunks(QUERIES) {
        let queries: Vec<Query<'_>> = batch.iter().map(|of| of.query(endpoints)).collect();
        let exists: Vec<Result<bool, Arc<str>>> = queries.iter().map(|query| known.has(query)).collect();
        let answers = window.read(session, &queries).await;
        for ((of, exists), points) in batch.iter().zip(exists).zip(answers) {
            let series = window.series(points, exists);
            of.put(endpoints, series);
        }
    }
}

impl Of {
    fn query(self, endpoints: &[Endpoint]) -> Query<'_> {
        let (Self::Variant(n, _) | Self::Component(n, _) | Self::Backlog(n)) = self;
        let endpoint = &endpoints[n];
        let close_up = endpoint.close_up.as_ref();
        let (name, stat, dimensions) = match (self, close_up) {
            (Self::Variant(_, n), Ok(close_up)) => {
                let variant = close_up.variants[n].name.as_str();
                (INVOCATIONS, "Sum", vec![("EndpointName", endpoint.name.as_str()), ("VariantName", variant)])
            }
            (Self::Component(_, n), Ok(close_up)) => {
                let component = close_up.inference_components[n].name.as_str();
                (INVOCATIONS, "Sum", vec![("InferenceComponentName", component)])
            }
            _ => (BACKLOG, "Maximum", vec![("EndpointName", endpoint.name.as_str())]),
        };
        Query { namespace: NAMESPACE, name, dimensions, stat }
    }

    fn put(self, endpoints: &mut [Endpoint], series: Series) {
        let (Self::Variant(n, _) | Self::Component(n, _) | Self::Backlog(n)) = self;
        let Ok(CloseUp { variants, inference_components, backlog, .. }) = &mut endpoints[n].close_up else { return };
        match self {
            Self::Variant(_, n) => variants[n].invocations = series,
            Self::Component(_, n) => inference_components[n].invocations = series,
            Self::Backlog(_) => *backlog = Some(series),
        }
    }
}

/// The time that is looked at.
struct Window {
    /// In seconds, at a full hour.
    from: i64,
    now: Timestamp,
}

impl Window {
    async fn read(&self, session: &Session, queries: &[Query<'_>]) -> Vec<Result<Points, Arc<str>>> {
        let to = self.now.as_second() + PERIOD;
        #[expect(clippy::cast_possible_truncation, reason = "an hour")]
        match points(session, queries, [self.from, to], PERIOD as i32).await {
            Ok(points) => points.into_iter().map(Ok).collect(),
            Err(error) => {
                let why: Arc<str> = error.to_string().into();
                vec![Err(why); queries.len()]
            }
        }
    }

    /// A point speaks for the hour that it begins, so the last one may be as late as its end.
    fn series(&self, points: Result<Points, Arc<str>>, exists: Result<bool, Arc<str>>) -> Series {
        let points = match points {
            Ok(points) => points,
            Err(why) => return Series::Unread(why),
        };
        if let Some(why) = points.gap() {
            return Series::Unread(why.into());
        }
        match exists {
            Err(why) if points.first_at.is_none() => return Series::Unread(why),
            Ok(false) if points.first_at.is_none() => return Series::Absent,
            _ => {}
        }
        let end = |at: Timestamp| (at + SignedDuration::from_secs(PERIOD)).min(self.now);
        Series::Read {
            from: Timestamp::from_second(self.from).unwrap_or(self.now),
            to: self.now,
            first_at: points.first_at,
            last_above_zero_at: points.last_above_zero_at.map(end),
            sum: points.sum,
        }
    }
}

/// The dimensions of the series that CloudWatch knows, or why that is not known.
type Dimensions = Result<BTreeSet<String>, Arc<str>>;

struct Known {
    invocations: Dimensions,
    backlogs: Dimensions,
}

impl Known {
    fn has(&self, query: &Query<'_>) -> Result<bool, Arc<str>> {
        let known = if query.name == BACKLOG { &self.backlogs } else { &self.invocations };
        let key = key(query.dimensions.iter().copied());
        known.as_ref().map(|known| known.contains(&key)).map_err(Clone::clone)
    }
}

async fn known(session: &Session, name: &str) -> Dimensions {
    list(session, name).await.map_err(|error| error.to_string().into())
}

/// Every series of this name of the last two weeks.
async fn list(session: &Session, name: &str) -> Result<BTreeSet<String>, CallError> {
    let ask = async |token: Option<String>| {
        let call = async || {
            let call = session.cloudwatch.list_metrics().namespace(NAMESPACE).metric_name(name);
            call.set_next_token(token.clone()).send().await
        };
        session.pace.read(LIST, call).await
    };
    let mut known = BTreeSet::new();
    each_page(
        LIST,
        ask,
        |page| page.next_token.clone(),
        |page| {
            for metric in page.metrics() {
                // Those of single containers and instances are not asked for.
                if metric.dimensions().len() <= 2 {
                    let dimensions = metric.dimensions().iter();
                    known
                        .insert(key(dimensions.map(|d| (d.name().unwrap_or_default(), d.value().unwrap_or_default()))));
                }
            }
        },
    )
    .await?;
    Ok(known)
}

/// What tells the dimensions of one series from those of another, in whatever order.
fn key<'a>(dimensions: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut pairs: Vec<(&str, &str)> = dimensions.collect();
    pairs.sort_unstable();
    pairs.into_iter().map(|(name, value)| format!("{name}={value},")).collect()
}
