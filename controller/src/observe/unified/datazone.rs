//! DataZone asked: one answer, or all pages of a listing.

use reqwest::{Method, Url};
use serde_json::{Value, json};

use crate::aws::Session;
use crate::observe::{CallError, each_page};
use crate::signed_call::{DATAZONE, signed_rest};

pub(super) const LIST_DOMAINS: &str = "ListDomains";

/// Elements in one page: as many as `ListDomains` gives.
const PAGE_OF_DOMAINS: &str = "25";
/// As many as all other listings give.
const PAGE: &str = "50";

/// Elements of one listing: more than any quota of `DataZone` allows.
const MOST: usize = 50_000;

/// `DataZone` in a region.
pub(super) struct DataZone<'a> {
    pub(super) session: &'a Session,
    region: &'a str,
    url: Url,
}

/// What is asked: an operation, and where that stands below `/v2/domains`.
pub(super) struct Ask<'a> {
    pub(super) operation: &'static str,
    pub(super) path: &'a [&'a str],
    pub(super) query: &'a [(&'a str, &'a str)],
}

impl<'a> DataZone<'a> {
    /// `DataZone` in this region, asked with the rights of this session.
    ///
    /// # Errors
    /// When the region has no endpoint that is a URL.
    pub(super) fn of(session: &'a Session, region: &'a str) -> Result<Self, CallError> {
        let url = DATAZONE.url_by(&session.config, region);
        let url = url.map_err(|error| CallError::unclear(LIST_DOMAINS, &error.to_string()))?;
        Ok(Self { session, region, url })
    }

    /// The answer.
    ///
    /// # Errors
    /// When it is refused or does not come.
    pub(super) async fn get(&self, ask: &Ask<'_>) -> Result<Value, CallError> {
        self.call(ask.operation, Method::GET, &self.url(ask, None)?, None).await
    }

    /// Every element of a listing.
    ///
    /// # Errors
    /// When not all could be listed.
    pub(super) async fn list(&self, ask: &Ask<'_>) -> Result<Vec<Value>, CallError> {
        let page = async |token: Option<String>| {
            let url = self.url(ask, Some(token.as_deref()))?;
            self.call(ask.operation, Method::GET, &url, None).await
        };
        elements(ask.operation, page).await
    }

    /// The same of a listing that takes a body.
    ///
    /// # Errors
    /// As [`Self::list`].
    pub(super) async fn search(&self, ask: &Ask<'_>, body: &Value) -> Result<Vec<Value>, CallError> {
        let url = self.url(ask, None)?;
        let page = async |token: Option<String>| {
            let mut body = body.clone();
            body["maxResults"] = json!(50);
            if let Some(token) = token {
                body["nextToken"] = json!(token);
            }
            self.call(ask.operation, Method::POST, &url, Some(&body)).await
        };
        elements(ask.operation, page).await
    }

    async fn call(
        &self,
        operation: &'static str,
        method: Method,
        url: &Url,
        body: Option<&Value>,
    ) -> Result<Value, CallError> {
        let config = &self.session.config;
        let call = async || Ok(signed_rest(config, DATAZONE, (method.clone(), url, self.region), body).await?);
        self.session.pace.read(operation, call).await
    }

    /// The URL of a question; of a listing with the token of its page, `None` for the first.
    fn url(&self, ask: &Ask<'_>, page: Option<Option<&str>>) -> Result<Url, CallError> {
        let mut url = self.url.clone();
        let mut segments = url.path_segments_mut().map_err(|()| CallError::unclear(ask.operation, "no usable URL"))?;
        segments.pop_if_empty().extend(["v2", "domains"]).extend(ask.path);
        drop(segments);
        let mut pairs: Vec<(&str, &str)> = ask.query.to_vec();
        if let Some(token) = page {
            pairs.push(("maxResults", if ask.path.is_empty() { PAGE_OF_DOMAINS } else { PAGE }));
            pairs.extend(token.map(|token| ("nextToken", token)));
        }
        if !pairs.is_empty() {
            url.query_pairs_mut().extend_pairs(pairs);
            // A signature knows blanks in this form alone.
            let query = url.query().unwrap_or_default().replace('+', "%20");
            url.set_query(Some(&query));
        }
        Ok(url)
    }
}

async fn elements(
    operation: &'static str,
    page: impl AsyncFn(Option<String>) -> Result<Value, CallError>,
) -> Result<Vec<Value>, CallError> {
    let (mut all, mut odd) = (Vec::new(), None);
    let bounded = async |token| page(token).await;
    each_page(operation, bounded, next, |mut page| match page.get_mut("items").map(Value::take) {
        Some(Value::Array(items)) if all.len() + items.len() <= MOST => all.extend(items),
        Some(Value::Array(_)) => odd = Some(format!("more than {MOST} elements")),
        // Most listings need not have the member where there is nothing.
        None | Some(Value::Null) => {}
        Some(_) => odd = Some("its items are no list".to_owned()),
    })
    .await?;
    odd.map_or(Ok(all), |why| Err(CallError::unclear(operation, &why)))
}

fn next(page: &Value) -> Option<String> {
    page["nextToken"].as_str().map(str::to_owned)
}

/// Whether a text has the form of an id of a domain (model: `dzd[-_][a-zA-Z0-9_-]{1,36}`).
pub(super) fn is_domain_id(text: &str) -> bool {
    text.strip_prefix("dzd").and_then(|rest| rest.strip_prefix(['-', '_'])).is_some_and(is_id)
}

/// Whether a text has the form of any other id (model: `[a-zA-Z0-9_-]{1,36}`). Only such are put into a path.
pub(super) fn is_id(text: &str) -> bool {
    (1..=36).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c))
}
