//! Dashboards and alarms of CloudWatch. Each is looked at once more before it is put, and
//! read back after it.

use aws_sdk_cloudwatch::types::{ComparisonOperator, Metric, MetricDataQuery, MetricStat};
use cost_planner::dashboard::metric::NAMESPACE;
use cost_planner::dashboard::{Alarm, Comparison, Dashboard, Measure, Missing};
use serde_json::Value;
use thiserror::Error;

use super::Consent;
use crate::aws::Session;
use crate::observe::{AlarmSeen, CallError, Pace, alarms_seen, dashboard};

/// A dashboard or alarm that was not put.
#[derive(Debug, Error)]
pub(crate) enum PutError {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error("somebody changed it since it was planned; hint: run again")]
    ChangedSince,
    #[error("CloudWatch found fault with it: {0}")]
    Faults(String),
    #[error("it holds something else than what was sent; hint: look at it by hand")]
    NoEffect,
}

/// Puts a dashboard in the place of `seen`.
///
/// # Errors
/// When something else stands there by now, AWS refuses it or finds any fault with it.
pub(crate) async fn put_dashboard(
    session: &Session,
    _: &Consent,
    wanted: &Dashboard,
    seen: Option<&Value>,
) -> Result<(), PutError> {
    let Dashboard { name, body, widgets: _, metrics: _ } = wanted;
    let there = dashboard(session, name).await?;
    if there.as_ref() == Some(body) {
        return Ok(());
    }
    if there.as_ref() != seen {
        return Err(PutError::ChangedSince);
    }
    let text = body.to_string();
    let put = session.pace.write("PutDashboard", async || {
        session.cloudwatch.put_dashboard().dashboard_name(name).dashboard_body(&text).send().await
    });
    let answer = put.await.map_err(|error| error.of(name))?;
    let faults = answer.dashboard_validation_messages().iter();
    let faults: Vec<String> = faults
        .map(|fault| format!("{}: {}", fault.data_path().unwrap_or("?"), fault.message().unwrap_or("?")))
        .collect();
    if !faults.is_empty() {
        return Err(PutError::Faults(faults.join("; ")));
    }
    if dashboard(session, name).await?.as_ref() == Some(body) { Ok(()) } else { Err(PutError::NoEffect) }
}

/// The pace of alarms: AWS takes three a second, and there are never more than three of ours.
pub(crate) fn alarm_pace() -> Pace {
    Pace::new(1.0, 2.5)
}

/// Puts an alarm in the place of `seen`. Whether its actions are muted stays as it is.
///
/// # Errors
/// When another one stands there by now, or AWS refuses it.
pub(crate) async fn put_alarm(
    session: &Session,
    _: &Consent,
    pace: &Pace,
    wanted: &Alarm,
    seen: Option<&AlarmSeen>,
) -> Result<(), PutError> {
    let names = [wanted.name.clone()];
    let there = alarms_seen(session, &names).await?.remove(&wanted.name);
    if there.as_ref().is_some_and(|there| there.alarm.as_ref() == Some(wanted)) {
        return Ok(());
    }
    if there.as_ref() != seen {
        return Err(PutError::ChangedSince);
    }
    let is_enabled = there.is_none_or(|there| there.is_enabled);
    pace.write("PutMetricAlarm", async || {
        let Alarm { name, description, period: _, points, comparison, threshold, missing, actions, .. } = wanted;
        let points = i32::try_from(*points).unwrap_or(i32::MAX);
        let call = session.cloudwatch.put_metric_alarm().alarm_name(name).alarm_description(description);
        let call = call.set_metrics(Some(queries(wanted))).evaluation_periods(points).datapoints_to_alarm(points);
        let call = call.threshold(*threshold).comparison_operator(operator(*comparison));
        let call = call.treat_missing_data(treatment(*missing)).actions_enabled(is_enabled);
        call.set_alarm_actions(Some(actions.clone())).set_ok_actions(Some(actions.clone())).send().await
    })
    .await
    .map_err(|error| error.of(&wanted.name))?;
    let there = alarms_seen(session, &names).await?.remove(&wanted.name);
    let is_there = there.and_then(|there| there.alarm).as_ref() == Some(wanted);
    if is_there { Ok(()) } else { Err(PutError::NoEffect) }
}

/// What an alarm is made of: its metrics, and what they come to.
fn queries(alarm: &Alarm) -> Vec<MetricDataQuery> {
    let Alarm { measures, expression, period, .. } = alarm;
    let period = i32::try_from(*period).unwrap_or(i32::MAX);
    let measured = measures.iter().map(|Measure { id, metric, stat }| {
        let metric = Metric::builder().namespace(NAMESPACE).metric_name(metric).build();
        let stat = MetricStat::builder().metric(metric).period(period).stat(stat).build();
        MetricDataQuery::builder().id(id).metric_stat(stat).return_data(expression.is_none()).build()
    });
    let result = expression.iter().map(|text| {
        MetricDataQuery::builder().id(RESULT).expression(text).label(&alarm.name).return_data(true).build()
    });
    measured.chain(result).collect()
}

