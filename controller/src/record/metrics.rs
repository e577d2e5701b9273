//! The metrics of a sweep, published. Nothing here changes a sweep: a CloudWatch that takes
//! none is told of.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, MetricDatum, StandardUnit};
use cost_planner::dashboard::Datum;
use cost_planner::dashboard::metric::NAMESPACE;
use thiserror::Error;

/// As many as one call takes.
const MOST: usize = 1_000;

/// Tries of one call that CloudWatch was too busy for. After any other failure there is none:
/// the data may have arrived, and what is added up would be counted twice.
const TRIES: u32 = 4;
const PAUSE: Duration = Duration::from_millis(500);

/// So much of what AWS says is told.
const MOST_SAID: usize = 300;

/// Metrics that CloudWatch did not take.
#[derive(Debug, Error)]
#[error("CloudWatch took {taken} of {of} metrics: {why}; hint: allow cloudwatch:PutMetricData for {NAMESPACE}")]
pub(crate) struct MetricsError {
    taken: usize,
    of: usize,
    why: String,
}

/// Publishes these data in the configuration's own account and region.
///
/// # Errors
/// At the first call that CloudWatch does not take; the later ones are not made.
pub(crate) async fn publish(config: &SdkConfig, data: &[Datum]) -> Result<(), MetricsError> {
    let client = Client::new(config);
    let mut taken = 0;
    for batch in data.chunks(MOST) {
        let datums: Vec<MetricDatum> = batch.iter().map(datum).collect();
        put(&client, &datums).await.map_err(|why| MetricsError { taken, of: data.len(), why })?;
        taken += batch.len();
    }
    Ok(())
}

async fn put(client: &Client, data: &[MetricDatum]) -> Result<(), String> {
    let mut tries = 0;
    loop {
        let put = client.put_metric_data().namespace(NAMESPACE).set_metric_data(Some(data.to_vec())).send().await;
        let Err(error) = put else { return Ok(()) };
        tries += 1;
        if tries == TRIES || !is_throttled(&error) {
            return Err(said(&error));
        }
        tokio::time::sleep(PAUSE * 2_u32.pow(tries)).await;
    }
}

fn is_throttled<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    let code = error.as_service_error().and_then(ProvideErrorMetadata::code).unwrap_or_default();
    code.starts_with("Throttling") || code == "LimitExceeded" || code == "RequestLimitExceeded"
}

/// One line.
fn said<E, R>(error: &SdkError<E, R>) -> String
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug + 'static,
{
    let meta = error.as_service_error().map(ProvideErrorMetadata::meta);
    let text = match meta.and_then(|meta| Some((meta.code()?, meta.message().unwrap_or_default()))) {
        Some((code, message)) => format!("{code}: {message}"),
        None => DisplayErrorContext(error).to_string(),
    };
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MOST_SAID).collect()
}

fn datum(datum: &Datum) -> MetricDatum {
    let Datum { metric, values, value, at } = datum;
    let dimensions = metric.dimensions.iter().zip(values);
    let dimensions = dimensions.map(|(name, value)| Dimension::builder().name(*name).value(value).build());
    MetricDatum::builder()
        .metric_name(metric.name)
        .unit(StandardUnit::from(metric.unit))
        .set_dimensions(Some(dimensions.collect()))
        .timestamp(DateTime::from_secs(at.as_second()))
        .value(*value)
        .build()
}

#[cfg(test)]
mod tests {
    use cost_planner::dashboard::metric;
    use jiff::Timestamp;
    use studio_parts::sandbox::{Sandbox, SandboxOptions};

    use super::*;
    use crate::aws::Session;

    fn data(count: usize) -> Vec<Datum> {
        let of = |n: usize| Datum {
            metric: metric::APPS_RUNNING,
            values: vec![format!("d-{n}")],
            value: 3.0,
            at: Timestamp::now(),
        };
        (0..count).map(of).collect()
    }

    #[tokio::test]
    async fn more_than_a_call_takes_are_published_in_several() {
        let sandbox = Sandbox::start(SandboxOptions::default()).expect("a sandbox");
        let session = Session::at(sandbox.endpoint()).await;
        let busy = "[[fault]]\noperation = \"PutMetricData\"\nkind = \"throttle\"\ntimes = 1\n";
        sandbox.set_faults(busy).expect("faults");
        publish(&session.config, &data(1_001)).await.expect("taken");
        let calls = sandbox.calls_of("PutMetricData").expect("calls");
        let sizes: Vec<usize> =
            calls.iter().map(|call| call["request"]["MetricData"].as_array().expect("data").len()).collect();
        assert_eq!(sizes, [1_000, 1_000, 1], "the first was throttled and sent again");
        let request = &calls[2]["request"];
        assert_eq!(request["Namespace"], NAMESPACE);
        let expected = serde_json::json!([{ "Name": "DomainId", "Value": "d-1000" }]);
        assert_eq!(
            (&request["MetricData"][0]["Dimensions"], &request["MetricData"][0]["Unit"]),
            (&expected, &"Count".into())
        );
    }

    #[tokio::test]
    async fn a_refusal_is_told_and_what_may_have_arrived_is_not_sent_again() {
        let sandbox = Sandbox::start(SandboxOptions::default()).expect("a sandbox");
        let session = Session::at(sandbox.endpoint()).await;
        for (kind, told) in [("deny", "AccessDenied"), ("internal-error", "Internal")] {
            sandbox.forget_calls().expect("forgotten");
            let fault = format!("[[fault]]\noperation = \"PutMetricData\"\nkind = \"{kind}\"\n");
            sandbox.set_faults(&fault).expect("faults");
            let error = publish(&session.config, &data(3)).await.expect_err("refused").to_string();
            assert!(error.contains("took 0 of 3 metrics") && error.contains(told), "{error}");
            assert_eq!(sandbox.calls_of("PutMetricData").expect("calls").len(), 1, "{kind}");
        }
    }
}
