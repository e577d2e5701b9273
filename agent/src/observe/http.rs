//! One GET on loopback, bounded in time and size.

use std::path::Path;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, StatusCode, Url};

use crate::http::{innermost, read_body};

/// A server that takes longer is not well enough to be believed.
const TIME_LIMIT: Duration = Duration::from_secs(5);
const CONNECT_LIMIT: Duration = Duration::from_secs(2);
/// A kernel is about 300 bytes: room for more than 3,000 of them.
const BODY_CAP: usize = 1024 * 1024;

/// An HTTP client for this machine alone: no proxy, no redirects.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    client: Client,
}

/// What a server said, as far as the agent can use it.
#[derive(Debug)]
pub(crate) enum Answer {
    /// 200 with this body.
    Body(Vec<u8>),
    /// 404: there is no such thing.
    NotFound,
}

impl Http {
    /// A client for a server on loopback: settings see to that it is there.
    ///
    /// The server of a notebook instance has a certificate that it signed itself.
    /// On loopback there is nobody in between from whom it could protect, so it is
    /// accepted; redirects, which could lead elsewhere, are never followed.
    ///
    /// # Errors
    /// When the client cannot be built.
    pub(crate) fn new() -> reqwest::Result<Self> {
        Ok(Self { client: builder().build()? })
    }

    /// A client that speaks over a local socket, whatever the host of the URL.
    ///
    /// # Errors
    /// When the client cannot be built.
    pub(crate) fn on_socket(path: &Path) -> reqwest::Result<Self> {
        Ok(Self { client: builder().unix_socket(path).build()? })
    }

    /// The answer to one GET.
    ///
    /// # Errors
    /// A sentence fragment that says why nothing could be seen.
    pub(crate) async fn get(&self, url: Url) -> Result<Answer, String> {
        let response = self.client.get(url).send().await.map_err(|error| why(&error))?;
        match response.status() {
            StatusCode::OK => read_body(response, BODY_CAP, why).await.map(Answer::Body),
            StatusCode::NOT_FOUND => Ok(Answer::NotFound),
            status => Err(format!("HTTP {}", status.as_u16())),
        }
    }
}

/// Ignores the proxy variables of the environment, and loads no certificates.
fn builder() -> ClientBuilder {
    // A second installation finds the first, which is the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder().no_proxy().redirect(Policy::none());
    let builder = builder.tls_danger_accept_invalid_certs(true).tls_danger_accept_invalid_hostnames(true);
    builder.timeout(TIME_LIMIT).connect_timeout(CONNECT_LIMIT).pool_max_idle_per_host(4)
}

/// In a few words, without the URL.
fn why(error: &reqwest::Error) -> String {
    if error.is_timeout() { format!("no answer within {} s", TIME_LIMIT.as_secs()) } else { innermost(error) }
}
