//! `evidence export`: an archive for an auditor.

use std::collections::BTreeSet;
use std::io::BufWriter;
use std::path::Path;

use anyhow::{Context, Result};
use futures_util::StreamExt;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tempfile::NamedTempFile;

use super::summary::Summary;
use super::{EvidenceError, bucket, place};
use crate::cli::{EvidenceExport, Global};
use crate::exit::Exit;
use crate::record::archive::{ARTIFACTS, Header, Links, SUMMARY, Selection, Writer, Written};
use crate::record::chain::{FOLDERS, Link, Sealed, head, link_key, sealed};
use crate::record::{Store, lines_of};
use crate::render::{self, Progress};
use crate::script::hex;

/// So many objects are fetched at once, and held until they are written in their order.
const AT_ONCE: usize = 8;
/// The folders of before-images in a place of artifacts.
const IMAGES: [&str; 2] = ["before", "hidden-types"];
/// So much of what is not as sealed is named; `evidence verify` names all.
const MOST_NAMED: usize = 20;

pub(super) async fn run(global: &Global, args: &EvidenceExport) -> Result<Exit> {
    let out = args.out.as_deref().ok_or(EvidenceError::NoOut)?;
    let selection = selection(args, Timestamp::now())?;
    let (store, config) = place(global, &args.evidence).await?;
    let artifacts = args.artifacts().map(|place| Store::open(&place, &config)).transpose()?;
    if let Some(artifacts) = &artifacts {
        artifacts.must_be_there()?;
    }
    let progress = Progress::new(global.no_progress);
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let doing = || format!("writing {}; hint: --out in a folder that is there", out.display());
    let file = NamedTempFile::new_in(folder).with_context(doing)?;
    let exported = export(&store, artifacts.as_ref(), &selection, &file, &progress).await;
    progress.clear();
    let exported = exported?;
    file.as_file().sync_all().with_context(doing)?;
    file.persist(out).with_context(doing)?;
    tell(out, &selection, &exported)?;
    if let Some(bucket) = bucket(&store, &config).await {
        crate::commands::print(&render::wrapped(&render::kept(&bucket)))?;
    }
    Ok(if exported.wrong.is_empty() { Exit::Done } else { Exit::Partly })
}

/// Whole days, so that the same day's second export is the first one again.
///
/// # Errors
/// When the first day is after the last.
fn selection(args: &EvidenceExport, now: Timestamp) -> Result<Selection, EvidenceError> {
    let day = |at: Timestamp| TimeZone::UTC.to_datetime(at).date();
    let since = day(args.since.at(now));
    let until = day(args.until.map_or(now, |until| until.at(now)));
    if since > until {
        return Err(EvidenceError::Backwards { since, until });
    }
    Ok(Selection { since, until, accounts: args.accounts.clone(), regions: args.regions.clone() })
}

/// What was written.
struct Exported {
    written: Written,
    links: Option<Links>,
    runs: u64,
    actions: u64,
    /// Files that no link names.
    unsealed: u64,
    /// What is not as it was sealed, each in one line.
    wrong: Vec<String>,
}

/// An archive at work.
struct Work<'a> {
    store: &'a Store,
    selection: &'a Selection,
    sealed: &'a Sealed,
    writer: Writer<BufWriter<&'a NamedTempFile>>,
    summary: Summary,
    unsealed: u64,
    wrong: Vec<String>,
    progress: &'a Progress,
}

async fn export(
    store: &Store,
    artifacts: Option<&Store>,
    selection: &Selection,
    file: &NamedTempFile,
    progress: &Progress,
) -> Result<Exported> {
    progress.say("reading the chain");
    let mut folders = Vec::new();
    for folder in FOLDERS {
        folders.push(store.below(folder, None).await?);
    }
    let sealed = &sealed(store).await?;
    let links = links(store, selection, sealed, &folders).await?;
    let header = Header { place: store.url(""), selection: selection.clone(), links };
    let (writer, summary) = (Writer::new(BufWriter::new(file), &header)?, Summary::new()?);
    let mut work = Work { store, selection, sealed, writer, summary, unsealed: 0, wrong: Vec::new(), progress };
    if let Some(links) = &header.links {
        work.links(links, &folders).await?;
    }
    for keys in &folders {
        let keys = keys.iter().filter(|key| work.is_wanted(key)).cloned().collect();
        work.objects(keys).await?;
    }
    if let Some(artifacts) = artifacts {
        work.images(artifacts).await?;
    }
    let Work { mut writer, summary, unsealed, wrong, .. } = work;
    let runs = summary.runs;
    let (mut rows, actions) = summary.finish()?;
    writer.add_spool(SUMMARY, &mut rows)?;
    Ok(Exported { written: writer.finish()?, links: header.links, runs, actions, unsealed, wrong })
}

