//! Dashboards and alarms as they stand in CloudWatch.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::operation::describe_alarms::DescribeAlarmsOutput;
use aws_sdk_cloudwatch::operation::list_dashboards::ListDashboardsOutput;
use aws_sdk_cloudwatch::types::{AlarmType, ComparisonOperator, MetricAlarm};
use cost_planner::dashboard::metric::NAMESPACE;
use cost_planner::dashboard::{Alarm, Comparison, Measure, Missing};
use serde_json::Value;

use super::pages::each_page;
use super::{CallError, Kind};
use crate::aws::Session;

/// As many alarms as one call names.
const NAMES: usize = 100;

/// The body of a dashboard; `None` where there is none of this name.
///
/// # Errors
/// When it could not be read.
pub(crate) async fn dashboard(session: &Session, name: &str) -> Result<Option<Value>, CallError> {
    const GET: &str = "GetDashboard";
    let ask = async || session.cloudwatch.get_dashboard().dashboard_name(name).send().await;
    match session.pace.read(GET, ask).await {
        // A body that is not JSON is not ours, and differs from every one that is.
        Ok(found) => Ok(Some(serde_json::from_str(found.dashboard_body().unwrap_or_default()).unwrap_or(Value::Null))),
        Err(error) if error.kind == Kind::NotFound => Ok(None),
        Err(error) => Err(error.of(name)),
    }
}

/// The names of the dashboards that begin like this, sorted.
///
/// # Errors
/// When not all could be listed.
pub(crate) async fn dashboard_names(session: &Session, prefix: &str) -> Result<Vec<String>, CallError> {
    const LIST: &str = "ListDashboards";
    let ask = async |token: Option<String>| {
        let call = async || {
            let call = session.cloudwatch.list_dashboards().dashboard_name_prefix(prefix);
            call.set_next_token(token.clone()).send().await
        };
        session.pace.read(LIST, call).await
    };
    let mut names = Vec::new();
    let next = |page: &ListDashboardsOutput| page.next_token.clone();
    each_page(LIST, ask, next, |page| {
        names.extend(page.dashboard_entries().iter().filter_map(|entry| entry.dashboard_name().map(str::to_owned)));
    })
    .await?;
    names.sort();
    Ok(names)
}

/// An alarm that stands there.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AlarmSeen {
    /// Whether it is over a metric of ours.
    pub(crate) is_ours: bool,
    /// Whether it tells anybody when it goes off.
    pub(crate) is_enabled: bool,
    /// What it says; `None` where it has something that none of ours has.
    pub(crate) alarm: Option<Alarm>,
}

/// The alarms of these names that there are, by name.
///
/// # Errors
/// When not all could be read.
pub(crate) async fn alarms_seen(session: &Session, names: &[String]) -> Result<BTreeMap<String, AlarmSeen>, CallError> {
    const DESCRIBE: &str = "DescribeAlarms";
    let mut found = BTreeMap::new();
    for batch in names.chunks(NAMES) {
        let ask = async |token: Option<String>| {
            let call = async || {
                let call = session.cloudwatch.describe_alarms().set_alarm_names(Some(batch.to_vec()));
                call.alarm_types(AlarmType::MetricAlarm).set_next_token(token.clone()).send().await
            };
            session.pace.read(DESCRIBE, call).await
        };
        let next = |page: &DescribeAlarmsOutput| page.next_token.clone();
        each_page(DESCRIBE, ask, next, |page| {
            let named = page.metric_alarms().iter().filter_map(|alarm| Some((alarm.alarm_name()?.to_owned(), alarm)));
            found.extend(named.map(|(name, alarm)| (name, seen(alarm))));
        })
        .await?;
    }
    Ok(found)
}

fn seen(alarm: &MetricAlarm) -> AlarmSeen {
    let of_queries = alarm.metrics().iter().filter_map(|query| query.metric_stat()?.metric()?.namespace());
    let is_ours = of_queries.chain(alarm.namespace()).any(|namespace| namespace == NAMESPACE);
    AlarmSeen { is_ours, is_enabled: alarm.actions_enabled().unwrap_or(true), alarm: read(alarm) }
}

/// The alarm in the planner's words; `None` where it has something that none of ours has.
fn read(alarm: &MetricAlarm) -> Option<Alarm> {
    let (mut measures, mut expression, mut periods) = (Vec::new(), None, Vec::new());
    for query in alarm.metrics() {
        match (query.metric_stat(), query.expression()) {
            (Some(stat), None) => {
                let metric = stat.metric()?;
                let is_plain = metric.namespace() == Some(NAMESPACE) && metric.dimensions().is_empty();
                let metric = metric.metric_name().filter(|_| is_plain)?.to_owned();
                measures.push(Measure { id: query.id()?.to_owned(), metric, stat: stat.stat()?.to_owned() });
                periods.push(stat.period()?);
            }
            (None, Some(text)) => drop(expression.replace(text.to_owned())),
            _ => return None,
        }
    }
    let period = *periods.first().filter(|first| periods.iter().all(|period| period == *first))?;
    let points = alarm.evaluation_periods()?;
    let is_plain = alarm.datapoints_to_alarm() == Some(points)
        && alarm.ok_actions() == alarm.alarm_actions()
        && alarm.insufficient_data_actions().is_empty();
    Some(Alarm {
        name: alarm.alarm_name()?.to_owned(),
        description: alarm.alarm_description()?.to_owned(),
        measures,
        expression,
        period: u32::try_from(period).ok()?,
        points: u32::try_from(points).ok().filter(|_| is_plain)?,
        comparison: match alarm.comparison_operator()? {
            ComparisonOperator::LessThanThreshold => Comparison::LessThanThreshold,
            ComparisonOperator::GreaterThanThreshold => Comparison::GreaterThanThreshold,
            _ => return None,
        },
        threshold: alarm.threshold()?,
        missing: match alarm.treat_missing_data()? {
            "breaching" => Missing::Breaching,
            "missing" => Missing::Missing,
            _ => return None,
        },
        actions: alarm.alarm_actions().to_vec(),
    })
}
