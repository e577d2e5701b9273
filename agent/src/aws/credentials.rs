//! The credentials that the container's endpoint gives to the app, or the
//! metadata service to a notebook instance; kept until they are about to expire.

use std::net::IpAddr;
use std::time::Duration;

use aws_credential_types::Credentials;
use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, Response, Url};
use serde::Deserialize;

use super::client::why;
use super::error::CallError;
use crate::http::read_body;

/// Where a container's credentials are asked for, if only a path is given (AWS SDKs: container provider).
const CONTAINER_HOST: &str = "http://169.254.170.2";
/// Where a notebook instance's are (AWS SDKs: instance metadata provider).
const INSTANCE_METADATA: &str = "http://169.254.169.254";
const OF_ROLE: &str = "latest/meta-data/iam/security-credentials/";
/// Fetched anew this long before they expire: AWS has new ones by then.
const EARLY: SignedDuration = SignedDuration::from_secs(240);
const TIME_LIMIT: Duration = Duration::from_secs(5);
const MOST_BYTES: usize = 64 * 1024;

/// Where credentials come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// The container's endpoint, with the value of its `Authorization` header if it wants one.
    Container { url: Url, token: Option<String> },
    /// The instance metadata service, version 2.
    InstanceMetadata { url: Url },
}

/// What both endpoints answer; the instance metadata service adds a `Code`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Given {
    access_key_id: String,
    secret_access_key: String,
    token: Option<String>,
    expiration: Option<Timestamp>,
}

impl Source {
    /// The source that the environment names: the container's endpoint, else, on a
    /// notebook instance, its metadata service.
    ///
    /// # Errors
    /// A sentence fragment when there is none or it must not be trusted.
    pub(super) fn find(env: impl Fn(&str) -> Option<String>, is_notebook_instance: bool) -> Result<Self, String> {
        let env = |name: &str| env(name).filter(|value| !value.is_empty());
        let url = match (env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"), env("AWS_CONTAINER_CREDENTIALS_FULL_URI")) {
            (Some(path), _) => format!("{CONTAINER_HOST}{path}"),
            (None, Some(url)) => url,
            (None, None) if is_notebook_instance => {
                let url = env("AWS_EC2_METADATA_SERVICE_ENDPOINT").unwrap_or_else(|| INSTANCE_METADATA.to_owned());
                return Ok(Self::InstanceMetadata { url: trusted(&url)? });
            }
            (None, None) => {
                return Err("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set; hint: start the agent in the app's \
                            own environment, as a lifecycle configuration does"
                    .to_owned());
            }
        };
        let token = match env("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
            Some(file) => Some(std::fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?),
            None => env("AWS_CONTAINER_AUTHORIZATION_TOKEN"),
        };
        Ok(Self::Container { url: trusted(&url)?, token: token.map(|token| token.trim().to_owned()) })
    }

    /// Credentials, asked for now.
    ///
    /// # Errors
    /// A sentence fragment that says what went wrong; never a secret.
    async fn fetch(&self, http: &Client) -> Result<Kept, String> {
        let body = match self {
            Self::Container { url, token } => {
                let request = http.get(url.clone());
                let request = match token {
                    Some(token) => request.header("authorization", token),
                    None => request,
                };
                body_of(request.timeout(TIME_LIMIT).send().await).await?
            }
            Self::InstanceMetadata { url } => of_instance(http, url).await?,
        };
        let given: Given = serde_json::from_slice(&body)
            .map_err(|error| format!("the answer to the question for credentials is of another form: {error}"))?;
        let Given { access_key_id, secret_access_key, token, expiration } = given;
        let credentials = Credentials::new(access_key_id, secret_access_key, token, None, "container");
        Ok(Kept { credentials, expires_at: expiration })
    }
}

/// Version 2 of the service: a token first, then the role's name, then its credentials.
async fn of_instance(http: &Client, url: &Url) -> Result<Vec<u8>, String> {
    let at = |path: &str| url.join(path).map_err(|error| error.to_string());
    let token = http.put(at("/latest/api/token")?).header("x-aws-ec2-metadata-token-ttl-seconds", "300");
    let token = text(body_of(token.timeout(TIME_LIMIT).send().await).await?)?;
    let get = |url: Url| http.get(url).header("x-aws-ec2-metadata-token", &token).timeout(TIME_LIMIT).send();
    let role = text(body_of(get(at(&format!("/{OF_ROLE}"))?).await).await?)?;
    let role = role.lines().next().unwrap_or_default();
    body_of(get(at(&format!("/{OF_ROLE}{role}"))?).await).await
}

