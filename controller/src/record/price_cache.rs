//! Price lists on disk: a file for each offer, region and publication, `REGION/OFFER-PUBLISHED.jsonl`.
//! The first line says what the second is, and its digest. Older publications stay, so that what
//! a report was made with can be looked up.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use cost_planner::prices::{LIST_SCHEMA_VERSION, Offer, PriceList, Prices};
use idle_core::Region;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::script::hex;

/// A list has less than a megabyte.
const MOST_BYTES: u64 = 64 << 20;
const SUFFIX: &str = ".jsonl";

/// A folder of price lists.
#[derive(Debug)]
pub(crate) struct PriceCache {
    folder: PathBuf,
}

/// Price lists that are of no use.
#[derive(Debug, Error)]
pub(crate) enum PriceCacheError {
    #[error("{doing} the price lists in {}", path.display())]
    File {
        doing: &'static str,
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("the price list {} is damaged: {problem}; hint: delete it, then costctl prices refresh", path.display())]
    Damaged { path: PathBuf, problem: String },
    #[error(
        "the price list {} is of version {version}, newer than this program; hint: update costctl", path.display()
    )]
    Newer { path: PathBuf, version: u64 },
}

/// The first line.
#[derive(Serialize, Deserialize)]
struct Head {
    schema_version: u64,
    sha256: String,
}

impl PriceCache {
    /// The lists in this folder, which need not be there.
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Keeps a list, in place of what stood there only once it is whole. Returns its file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn put(&self, list: &PriceList) -> Result<PathBuf, PriceCacheError> {
        let folder = self.folder.join(list.region.as_str());
        let path = folder.join(name(list));
        let line = serde_json::to_string(list).expect("plain data");
        let head = Head { schema_version: LIST_SCHEMA_VERSION.into(), sha256: hex(line.as_bytes()) };
        let head = serde_json::to_string(&head).expect("plain data");
        let write = || {
            std::fs::create_dir_all(&folder)?;
            let mut file = tempfile::NamedTempFile::new_in(&folder)?;
            write!(file, "{head}\n{line}\n")?;
            file.as_file().sync_all()?;
            file.persist(&path).map(drop).map_err(|error| error.error)
        };
        write().map_err(|source| PriceCacheError::File { doing: "writing", path: path.clone(), source })?;
        Ok(path)
    }

    /// The bundled table with the last publication of each offer and region over it; of several
    /// Savings Plans the one that was fetched last.
    ///
    /// # Errors
    /// When one of them cannot be read: another would not say the same.
    pub(crate) fn prices(&self) -> Result<Prices, PriceCacheError> {
        let mut lists = Vec::new();
        for region in names(&self.folder)? {
            let folder = self.folder.join(&region);
            if Region::parse(&region).is_err() || !folder.is_dir() {
                continue;
            }
            // Names sort by publication: the last one stays.
            let mut last: BTreeMap<String, String> = BTreeMap::new();
            for name in names(&folder)? {
                if let Some((offer, _)) = name.strip_suffix(SUFFIX).and_then(|stem| stem.rsplit_once('-')) {
                    last.insert(offer.to_owned(), name);
                }
            }
            for name in last.values() {
                lists.push(read(&folder.join(name), &region)?);
            }
        }
        lists.sort_by_key(|list| list.fetched_at);
        Ok(lists.into_iter().fold(Prices::bundled(), Prices::with))
    }
}

/// The names in a folder, sorted; none where there is no folder.
fn names(folder: &Path) -> Result<Vec<String>, PriceCacheError> {
    let failed = |source| PriceCacheError::File { doing: "reading", path: folder.to_owned(), source };
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed)?,
    };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry.map_err(failed)?.file_name().into_string().ok());
    }
    names.sort();
    Ok(names)
}

/// The list of this file, as it was written and where it belongs.
fn read(path: &Path, region: &str) -> Result<PriceList, PriceCacheError> {
    let damaged = |problem: String| PriceCacheError::Damaged { path: path.to_owned(), problem };
    let failed = |source| PriceCacheError::File { doing: "reading", path: path.to_owned(), source };
    let mut bytes = Vec::new();
    std::fs::File::open(path).and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes)).map_err(failed)?;
    let text = String::from_utf8(bytes).map_err(|_| damaged("it is no text".to_owned()))?;
    let (head, line) = text.split_once('\n').ok_or_else(|| damaged("it ends too early".to_owned()))?;
    let head: Head = serde_json::from_str(head).map_err(|error| damaged(error.to_string()))?;
    if head.schema_version > LIST_SCHEMA_VERSION.into() {
        return Err(PriceCacheError::Newer { path: path.to_owned(), version: head.schema_version });
    }
    let line = line.strip_suffix('\n').ok_or_else(|| damaged("it ends too early".to_owned()))?;
    let found = hex(line.as_bytes());
    if found != head.sha256 {
        return Err(damaged(format!("its digest is {found}, not {}", head.sha256)));
    }
    let list: PriceList = serde_json::from_str(line).map_err(|error| damaged(error.to_string()))?;
    let is_here = list.region.as_str() == region && path.file_name().is_some_and(|file| *file == *name(&list));
    if is_here && list.offer != Offer::Bundled {
        Ok(list)
    } else {
        Err(damaged("it is not what its name says".to_owned()))
    }
}

