//! AWS clients, with nothing in it that a user of the app can bend.

use std::time::Duration;

use aws_config::ecs::EcsCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_sagemaker::config::retry::RetryConfig;
use aws_sdk_sagemaker::config::timeout::TimeoutConfig;
use aws_sdk_sagemaker::config::{BehaviorVersion, Region};
use aws_smithy_http_client::tls;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use idle_core::Region as IdleRegion;

/// One call may take this long; then it is tried again after a pause.
const CALL_LIMIT: Duration = Duration::from_secs(20);
const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// A SageMaker client for this region.
///
/// Region and partition come from the resource's own ARN and credentials from
/// the container alone: a profile, key or endpoint in the user's `~/.aws` is never
/// read. Retries are ours, because idleness is judged again before each one.
pub(crate) fn sagemaker(region: &IdleRegion) -> aws_sdk_sagemaker::Client {
    let http = http_client();
    let mut config = aws_sdk_sagemaker::config::Builder::new()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(region.to_string()))
        .credentials_provider(credentials(&http))
        .http_client(http)
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts());
    if let Some(url) = endpoint_url("AWS_ENDPOINT_URL_SAGEMAKER") {
        config = config.endpoint_url(url);
    }
    aws_sdk_sagemaker::Client::from_conf(config.build())
}

/// A CloudWatch client for this region, built in the same way.
pub(crate) fn cloudwatch(region: &IdleRegion) -> aws_sdk_cloudwatch::Client {
    let http = http_client();
    let mut config = aws_sdk_cloudwatch::config::Builder::new()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(region.to_string()))
        .credentials_provider(credentials(&http))
        .http_client(http)
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts());
    if let Some(url) = endpoint_url("AWS_ENDPOINT_URL_CLOUDWATCH") {
        config = config.endpoint_url(url);
    }
    aws_sdk_cloudwatch::Client::from_conf(config.build())
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder().operation_timeout(CALL_LIMIT).connect_timeout(CONNECT_LIMIT).build()
}

/// The credentials that the container's endpoint gives to this app.
pub(crate) fn credentials(http: &SharedHttpClient) -> SharedCredentialsProvider {
    let provider_config = ProviderConfig::without_region().with_http_client(http.clone());
    SharedCredentialsProvider::new(EcsCredentialsProvider::builder().configure(&provider_config).build())
}

/// An HTTPS client on rustls with ring: small, static, no C library.
pub(crate) fn http_client() -> SharedHttpClient {
    let ring = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring);
    aws_smithy_http_client::Builder::new().tls_provider(ring).build_https()
}

/// The SDK's own variables for another endpoint, such as a VPC endpoint's name:
/// the service's own before the one for all.
fn endpoint_url(of_service: &str) -> Option<String> {
    [of_service, "AWS_ENDPOINT_URL"].into_iter().find_map(|name| std::env::var(name).ok().filter(|url| !url.is_empty()))
}
