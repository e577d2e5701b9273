//! `manifest.jsonl`: a line for each file of an archive, each with the digest of the line before.

use serde::{Deserialize, Serialize};

use super::Selection;
use crate::script::hex;

pub(super) const SCHEMA_VERSION: u32 = 1;

/// What the first line says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Header {
    /// Where it was taken from.
    pub(crate) place: String,
    pub(crate) selection: Selection,
    /// The links that are in it; `None` where there was none.
    pub(crate) links: Option<Links>,
}

/// From link to link, without a gap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Links {
    pub(crate) first: u64,
    pub(crate) last: u64,
    /// SHA-256 of the last one.
    pub(crate) head: String,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line {
    /// SHA-256 of the line before without its end; `None` in the first one.
    pub(super) previous: Option<String>,
    #[serde(flatten)]
    pub(super) of: Of,
}

/// What a line is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Of {
    File(File),
    First { schema_version: u32, archive: Header },
    Last { files: u64 },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct File {
    pub(super) path: String,
    pub(super) sha256: String,
    pub(super) bytes: u64,
    /// The first link that names it; `None` where none does.
    pub(super) link: Option<u64>,
}

/// Lines as they are written one after the other.
#[derive(Debug, Default)]
pub(super) struct Chained {
    previous: Option<String>,
}

impl Chained {
    /// The next line with its end.
    pub(super) fn line(&mut self, of: Of) -> Vec<u8> {
        let line = Line { previous: self.previous.take(), of };
        let mut bytes = serde_json::to_vec(&line).expect("plain data");
        self.previous = Some(hex(&bytes));
        bytes.push(b'\n');
        bytes
    }

    /// What the next line says, which has no end here.
    ///
    /// # Errors
    /// When it is none, or does not follow.
    pub(super) fn read(&mut self, line: &[u8]) -> Result<Of, String> {
        let before = self.previous.replace(hex(line));
        let Line { previous, of } =
            serde_json::from_slice(line).map_err(|_| "it is no line of a manifest".to_owned())?;
        if previous != before {
            return Err("it does not follow the line before: one was changed, removed or added".to_owned());
        }
        Ok(of)
    }
}
