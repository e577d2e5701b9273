//! Clients of S3 buckets, with the credentials of all our other clients.

use std::sync::Arc;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use object_store::aws::{AmazonS3Builder, AwsCredential, Checksum};
use object_store::{CredentialProvider, ObjectStore};

/// Bucket and key or prefix of an `s3://` URL; `None` for what is none.
pub(crate) fn split(url: &str) -> Option<(&str, &str)> {
    let rest = url.strip_prefix("s3://")?;
    Some(rest.split_once('/').unwrap_or((rest, "")))
}

/// A client of this bucket. Nothing is asked yet.
///
/// # Errors
/// When the names are of no use.
pub(crate) fn open(
    bucket: &str,
    region: &str,
    kms_key: Option<&str>,
    config: &SdkConfig,
) -> object_store::Result<impl ObjectStore + use<>> {
    let mut builder = AmazonS3Builder::new().with_bucket_name(bucket).with_region(region);
    // Without Content-MD5 or x-amz-checksum- a bucket whose Object Lock retains by default takes no object.
    builder = builder.with_checksum_algorithm(Checksum::SHA256);
    if let Some(credentials) = config.credentials_provider() {
        builder = builder.with_credentials(Arc::new(Chain(credentials)));
    }
    // The one partition whose names end otherwise.
    let of_partition = region.starts_with("cn-").then(|| format!("https://s3.{region}.amazonaws.com.cn"));
    if let Some(url) = endpoint_url().or(of_partition) {
        // Another endpoint has no host name of its own for each bucket.
        builder = builder.with_allow_http(url.starts_with("http:")).with_endpoint(url);
    } else {
        builder = builder.with_virtual_hosted_style_request(true);
    }
    if let Some(key) = kms_key {
        builder = builder.with_sse_kms_encryption(key);
    }
    builder.build()
}

/// Where a bucket answers about itself, as its objects are asked for.
pub(crate) fn address(bucket: &str, region: &str) -> String {
    match endpoint_url() {
        Some(url) => format!("{}/{bucket}", url.trim_end_matches('/')),
        None => format!(
            "https://{bucket}.s3.{region}.{}/",
            if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" }
        ),
    }
}

/// The SDK's own variables for another endpoint: the service's own before the one for all.
fn endpoint_url() -> Option<String> {
    let set = |name: &str| std::env::var(name).ok().filter(|url| !url.is_empty());
    set("AWS_ENDPOINT_URL_S3").or_else(|| set("AWS_ENDPOINT_URL"))
}

/// The credentials of all our clients, for this one, too.
#[derive(Debug)]
struct Chain(SharedCredentialsProvider);

#[async_trait]
impl CredentialProvider for Chain {
    type Credential = AwsCredential;

    async fn get_credential(&self) -> object_store::Result<Arc<AwsCredential>> {
        let credentials = self.0.provide_credentials().await;
        let credentials =
            credentials.map_err(|error| object_store::Error::Generic { store: "S3", source: Box::new(error) })?;
        Ok(Arc::new(AwsCredential {
            key_id: credentials.access_key_id().to_owned(),
            secret_key: credentials.secret_access_key().to_owned(),
            token: credentials.session_token().map(str::to_owned),
        }))
    }
}
