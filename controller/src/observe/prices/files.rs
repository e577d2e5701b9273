//! The public price files: no credentials, one file for a region, straight to disk and read from there.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Seek, Write};
use std::time::Duration;

use cost_planner::prices::{
    Offer, OfferFile, PriceList, ReadError, Reader, SavingsPlan, SavingsPlanFile, Source, savings_plan,
};
use idle_core::Region;
use jiff::Timestamp;
use reqwest::Url;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{PricesError, Ways};

/// The largest file of a region has some 4 MB.
const MOST_BYTES: usize = 64 << 20;
/// One file may take this long.
const FILE_LIMIT: Duration = Duration::from_secs(300);
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// The SDKs' own variables for another endpoint: the service's own before the one for all.
const VARIABLES: [&str; 2] = ["AWS_ENDPOINT_URL_PRICING", "AWS_ENDPOINT_URL"];

/// The place of the files.
pub(crate) struct PriceFiles {
    client: reqwest::Client,
    base: String,
    partition: &'static str,
}

#[derive(Deserialize)]
struct OfferIndex {
    regions: BTreeMap<String, OfferRegion>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfferRegion {
    current_version_url: String,
}

#[derive(Deserialize)]
struct PlanIndex {
    regions: Vec<PlanRegion>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PlanRegion {
    region_code: String,
    version_url: String,
}

impl PriceFiles {
    /// The files of a region at this URL, else where a variable says, else at AWS's own place.
    ///
    /// # Errors
    /// When there is no such place, or what names it is no URL.
    pub(crate) fn of(
        region: &Region,
        ways: Ways,
        url: Option<&str>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, PricesError> {
        let set = VARIABLES.into_iter().find_map(|name| Some((name, variable(name).filter(|text| !text.is_empty())?)));
        let (from, text) = match (url, set, ways.files) {
            (Some(url), ..) => ("--prices-url", url.to_owned()),
            (None, Some((name, text)), _) => (name, text),
            (None, None, Some(place)) => ("the place of price files", place.url.to_owned()),
            (None, None, None) => return Err(PricesError::NoFiles { region: region.clone() }),
        };
        let is_web = |url: &Url| matches!(url.scheme(), "http" | "https");
        let parsed = Url::parse(&text).map_err(|error| error.to_string());
        if let Err(why) = parsed.and_then(|url| if is_web(&url) { Ok(()) } else { Err("not https".to_owned()) }) {
            return Err(PricesError::Url { from, text, why });
        }
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let client = client.connect_timeout(CONNECT_LIMIT).timeout(FILE_LIMIT).build();
        let client = client.map_err(|error| PricesError::Fetch { url: text.clone(), why: innermost(&error) })?;
        let partition = ways.files.map_or("aws", |place| place.partition);
        Ok(Self { client, base: text.trim_end_matches('/').to_owned(), partition })
    }

    /// What SageMaker bills on demand in a region.
    ///
    /// # Errors
    /// When a file could not be fetched or read, or there is no price in it.
    pub(crate) async fn list(&self, region: &Region, now: Timestamp) -> Result<PriceList, PricesError> {
        let index = format!("/offers/v1.0/{}/AmazonSageMaker/current/region_index.json", self.partition);
        let OfferIndex { mut regions } = self.json(&index).await?;
        let path = regions.remove(region.as_str()).map(|of| of.current_version_url);
        let path = self.below("/offers/", &index, region, path)?;
        let file: OfferFile = self.json(&path).await?;
        let mut reader = Reader::new(Offer::SageMaker, region.clone(), now);
        let read = reader.file(&file).and_then(|()| reader.finish(self.source(&path, now)));
        read.map_err(|source| self.unread(&path, source))
    }

    /// The rates of a Savings Plan for SageMaker in a region.
    ///
    /// # Errors
    /// As [`Self::list`].
    pub(crate) async fn savings_plan(
        &self,
        plan: SavingsPlan,
        region: &Region,
        now: Timestamp,
    ) -> Result<PriceList, PricesError> {
        let offer = "AWSMachineLearningSavingsPlans";
        let index = format!("/savingsPlan/v1.0/{}/{offer}/current/region_index.json", self.partition);
        let PlanIndex { regions } = self.json(&index).await?;
        let path = regions.into_iter().find(|of| of.region_code == region.as_str()).map(|of| of.version_url);
        let path = self.below("/savingsPlan/", &index, region, path)?;
        let file: SavingsPlanFile = self.json(&path).await?;
        let read = savings_plan(&file, plan, region, now, self.source(&path, now));
        read.map_err(|source| self.unread(&path, source))
    }

    /// A path that an index names: of the same place, and of nothing else there.
    fn below(&self, folder: &str, index: &str, region: &Region, path: Option<String>) -> Result<String, PricesError> {
        let url = self.url(index);
        let path = path.ok_or_else(|| PricesError::NoRegion { url: url.clone(), region: region.clone() })?;
        let is_plain = path.bytes().all(|b| b.is_ascii_alphanumeric() || b"/._-".contains(&b));
        if path.starts_with(folder) && is_plain && !path.contains("..") {
            return Ok(path);
        }
        Err(PricesError::Form { url, why: format!("{path:?} is no path of a price file") })
    }

    async fn json<T: DeserializeOwned>(&self, path: &str) -> Result<T, PricesError> {
        let url = self.url(path);
        let file = self.fetched(&url).await?;
        serde_json::from_reader(BufReader::new(file)).map_err(|error| PricesError::Form { url, why: error.to_string() })
    }

    /// The file, on disk and under no name, at its beginning.
    async fn fetched(&self, url: &str) -> Result<File, PricesError> {
        let failed = |why: String| PricesError::Fetch { url: url.to_owned(), why };
        let disk = |source| PricesError::Disk { url: url.to_owned(), source };
        let mut response = self.client.get(url).send().await.map_err(|error| failed(innermost(&error)))?;
        if !response.status().is_success() {
            return Err(failed(format!("HTTP {}", response.status().as_u16())));
        }
        let (mut file, mut bytes) = (tempfile::tempfile().map_err(disk)?, 0);
        while let Some(chunk) = response.chunk().await.map_err(|error| failed(innermost(&error)))? {
            bytes += chunk.len();
            if bytes > MOST_BYTES {
                return Err(failed(format!("it has more than {} MiB", MOST_BYTES >> 20)));
            }
            file.write_all(&chunk).map_err(disk)?;
        }
        file.rewind().map_err(disk)?;
        Ok(file)
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    fn source(&self, path: &str, now: Timestamp) -> Source {
        Source { document: self.url(path), fetched_at: now }
    }

    fn unread(&self, path: &str, source: ReadError) -> PricesError {
        PricesError::Read { from: self.url(path), source }
    }
}

fn innermost(error: &reqwest::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::ways;
    use crate::scripted_http::ScriptedHttp;

    fn region() -> Region {
        Region::parse("eu-west-1").expect("a region")
    }

    fn files(url: &str) -> PriceFiles {
        let _ = rustls::crypto::ring::default_provider().install_default();
        PriceFiles::of(&region(), ways(&region()), Some(url), |_| None).expect("a place")
    }

    #[test]
    fn the_place_is_what_is_said_then_what_is_set_then_awss_own() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let of = |at: &str, url, variable: Option<&str>| {
            let region = Region::parse(at).expect("a region");
            let set = |name: &str| variable.filter(|wanted| *wanted == name).map(|name| format!("https://{name}/"));
            PriceFiles::of(&region, ways(&region), url, set).map(|files| files.base)
        };
        let all = Some("AWS_ENDPOINT_URL");
        assert_eq!(of("eu-west-1", Some("http://127.0.0.1:9/x/"), all).expect("one"), "http://127.0.0.1:9/x");
        assert_eq!(of("eu-west-1", None, all).expect("one"), "https://AWS_ENDPOINT_URL");
        assert_eq!(of("us-gov-west-1", None, None).expect("one"), "https://pricing.us-east-1.amazonaws.com");
        assert!(matches!(of("us-iso-east-1", None, None), Err(PricesError::NoFiles { .. })));
        assert!(matches!(of("eu-west-1", Some("file:///etc/passwd"), None), Err(PricesError::Url { .. })));
        assert!(matches!(of("eu-west-1", Some("nonsense"), None), Err(PricesError::Url { .. })));
    }

    #[tokio::test]
    async fn an_index_leads_nowhere_else() {
        for path in
            ["https://example.com/offers/x", "/etc/offers/x", "/offers/../../x", "/offers/x?y", "//example.com/offers/"]
        {
            let index = serde_json::json!({ "regions": { "eu-west-1": { "regionCode": "eu-west-1", "currentVersionUrl": path } } });
            let server = ScriptedHttp::new([(200, index.to_string())]).await;
            let error = files(&server.url).list(&region(), Timestamp::now()).await.expect_err("refused").to_string();
            assert!(error.contains("is no path of a price file"), "{error}");
            assert_eq!(server.asked().len(), 1);
        }
    }

    #[tokio::test]
    async fn what_is_no_price_file_is_told_with_its_address() {
        let none = serde_json::json!({ "regions": {} }).to_string();
        for (status, body, told) in [
            (403, "<Error/>".to_owned(), "HTTP 403"),
            (301, String::new(), "HTTP 301"),
            (200, "<html>".to_owned(), "is not of the form"),
            (200, none, "names no list of eu-west-1"),
        ] {
            let server = ScriptedHttp::new([(status, body)]).await;
            let error = files(&server.url).list(&region(), Timestamp::now()).await.expect_err("told").to_string();
            assert!(error.contains(told) && error.contains("AmazonSageMaker/current"), "{error}");
        }
        let big = ScriptedHttp::new([(200, " ".repeat(MOST_BYTES + 1))]).await;
        let error = files(&big.url).list(&region(), Timestamp::now()).await.expect_err("told").to_string();
        assert!(error.contains("more than 64 MiB"), "{error}");
    }
}
