//! CloudWatch metrics. Nothing here changes a decision: a CloudWatch that denies
//! or does not answer is logged once and asked less often.

use std::time::Duration;

use idle_core::metric::{self, Metric, NAMESPACE};
use idle_core::{DecisionRecord, Instants, Reason, ResourceRef};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::turns::Turns;
use crate::aws::{Client, Service};

/// The last words before the app is gone may not take longer.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Publishes the metrics of one resource in the background.
#[derive(Debug)]
pub(crate) struct Metrics {
    resource: ResourceRef,
    client: Client,
    instance_type: String,
    turns: Turns,
    in_flight: Option<JoinHandle<bool>>,
    complained: bool,
}

impl Metrics {
    /// The metrics of `resource`, first published at the first record.
    pub(crate) fn new(resource: &ResourceRef) -> Self {
        Self {
            resource: resource.clone(),
            client: Client::new(Service::CloudWatch, resource),
            instance_type: "unknown".to_owned(),
            turns: Turns::new(),
            in_flight: None,
            complained: false,
        }
    }

    /// Names the instance type from now on.
    pub(crate) fn set_instance_type(&mut self, instance_type: &str) {
        instance_type.clone_into(&mut self.instance_type);
    }

    /// Publishes what this record says, if it is time to, or if the idle time that was
    /// published last came to an end. Returns at once.
    pub(crate) async fn heartbeat(&mut self, record: &DecisionRecord, now: Instants) {
        self.reap(now).await;
        let idle_for = Duration::from_secs(record.published_idle_seconds());
        if self.in_flight.is_some() || !self.turns.is_due(idle_for, now.mono) {
            return;
        }
        self.turns.send(idle_for, now.mono);
        let mut data = vec![self.idle_seconds(record)];
        if record.blind_for_seconds.is_some() {
            data.push(self.counted(metric::AGENT_BLIND, record));
        }
        if record.notes.iter().any(|note| note.starts_with("tampering")) {
            data.push(self.counted(metric::STAMP_TAMPERED, record));
        }
        self.in_flight = Some(tokio::spawn(put(self.client.clone(), data, self.complained)));
    }

    /// Publishes that a snooze began. Returns at once; a failure is no matter.
    pub(crate) fn snoozed(&self, record: &DecisionRecord) {
        let data = vec![self.counted(metric::APP_SNOOZED, record)];
        tokio::spawn(put(self.client.clone(), data, self.complained));
    }

    /// Publishes that the stop was accepted, before the app is gone.
    pub(crate) async fn stopped(&self, record: &DecisionRecord) {
        let mut data = vec![self.counted(metric::APP_STOPPED, record), self.idle_seconds(record)];
        if record.reason.code == Reason::Stuck {
            data.push(self.counted(metric::WORK_STUCK, record));
        }
        self.last_words(data).await;
    }

    /// Publishes that the stop was not allowed.
    pub(crate) async fn denied(&self, record: &DecisionRecord) {
        self.last_words(vec![self.counted(metric::STOP_DENIED, record)]).await;
    }

    async fn last_words(&self, data: Vec<Value>) {
        let put = put(self.client.clone(), data, self.complained);
        if tokio::time::timeout(LAST_WORDS, put).await.is_err() {
            tracing::debug!("CloudWatch did not answer within {} s", LAST_WORDS.as_secs());
        }
    }

    /// Takes in how the last publication ended.
    async fn reap(&mut self, now: Instants) {
        let Some(handle) = self.in_flight.take_if(|handle| handle.is_finished()) else { return };
        let succeeded = handle.await.unwrap_or(false);
        self.complained = !succeeded;
        self.turns.end(succeeded, now.mono);
    }

    fn idle_seconds(&self, record: &DecisionRecord) -> Value {
        #[expect(clippy::cast_precision_loss, reason = "a float holds the seconds of 285 million years exactly")]
        let seconds = record.published_idle_seconds() as f64;
        match &self.resource {
            ResourceRef::App(app) => {
                let values = [app.domain.as_str(), app.owner.name(), app.app_type.as_str(), app.name.as_str()];
                datum(metric::IDLE_SECONDS, &values, seconds, record)
            }
            ResourceRef::NotebookInstance(instance) => {
                datum(metric::IDLE_SECONDS_OF_NOTEBOOK_INSTANCE, &[instance.name.as_str()], seconds, record)
            }
        }
    }

    fn counted(&self, metric: Metric, record: &DecisionRecord) -> Value {
        let (domain, kind) = match &self.resource {
            ResourceRef::App(app) => (app.domain.as_str(), app.app_type.as_str()),
            ResourceRef::NotebookInstance(_) => ("-", "NotebookInstance"),
        };
        datum(metric, &[domain, kind, &self.instance_type], 1.0, record)
    }
}

/// One element of `MetricData`.
fn datum(metric: Metric, values: &[&str], value: f64, record: &DecisionRecord) -> Value {
    let dimensions = metric.dimensions.iter().zip(values);
    let dimensions = dimensions.map(|(name, value)| json!({ "Name": name, "Value": value }));
    json!({
        "MetricName": metric.name,
        "Unit": metric.unit,
        "Dimensions": dimensions.collect::<Vec<_>>(),
        "Timestamp": record.at.as_second(),
        "Value": value,
    })
}

/// Whether CloudWatch took the data. Complains unless it was complained of before.
async fn put(client: Client, data: Vec<Value>, complained: bool) -> bool {
    match client.call("PutMetricData", &json!({ "Namespace": NAMESPACE, "MetricData": data })).await {
        Ok(_) => true,
        Err(error) => {
            let why = error.code().map_or_else(|| error.to_string(), str::to_owned);
            if !complained {
                tracing::warn!(
                    "CloudWatch took no metrics: {why}; hint: allow cloudwatch:PutMetricData, or --metrics=false"
                );
            }
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heartbeat_tells_of_idle_time_only_while_nothing_holds_the_app_up() {
        let line = include_str!("../../core/tests/fixtures/decision-record-v1.json");
        let mut record = DecisionRecord::from_line(line).expect("the fixture is a record");
        let value = |record: &DecisionRecord| Metrics::new(&record.resource).idle_seconds(record)["Value"].clone();
        assert_eq!(value(&record), json!(9.0));
        record.held_back = Some(Reason::OfficeHours);
        assert_eq!(value(&record), json!(0.0));
    }
}
