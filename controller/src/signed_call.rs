//! One signed call to a service for which a whole client would be too much.

mod query;
mod rest;

use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_credential_types::provider::ProvideCredentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings, UriPathNormalizationMode,
    sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_types::error::ErrorMetadata;
use reqwest::{Method, Url};
use serde_json::Value;
use thiserror::Error;

pub(crate) use query::signed_query;
pub(crate) use rest::{signed_get, signed_rest};

type SdkError = aws_smithy_runtime_api::client::result::SdkError<ErrorMetadata, ()>;

/// One call may take this long.
const CALL_LIMIT: Duration = Duration::from_secs(20);
/// The largest answers are pages of a hundred resources with fifty tags each, or of Cost
/// Explorer: a few megabytes.
const MOST_BYTES: usize = 16 << 20;
/// So much of what AWS says is told.
const MOST_SAID: usize = 300;

/// Who calls, as CloudTrail shows it.
const USER_AGENT: &str = concat!("costctl/", env!("CARGO_PKG_VERSION"));

/// A service.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Service {
    /// As it stands in host names and signatures.
    pub(crate) name: &'static str,
    pub(crate) protocol: Protocol,
    /// The SDKs' own variable for another endpoint.
    pub(crate) variable: &'static str,
}

/// How it is spoken to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Protocol {
    /// `awsJson1_1`, with what stands before the operation in `X-Amz-Target`.
    Json { target: &'static str },
    /// A form, answered in XML; with the version of the API.
    Query { version: &'static str },
    /// A method and a path.
    Rest,
}

const fn json(name: &'static str, target: &'static str, variable: &'static str) -> Service {
    Service { name, protocol: Protocol::Json { target }, variable }
}

/// Systems Manager.
pub(crate) const SSM: Service = json("ssm", "AmazonSSM", "AWS_ENDPOINT_URL_SSM");

/// The Resource Groups Tagging API.
pub(crate) const TAGGING: Service =
    json("tagging", "ResourceGroupsTaggingAPI_20170126", "AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API");

/// Cost Explorer.
pub(crate) const COST_EXPLORER: Service = json("ce", "AWSInsightsIndexService", "AWS_ENDPOINT_URL_COST_EXPLORER");

/// EC2.
pub(crate) const EC2: Service =
    Service { name: "ec2", protocol: Protocol::Query { version: "2016-11-15" }, variable: "AWS_ENDPOINT_URL_EC2" };

/// Identity and Access Management: one for all regions, signed for the first of the partition.
pub(crate) const IAM: Service =
    Service { name: "iam", protocol: Protocol::Query { version: "2010-05-08" }, variable: "AWS_ENDPOINT_URL_IAM" };

/// CloudTrail.
pub(crate) const CLOUDTRAIL: Service =
    json("cloudtrail", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101", "AWS_ENDPOINT_URL_CLOUDTRAIL");

/// DataZone, which Unified Studio is made of.
pub(crate) const DATAZONE: Service =
    Service { name: "datazone", protocol: Protocol::Rest, variable: "AWS_ENDPOINT_URL_DATAZONE" };

/// S3, where it says how a bucket is set up.
pub(crate) const S3: Service = Service { name: "s3", protocol: Protocol::Rest, variable: "AWS_ENDPOINT_URL_S3" };

/// A call that was not answered as wished.
#[derive(Debug, Error)]
pub(crate) enum SignedCallError {
    /// The service refused it, by the name of this error.
    #[error("{code}: {message}")]
    Refused { code: String, message: String },
    /// Nothing was asked, or nothing usable was answered.
    #[error("{0}")]
    Unavailable(String),
}

impl From<SignedCallError> for SdkError {
    /// The same as the SDKs would say it, for what paces and repeats their calls.
    fn from(error: SignedCallError) -> Self {
        match error {
            SignedCallError::Refused { code, message } => {
                Self::service_error(ErrorMetadata::builder().code(code).message(message).build(), ())
            }
            unavailable @ SignedCallError::Unavailable(_) => Self::response_error(unavailable, ()),
        }
    }
}

/// The answer to one operation of a service that speaks JSON, asked of this URL in this region.
///
/// # Errors
/// When the service refuses it or does not answer within 20 seconds.
pub(crate) async fn signed_call(
    config: &SdkConfig,
    service: Service,
    place: (&Url, &str),
    operation: &str,
    request: &Value,
) -> Result<Value, SignedCallError> {
    let Protocol::Json { target } = service.protocol else {
        return Err(SignedCallError::Unavailable(format!("{} does not speak JSON", service.name)));
    };
    let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", &format!("{target}.{operation}"))];
    let (url, region) = place;
    let request = Request { method: Method::POST, url, region, headers: &headers, body: request.to_string() };
    let Answer { status, error, bytes } = in_time(send(config, service, request)).await?;
    let answer: Result<Value, _> = serde_json::from_slice(&bytes);
    if !status.is_success() {
        return Err(refused(status.as_u16(), error, &answer.unwrap_or_default()));
    }
    answer.map_err(|error| SignedCallError::Unavailable(format!("the answer is not JSON: {error}")))
}

async fn in_time<T>(call: impl Future<Output = Result<T, SignedCallError>>) -> Result<T, SignedCallError> {
    let late = |_| SignedCallError::Unavailable(format!("no answer within {} s", CALL_LIMIT.as_secs()));
    tokio::time::timeout(CALL_LIMIT, call).await.map_err(late)?
}

impl Service {
    /// Where it listens in this region, or where the SDKs' own variables say that it does.
    ///
    /// # Errors
    /// When a variable or region makes no URL.
    pub(crate) fn url(self, region: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Url, SignedCallError> {
        let parsed = |text: &str, from: &str| {
            let failed = |error| SignedCallError::Unavailable(format!("{from} is {text:?}: {error}"));
            Url::parse(text).map_err(failed)
        };
        for name in [self.variable, "AWS_ENDPOINT_URL"] {
            if let Some(text) = variable(name).filter(|text| !text.is_empty()) {
                return parsed(&text, name);
            }
        }
        let suffix = dns_suffix(region);
        let host = match (self.name, region) {
            // One for all regions of a partition; the others' have their first region's name.
            ("iam", "us-east-1") => format!("iam.{suffix}"),
            ("iam", "us-gov-west-1") => format!("iam.us-gov.{suffix}"),
            (name, region) => format!("{name}.{region}.{suffix}"),
        };
        parsed(&format!("https://{host}/"), "the endpoint")
    }

    /// Where clients of these settings find it: like [`Self::url`], and where a profile says that it is.
    ///
    /// # Errors
    /// As [`Self::url`].
    pub(crate) fn url_by(self, config: &SdkConfig, region: &str) -> Result<Url, SignedCallError> {
        self.url(region, |name| {
            let of_all = (name == "AWS_ENDPOINT_URL").then(|| config.endpoint_url()).flatten();
            of_all.map(str::to_owned).or_else(|| std::env::var(name).ok())
        })
    }
}

/// The domain of a region's endpoints (botocore, `partitions.json`).
fn dns_suffix(region: &str) -> &'static str {
    let of = [
        ("cn-", "amazonaws.com.cn"),
        ("us-isob-", "sc2s.sgov.gov"),
        ("us-isof-", "csp.hci.ic.gov"),
        ("us-iso-", "c2s.ic.gov"),
        ("eu-isoe-", "cloud.adc-e.uk"),
        ("eusc-", "amazonaws.eu"),
    ];
    of.iter().find(|(prefix, _)| region.starts_with(prefix)).map_or("amazonaws.com", |(_, suffix)| suffix)
}

/// What came back.
struct Answer {
    status: reqwest::StatusCode,
    /// What the header names as the error.
    error: Option<String>,
    bytes: Vec<u8>,
}

/// What is asked of a service.
struct Request<'a> {
    method: Method,
    url: &'a Url,
    region: &'a str,
    headers: &'a [(&'a str, &'a str)],
    body: String,
}

async fn send(config: &SdkConfig, service: Service, request: Request<'_>) -> Result<Answer, SignedCallError> {
    let headers = signed(config, service, &request).await?;
    let Request { method, url, body, .. } = request;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).user_agent(USER_AGENT);
    let client = client.build().map_err(|error| why(&error))?;
    let mut asked = client.request(method, url.clone()).body(body);
    for (name, value) in headers {
        asked = asked.header(name, value);
    }
    let mut response = asked.send().await.map_err(|error| why(&error))?;
    let (status, mut bytes) = (response.status(), Vec::new());
    let error = response.headers().get("x-amzn-errortype").and_then(|name| name.to_str().ok()).map(str::to_owned);
    while let Some(chunk) = response.chunk().await.map_err(|error| why(&error))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MOST_BYTES {
            return Err(SignedCallError::Unavailable(format!("the answer is larger than {MOST_BYTES} bytes")));
        }
    }
    Ok(Answer { status, error, bytes })
}

