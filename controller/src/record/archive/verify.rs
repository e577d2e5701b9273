//! Whether an archive is as it was written, and whole. Asks nobody.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::File as Opened;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::manifest::{Chained, File, Of, SCHEMA_VERSION};
use super::{Header, MANIFEST, SUMS, digits, measure};
use crate::record::chain::{self, Checked, Expected, Follow, Link, Problem, Problems};
use crate::record::{Event, lines_of};

/// No link is larger: a thousand objects take a thousandth of it.
const MOST_LINK: u64 = 256 << 20;
/// Below this stand the lines of runs.
const RUNS: &str = "evidence/";
/// No line of a manifest is longer than one key and two digests.
const MOST_LINE: u64 = 1 << 20;

const TWICE: &str = "it stands in the archive twice";

/// An archive that cannot be looked at.
#[derive(Debug, Error)]
pub(crate) enum ArchiveError {
    #[error("reading the archive {}", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{} is no archive of ours: {problem}; hint: costctl evidence export writes one", path.display())]
    Form { path: PathBuf, problem: String },
}

/// What stands in the archive under a name.
struct There {
    sha256: String,
    bytes: u64,
    /// Set once the manifest names it.
    link: Option<Option<u64>>,
}

/// What a first reading finds.
#[derive(Default)]
struct Contents {
    files: HashMap<String, There>,
    header: Option<Header>,
    problems: Problems,
    has_sums: bool,
}

/// Checks every file of an archive against its manifest and sums, and the links in it against each
/// other, and what they name in its days against what is there.
///
/// # Errors
/// When it cannot be read to its end, or is no archive of ours.
pub(crate) fn verify(path: &Path, expected: Option<&Expected>) -> Result<Checked, ArchiveError> {
    let failed = |source| ArchiveError::Read { path: path.to_owned(), source };
    let form = |problem: &str| ArchiveError::Form { path: path.to_owned(), problem: problem.to_owned() };
    let mut contents = Contents::default();
    let is_all = each(path, |name, entry| contents.take_in(name, entry)).map_err(failed)?;
    let Contents { files, header, mut problems, has_sums } = contents;
    let header = header.ok_or_else(|| form("it has no manifest"))?;
    if !has_sums {
        problems.add(file(SUMS, "it is not there"));
    }
    if !is_all {
        problems.add(file(&path.display().to_string(), "something stands behind its end, which tar may unpack"));
    }
    for (name, _) in files.iter().filter(|(_, there)| there.link.is_none()) {
        problems.add(file(name, "the manifest does not name it: it was added"));
    }
    let mut links =
        Links { files: &files, header: &header, next: 0, by: BTreeSet::new(), checked: Checked::default(), problems };
    let first = header.links.as_ref().map_or(1, |links| links.first);
    links.next = first;
    let mut follow = Follow::new(first == 1, expected);
    each(path, |name, entry| links.take_in(&mut follow, name, entry)).map_err(failed)?;
    Ok(links.finish(follow))
}

fn file(path: &str, text: &str) -> Problem {
    Problem::File { path: path.to_owned(), text: text.to_owned() }
}

/// What stands in the archive: its bytes, and whether tar unpacks a file of these bytes.
struct Entry<'a> {
    is_file: bool,
    bytes: &'a mut dyn Read,
}