/// The links that an archive needs: from before the first that was made in its days, or names
/// something of it, to the last there is. By the one before whoever checks sees that none was left out.
async fn links(
    store: &Store,
    selection: &Selection,
    sealed: &Sealed,
    folders: &[Vec<String>],
) -> Result<Option<Links>> {
    let Some(head) = head(store).await? else { return Ok(None) };
    let wanted = folders.iter().flatten().filter(|key| selection.wants(key, sealed.day_of(key)));
    let named = wanted.filter_map(|key| sealed.link_of(key)).min();
    let first = named.into_iter().chain(sealed.first_since(selection.since)).min();
    let first = first.map_or(head.number, |first| first.saturating_sub(1).max(1));
    Ok(Some(Links { first, last: head.number, head: head.sha256 }))
}

impl Work<'_> {
    fn is_wanted(&self, key: &str) -> bool {
        // Plans and policies go with the runs that name them.
        let is_named = |folder: &str, ending: &str, names: &BTreeSet<String>| {
            let name = key.strip_prefix(folder).and_then(|name| name.strip_suffix(ending));
            name.is_some_and(|name| names.contains(name))
        };
        self.selection.wants(key, self.sealed.day_of(key))
            || is_named("plans/", ".json", &self.summary.plans)
            || is_named("policies/", ".toml", &self.summary.policies)
    }

    async fn links(&mut self, links: &Links, folders: &[Vec<String>]) -> Result<()> {
        let store = self.store;
        let mut read = futures_util::stream::iter(links.first..=links.last)
            .map(async |number| (number, store.get(&link_key(number)).await))
            .buffered(AT_ONCE);
        while let Some((number, bytes)) = read.next().await {
            let Some(bytes) = bytes? else {
                self.wrong.push(format!("link {number} is not there"));
                continue;
            };
            self.writer.add(&link_key(number), &bytes, None)?;
            // Here only what is missing is found; digests are compared as objects are read.
            let Ok(Link { objects, .. }) = Link::parse(&bytes, number) else { continue };
            for object in objects {
                let is_there = || folders.iter().any(|keys| keys.binary_search(&object.key).is_ok());
                if self.selection.must_hold(&object.key) && !is_there() {
                    self.wrong.push(format!("{} was sealed by link {number} and is not there", object.key));
                }
            }
        }
        Ok(())
    }

    /// Adds these objects of the place.
    async fn objects(&mut self, keys: Vec<String>) -> Result<()> {
        let store = self.store;
        let mut read = futures_util::stream::iter(keys)
            .map(async |key| {
                let bytes = store.get(&key).await;
                (key, bytes)
            })
            .buffered(AT_ONCE);
        while let Some((key, bytes)) = read.next().await {
            let Some(bytes) = bytes? else {
                self.wrong.push(format!("{key} was listed and is not there"));
                continue;
            };
            self.progress.say(&key);
            let link = self.sealed.link_of(&key);
            if link.is_some() && !self.sealed.is_so(&key, &hex(&bytes)) {
                self.wrong.push(format!("{key} is not what was sealed"));
            }
            self.unsealed += u64::from(link.is_none());
            if key.starts_with("evidence/") {
                match lines_of(&bytes) {
                    Ok(lines) => self.summary.add(&key, lines)?,
                    Err(problem) => self.wrong.push(format!("{key} is in no row of the summary: {problem}")),
                }
            }
            self.writer.add(&key, &bytes, link)?;
        }
        Ok(())
    }

    /// Adds the before-images of a place of artifacts.
    async fn images(&mut self, artifacts: &Store) -> Result<()> {
        for folder in IMAGES {
            let keys = artifacts.below(folder, None).await?;
            for key in keys.iter().filter(|key| self.selection.wants(key, None)) {
                let Some(bytes) = artifacts.get(key).await? else { continue };
                self.writer.add(&format!("{ARTIFACTS}/{key}"), &bytes, None)?;
            }
        }
        Ok(())
    }
}

fn tell(out: &Path, Selection { since, until, .. }: &Selection, exported: &Exported) -> Result<()> {
    let Exported { written: Written { files, sha256 }, links, runs, actions, unsealed, wrong } = exported;
    let counted =
        |count: u64, one: &str, many: &str| render::counted(usize::try_from(count).unwrap_or(usize::MAX), one, many);
    let runs = counted(*runs, "run", "runs");
    let actions = counted(*actions, "action or refusal", "actions and refusals");
    let mut lines = vec![
        format!("{}: {}", out.display(), counted(*files, "file", "files")),
        format!("{since} to {until}: {runs}, {actions}"),
        format!("sha256 {sha256}"),
    ];
    lines.push(match links {
        Some(Links { last, head, .. }) => format!("head {last}:{head}"),
        None => "nothing is sealed; hint: costctl evidence seal".to_owned(),
    });
    if *unsealed > 0 {
        lines.push(format!("{} not sealed yet; hint: costctl evidence seal", counted(*unsealed, "file", "files")));
    }
    crate::commands::print(&lines.join("\n"))?;
    for wrong in wrong.iter().take(MOST_NAMED) {
        // A link can name an object as it likes.
        eprintln!("error: {}; hint: costctl evidence verify", render::printable(wrong));
    }
    if wrong.len() > MOST_NAMED {
        eprintln!("error: and {} more", wrong.len() - MOST_NAMED);
    }
    Ok(())
}