/// The headers of a signed request (Signature Version 4).
async fn signed(
    config: &SdkConfig,
    service: Service,
    request: &Request<'_>,
) -> Result<Vec<(String, String)>, SignedCallError> {
    let Request { method, url, region, headers, body } = request;
    let failed = |error: &dyn std::error::Error| {
        SignedCallError::Unavailable(format!("the request could not be signed: {error}"))
    };
    let provider = config.credentials_provider();
    let provider = provider.ok_or_else(|| SignedCallError::Unavailable("there are no credentials".to_owned()))?;
    let credentials = provider.provide_credentials().await;
    let credentials =
        credentials.map_err(|error| SignedCallError::Unavailable(format!("there are no credentials: {error}")))?;
    let host = url.host_str().unwrap_or_default();
    let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let own = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let mut headers: Vec<(String, String)> = [("host".to_owned(), host)].into_iter().chain(own).collect();
    let identity = credentials.into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(service.name)
        .time(SystemTime::now())
        .settings(settings(service))
        .build()
        .map_err(|error| failed(&error))?;
    let pairs = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let signable = SignableRequest::new(method.as_str(), url.as_str(), pairs, SignableBody::Bytes(body.as_bytes()))
        .map_err(|error| failed(&error))?;
    let (instructions, _) = sign(signable, &params.into()).map_err(|error| failed(&error))?.into_parts();
    headers.extend(instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())));
    Ok(headers)
}

