//! One signed call.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use idle_core::ResourceRef;
use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, DATE, HOST};
use reqwest::redirect::Policy;
use serde_json::Value;
use tokio::sync::Mutex;

use super::credentials::{Cache, Source};
use super::error::CallError;
use super::service::Service;
use super::tls;
use crate::clock;
use crate::http::{innermost, read_body};

/// One call may take this long; then it is tried again after a pause.
const CALL_LIMIT: Duration = Duration::from_secs(20);
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// The largest answer is that of DescribeSpace, a few kilobytes.
const MOST_BYTES: usize = 1024 * 1024;

/// A client of one service for one resource. Copies share connections and credentials.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    service: Service,
    resource: Arc<ResourceRef>,
    /// Built at the first call: most apps run for hours before that, and a client
    /// reads the machine's certificates.
    connection: Arc<Mutex<Option<Connection>>>,
}

#[derive(Debug)]
struct Connection {
    http: reqwest::Client,
    source: Source,
    cache: Cache,
}

/// What a service answered.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The body; null where there is none.
    pub(crate) body: Value,
    /// The `Date` header: the service's clock.
    pub(crate) date: Option<String>,
}

impl Client {
    /// A client that has not called anything yet.
    pub(crate) fn new(service: Service, resource: &ResourceRef) -> Self {
        Self { service, resource: Arc::new(resource.clone()), connection: Arc::default() }
    }

    /// The answer to one operation.
    ///
    /// # Errors
    /// [`CallError`] when the service refuses or does not answer within 20 seconds.
    pub(crate) async fn call(&self, operation: &str, request: &Value) -> Result<Answer, CallError> {
        let call = self.call_without_limit(operation, request);
        let late = |_| CallError::Unavailable(format!("no answer within {} s", CALL_LIMIT.as_secs()));
        let answer = tokio::time::timeout(CALL_LIMIT, call).await.map_err(late)?;
        if let Some("ExpiredToken" | "ExpiredTokenException" | "UnrecognizedClientException") =
            answer.as_ref().err().and_then(CallError::code)
        {
            // The next attempt asks for others, whatever these said of their expiry.
            *self.connection.lock().await = None;
        }
        answer
    }

    /// The access key id in use.
    ///
    /// # Errors
    /// [`CallError::Unavailable`] when there are no credentials.
    pub(crate) async fn access_key_id(&self) -> Result<String, CallError> {
        Ok(self.connect().await?.1.access_key_id().to_owned())
    }

    async fn call_without_limit(&self, operation: &str, request: &Value) -> Result<Answer, CallError> {
        let (http, credentials) = self.connect().await?;
        let url = self.service.url(&self.resource).map_err(CallError::Unavailable)?;
        let body = request.to_string();
        let signed = self.signed(&url, operation, &body, &credentials)?;
        let mut post = http.post(url).body(body);
        for (name, value) in signed {
            post = post.header(name, value);
        }
        let response = post.send().await.map_err(|error| CallError::Unavailable(why(&error)))?;
        let header = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        let (date, error) = (header(DATE.as_str()), header("x-amzn-errortype"));
        let status = response.status();
        let body = read_body(response, MOST_BYTES, why).await.map_err(CallError::Unavailable)?;
        if !status.is_success() {
            return Err(CallError::of(status.as_u16(), error.as_deref(), &body, date));
        }
        let body = if body.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(&body) };
        let body = body.map_err(|error| CallError::Unavailable(format!("the answer is not JSON: {error}")))?;
        Ok(Answer { body, date })
    }

    /// The connection and credentials that are good now.
    async fn connect(&self) -> Result<(reqwest::Client, Credentials), CallError> {
        let mut slot = self.connection.lock().await;
        let connection = match slot.take() {
            Some(connection) => slot.insert(connection),
            None => slot.insert(self.connection().map_err(CallError::Unavailable)?),
        };
        let Connection { http, source, cache } = connection;
        let credentials = cache.get(http, source, clock::now().wall).await?;
        Ok((http.clone(), credentials))
    }

    fn connection(&self) -> Result<Connection, String> {
        let is_notebook_instance = self.resource.app().is_none();
        let source = Source::find(|name| std::env::var(name).ok(), is_notebook_instance)
            .map_err(|why| format!("there are no credentials: {why}"))?;
        let builder = reqwest::Client::builder().no_proxy().redirect(Policy::none());
        let builder = builder.tls_backend_preconfigured(tls::config()?);
        // A connection that was idle for minutes may be dead; a new one costs little.
        let builder = builder.user_agent(concat!("idle-agent/", env!("CARGO_PKG_VERSION")));
        let builder = builder.connect_timeout(CONNECT_LIMIT).pool_idle_timeout(Duration::from_secs(20));
        Ok(Connection { http: builder.build().map_err(|error| why(&error))?, source, cache: Cache::default() })
    }

    /// The headers of a signed request (Signature Version 4).
    fn signed(
        &self,
        url: &Url,
        operation: &str,
        body: &str,
        credentials: &Credentials,
    ) -> Result<Vec<(String, String)>, CallError> {
        let host = url.host_str().unwrap_or_default();
        let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let mut headers = vec![
            (HOST.as_str().to_owned(), host),
            (CONTENT_TYPE.as_str().to_owned(), self.service.content_type().to_owned()),
            ("x-amz-target".to_owned(), self.service.target(operation)),
        ];
        let failed = |error: &dyn Error| CallError::Unavailable(format!("the request could not be signed: {error}"));
        let identity = credentials.clone().into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.resource.region().as_str())
            .name(self.service.signing_name())
            .time(clock::system_time())
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| failed(&error))?;
        let pairs = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let signable = SignableRequest::new("POST", url.as_str(), pairs, SignableBody::Bytes(body.as_bytes()))
            .map_err(|error| failed(&error))?;
        let (instructions, _) = sign(signable, &params.into()).map_err(|error| failed(&error))?.into_parts();
        headers.extend(instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())));
        Ok(headers)
    }
}

/// The host, and the innermost cause in a few words.
pub(super) fn why(error: &reqwest::Error) -> String {
    let host = error.url().and_then(Url::host_str).unwrap_or("AWS");
    if error.is_timeout() { format!("{host} does not answer") } else { format!("{host}: {}", innermost(error)) }
}
