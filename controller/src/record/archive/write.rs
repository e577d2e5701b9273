//! An archive is written: file after file, nothing of it held.

use std::fs::File as Spool;
use std::io::{self, Read, Seek, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use super::manifest::{Chained, File, Of, SCHEMA_VERSION};
use super::{Header, MANIFEST, README, SUMS, digits, measure};
use crate::script::hex;

/// What an auditor reads first.
const TEXT: &str = include_str!("README.txt");

/// An archive that is being written.
pub(crate) struct Writer<W: Write> {
    tar: tar::Builder<GzEncoder<Hashing<W>>>,
    manifest: Spool,
    chained: Chained,
    sums: Spool,
    files: u64,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) files: u64,
    /// SHA-256 of the archive, in hexadecimal.
    pub(crate) sha256: String,
}

impl<W: Write> Writer<W> {
    /// An archive with its `README.txt`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn new(out: W, header: &Header) -> io::Result<Self> {
        let out = Hashing { out, digest: Sha256::new() };
        let mut writer = Self {
            tar: tar::Builder::new(GzEncoder::new(out, Compression::default())),
            manifest: tempfile::tempfile()?,
            chained: Chained::default(),
            sums: tempfile::tempfile()?,
            files: 0,
        };
        writer.note(Of::First { schema_version: SCHEMA_VERSION, archive: header.clone() })?;
        writer.add(README, text(header).as_bytes(), None)?;
        Ok(writer)
    }

    /// Adds a file; `link` is the first one that names it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn add(&mut self, path: &str, bytes: &[u8], link: Option<u64>) -> io::Result<()> {
        self.put(path, bytes.len() as u64, bytes)?;
        let (sha256, bytes) = (hex(bytes), bytes.len() as u64);
        self.sum(&sha256, path)?;
        self.files += 1;
        self.note(Of::File(File { path: path.to_owned(), sha256, bytes, link }))
    }

    /// Adds what was written to this file so far.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub(crate) fn add_spool(&mut self, path: &str, spool: &mut Spool) -> io::Result<()> {
        let (sha256, bytes) = self.put_spool(path, spool)?;
        self.sum(&sha256, path)?;
        self.files += 1;
        self.note(Of::File(File { path: path.to_owned(), sha256, bytes, link: None }))
    }

    /// Adds manifest and sums.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(crate) fn finish(mut self) -> io::Result<Written> {
        self.note(Of::Last { files: self.files })?;
        let mut manifest = self.manifest.try_clone()?;
        let (sha256, _) = self.put_spool(MANIFEST, &mut manifest)?;
        self.sum(&sha256, MANIFEST)?;
        let mut sums = self.sums.try_clone()?;
        self.put_spool(SUMS, &mut sums)?;
        let Hashing { mut out, digest } = self.tar.into_inner()?.finish()?;
        out.flush()?;
        Ok(Written { files: self.files, sha256: digits(digest) })
    }

    fn put_spool(&mut self, path: &str, spool: &mut Spool) -> io::Result<(String, u64)> {
        spool.rewind()?;
        let (sha256, bytes) = measure(&mut *spool)?;
        spool.rewind()?;
        self.put(path, bytes, spool)?;
        Ok((sha256, bytes))
    }

    /// Neither times nor owners: the same objects make the same bytes.
    fn put(&mut self, path: &str, size: u64, bytes: impl Read) -> io::Result<()> {
        let mut header = tar::Header::new_gnu();
        header.set_size(size);
        header.set_mode(0o644);
        header.set_mtime(0);
        self.tar.append_data(&mut header, path, bytes)
    }

    fn sum(&mut self, sha256: &str, path: &str) -> io::Result<()> {
        self.sums.write_all(format!("{sha256}  {path}\n").as_bytes())
    }

    fn note(&mut self, of: Of) -> io::Result<()> {
        let line = self.chained.line(of);
        self.manifest.write_all(&line)
    }
}

fn text(Header { place, selection, links }: &Header) -> String {
    let list = |names: Vec<String>| if names.is_empty() { "all".to_owned() } else { names.join(", ") };
    let (first, last, head) = match links {
        Some(links) => (links.first.to_string(), links.last.to_string(), links.head.clone()),
        None => ("none".to_owned(), "none".to_owned(), "none: nothing was sealed".to_owned()),
    };
    TEXT.replace("{place}", place)
        .replace("{since}", &selection.since.to_string())
        .replace("{until}", &selection.until.to_string())
        .replace("{accounts}", &list(selection.accounts.iter().map(ToString::to_string).collect()))
        .replace("{regions}", &list(selection.regions.iter().map(ToString::to_string).collect()))
        .replace("{first}", &first)
        .replace("{last}", &last)
        .replace("{head}", &head)
}

/// What passes on what it is given, and hashes it.
struct Hashing<W> {
    out: W,
    digest: Sha256,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.digest.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