/// Reads each file of the archive in its order, all parts of it that gzip would unpack. Returns
/// whether nothing stands behind its end.
fn each(path: &Path, mut take: impl FnMut(&str, Entry<'_>) -> io::Result<()>) -> io::Result<bool> {
    let mut archive = tar::Archive::new(MultiGzDecoder::new(BufReader::new(Opened::open(path)?)));
    for entry in archive.entries()? {
        let mut entry = entry?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let is_file = entry.header().entry_type().is_file();
        take(&name, Entry { is_file, bytes: &mut entry })?;
    }
    // What comes after the last file is hashed by gzip, too.
    let (mut rest, mut buffer, mut is_all) = (archive.into_inner(), vec![0; 64 << 10], true);
    loop {
        match rest.read(&mut buffer)? {
            0 => return Ok(is_all),
            count => is_all &= buffer[..count].iter().all(|byte| *byte == 0),
        }
    }
}

/// Whether a path can only be unpacked to itself.
fn is_plain(name: &str) -> bool {
    !name.split('/').any(|part| ["", ".", ".."].contains(&part))
}

impl Contents {
    fn take_in(&mut self, name: &str, Entry { is_file, bytes: entry }: Entry<'_>) -> io::Result<()> {
        if !is_file {
            self.problems.add(file(name, "it is no file: whoever unpacks it gets something else"));
        }
        if !is_plain(name) {
            self.problems.add(file(name, "its path leads elsewhere: whoever unpacks it may get another file"));
        }
        match name {
            MANIFEST => self.manifest(entry),
            SUMS => self.sums(entry),
            _ => {
                let (sha256, bytes) = measure(entry)?;
                if self.files.insert(name.to_owned(), There { sha256, bytes, link: None }).is_some() {
                    self.problems.add(file(name, TWICE));
                }
                Ok(())
            }
        }
    }

    /// Its files stand before it.
    fn manifest(&mut self, entry: &mut dyn Read) -> io::Result<()> {
        let mut hashed = BufReader::new(Hashing { from: entry, digest: Sha256::new(), bytes: 0 });
        let (mut chained, mut number, mut files, mut is_ended) = (Chained::default(), 0, 0, false);
        while let Some(line) = line(&mut hashed)? {
            number += 1;
            let problem = |text: String| Problem::Manifest { line: number, text };
            match chained.read(&line) {
                Err(text) => self.problems.add(problem(text)),
                Ok(Of::First { schema_version, archive }) if number == 1 && schema_version <= SCHEMA_VERSION => {
                    self.header = Some(archive);
                }
                Ok(Of::File(named)) if !is_ended => {
                    files += 1;
                    self.named(named);
                }
                Ok(Of::Last { files: told }) if !is_ended => {
                    is_ended = true;
                    if told != files {
                        self.problems.add(problem(format!("it says {told} files, and there are {files}")));
                    }
                }
                Ok(_) => self.problems.add(problem("it is not understood here".to_owned())),
            }
        }
        if !is_ended {
            self.problems.add(Problem::Manifest { line: number, text: "the end is missing".to_owned() });
        }
        let Hashing { from: _, digest, bytes } = hashed.into_inner();
        let sha256 = digits(digest);
        if self.files.insert(MANIFEST.to_owned(), There { sha256, bytes, link: Some(None) }).is_some() {
            self.problems.add(file(MANIFEST, TWICE));
        }
        Ok(())
    }

    fn named(&mut self, File { path, sha256, bytes, link }: File) {
        match self.files.get_mut(&path) {
            None => self.problems.add(file(&path, "it is not there: it was removed")),
            Some(there) => {
                if there.link.replace(link).is_some() {
                    self.problems.add(file(&path, "the manifest names it twice"));
                }
                if (&there.sha256, there.bytes) != (&sha256, bytes) {
                    let text = format!("its digest is {}, not {sha256}: it was changed", there.sha256);
                    self.problems.add(Problem::File { path, text });
                }
            }
        }
    }

    /// The same for whoever checks with `sha256sum`: the two must not say different things.
    fn sums(&mut self, entry: &mut dyn Read) -> io::Result<()> {
        if std::mem::replace(&mut self.has_sums, true) {
            self.problems.add(file(SUMS, TWICE));
        }
        let (mut reader, mut count, mut named) = (BufReader::new(entry), 0, HashSet::new());
        while let Some(line) = line(&mut reader)? {
            count += 1;
            let line = String::from_utf8_lossy(&line).into_owned();
            let (sha256, path) = line.split_once("  ").unwrap_or_default();
            // What it names twice stands for something that it does not name.
            let is_again = !named.insert(path.to_owned());
            if is_again || self.files.get(path).is_none_or(|there| there.sha256 != sha256) {
                self.problems.add(file(SUMS, &format!("line {count} is not what stands in the archive: {path}")));
            }
        }
        if count != self.files.len() {
            self.problems.add(file(SUMS, &format!("it has {count} lines for {} files", self.files.len())));
        }
        Ok(())
    }
}

/// What a second reading holds the links against.
struct Links<'a> {
    files: &'a HashMap<String, There>,
    header: &'a Header,
    next: u64,
    /// Plans and policies that runs name.
    by: BTreeSet<String>,
    checked: Checked,
    problems: Problems,
}