/// The id of what an expression comes to.
const RESULT: &str = "result";

fn operator(comparison: Comparison) -> ComparisonOperator {
    match comparison {
        Comparison::LessThanThreshold => ComparisonOperator::LessThanThreshold,
        Comparison::GreaterThanThreshold => ComparisonOperator::GreaterThanThreshold,
    }
}

fn treatment(missing: Missing) -> &'static str {
    match missing {
        Missing::Breaching => "breaching",
        Missing::Missing => "missing",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use studio_parts::sandbox::{Sandbox, SandboxOptions};

    use super::*;

    fn body(colour: bool) -> Dashboard {
        let mut properties = json!({ "metrics": [["CostControl", "RunRate"]], "region": "us-east-1" });
        if colour {
            properties["colour"] = json!("red");
        }
        let widget = json!({ "type": "metric", "x": 0, "y": 0, "width": 6, "height": 6, "properties": properties });
        Dashboard { name: "costs".to_owned(), body: json!({ "widgets": [widget] }), widgets: 1, metrics: 1 }
    }

    #[tokio::test]
    async fn any_validation_message_is_a_failure_and_is_told() {
        let sandbox = Sandbox::start(SandboxOptions::default()).expect("a sandbox");
        let session = Session::at(sandbox.endpoint()).await;
        let consent = Consent::of_a_test();
        let error = put_dashboard(&session, &consent, &body(true), None).await.expect_err("it was told of");
        let told = error.to_string();
        assert!(told.contains("/widgets/0/properties") && told.contains("'colour'"), "{told}");
    }

    #[tokio::test]
    async fn what_somebody_changed_meanwhile_is_not_replaced() {
        let sandbox = Sandbox::start(SandboxOptions::default()).expect("a sandbox");
        let session = Session::at(sandbox.endpoint()).await;
        let consent = Consent::of_a_test();
        put_dashboard(&session, &consent, &body(false), None).await.expect("put");
        put_dashboard(&session, &consent, &body(false), None).await.expect("it is there already");
        let puts = sandbox.calls_of("PutDashboard").expect("calls").len();
        assert_eq!(puts, 1);
        let (mut other, seen) = (body(false), json!({ "widgets": [] }));
        other.body["widgets"][0]["x"] = json!(1);
        let error = put_dashboard(&session, &consent, &other, Some(&seen)).await.expect_err("another stands there");
        assert!(matches!(error, PutError::ChangedSince), "{error}");
        assert_eq!(sandbox.calls_of("PutDashboard").expect("calls").len(), puts);
    }

    #[tokio::test]
    async fn an_alarm_that_somebody_muted_stays_muted() {
        let sandbox = Sandbox::start(SandboxOptions::default()).expect("a sandbox");
        let session = Session::at(sandbox.endpoint()).await;
        let (consent, pace) = (Consent::of_a_test(), Pace::new(1_000.0, 1_000.0));
        let wanted = |percent| cost_planner::dashboard::AlarmsWanted {
            name: "costs".to_owned(),
            sweep_every: 3600,
            coverage_below_percent: Some(percent),
            micro_usd_per_month: None,
            topic: None,
        };
        let [ninety, eighty] = [90, 80].map(|percent| cost_planner::dashboard::alarms(&wanted(percent)).remove(1));
        put_alarm(&session, &consent, &pace, &ninety, None).await.expect("put");
        let seen = alarms_seen(&session, std::slice::from_ref(&ninety.name)).await.expect("read").remove(&ninety.name);
        let seen = seen.expect("it is there");
        assert_eq!(seen.alarm.as_ref(), Some(&ninety));
        let mut muted = sandbox.calls_of("PutMetricAlarm").expect("calls")[0]["request"].clone();
        muted["ActionsEnabled"] = json!(false);
        sandbox.call_of("111122223333", "us-east-1", "monitoring", "PutMetricAlarm", &muted).expect("muted");
        let error = put_alarm(&session, &consent, &pace, &eighty, Some(&seen)).await.expect_err("it was muted since");
        assert!(matches!(error, PutError::ChangedSince), "{error}");
        let seen = AlarmSeen { is_enabled: false, ..seen };
        put_alarm(&session, &consent, &pace, &eighty, Some(&seen)).await.expect("put");
        let calls = sandbox.calls_of("PutMetricAlarm").expect("calls");
        assert_eq!(calls.last().expect("a call")["request"]["ActionsEnabled"], false);
    }
}