fn name(list: &PriceList) -> String {
    format!("{}-{}{SUFFIX}", list.offer, stamp(list.published_at))
}

/// A time as names of files hold it, so that they sort by it.
fn stamp(at: Timestamp) -> String {
    TimeZone::UTC.to_datetime(at).strftime("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use cost_planner::prices::{Component, Per, Rate, Row};
    use idle_core::InstanceType;

    use super::*;

    fn list(offer: &str, region: &str, published: &str, usd: &str) -> PriceList {
        let at: Timestamp = published.parse().expect("a time");
        let row =
            Row { rate: Rate::parse(usd, Per::Hour).expect("an amount"), effective_at: at, sku: None, document: None };
        PriceList {
            schema_version: LIST_SCHEMA_VERSION,
            offer: offer.parse().expect("an offer"),
            region: Region::parse(region).expect("a region"),
            published_at: at,
            fetched_at: at,
            document: "a test".to_owned(),
            rows: [("Studio:JupyterLab-ml.g5.xlarge".parse().expect("an item"), row)].into(),
            contradictory: Default::default(),
            left_out: Default::default(),
        }
    }

    fn price(prices: &Prices, region: &str) -> Option<(u64, String)> {
        let (region, instance_type) = (Region::parse(region).ok()?, InstanceType::parse("ml.g5.xlarge").ok()?);
        let price = prices.instance(&region, Component::JupyterLab, Some(&instance_type)).ok()?;
        Some((price.micro_usd_per_hour, price.list))
    }

    #[test]
    fn the_last_publication_answers_and_the_ones_before_stay() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = PriceCache::new(folder.path().join("new/prices"));
        assert_eq!(cache.prices().expect("bundled"), Prices::bundled());
        for (published, usd) in
            [("2026-11-20T00:00:00Z", "1.5"), ("2026-10-01T10:00:00Z", "1.4"), ("2026-11-20T00:00:00Z", "1.6")]
        {
            cache.put(&list("sagemaker", "us-east-1", published, usd)).expect("written");
        }
        cache.put(&list("savings-plan-1yr-no-upfront", "us-east-1", "2026-11-20T00:00:00Z", "1.1")).expect("written");
        let prices = cache.prices().expect("read");
        assert_eq!(price(&prices, "us-east-1"), Some((1_600_000, "aws 2026-11-20".to_owned())));
        assert_eq!(price(&prices, "us-west-2"), Some((1_410_000, "bundled 2026-09-24".to_owned())));
        assert_eq!(prices.lists().filter(|list| list.offer != Offer::Bundled).count(), 2);
        let files = names(&folder.path().join("new/prices/us-east-1")).expect("listed");
        let wanted = [
            "sagemaker-20261001T100000Z",
            "sagemaker-20261120T000000Z",
            "savings-plan-1yr-no-upfront-20261120T000000Z",
        ];
        assert_eq!(files, wanted.map(|stem| format!("{stem}.jsonl")));
    }

    #[test]
    fn a_damaged_list_is_named_and_nothing_stands_in_for_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let cache = PriceCache::new(folder.path().to_owned());
        cache.put(&list("sagemaker", "us-east-1", "2026-10-01T00:00:00Z", "1.4")).expect("written");
        let path = cache.put(&list("sagemaker", "us-east-1", "2026-11-20T00:00:00Z", "1.5")).expect("written");
        let good = std::fs::read_to_string(&path).expect("read");
        for (text, told) in [
            (good.replace("1500000000000", "1400000000000"), "its digest is"),
            (good[..good.len() - 9].to_owned(), "ends too early"),
            (good.lines().next().unwrap_or_default().to_owned(), "ends too early"),
            (String::new(), "ends too early"),
            (
                good.replace("\"schema_version\":1,\"sha256\"", "\"schema_version\":2,\"sha256\""),
                "newer than this program",
            ),
        ] {
            std::fs::write(&path, text).expect("written");
            let error = cache.prices().expect_err("told").to_string();
            assert!(error.contains(told) && error.contains("sagemaker-20261120T000000Z.jsonl"), "{error}");
        }
        std::fs::write(&path, &good).expect("written");
        let other = path.with_file_name("sagemaker-20261121T000000Z.jsonl");
        std::fs::rename(&path, other).expect("renamed");
        let error = cache.prices().expect_err("told").to_string();
        assert!(error.contains("not what its name says") && error.contains("costctl prices refresh"), "{error}");
    }
}