fn text(body: Vec<u8>) -> Result<String, String> {
    String::from_utf8(body).map_err(|_| "the metadata service answered with no text".to_owned())
}

async fn body_of(response: reqwest::Result<Response>) -> Result<Vec<u8>, String> {
    let response = response.map_err(|error| why(&error))?;
    if !response.status().is_success() {
        return Err(format!("HTTP {}", response.status().as_u16()));
    }
    read_body(response, MOST_BYTES, why).await
}

/// Keys travel in the clear over HTTP: only on this machine, or to the link-local
/// addresses that AWS has for it (AWS SDKs: container and instance metadata providers).
fn trusted(url: &str) -> Result<Url, String> {
    let url = Url::parse(url).map_err(|error| format!("{url:?}: {error}"))?;
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let local = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    let given = ["169.254.170.2", "169.254.170.23", "169.254.169.254", "fd00:ec2::23", "fd00:ec2::254"];
    if url.scheme() == "https" || local || given.contains(&host.as_str()) {
        Ok(url)
    } else {
        Err(format!(
            "credentials are not asked for in the clear at {host}; hint: https, or an address of the container"
        ))
    }
}

/// Credentials as they were given.
#[derive(Debug)]
struct Kept {
    credentials: Credentials,
    expires_at: Option<Timestamp>,
}

impl Kept {
    /// Without a time of expiry they are asked for each time: it is a call on this machine.
    fn is_good(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|at| at.duration_since(now) > EARLY)
    }
}

/// Credentials that were fetched, for as long as they hold.
#[derive(Debug, Default)]
pub(super) struct Cache(Option<Kept>);

impl Cache {
    /// Credentials that hold for a while yet: kept ones, or new ones.
    ///
    /// # Errors
    /// [`CallError::Unavailable`] when new ones cannot be had.
    pub(super) async fn get(
        &mut self,
        http: &Client,
        source: &Source,
        now: Timestamp,
    ) -> Result<Credentials, CallError> {
        if let Some(kept) = self.0.as_ref().filter(|kept| kept.is_good(now)) {
            return Ok(kept.credentials.clone());
        }
        let fetched = source.fetch(http).await;
        let fetched = fetched.map_err(|why| CallError::Unavailable(format!("there are no credentials: {why}")))?;
        Ok(self.0.insert(fetched).credentials.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(env: &[(&str, &str)], is_notebook_instance: bool) -> Result<Source, String> {
        let of = |name: &str| env.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        Source::find(of, is_notebook_instance)
    }

    fn url(text: &str) -> Url {
        Url::parse(text).expect("valid")
    }

    #[test]
    fn the_container_comes_first_and_a_notebook_instance_asks_its_metadata() {
        let relative = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/x");
        let container = Source::Container { url: url("http://169.254.170.2/v2/credentials/x"), token: None };
        assert_eq!(find(&[relative], true), Ok(container.clone()));
        assert_eq!(
            find(&[relative, ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/")], false),
            Ok(container)
        );
        let token = ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "Basic x ");
        let full = find(&[("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost:1/c"), token], false);
        assert_eq!(full, Ok(Source::Container { url: url("http://localhost:1/c"), token: Some("Basic x".to_owned()) }));
        assert_eq!(find(&[], true), Ok(Source::InstanceMetadata { url: url("http://169.254.169.254") }));
        assert!(find(&[], false).is_err());
    }

    #[test]
    fn keys_do_not_travel_in_the_clear() {
        for (uri, trusted) in [
            ("http://127.0.0.1:5/x", true),
            ("http://[::1]:5/x", true),
            ("https://example.com/x", true),
            ("http://169.254.170.23/v1/credentials", true),
            ("http://example.com/x", false),
            ("http://10.0.0.1/x", false),
            ("nonsense", false),
        ] {
            let found = find(&[("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri)], false);
            assert_eq!(found.is_ok(), trusted, "{uri}: {found:?}");
        }
    }

    #[test]
    fn credentials_are_kept_until_shortly_before_they_expire() {
        let now: Timestamp = "2026-11-25T12:00:00Z".parse().expect("valid");
        let until = |at: Option<&str>| Kept {
            credentials: Credentials::new("a", "b", None, None, "test"),
            expires_at: at.map(|at| at.parse().expect("valid")),
        };
        assert!(until(Some("2026-11-25T12:10:00Z")).is_good(now));
        assert!(!until(Some("2026-11-25T12:03:00Z")).is_good(now));
        assert!(!until(None).is_good(now));
    }
}