/// S3 takes a path as it is written, and wants the digest of the body told.
fn settings(service: Service) -> SigningSettings {
    let mut settings = SigningSettings::default();
    if service.name == "s3" {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    }
    settings
}

/// What an answer that is no success says. A gateway in between may answer in a form of its own.
fn refused(status: u16, header: Option<String>, body: &Value) -> SignedCallError {
    let named = header.or_else(|| body["__type"].as_str().map(str::to_owned)).unwrap_or_default();
    // As `name`, `name:URL` or `namespace#name`.
    let name = named.rsplit('#').next().unwrap_or_default().split(':').next().unwrap_or_default().trim();
    if name.is_empty() {
        return SignedCallError::Unavailable(format!("HTTP {status} without the name of an error"));
    }
    let message = body["message"].as_str().or_else(|| body["Message"].as_str()).unwrap_or_default();
    named_refusal(name, message)
}

fn named_refusal(code: &str, message: &str) -> SignedCallError {
    SignedCallError::Refused { code: code.to_owned(), message: message.chars().take(MOST_SAID).collect() }
}

/// The host, and the innermost cause in a few words.
fn why(error: &reqwest::Error) -> SignedCallError {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    let host = error.url().and_then(Url::host_str).unwrap_or("AWS");
    SignedCallError::Unavailable(format!("{host}: {innermost}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_those_of_variables_and_partitions() {
        let none = |_: &str| None;
        for (region, host) in [
            ("eu-west-1", "ssm.eu-west-1.amazonaws.com"),
            ("cn-north-1", "ssm.cn-north-1.amazonaws.com.cn"),
            ("us-gov-west-1", "ssm.us-gov-west-1.amazonaws.com"),
            ("us-iso-east-1", "ssm.us-iso-east-1.c2s.ic.gov"),
        ] {
            assert_eq!(SSM.url(region, none).expect("a URL").host_str(), Some(host));
        }
        for (service, host) in [
            (TAGGING, "tagging.eu-west-1.amazonaws.com"),
            (EC2, "ec2.eu-west-1.amazonaws.com"),
            (COST_EXPLORER, "ce.eu-west-1.amazonaws.com"),
        ] {
            assert_eq!(service.url("eu-west-1", none).expect("a URL").host_str(), Some(host));
        }
        for (region, host) in [
            ("us-east-1", "iam.amazonaws.com"),
            ("us-gov-west-1", "iam.us-gov.amazonaws.com"),
            ("cn-north-1", "iam.cn-north-1.amazonaws.com.cn"),
        ] {
            assert_eq!(IAM.url(region, none).expect("a URL").host_str(), Some(host));
        }
        let all = |name: &str| Some(format!("http://127.0.0.1/{name}"));
        assert_eq!(SSM.url("eu-west-1", all).expect("a URL").path(), "/AWS_ENDPOINT_URL_SSM");
        let one = |name: &str| (name == "AWS_ENDPOINT_URL").then(|| "http://127.0.0.1:9/".to_owned());
        assert_eq!(SSM.url("eu-west-1", one).expect("a URL").port(), Some(9));
        assert!(SSM.url("eu-west-1", |_| Some("nonsense".to_owned())).is_err());
    }

    #[test]
    fn an_error_has_its_name_from_header_or_body() {
        let body = serde_json::json!({ "__type": "com.amazonaws.ssm#ParameterNotFound", "message": "no" });
        for (header, body, told) in [
            (None, &body, "ParameterNotFound: no"),
            (Some("ThrottlingException:http://internal.example.com/"), &body, "ThrottlingException: no"),
            (None, &Value::Null, "HTTP 502 without the name of an error"),
        ] {
            assert_eq!(refused(502, header.map(str::to_owned), body).to_string(), told);
        }
    }
}
