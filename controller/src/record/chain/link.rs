//! One link as it is stored.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::record::{Store, StoreError};
use crate::script::hex;

/// Numbers have twelve digits.
pub(super) const MOST: u64 = 999_999_999_999;

/// The version of the form; old ones are read for ever.
const SCHEMA_VERSION: u32 = 1;

/// What a link says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Link {
    schema_version: u32,
    /// Its place in the chain, from 1.
    pub(crate) sequence: u64,
    /// When it was made, UTC.
    pub(crate) at: Timestamp,
    /// The run that sealed what it did; `None` where somebody sealed what there was.
    pub(crate) run: Option<String>,
    /// SHA-256 of the link before it; `None` in the first one.
    pub(crate) previous: Option<String>,
    /// Sorted by key.
    pub(crate) objects: Vec<Sealable>,
}

/// An object with the digest of its bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Sealable {
    /// Within the place.
    pub(crate) key: String,
    /// SHA-256, in hexadecimal.
    pub(crate) sha256: String,
    pub(crate) bytes: u64,
}

impl Sealable {
    pub(crate) fn of(key: &str, bytes: &[u8]) -> Self {
        Self { key: key.to_owned(), sha256: hex(bytes), bytes: bytes.len() as u64 }
    }
}

impl Link {
    /// The link that comes after the one of this digest.
    pub(super) fn after(
        (last, digest): (u64, Option<&str>),
        objects: &[Sealable],
        run: Option<&str>,
        at: Timestamp,
    ) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            sequence: last + 1,
            at,
            run: run.map(str::to_owned),
            previous: digest.map(str::to_owned),
            objects: objects.to_vec(),
        }
    }

    /// The link that these bytes of link `number` hold.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn parse(bytes: &[u8], number: u64) -> Result<Self, String> {
        let link: Self = serde_json::from_slice(bytes).map_err(|error| format!("it is no link: {error}"))?;
        if link.schema_version > SCHEMA_VERSION {
            return Err(format!("schema_version {} is newer than this program", link.schema_version));
        }
        if link.sequence != number {
            return Err(format!("it says that it is link {}", link.sequence));
        }
        Ok(link)
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).expect("plain data");
        bytes.push(b'\n');
        bytes
    }
}

/// The key of a link. Keys are as long as each other, so that their order is that of the numbers.
pub(crate) fn key(number: u64) -> String {
    format!("{}/{number:012}.json", super::FOLDER)
}

/// The number of the link of this key; `None` for what is no link.
pub(crate) fn number_of(of: &str) -> Option<u64> {
    let digits = of.strip_prefix(super::FOLDER)?.strip_prefix('/')?.strip_suffix(".json")?;
    digits.parse().ok().filter(|number| *number <= MOST && key(*number) == of)
}

/// A link that is there, and the digest of its bytes.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) digest: String,
    /// What is wrong with it, where it is not understood.
    pub(crate) link: Result<Link, String>,
}

impl Read {
    /// Link `number` as these bytes say it.
    pub(crate) fn of(bytes: &[u8], number: u64) -> Self {
        Self { digest: hex(bytes), link: Link::parse(bytes, number) }
    }
}

/// Link `number`; `None` where there is none.
///
/// # Errors
/// When it could not be read.
pub(super) async fn read(store: &Store, number: u64) -> Result<Option<Read>, StoreError> {
    let bytes = store.shared(&key(number)).await?;
    Ok(bytes.map(|bytes| Read::of(bytes.as_ref(), number)))
}