impl Links<'_> {
    fn take_in(
        &mut self,
        follow: &mut Follow<'_>,
        name: &str,
        Entry { is_file: _, bytes: entry }: Entry<'_>,
    ) -> io::Result<()> {
        let number = chain::number_of(name);
        if number.is_none() && !name.starts_with(RUNS) {
            return Ok(());
        }
        let mut bytes = Vec::new();
        entry.take(MOST_LINK).read_to_end(&mut bytes)?;
        let Some(number) = number else {
            self.run(&bytes);
            return Ok(());
        };
        if number < self.next {
            self.problems.add(file(name, "it stands after links that come later"));
            return Ok(());
        }
        // What is missing is named once, however many it is.
        if number > self.next {
            follow.link(self.next, None, &mut self.problems);
        }
        self.next = number + 1;
        let link = follow.link(number, Some(chain::Read::of(&bytes, number)), &mut self.problems);
        if let Some(link) = link {
            self.begins(&link);
            self.objects(follow, link);
        }
        Ok(())
    }

    /// What a run was done by goes with it. Lines that are not understood name nothing: whether they
    /// are as they were sealed is asked of all of them.
    fn run(&mut self, bytes: &[u8]) {
        for line in lines_of(bytes).unwrap_or_default() {
            if let Event::RunStarted { plan_digest, policy_sha256, .. } = line.event {
                self.by.insert(format!("plans/{plan_digest}.json"));
                self.by.insert(format!("policies/{policy_sha256}.toml"));
            }
        }
    }

    /// What is of a day is sealed on it or later: a first link of before the first day shows that no
    /// link was left out which names something of these days.
    fn begins(&mut self, link: &Link) {
        let first = self.header.links.as_ref().map_or(1, |links| links.first);
        let since = self.header.selection.since;
        if link.sequence == first && first > 1 && TimeZone::UTC.to_datetime(link.at).date() >= since {
            let text = format!("links before {first} are not here, and may name something of {since} or later");
            self.checked.unread.push(text);
        }
    }

    fn objects(&mut self, follow: &mut Follow<'_>, link: Link) {
        let number = link.sequence;
        for object in follow.fresh(link, &mut self.problems) {
            let chain::Sealable { key, sha256, bytes: _ } = object;
            match self.files.get(&key) {
                Some(there) if there.sha256 == sha256 => {
                    self.checked.objects += 1;
                    self.checked.bytes += there.bytes;
                }
                Some(there) => {
                    let found = there.sha256.clone();
                    self.problems.add(Problem::Changed { key, link: number, sealed: sha256, found });
                }
                None if self.header.selection.must_hold(&key) => {
                    self.problems.add(Problem::Removed { key, link: number });
                }
                None => self.checked.passed_over += 1,
            }
        }
    }

    fn finish(self, follow: Follow<'_>) -> Checked {
        let Self { files, header, next: _, by, mut checked, mut problems } = self;
        let last = header.links.as_ref().map(|links| (links.last, links.head.as_str()));
        let found = follow.head.as_ref().map(|head| (head.number, head.sha256.as_str()));
        if last != found {
            let text = format!("the manifest says that the last link is {last:?}, and it is {found:?}");
            problems.add(Problem::HeadMissing { text });
        }
        follow.finish(&mut problems);
        for key in by.into_iter().filter(|key| !files.contains_key(key)) {
            if let Some(link) = follow.sealed.link_of(&key) {
                problems.add(Problem::Removed { key, link });
            }
        }
        let mut unsealed: Vec<&String> = Vec::new();
        for (path, there) in files {
            let named = follow.sealed.link_of(path);
            // Of a plan or policy that an older run brought, the link may not be here.
            let is_here = |link: &u64| header.links.as_ref().is_some_and(|links| *link >= links.first);
            if let Some(link) = there.link.flatten().filter(|link| is_here(link) && named != Some(*link)) {
                problems.add(file(path, &format!("the manifest says that link {link} names it first")));
            }
            if chain::is_evidence(path) && named.is_none() {
                unsealed.push(path);
            }
        }
        unsealed.sort();
        checked.unsealed.count = unsealed.len() as u64;
        checked.unsealed.named = unsealed.into_iter().take(chain::MOST_NAMED).cloned().collect();
        (checked.links, checked.head, checked.sealed_at) = (follow.links, follow.head, follow.at);
        checked.selection = Some(header.selection.clone());
        checked.problems = problems;
        checked
    }
}

/// The next line without its end.
fn line(from: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let count = from.by_ref().take(MOST_LINE).read_until(b'\n', &mut line)?;
    if line.last() == Some(&b'\n') {
        line.pop();
    }
    Ok((count > 0).then_some(line))
}

/// What hashes what is read of it.
struct Hashing<R> {
    from: R,
    digest: Sha256,
    bytes: u64,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.from.read(buffer)?;
        self.digest.update(&buffer[..count]);
        self.bytes += count as u64;
        Ok(count)
    }
}
